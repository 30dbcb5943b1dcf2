// Package profile holds the settings of a client, as the fields of two structs.
package profile

import (
	"math"
	"time"
)

// DurationFunc gives the pause before repeat number index, counted from 0.
type DurationFunc func(index int) time.Duration

// ConstantDurationFunc gives the same pause before every repeat.
func ConstantDurationFunc(duration time.Duration) DurationFunc {
	return func(int) time.Duration { return duration }
}

// ExponentialBackoff gives 1, 2, 4, 8 … seconds.
func ExponentialBackoff(index int) time.Duration {
	return time.Duration(math.Pow(2, float64(index))) * time.Second
}

// ClientProfile is how a client signs, speaks and repeats. A change takes effect with the client's next call.
type ClientProfile struct {
	// HttpProfile is how requests travel; nil means the defaults.
	HttpProfile *HttpProfile

	// SignMethod is "TC3-HMAC-SHA256" (the default, and what any other text means), "HmacSHA256" or "HmacSHA1".
	SignMethod string

	// UnsignedPayload leaves the body out of the signature. Only with TC3-HMAC-SHA256.
	UnsignedPayload bool

	// Language is the language of the service's messages: "zh-CN" or "en-US".
	Language string

	// Debug writes what the client does to its logger, with secrets and phone numbers masked.
	Debug bool

	// DisableRegionBreaker false: when the endpoint fails again and again, calls go to the backup endpoint for a while
	// (5 failures within a minute, for a minute).
	DisableRegionBreaker bool

	// BackupEndPoint is the old spelling of BackupEndpoint, which wins.
	BackupEndPoint string
	// BackupEndpoint is what follows the product's name in the backup endpoint; "ap-guangzhou.tencentcloudapi.com" if
	// it is empty.
	BackupEndpoint string

	// NetworkFailureMaxRetries is how often a call is repeated that failed on the network. What may have arrived is
	// repeated only if the request has a field ClientToken, by which the service recognises repeats; no request of the
	// SMS service has one. 0 leaves the default: up to 3 attempts in all for what certainly did not arrive.
	NetworkFailureMaxRetries int
	// NetworkFailureRetryDuration is the pause before such repeats.
	NetworkFailureRetryDuration DurationFunc

	// RateLimitExceededMaxRetries is how often a call is repeated that a rate limit refused. 0 leaves the default: up to
	// 3 attempts in all.
	RateLimitExceededMaxRetries int
	// RateLimitExceededRetryDuration is the pause before such repeats.
	RateLimitExceededRetryDuration DurationFunc

	// UnsafeRetryOnConnectionFailure repeats any call that failed on the network, even one that may have arrived: an SMS
	// may then be sent twice.
	UnsafeRetryOnConnectionFailure bool

	// Settings are settings of the core by their names, over everything else here: what this SDK can do and the fields
	// above cannot say. For example
	//	profile.Settings = map[string]interface{}{
	//		"ca_file": "/etc/ssl/company.pem",
	//		"retry":   map[string]interface{}{"policy": "never"},
	//	}
	// The names: secret_id, secret_key, token, profile, cvm_role, assume_role, web_identity, credential_chain, region,
	// service, endpoint, root_domain, api_gateway, connect_to, allow_plain_http, ca_file, ca_pem,
	// client_certificate_files, client_certificate_pem, min_tls_version, danger_accept_invalid_certificates, proxy,
	// no_proxy, language, sign_method, http_method, unsigned_payload, request_client, headers, timeouts, retry,
	// retry_budget, backup_endpoints, breaker, call_rate, action_rates, max_answer_bytes, compression, max_connections,
	// trace_ids. An unknown name is an error of the next call. A member that is nil takes away what the fields above say;
	// "credential_chain": nil looks for the credential in the environment, the credentials file, the cloud server's role and
	// the pod's role, in this order.
	// Do not change the map while calls run: put another in its place.
	Settings map[string]interface{}
}

// NewClientProfile makes a profile with the defaults: TC3-HMAC-SHA256, zh-CN, no breaker.
func NewClientProfile() *ClientProfile {
	return &ClientProfile{
		HttpProfile:          NewHttpProfile(),
		SignMethod:           "TC3-HMAC-SHA256",
		Language:             "zh-CN",
		DisableRegionBreaker: true,
	}
}
