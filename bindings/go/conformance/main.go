// Command conformance is the driver of this SDK for the conformance cases: it makes the calls of a case as its users
// would, and tells their outcomes.
//
//	conformance here     calls on the caller's thread
//	conformance aside    calls whose context can end
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	tcjson "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	v20190711 "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20190711"
	v20210111 "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

// content is a text or bytes.
type content struct {
	Hex string `json:"hex"`
}

func (c *content) bytes() []byte {
	bytes, err := hex.DecodeString(strings.ReplaceAll(c.Hex, " ", ""))
	must(err)
	return bytes
}

// line is one call, as the runner writes it.
type line struct {
	Action          string                     `json:"action"`
	Version         string                     `json:"version"`
	ByName          bool                       `json:"by_name"`
	Parameters      json.RawMessage            `json:"parameters"`
	ParametersText  *string                    `json:"parameters_text"`
	Region          *string                    `json:"region"`
	Language        *string                    `json:"language"`
	SignMethod      *string                    `json:"sign_method"`
	HTTPMethod      *string                    `json:"http_method"`
	UnsignedPayload *bool                      `json:"unsigned_payload"`
	SkipSign        bool                       `json:"skip_sign"`
	Headers         map[string]string          `json:"headers"`
	TraceID         *string                    `json:"trace_id"`
	IdempotencyKey  *string                    `json:"idempotency_key"`
	Idempotent      *bool                      `json:"idempotent"`
	Parts           map[string]content         `json:"parts"`
	Octets          *content                   `json:"octets"`
	Stream          bool                       `json:"stream"`
	TimeoutMs       *int64                     `json:"timeout_ms"`
	Retry           map[string]json.RawMessage `json:"retry"`
	AtOnce          int                        `json:"at_once"`
}

// failure is an error, as the runner reads it.
type failure struct {
	Kind      string   `json:"kind"`
	Code      *string  `json:"code"`
	RequestID *string  `json:"requestId"`
	Delivery  string   `json:"delivery"`
	Attempts  int      `json:"attempts"`
	Step      *string  `json:"step"`
	Endpoint  *string  `json:"endpoint"`
	Message   string   `json:"message"`
	Shown     []string `json:"shown"`
}

type outcome struct {
	Answer json.RawMessage `json:"answer,omitempty"`
	Error  *failure        `json:"error,omitempty"`
}

