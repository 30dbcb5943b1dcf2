// Package errors has the one error type of the SDK: what the service answered, or what went wrong on the way to it.
package errors

import "fmt"

// TencentCloudSDKError is every error of a call. Code, Message and RequestId are the service's when it answered; a
// failure on this side has a code that begins with "ClientError" and no RequestId. Make one with
// NewTencentCloudSDKError or with the names of its fields.
type TencentCloudSDKError struct {
	// Code is the service's error code, such as "FailedOperation.SignatureIncorrectOrUnapproved".
	Code string
	// Message is a text for people. It never holds a secret.
	Message string
	// RequestId is the id under which the service logged the call, if it did.
	RequestId string

	details *Details
}

// Details are what this SDK knows of a failed call beyond its code.
type Details struct {
	// Kind is where it failed: "config", "credential", "invalid_request", "resolve", "connect", "proxy", "tls",
	// "timeout", "network", "invalid_answer", "service", "cancelled", "shut_down" or "panic".
	Kind string
	// Delivery is whether the service may have acted: "not_sent", "maybe_sent" or "answered".
	Delivery string
	// Attempts is how many attempts were made.
	Attempts int
	// Retryable is whether the same call may succeed later.
	Retryable bool
	// TraceId is the X-TC-TraceId of the call, if it had one.
	TraceId string
	// Step is the step of the last attempt that failed: "resolve", "connect", "proxy", "tls", "write", "wait" or
	// "read"; empty where none did.
	Step string
	// Endpoint is host and port that the last attempt was for.
	Endpoint string
	// HTTPStatus is the status of an answer that is none of the API, 0 where there was no answer.
	HTTPStatus int
	// Hint is what is known of the refusal beyond the service's words, such as how far this machine's clock is off.
	Hint string
	// Cause is an error of the program's own behind this one, such as context.Canceled.
	Cause error
}

// Error is the error as one line: code, message, the request's id where there is one, and a hint where there is one.
func (e *TencentCloudSDKError) Error() string {
	text := "[TencentCloudSDKError] Code=" + e.Code + ", Message=" + e.Message
	if e.RequestId != "" {
		text += ", RequestId=" + e.RequestId
	}
	if hint := e.GetDetails().Hint; hint != "" {
		text += "; " + hint
	}
	return text
}

// GoString is what %#v prints: the fields that may be shown.
func (e *TencentCloudSDKError) GoString() string {
	return fmt.Sprintf("&errors.TencentCloudSDKError{Code:%q, Message:%q, RequestId:%q}", e.Code, e.Message, e.RequestId)
}

// NewTencentCloudSDKError makes an error without details.
func NewTencentCloudSDKError(code, message, requestId string) error {
	return &TencentCloudSDKError{Code: code, Message: message, RequestId: requestId}
}

// NewWithDetails makes an error with details.
func NewWithDetails(code, message, requestId string, details Details) error {
	return &TencentCloudSDKError{Code: code, Message: message, RequestId: requestId, details: &details}
}

// GetCode gives Code.
func (e *TencentCloudSDKError) GetCode() string { return e.Code }

// GetMessage gives Message.
func (e *TencentCloudSDKError) GetMessage() string { return e.Message }

// GetRequestId gives RequestId.
func (e *TencentCloudSDKError) GetRequestId() string { return e.RequestId }

// GetDetails gives all details; of an error that was made without them, empty ones.
func (e *TencentCloudSDKError) GetDetails() Details {
	if e.details == nil {
		return Details{}
	}
	return *e.details
}

// GetKind gives Details.Kind.
func (e *TencentCloudSDKError) GetKind() string { return e.GetDetails().Kind }

// GetDelivery gives Details.Delivery: may the service have acted?
func (e *TencentCloudSDKError) GetDelivery() string { return e.GetDetails().Delivery }

// GetAttempts gives Details.Attempts.
func (e *TencentCloudSDKError) GetAttempts() int { return e.GetDetails().Attempts }

// GetRetryable gives Details.Retryable.
func (e *TencentCloudSDKError) GetRetryable() bool { return e.GetDetails().Retryable }

// GetTraceId gives Details.TraceId.
func (e *TencentCloudSDKError) GetTraceId() string { return e.GetDetails().TraceId }

// Unwrap gives Details.Cause, so that errors.Is(err, context.Canceled) tells who ended a call.
func (e *TencentCloudSDKError) Unwrap() error { return e.GetDetails().Cause }
