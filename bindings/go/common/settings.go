// From the profile of a client to the settings of the core.

package common

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/about"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

const (
	// defaultTimeout is ReqTimeout as NewHttpProfile sets it, in seconds.
	defaultTimeout = 60

	defaultBackup   = "ap-guangzhou.tencentcloudapi.com"
	breakerFailures = 5
	breakerMs       = 60 * 1000
)

// wanted is everything that a client's settings in the core follow from, in a form that can be compared: as long as it is
// the same, the same client of the core makes the calls.
type wanted struct {
	region, requestClient, signMethod, language       string
	service, scheme, rootDomain, domain, path, method string
	gateway, proxy, backup                            string
	id, key, token                                    string
	// found and settings are JSON.
	found, settings                        string
	timeout                                int
	unsigned, perCall, foreign             bool
	networkRetries, limitRetries           int
	networkPause, limitPause, longestPause time.Duration
	pausesTotal                            time.Duration
	anyRetry, breaker                      bool
}

func (c *Client) want(request tchttp.Request, credential CredentialIface) (wanted, error) {
	p, h := c.profile, c.httpProfile
	w := wanted{
		region: c.region, requestClient: c.requestClient, signMethod: c.signMethod, unsigned: c.unsignedPayload,
		language: p.Language, service: request.GetService(),
		scheme: request.GetScheme(), rootDomain: request.GetRootDomain(), domain: request.GetDomain(),
		path: request.GetPath(), method: request.GetHttpMethod(),
		gateway: h.ApigwEndpoint, proxy: h.Proxy, timeout: h.ReqTimeout,
		anyRetry: p.UnsafeRetryOnConnectionFailure, breaker: !p.DisableRegionBreaker,
		foreign: c.httpClient != nil,
	}
	for _, fallback := range [...]struct {
		at   *string
		from string
	}{{&w.scheme, h.Scheme}, {&w.scheme, h.Protocol}, {&w.rootDomain, h.RootDomain}, {&w.domain, h.Endpoint}, {&w.method, h.ReqMethod}} {
		if *fallback.at == "" {
			*fallback.at = fallback.from
		}
	}
	if w.breaker {
		if w.backup = p.BackupEndpoint; w.backup == "" {
			w.backup = p.BackupEndPoint
		}
	}
	if p.NetworkFailureMaxRetries > 0 {
		w.networkRetries = p.NetworkFailureMaxRetries
		w.pauses(p.NetworkFailureMaxRetries, p.NetworkFailureRetryDuration, &w.networkPause)
	}
	if p.RateLimitExceededMaxRetries > 0 {
		w.limitRetries = p.RateLimitExceededMaxRetries
		w.pauses(p.RateLimitExceededMaxRetries, p.RateLimitExceededRetryDuration, &w.limitPause)
	}
	switch credential := credential.(type) {
	case nil:
		w.perCall = true
	case *Credential:
		if credential == nil {
			w.perCall = true
			break
		}
		w.id, w.key, w.token = credential.SecretId, credential.SecretKey, credential.Token
	case coreCredential:
		text, err := json.Marshal(credential.coreSettings())
		if err != nil {
			return w, misused("InvalidParameter", "config", "the credential cannot be described: %s", err)
		}
		w.found = string(text)
	default:
		w.perCall = true
	}
	if len(p.Settings) > 0 {
		text, err := json.Marshal(p.Settings)
		if err != nil {
			return w, misused("InvalidParameter", "config", "the profile's Settings cannot be written as JSON: %s", err)
		}
		w.settings = string(text)
	}
	return w, nil
}

// pauses notes the pauses that a program asked for between attempts.
func (w *wanted) pauses(retries int, pause profile.DurationFunc, first *time.Duration) {
	if pause == nil {
		pause = profile.ExponentialBackoff
	}
	*first = pause(0)
	total := time.Duration(0)
	for index := 0; index < retries && index < 100; index++ {
		one := pause(index)
		total += one
		if one > w.longestPause {
			w.longestPause = one
		}
	}
	if total > w.pausesTotal {
		w.pausesTotal = total
	}
}

// config gives the settings of the core.
func (w *wanted) config() map[string]interface{} {
	config := map[string]interface{}{"sdk": about.RequestClient}
	put(config, "region", w.region)
	put(config, "request_client", w.requestClient)
	put(config, "language", w.language)
	put(config, "service", w.service)
	put(config, "root_domain", w.rootDomain)
	put(config, "api_gateway", w.gateway)
	if !w.foreign {
		put(config, "proxy", w.proxy)
	} else {
		config["foreign_transport"] = true
	}
	if w.signMethod == SHA256 || w.signMethod == SHA1 {
		config["sign_method"] = w.signMethod
	}
	if !strings.EqualFold(w.method, tchttp.POST) {
		config["http_method"] = tchttp.GET
	}
	if w.unsigned {
		config["unsigned_payload"] = true
	}
	w.putEndpoint(config)
	w.putTimeouts(config)
	w.putRetry(config)
	switch {
	case w.perCall:
		config["credential_per_call"] = true
	case w.found != "":
		merge(config, w.found)
	default:
		config["secret_id"], config["secret_key"] = w.id, w.key
		put(config, "token", w.token)
	}
	if w.settings != "" {
		w.putSettings(config)
	}
	return config
}

