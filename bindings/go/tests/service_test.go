// Calls of the typed clients to the local service: what it answers, and what its users see of failures.
package tests

import (
	"bufio"
	"context"
	"encoding/json"
	stderrors "errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	old "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20190711"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

const (
	secretID  = "AKIDEXAMPLE"
	secretKey = "SKEXAMPLE"
	app       = "1400787878"
)

const config = `
[[account]]
id = "go"
[[account.key]]
secret_id = "AKIDEXAMPLE"
secret_key = "SKEXAMPLE"
[[account.app]]
sdk_app_id = "1400787878"
[[account.sign]]
id = 1
name = "腾讯云"
[[account.template]]
id = "449739"
name = "login"
content = "您的验证码是{1}"
kind = "verification"
[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
`

// service is the local service.
type service struct {
	address string
	process *exec.Cmd
}

// startService starts the program that TCSMS_PROGRAM names; listen may end in :0.
func startService(t testing.TB, listen string) *service {
	program := os.Getenv("TCSMS_PROGRAM")
	if program == "" {
		t.Fatal("TCSMS_PROGRAM does not name the program tcsms; bindings/go/run-tests sets it")
	}
	file := filepath.Join(t.TempDir(), "service.toml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(program, "serve", "--listen", listen, "--database", "memory", "--config", file)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	s := &service{process: process}
	t.Cleanup(s.stop)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var listening struct{ API string }
	if err := json.Unmarshal(line, &listening); err != nil {
		t.Fatal(err)
	}
	s.address = strings.TrimPrefix(listening.API, "http://")
	return s
}

func (s *service) stop() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

// plain is a profile for a server of this machine that speaks no TLS.
func plain(address string) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = address
	return p
}

func newClient(t testing.TB, p *profile.ClientProfile) *sms.Client {
	client, err := sms.NewClient(common.NewCredential(secretID, secretKey), "ap-guangzhou", p)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func message(numbers ...string) *sms.SendSmsRequest {
	request := sms.NewSendSmsRequest()
	request.PhoneNumberSet = common.StringPtrs(numbers)
	request.SmsSdkAppId = common.StringPtr(app)
	request.SignName = common.StringPtr("腾讯云")
	request.TemplateId = common.StringPtr("449739")
	request.TemplateParamSet = common.StringPtrs([]string{"1234"})
	request.SessionContext = common.StringPtr("a<b>&\"\\\n\u2028中😀")
	return request
}

// failed gives the SDK's error that err must be.
func failed(t testing.TB, err error) *errors.TencentCloudSDKError {
	t.Helper()
	known, ok := err.(*errors.TencentCloudSDKError)
	if !ok {
		t.Fatalf("expected an error of the SDK, got %T %v", err, err)
	}
	return known
}

func TestEachNumberHasItsOwnCode(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	for _, way := range []struct{ sign, method string }{
		{"TC3-HMAC-SHA256", "POST"}, {"TC3-HMAC-SHA256", "GET"}, {"HmacSHA256", "POST"}, {"HmacSHA1", "GET"},
	} {
		p := plain(s.address)
		p.SignMethod, p.HttpProfile.ReqMethod = way.sign, way.method
		answer, err := newClient(t, p).SendSms(message("+8613711112222", "+861"))
		if err != nil {
			t.Fatal(way, err)
		}
		if len(answer.Response.SendStatusSet) != 2 || *answer.Response.RequestId == "" {
			t.Fatal(way, answer.ToJsonString())
		}
		sent, refused := answer.Response.SendStatusSet[0], answer.Response.SendStatusSet[1]
		if *sent.Code != "Ok" || *sent.Fee != 1 || *sent.PhoneNumber != "+8613711112222" || *sent.SessionContext != *message().SessionContext {
			t.Fatal(way, answer.ToJsonString())
		}
		if *refused.Code == "Ok" {
			t.Fatal(way, answer.ToJsonString())
		}
	}
}

func TestARefusalHasTheServicesWords(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	client, _ := sms.NewClient(common.NewCredential("nobody", "key"), "ap-guangzhou", plain(s.address))
	answer, err := client.SendSms(message("+8613711112222"))
	known := failed(t, err)
	if known.GetCode() != "AuthFailure.SecretIdNotFound" || known.GetRequestId() == "" || answer.Response != nil {
		t.Fatal(err)
	}
	want := "[TencentCloudSDKError] Code=AuthFailure.SecretIdNotFound, Message=" + known.Message + ", RequestId=" + known.RequestId
	if !strings.HasPrefix(err.Error(), want) {
		t.Fatal(err)
	}
	if known.GetKind() != "service" || known.GetDelivery() != "answered" || known.GetAttempts() != 1 || known.GetRetryable() {
		t.Fatalf("%+v", known.GetDetails())
	}
	traced := common.WithCallOptions(context.Background(), map[string]interface{}{"trace_id": "order-4711"})
	if _, err = client.SendSmsWithContext(traced, message("+8613711112222")); failed(t, err).GetDetails().TraceId != "order-4711" {
		t.Fatalf("%+v", failed(t, err).GetDetails())
	}
	if sms.FAILEDOPERATION_JSONPARSEFAIL != "FailedOperation.JsonParseFail" {
		t.Fatal(sms.FAILEDOPERATION_JSONPARSEFAIL)
	}
}

func TestBothVersionsAndCallsByName(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	former, err := old.NewClient(common.NewCredential(secretID, secretKey), "ap-guangzhou", plain(s.address))
	if err != nil {
		t.Fatal(err)
	}
	request := old.NewSendSmsRequest()
	request.PhoneNumberSet = common.StringPtrs([]string{"+8613711112222"})
	request.SmsSdkAppid = common.StringPtr(app)
	request.Sign = common.StringPtr("腾讯云")
	request.TemplateID = common.StringPtr("449739")
	request.TemplateParamSet = common.StringPtrs([]string{"1234"})
	answer, err := former.SendSms(request)
	if err != nil || *answer.Response.SendStatusSet[0].Code != "Ok" {
		t.Fatal(err, answer.ToJsonString())
	}

	client := common.NewCommonClient(common.NewCredential(secretID, secretKey), "ap-guangzhou", plain(s.address))
	for _, parameters := range []interface{}{
		`{"SmsSdkAppId":"1400787878","Limit":10}`, []byte(`{"SmsSdkAppId":"1400787878","Limit":10}`),
		map[string]interface{}{"SmsSdkAppId": app, "Limit": 10},
	} {
		request := tchttp.NewCommonRequest("sms", "2021-01-11", "PullSmsSendStatus")
		if err := request.SetActionParameters(parameters); err != nil {
			t.Fatal(err)
		}
		response := tchttp.NewCommonResponse()
		if err := client.Send(request, response); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(response.GetBody()), `{"Response":{"PullSmsSendStatusSet":[`) {
			t.Fatal(string(response.GetBody()))
		}
	}
}

func TestWhatCannotBeSentIsAnErrorBeforeItIsSent(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	client := newClient(t, plain(s.address))
	for _, broken := range []struct {
		about   string
		request func() *sms.SendSmsRequest
		text    string
	}{
		{"no UTF-8", func() *sms.SendSmsRequest {
			request := message("+8613711112222")
			request.SessionContext = common.StringPtr("a\xff")
			return request
		}, "UTF-8"},
		{"a header with a line's end", func() *sms.SendSmsRequest {
			request := message("+8613711112222")
			request.SetHeader(map[string]string{"X-A": "a\r\nb"})
			return request
		}, "x-a"},
		{"more than the service takes", func() *sms.SendSmsRequest {
			request := message("+8613711112222")
			request.SessionContext = common.StringPtr(strings.Repeat("x", 11<<20))
			return request
		}, ""},
	} {
		_, err := client.SendSms(broken.request())
		known := failed(t, err)
		if known.GetKind() != "invalid_request" || known.GetDelivery() != "not_sent" || known.GetCode() != "ClientError.InvalidParameter" {
			t.Errorf("%s: %s %+v", broken.about, err, known.GetDetails())
		}
		if !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(broken.text)) {
			t.Errorf("%s: %s", broken.about, err)
		}
	}
	common1 := tchttp.NewCommonRequest("sms", "2021-01-11", "SendSms")
	for _, parameters := range []interface{}{"{", "[]", `{"a":1} x`, []byte("\xff"), 5, "null x"} {
		if err := common1.SetActionParameters(parameters); err == nil {
			t.Errorf("%v was taken", parameters)
		}
	}
	if _, err := (&sms.Client{}).SendSms(message("+8613711112222")); err == nil {
		t.Error("a client that nothing made sent something")
	}
	if err := client.Send(nil, nil); err == nil {
		t.Error("nothing was sent")
	}
	without, _ := sms.NewClient(nil, "ap-guangzhou", plain(s.address))
	if _, err := without.SendSms(message("+8613711112222")); err == nil || err.Error() != "SendSms require credential" {
		t.Error(err)
	}
}

