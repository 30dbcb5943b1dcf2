// A call: from a request to the core's bytes, and from its answer to a response.

package common

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
	tcjson "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
)

const octetStream = "application/octet-stream"

// written is a request that writes its own JSON; the generated ones do.
type written interface {
	AppendJSON(out []byte) []byte
}

// reading is a response that reads the answer's Response object by itself; the generated ones do.
type reading interface {
	ReadAnswer(answer []byte) error
}

// call is one call on its way.
type call struct {
	client   *native.Client
	ctx      context.Context
	meta     []byte
	body     []byte
	limitMs  uint32
	response tchttp.Response
	action   string
}

// Send makes the call that request describes, and reads the answer into response. Its error is a
// *errors.TencentCloudSDKError. The request's context ends the call.
func (c *Client) Send(request tchttp.Request, response tchttp.Response) (err error) {
	if c.made == nil {
		return misused("InvalidParameter", "config", "the client was not made by a constructor: use NewClient or NewCommonClient")
	}
	if isNil(request) || isNil(response) {
		return misused("InvalidParameter", "invalid_request", "the request or the response is nil")
	}
	if err := native.Load(); err != nil {
		return misused("InternalError", "config", "%s", err)
	}
	if c.debug {
		listen(c.logger)
	}
	one := call{ctx: request.GetContext(), response: response, action: request.GetAction()}
	if err := c.prepare(&one, request); err != nil {
		return err
	}
	// Before anything is sent: the answer could be there sooner than the end of the context is seen.
	if err := one.ctx.Err(); err != nil {
		return cancelled(err, false)
	}
	if c.httpClient != nil {
		return c.carry(&one)
	}
	if events, ok := response.(tchttp.SSEResponse); ok {
		return one.stream(events)
	}
	one.client.Call(one.ctx, one.meta, one.body, one.limitMs, func(status int, answer []byte) {
		err = one.ended(status, answer)
	})
	return err
}

// SendOctetStream makes a call whose body is bytes: a CommonRequest with SetOctetStreamParameters, or a request of
// content type application/octet-stream. Only by POST and TC3-HMAC-SHA256.
func (c *Client) SendOctetStream(request tchttp.Request, response tchttp.Response) (err error) {
	if c.signMethod == SHA1 || c.signMethod == SHA256 {
		return misused("InvalidParameter", "invalid_request",
			"a body of bytes cannot be signed by %s: set SignMethod to TC3-HMAC-SHA256", c.signMethod)
	}
	if !strings.EqualFold(c.httpProfile.ReqMethod, tchttp.POST) {
		return misused("InvalidParameter", "invalid_request",
			"a body of bytes cannot be sent by %s: set ReqMethod to POST", c.httpProfile.ReqMethod)
	}
	return c.Send(request, response)
}

func (c *Client) prepare(one *call, request tchttp.Request) error {
	options := callOptions(one.ctx)
	want, err := c.want(request, c.credential)
	if err != nil {
		return err
	}
	if last, ok := c.made.last.Load().(*current); ok && last.wanted == want {
		one.client = last.client
	} else {
		client, err := nativeClient(want.config())
		if err != nil {
			return err
		}
		c.made.last.Store(&current{want, client})
		one.client = client
	}
	if c.profile.NetworkFailureMaxRetries > 0 || c.profile.RateLimitExceededMaxRetries > 0 {
		giveClientToken(request)
	}
	if err := c.describe(one, request, want.perCall && want.settings == "", options); err != nil {
		return err
	}
	one.limitMs = limit(one.ctx)
	return nil
}

// describe writes what the call says about itself, and its body.
func (c *Client) describe(one *call, request tchttp.Request, perCall bool, options map[string]interface{}) error {
	octets, parameters, err := octetsOf(request)
	if err != nil {
		return err
	}
	one.body = octets
	if parameters == nil {
		if one.body, err = bodyOf(request); err != nil {
			return err
		}
	}
	header := request.GetHeader()
	if !perCall && len(header) == 0 && len(options) == 0 && parameters == nil && !request.GetSkipSign() {
		one.meta = c.plainMeta(request.GetVersion(), one.action)
		return nil
	}
	meta := map[string]interface{}{"version": request.GetVersion(), "action": one.action}
	if request.GetSkipSign() {
		meta["skip_sign"] = true
	} else if perCall && c.credential != nil {
		id, key, token := c.credential.GetCredential()
		pair := map[string]interface{}{"secret_id": id, "secret_key": key}
		put(pair, "token", token)
		meta["credential"] = pair
	}
	if parameters != nil {
		meta["octets"] = true
		meta["parameters"] = json.RawMessage(parameters)
	}
	if headers := addedHeaders(header, parameters != nil); len(headers) > 0 {
		meta["headers"] = headers
	}
	if c.profile.NetworkFailureMaxRetries > 0 && clientToken(request).IsValid() {
		meta["idempotent"] = true
	}
	for name, value := range options {
		meta[name] = value
	}
	if one.meta, err = json.Marshal(meta); err != nil {
		return misused("InvalidParameter", "invalid_request", "the call's options cannot be written as JSON: %s", err)
	}
	return nil
}