func (w *wanted) putEndpoint(config map[string]interface{}) {
	plain := strings.EqualFold(w.scheme, tchttp.HTTP)
	if plain {
		config["allow_plain_http"] = true
	}
	endpoint := w.domain
	if endpoint == "" && (plain || w.path != "" && w.path != tchttp.Path) {
		root := w.rootDomain
		if root == "" {
			root = tchttp.RootDomain
		}
		endpoint = w.service + "." + root
	}
	if endpoint == "" {
		return
	}
	if w.path != "" && w.path != tchttp.Path && !strings.Contains(endpoint, "/") {
		endpoint += w.path
	}
	if plain && !strings.Contains(endpoint, "://") {
		endpoint = "http://" + endpoint
	}
	config["endpoint"] = endpoint
}

func (w *wanted) putTimeouts(config map[string]interface{}) {
	if w.timeout == defaultTimeout && w.networkRetries == 0 && w.limitRetries == 0 {
		return
	}
	attempt := int64(w.timeout) * 1000
	if attempt < 0 {
		attempt = 0 // No limit.
	}
	total := attempt
	if retries := int64(w.attempts() - 1); retries > 0 && attempt > 0 {
		total = attempt*(retries+1) + w.pausesTotal.Milliseconds()
	}
	config["timeouts"] = map[string]interface{}{"attempt_ms": attempt, "total_ms": total}
}

// attempts gives how many attempts a program asked for; 0 if it did not.
func (w *wanted) attempts() int {
	most := w.networkRetries
	if w.limitRetries > most {
		most = w.limitRetries
	}
	if most == 0 {
		return 0
	}
	return most + 1
}

func (w *wanted) putRetry(config map[string]interface{}) {
	retry := map[string]interface{}{}
	if w.anyRetry {
		retry["policy"] = "any"
	}
	if attempts := w.attempts(); attempts > 0 {
		first := w.networkPause
		if w.limitRetries > 0 {
			first = w.limitPause
		}
		retry["attempts"] = attempts
		retry["pause_ms"] = first.Milliseconds()
		retry["longest_pause_ms"] = w.longestPause.Milliseconds()
		retry["jitter_percent"] = 0
	}
	if len(retry) > 0 {
		config["retry"] = retry
	}
	if w.breaker {
		backup := w.backup
		if backup == "" {
			backup = defaultBackup
		}
		config["backup_endpoints"] = []string{w.service + "." + backup}
		config["breaker"] = map[string]interface{}{
			"failures": breakerFailures, "window_ms": breakerMs, "pause_ms": breakerMs,
		}
	}
}

// credentialSettings are those that say where the credential comes from: one of them takes the place of the client's.
var credentialSettings = [...]string{
	"secret_id", "secret_key", "token", "profile", "cvm_role", "assume_role", "web_identity", "credential_chain",
	"credential_per_call",
}

// putSettings lays the profile's Settings over the rest.
func (w *wanted) putSettings(config map[string]interface{}) {
	var own map[string]json.RawMessage
	// It was written by this package.
	_ = json.Unmarshal([]byte(w.settings), &own)
	for _, name := range credentialSettings {
		if _, given := own[name]; given {
			for _, name := range credentialSettings {
				delete(config, name)
			}
			break
		}
	}
	for name, value := range own {
		if string(value) == "null" {
			delete(config, name)
			continue
		}
		config[name] = value
	}
}

func merge(config map[string]interface{}, text string) {
	var more map[string]json.RawMessage
	_ = json.Unmarshal([]byte(text), &more)
	for name, value := range more {
		config[name] = value
	}
}

// clients keeps the clients of the core that were used last, by their settings: programs that make a client for each call
// go on using the same connections.
var clients = struct {
	sync.Mutex
	byConfig map[string]*native.Client
	order    []string
}{byConfig: map[string]*native.Client{}}

// mostClients is how many clients of the core are kept that no client of the program may need any more.
const mostClients = 64

// nativeClient gives the client of the core with these settings.
func nativeClient(config map[string]interface{}) (*native.Client, error) {
	if err := native.Load(); err != nil {
		return nil, misused("InternalError", "config", "%s", err)
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, misused("InvalidParameter", "config", "the settings cannot be written as JSON: %s", err)
	}
	key := string(text)
	clients.Lock()
	defer clients.Unlock()
	if known, ok := clients.byConfig[key]; ok {
		return known, nil
	}
	client, status, failed := native.NewClient(text)
	if client == nil {
		return nil, failure(status, failed, nil)
	}
	if len(clients.order) == mostClients {
		delete(clients.byConfig, clients.order[0])
		clients.order = append(clients.order[:0], clients.order[1:]...)
	}
	clients.byConfig[key] = client
	clients.order = append(clients.order, key)
	return client, nil
}

// misused is the error of what a program gave and this package cannot use.
func misused(code, kind, format string, args ...interface{}) error {
	return errors.NewWithDetails("ClientError."+code, fmt.Sprintf(format, args...), "",
		errors.Details{Kind: kind, Delivery: "not_sent"})
}
