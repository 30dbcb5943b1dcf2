// Makes the calls of a conformance case with the official SDK for Go: driver
//
// The protocol is in conformance/README.md; a further line of settings replaces those before. It knows what the interop
// cases and check.py need.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	v20190711 "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20190711"
	v20210111 "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

type call struct {
	Action     string          `json:"action"`
	Version    string          `json:"version"`
	Parameters json.RawMessage `json:"parameters"`
	ByName     bool            `json:"by_name"`
}

type settings struct {
	SecretID   string `json:"secret_id"`
	SecretKey  string `json:"secret_key"`
	Region     string `json:"region"`
	ConnectTo  string `json:"connect_to"`
	SignMethod string `json:"sign_method"`
	HTTPMethod string `json:"http_method"`
}

// What the clients of both versions can.
type client interface {
	Send(tchttp.Request, tchttp.Response) error
}

// The client of a version.
func (s settings) client(version string) (client, error) {
	scheme, host, _ := strings.Cut(s.ConnectTo, "://")
	used := profile.NewClientProfile()
	used.HttpProfile.Scheme, used.HttpProfile.Endpoint = scheme, host
	if s.SignMethod != "" {
		used.SignMethod, used.HttpProfile.ReqMethod = s.SignMethod, s.HTTPMethod
	}
	keys := common.NewCredential(s.SecretID, s.SecretKey)
	if version == "2019-07-11" {
		return v20190711.NewClient(keys, s.Region, used)
	}
	return v20210111.NewClient(keys, s.Region, used)
}

// Calls the method that is called like the action, with a request made of the parameters.
func (s settings) make(c call) (any, error) {
	client, err := s.client(c.Version)
	if err != nil {
		return nil, err
	}
	if c.ByName {
		return byName(client, c)
	}
	method := reflect.ValueOf(client).MethodByName(c.Action)
	if !method.IsValid() {
		return nil, fmt.Errorf("no action %s in %s", c.Action, c.Version)
	}
	// As its constructor makes it, which reflection cannot find.
	base := &tchttp.BaseRequest{}
	base.Init().WithApiInfo("sms", c.Version, c.Action)
	request := reflect.New(method.Type().In(0).Elem())
	request.Elem().FieldByName("BaseRequest").Set(reflect.ValueOf(base))
	if err := json.Unmarshal(c.Parameters, request.Interface()); err != nil {
		return nil, err
	}
	out := method.Call([]reflect.Value{request})
	if err, failed := out[1].Interface().(error); failed {
		return nil, err
	}
	return out[0].Elem().FieldByName("Response").Interface(), nil
}

// Makes a call of an action that has no method.
func byName(used client, c call) (any, error) {
	request, response := tchttp.NewCommonRequest("sms", c.Version, c.Action), tchttp.NewCommonResponse()
	if err := request.SetActionParameters([]byte(c.Parameters)); err != nil {
		return nil, err
	}
	if err := used.Send(request, response); err != nil {
		return nil, err
	}
	var told struct{ Response any }
	err := json.Unmarshal(response.GetBody(), &told)
	return told.Response, err
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	var made settings
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var c call
		check(json.Unmarshal(line, &c))
		if c.Action == "" {
			made = settings{}
			check(json.Unmarshal(line, &made))
			continue
		}
		told := map[string]any{}
		if answer, err := made.make(c); err == nil {
			told["answer"] = answer
		} else {
			failure := map[string]any{"kind": "service", "delivery": "answered", "attempts": 1, "message": err.Error()}
			if known, is := err.(*errors.TencentCloudSDKError); is {
				failure["code"], failure["requestId"] = known.Code, known.RequestId
			}
			told["error"] = failure
		}
		text, err := json.Marshal(told)
		check(err)
		fmt.Println(string(text))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