func TestASettingThatNobodyKnowsIsNamed(t *testing.T) {
	p := plain("127.0.0.1:1")
	p.Settings = map[string]interface{}{"retyr": map[string]interface{}{"policy": "never"}}
	client, err := sms.NewClient(common.NewCredential(secretID, secretKey), "ap-guangzhou", p)
	if err == nil {
		_, err = client.SendSms(message("+8613711112222"))
	}
	if known := failed(t, err); known.GetKind() != "config" || known.GetDelivery() != "not_sent" || !strings.Contains(known.Message, "retyr") {
		t.Fatalf("%v %+v", err, known.GetDetails())
	}
}

// The values are those that the documentation computes.
func TestTheOlderSignaturesAreThoseOfTheDocumentation(t *testing.T) {
	text := "GETcvm.api.qcloud.com/v2/index.php?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Nonce=11886" +
		"&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA&SignatureMethod=HmacSHA256&Timestamp=1465185768"
	key := "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA"
	if signature := common.Sign(text, key, common.SHA256); signature != "0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=" {
		t.Fatal(signature)
	}
	text = strings.Replace(text, "HmacSHA256", "HmacSHA1", 1)
	if signature := common.Sign(text, key, common.SHA1); signature != "nPVnY6njQmwQ8ciqbPl5Qe+Oru4=" {
		t.Fatal(signature)
	}
}