type versionAndAction struct{ version, action string }

func (c *Client) plainMeta(version, action string) []byte {
	key := versionAndAction{version, action}
	if known, ok := c.made.metas.Load(key); ok {
		return known.([]byte)
	}
	// Two texts: there is nothing that could not be written.
	text, _ := json.Marshal(map[string]interface{}{"version": version, "action": action})
	c.made.metas.Store(key, text)
	return text
}

// octetsOf gives the bytes and the parameters of a request of bytes; no parameters: it is none.
func octetsOf(request tchttp.Request) (octets, parameters []byte, err error) {
	if common, ok := request.(*tchttp.CommonRequest); ok {
		if common.IsOctetStream() {
			return common.GetOctetStreamBody(), []byte("{}"), nil
		}
		return nil, nil, nil
	}
	if request.GetContentType() != octetStream {
		return nil, nil, nil
	}
	parameters, err = bodyOf(request)
	return request.GetBody(), parameters, err
}

func bodyOf(request tchttp.Request) ([]byte, error) {
	switch request := request.(type) {
	case written:
		return request.AppendJSON(make([]byte, 0, 512)), nil
	case *tchttp.CommonRequest:
		return marshalled(request.MarshalJSON())
	}
	return marshalled(tcjson.Marshal(request))
}

func marshalled(text []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, misused("InvalidParameter", "invalid_request", "the request cannot be written as JSON: %s", err)
	}
	return text, nil
}

// addedHeaders gives the headers that a request adds. Its content type is said otherwise.
func addedHeaders(header map[string]string, octets bool) map[string]string {
	added := make(map[string]string, len(header))
	for name, value := range header {
		if octets && strings.EqualFold(name, "Content-Type") {
			continue
		}
		added[name] = value
	}
	return added
}

// limit gives the time until the context's deadline in milliseconds; 0: it has none. It takes the place of the client's
// own limit for a whole call; that of an attempt stays.
func limit(ctx context.Context) uint32 {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	left := time.Until(deadline).Milliseconds() + 1
	if left < 1 {
		left = 1
	}
	if left > math.MaxUint32 {
		return 0
	}
	return uint32(left)
}

// ended makes of the core's answer a response, or an error. It does not keep the bytes.
func (one *call) ended(status int, answer []byte) error {
	if status != native.OK {
		return failure(status, answer, one.cause(status))
	}
	if response, ok := one.response.(reading); ok {
		if err := response.ReadAnswer(answer); err != nil {
			return one.unreadable(err)
		}
		return nil
	}
	whole := make([]byte, 0, len(answer)+len(`{"Response":}`))
	whole = append(append(append(whole, `{"Response":`...), answer...), '}')
	if own, ok := one.response.(*tchttp.CommonResponse); ok {
		if err := own.UnmarshalJSON(whole); err != nil {
			return one.unreadable(err)
		}
		return nil
	}
	if err := one.response.ParseErrorFromHTTPResponse(whole); err != nil {
		return err
	}
	if err := tcjson.Unmarshal(whole, one.response); err != nil {
		return one.unreadable(err)
	}
	return nil
}

// unreadable is the error of an answer that the core took and the response does not: the service may have acted.
func (one *call) unreadable(err error) error {
	return errors.NewWithDetails(codes["invalid_answer"],
		fmt.Sprintf("the answer to %s cannot be read: %s; the request may have been carried out", one.action, err), "",
		errors.Details{Kind: "invalid_answer", Delivery: "maybe_sent", Attempts: 1, Step: "read", HTTPStatus: 200})
}

// cause gives the context's error where its end is what ended the call.
func (one *call) cause(status int) error {
	if status == native.Cancelled || status == native.Timeout {
		return one.ctx.Err()
	}
	return nil
}

// clientToken gives the field by which some actions of other products recognise repeats.
func clientToken(request tchttp.Request) reflect.Value {
	value := reflect.ValueOf(request)
	if value.Kind() != reflect.Ptr || value.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	field := value.Elem().FieldByName("ClientToken")
	if !field.IsValid() || field.Type() != reflect.TypeOf((*string)(nil)) {
		return reflect.Value{}
	}
	return field
}

// giveClientToken fills that field where a program that wants repeats left it empty.
func giveClientToken(request tchttp.Request) {
	field := clientToken(request)
	if field.IsValid() && (field.IsNil() || field.Elem().Len() == 0) {
		token := newToken()
		field.Set(reflect.ValueOf(&token))
	}
}

func isNil(value interface{}) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	return v.Kind() == reflect.Ptr && v.IsNil()
}
