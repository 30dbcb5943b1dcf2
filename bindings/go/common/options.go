// What one call is to have otherwise than its client says.

package common

import "context"

type optionsKey struct{}

// WithCallOptions gives a context whose calls have these options, over what the client and the request say:
//
//	ctx = common.WithCallOptions(ctx, map[string]interface{}{"region": "ap-beijing"})
//	response, err := client.SendSmsWithContext(ctx, request)
//
// The names are the core's: region, language, sign_method, http_method, unsigned_payload, skip_sign, headers, trace_id,
// idempotency_key, idempotent, retry, credential (secret_id, secret_key, token), and for calls by name parts (binary
// parts by their names, as text or {"base64": …}). An unknown name is an error of the call. A time limit is the
// context's own: context.WithTimeout.
func WithCallOptions(ctx context.Context, options map[string]interface{}) context.Context {
	return context.WithValue(ctx, optionsKey{}, options)
}

func callOptions(ctx context.Context) map[string]interface{} {
	options, _ := ctx.Value(optionsKey{}).(map[string]interface{})
	return options
}