func TestAMessageOfTenMegabytesIsAnswered(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	request := message("+8613711112222")
	request.SessionContext = common.StringPtr(strings.Repeat("中", 9<<20/3))
	_, err := newClient(t, plain(s.address)).SendSms(request)
	// The service's own limit of this member is far below.
	if known := failed(t, err); known.GetDelivery() != "answered" {
		t.Fatal(known.GetCode(), known.GetDetails())
	}
}

func TestTheServiceMayStartAnewBetweenTwoCalls(t *testing.T) {
	first := startService(t, "127.0.0.1:0")
	client := newClient(t, plain(first.address))
	if _, err := client.SendSms(message("+8613711112222")); err != nil {
		t.Fatal(err)
	}
	first.stop()
	_ = startService(t, first.address)
	if _, err := client.SendSms(message("+8613711112222")); err != nil {
		t.Fatal(err)
	}
}

func TestSixtyFourCallersShareAClient(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	client := newClient(t, plain(s.address))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var all sync.WaitGroup
	wrong := make(chan error, 64)
	for caller := 0; caller < 64; caller++ {
		all.Add(1)
		go func(caller int) {
			defer all.Done()
			for call := 0; call < 10; call++ {
				request := message(fmt.Sprintf("+86137%04d%04d", caller, call))
				send := client.SendSms
				if caller%2 == 1 {
					send = func(request *sms.SendSmsRequest) (*sms.SendSmsResponse, error) {
						return client.SendSmsWithContext(ctx, request)
					}
				}
				answer, err := send(request)
				if err == nil && *answer.Response.SendStatusSet[0].PhoneNumber != *request.PhoneNumberSet[0] {
					err = stderrors.New("the answer is another caller's")
				}
				if err != nil {
					wrong <- err
					return
				}
			}
		}(caller)
	}
	all.Wait()
	close(wrong)
	for err := range wrong {
		t.Error(err)
	}
}

func TestAChangedProfileAndCredentialCountAtOnce(t *testing.T) {
	s := startService(t, "127.0.0.1:0")
	p := plain("127.0.0.1:1")
	credential := common.NewCredential("nobody", secretKey)
	client, _ := sms.NewClient(credential, "ap-guangzhou", p)
	if _, err := client.SendSms(message("+8613711112222")); failed(t, err).GetKind() != "connect" {
		t.Fatal(err)
	}
	p.HttpProfile.Endpoint = s.address
	if _, err := client.SendSms(message("+8613711112222")); failed(t, err).GetKind() != "service" {
		t.Fatal(err)
	}
	credential.SecretId = secretID
	if _, err := client.SendSms(message("+8613711112222")); err != nil {
		t.Fatal(err)
	}
	p.Settings = map[string]interface{}{"nonsense": 1}
	if _, err := client.SendSms(message("+8613711112222")); failed(t, err).GetKind() != "config" || !strings.Contains(err.Error(), "nonsense") {
		t.Fatal(err)
	}
}

func TestFromJsonStringRefusesWhatARequestHasNot(t *testing.T) {
	request := sms.NewSendSmsRequest()
	if err := request.FromJsonString(`{"SmsSdkAppId":"1","Typo":1}`); failed(t, err).Message != "SendSmsRequest has unknown keys!" {
		t.Fatal(err)
	}
	if err := request.FromJsonString(message("+8613711112222").ToJsonString()); err != nil || *request.SmsSdkAppId != app {
		t.Fatal(err)
	}
	response := sms.NewSendSmsResponse()
	if err := response.FromJsonString(`{"Response":{"Typo":1,"RequestId":"r"}}`); err != nil || *response.Response.RequestId != "r" {
		t.Fatal(err)
	}
	if response.ToJsonString() != `{"Response":{"RequestId":"r"}}` {
		t.Fatal(response.ToJsonString())
	}
}