func main() {
	aside := len(os.Args) == 2 && os.Args[1] == "aside"
	if !aside && !(len(os.Args) == 2 && os.Args[1] == "here") {
		must(fmt.Errorf("usage: conformance here|aside"))
	}
	in := bufio.NewReader(os.Stdin)
	text, err := in.ReadBytes('\n')
	must(err)
	d := newDriver(text, aside)
	for {
		text, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) == 0 {
			return
		}
		var l line
		must(strict(text, &l))
		outcomes := make(chan outcome)
		var all sync.WaitGroup
		for i := 0; i < l.AtOnce; i++ {
			all.Add(1)
			go func() {
				defer all.Done()
				outcomes <- d.make(&l)
			}()
		}
		for i := 0; i < l.AtOnce; i++ {
			out, err := json.Marshal(<-outcomes)
			must(err)
			fmt.Println(string(out))
		}
		all.Wait()
		if err != nil {
			return
		}
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func strict(text []byte, into interface{}) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

type driver struct {
	aside  bool
	common *common.Client
	v2019  *v20190711.Client
	v2021  *v20210111.Client
}

// newDriver sets a client of each kind up: by the profile where it has a member for a setting, by its Settings where not.
func newDriver(text []byte, aside bool) *driver {
	var settings map[string]interface{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	must(decoder.Decode(&settings))
	take := func(name string) (string, bool) {
		value, ok := settings[name].(string)
		delete(settings, name)
		return value, ok
	}

	p := profile.NewClientProfile()
	// What is absent is left at the core's default, which sends no language.
	p.Language = ""
	var credential common.CredentialIface
	_, machine := settings["cvm_role"].(map[string]interface{})
	_, role := settings["assume_role"].(map[string]interface{})
	_, pod := settings["web_identity"].(map[string]interface{})
	id, hasID := settings["secret_id"].(string)
	key, hasKey := settings["secret_key"].(string)
	switch {
	case machine || role || pod:
	case hasID && hasKey:
		token, _ := take("token")
		credential = common.NewTokenCredential(id, key, token)
		delete(settings, "secret_id")
		delete(settings, "secret_key")
	}
	region, _ := take("region")
	for name, at := range map[string]*string{
		"endpoint": &p.HttpProfile.Endpoint, "root_domain": &p.HttpProfile.RootDomain,
		"api_gateway": &p.HttpProfile.ApigwEndpoint, "proxy": &p.HttpProfile.Proxy,
		"language": &p.Language, "sign_method": &p.SignMethod, "http_method": &p.HttpProfile.ReqMethod,
	} {
		if value, ok := take(name); ok {
			*at = value
		}
	}
	if unsigned, ok := settings["unsigned_payload"].(bool); ok {
		p.UnsignedPayload = unsigned
		delete(settings, "unsigned_payload")
	}
	for name, value := range settings {
		if value == nil || empty(value) {
			delete(settings, name)
		}
	}
	if credential == nil {
		// Of all places where one may be found, if the other settings name none.
		settings["credential_chain"] = nil
	}
	p.Settings = settings

	v2019, err := v20190711.NewClient(credential, region, p)
	must(err)
	v2021, err := v20210111.NewClient(credential, region, p)
	must(err)
	return &driver{aside, common.NewCommonClient(credential, region, p), v2019, v2021}
}

func empty(value interface{}) bool {
	switch value := value.(type) {
	case []interface{}:
		return len(value) == 0
	case map[string]interface{}:
		return len(value) == 0
	}
	return false
}

func (d *driver) make(l *line) outcome {
	ctx := context.Background()
	if d.aside {
		aside, cancel := context.WithCancel(ctx)
		defer cancel()
		ctx = aside
	}
	if l.TimeoutMs != nil {
		limited, cancel := context.WithTimeout(ctx, time.Duration(*l.TimeoutMs)*time.Millisecond)
		defer cancel()
		ctx = limited
	}
	if options := l.options(); len(options) > 0 {
		ctx = common.WithCallOptions(ctx, options)
	}
	answer, err := d.call(ctx, l)
	if err != nil {
		return outcome{Error: told(err)}
	}
	return outcome{Answer: answer}
}

func (l *line) options() map[string]interface{} {
	options := map[string]interface{}{}
	for name, value := range map[string]*string{
		"region": l.Region, "language": l.Language, "sign_method": l.SignMethod, "http_method": l.HTTPMethod,
		"trace_id": l.TraceID, "idempotency_key": l.IdempotencyKey,
	} {
		if value != nil {
			options[name] = *value
		}
	}
	if l.UnsignedPayload != nil {
		options["unsigned_payload"] = *l.UnsignedPayload
	}
	if l.Idempotent != nil {
		options["idempotent"] = *l.Idempotent
	}
	if l.Retry != nil {
		options["retry"] = l.Retry
	}
	if len(l.Parts) > 0 {
		parts := map[string]interface{}{}
		for name, part := range l.Parts {
			parts[name] = map[string]string{"base64": base64.StdEncoding.EncodeToString(part.bytes())}
		}
		options["parts"] = parts
	}
	return options
}

// request is what all requests can do.
type request interface {
	tchttp.Request
	FromJsonString(string) error
}

func (d *driver) call(ctx context.Context, l *line) (json.RawMessage, error) {
	if l.ByName {
		return d.byName(ctx, l)
	}
	var client interface{} = d.v2021
	if l.Version == "2019-07-11" {
		client = d.v2019
	}
	method := reflect.ValueOf(client).MethodByName(l.Action + "WithContext")
	if !method.IsValid() {
		must(fmt.Errorf("there is no %s of %s: call it by name", l.Action, l.Version))
	}
	// As its constructor makes it, which reflection cannot find.
	r := reflect.New(method.Type().In(1).Elem())
	base := &tchttp.BaseRequest{}
	r.Elem().FieldByName("BaseRequest").Set(reflect.ValueOf(base))
	base.Init().WithApiInfo("sms", l.Version, l.Action)
	l.fill(r.Interface().(request))
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), r})
	if err, failed := out[1].Interface().(error); failed {
		return nil, err
	}
	return tcjson.Marshal(out[0].Elem().FieldByName("Response").Interface())
}

