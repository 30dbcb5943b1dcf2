// From the core's errors to the SDK's.

package common

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// codes are those of failures on this side, by their kind.
var codes = map[string]string{
	"config":          "ClientError.InvalidParameter",
	"invalid_request": "ClientError.InvalidParameter",
	"credential":      credentialError,
	"resolve":         "ClientError.NetworkError",
	"connect":         "ClientError.NetworkError",
	"proxy":           "ClientError.NetworkError",
	"tls":             "ClientError.NetworkError",
	"timeout":         "ClientError.NetworkError",
	"network":         "ClientError.NetworkError",
	"cancelled":       "ClientError.NetworkError",
	"shut_down":       "ClientError.NetworkError",
	"invalid_answer":  "ClientError.ParseJsonError",
	"panic":           "ClientError.InternalError",
}

// told is an error as the core tells it.
type told struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Text       string `json:"text"`
	RequestId  string `json:"requestId"`
	Kind       string `json:"kind"`
	Delivery   string `json:"delivery"`
	Retryable  bool   `json:"retryable"`
	Attempts   int    `json:"attempts"`
	Step       string `json:"step"`
	Endpoint   string `json:"endpoint"`
	TraceId    string `json:"traceId"`
	HTTPStatus int    `json:"httpStatus"`
}

// failure makes an error of what the core told.
func failure(status int, text []byte, cause error) error {
	var t told
	if err := json.Unmarshal(text, &t); err != nil {
		t.Kind, t.Delivery = "panic", "maybe_sent"
		t.Text = fmt.Sprintf("the library failed with status %d", status)
		if status == -6 {
			t.Kind, t.Delivery, t.Text = "shut_down", "not_sent", "the library was shut down; nothing was sent"
		}
	}
	code, message, hint := t.Code, t.Text, ""
	if t.Kind == "service" {
		message, hint = t.Message, hintOf(&t)
	} else {
		code = codes[t.Kind]
		if t.Kind == "invalid_answer" && t.HTTPStatus != 0 && t.HTTPStatus != 200 {
			code = "ClientError.HttpStatusCodeError"
		}
		if code == "" {
			code = "ClientError.InternalError"
		}
	}
	return errors.NewWithDetails(code, message, t.RequestId, errors.Details{
		Kind: t.Kind, Delivery: t.Delivery, Attempts: t.Attempts, Retryable: t.Retryable, TraceId: t.TraceId,
		Step: t.Step, Endpoint: t.Endpoint, HTTPStatus: t.HTTPStatus, Hint: hint, Cause: cause,
	})
}

// hintOf gives what the core says of a refusal beyond the service's own words, such as how far the clock is off.
func hintOf(t *told) string {
	at := strings.Index(t.Text, t.Message)
	if at < 0 {
		return ""
	}
	_, hint, _ := strings.Cut(t.Text[at+len(t.Message):], "; ")
	return hint
}

// parsePair reads a credential as the core gives it.
func parsePair(text []byte) (*Credential, error) {
	var pair struct {
		SecretId  string `json:"secret_id"`
		SecretKey string `json:"secret_key"`
		Token     string `json:"token"`
	}
	if err := json.Unmarshal(text, &pair); err != nil {
		// Not the error's own text: it could show a part of the secret.
		return nil, misused("InternalError", "credential", "the credential cannot be read")
	}
	return NewTokenCredential(pair.SecretId, pair.SecretKey, pair.Token), nil
}