func (l *line) fill(r request) {
	must(r.FromJsonString(string(l.Parameters)))
	r.SetSkipSign(l.SkipSign)
	r.SetHeader(l.Headers)
}

// streamed is a response that takes events, and an answer in their place.
type streamed struct {
	tchttp.BaseSSEResponse
	Response json.RawMessage
}

func (d *driver) byName(ctx context.Context, l *line) (json.RawMessage, error) {
	r := tchttp.NewCommonRequest("sms", l.Version, l.Action)
	text := string(l.Parameters)
	if l.ParametersText != nil {
		text = *l.ParametersText
	}
	if l.Octets != nil {
		ctx = withOctets(ctx, l, text)
	} else if err := r.SetActionParameters(text); err != nil {
		return nil, err
	}
	r.SetSkipSign(l.SkipSign)
	r.SetHeader(l.Headers)
	r.SetContext(ctx)
	if l.Stream {
		response := &streamed{}
		if err := d.common.Send(r, response); err != nil {
			return nil, err
		}
		return response.whole()
	}
	response := tchttp.NewCommonResponse()
	if l.Octets != nil {
		r.SetOctetStreamParameters(l.Headers, l.Octets.bytes())
		if err := d.common.SendOctetStream(r, response); err != nil {
			return nil, err
		}
	} else if err := d.common.Send(r, response); err != nil {
		return nil, err
	}
	var whole struct{ Response json.RawMessage }
	must(json.Unmarshal(response.GetBody(), &whole))
	return whole.Response, nil
}

// withOctets says the parameters that go into headers, which a request of bytes has no other place for.
func withOctets(ctx context.Context, l *line, parameters string) context.Context {
	options := l.options()
	options["parameters"] = json.RawMessage(parameters)
	return common.WithCallOptions(ctx, options)
}

func (s *streamed) whole() (json.RawMessage, error) {
	if s.Events == nil {
		return s.Response, nil
	}
	type event struct {
		ID      *string `json:"id"`
		Event   *string `json:"event"`
		Data    string  `json:"data"`
		RetryMs *int64  `json:"retry_ms"`
	}
	events := []event{}
	for next := range s.Events {
		if next.Err != nil {
			return nil, next.Err
		}
		read := event{Data: string(next.Data)}
		next := next
		if next.Id != "" {
			read.ID = &next.Id
		}
		if next.Event != "" {
			read.Event = &next.Event
		}
		if next.Retry != 0 {
			read.RetryMs = &next.Retry
		}
		events = append(events, read)
	}
	return json.Marshal(map[string]interface{}{"Events": events})
}

func told(err error) *failure {
	known, ok := err.(*errors.TencentCloudSDKError)
	if !ok {
		must(fmt.Errorf("an error of another type: %T %s", err, err))
	}
	details := known.GetDetails()
	f := &failure{
		Kind: details.Kind, Delivery: details.Delivery, Attempts: details.Attempts,
		Message: known.Error(), Shown: []string{known.Message, fmt.Sprintf("%#v %+v", known, details)},
	}
	if details.Kind == "service" {
		f.Code = &known.Code
	}
	for from, at := range map[*string]**string{
		&known.RequestId: &f.RequestID, &details.Step: &f.Step, &details.Endpoint: &f.Endpoint,
	} {
		if *from != "" {
			*at = from
		}
	}
	return f
}
