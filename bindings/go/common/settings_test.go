// What the members of a profile mean to the core.

package common

import (
	"encoding/json"
	"testing"
	"time"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// config gives the settings that a client of this profile has in the core, as JSON.
func config(t *testing.T, p *profile.ClientProfile, change func(*Client, *tchttp.CommonRequest)) string {
	client := NewCommonClient(NewCredential("id", "key"), "ap-guangzhou", p)
	request := tchttp.NewCommonRequest("sms", "2021-01-11", "SendSms")
	if change != nil {
		change(client, request)
	}
	want, err := client.want(request, client.credential)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(want.config())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEachMemberOfAProfileReachesTheCore(t *testing.T) {
	const (
		head  = `"language":"zh-CN","region":"ap-guangzhou"`
		tail  = `"sdk":"SDK_TCSMS_GO_0.1.0","secret_id":"id","secret_key":"key","service":"sms"`
		plain = `{` + head + `,` + tail + `}`
	)
	for about, one := range map[string]struct {
		change func(*profile.ClientProfile)
		wants  string
	}{
		"nothing":      {func(p *profile.ClientProfile) {}, plain},
		"another sign": {func(p *profile.ClientProfile) { p.SignMethod = "what" }, plain},
		"sign and method": {func(p *profile.ClientProfile) {
			p.SignMethod, p.HttpProfile.ReqMethod, p.Language, p.UnsignedPayload = SHA1, "get", "", true
		}, `{"http_method":"GET","region":"ap-guangzhou",` + tail + `,"sign_method":"HmacSHA1","unsigned_payload":true}`},
		"http": {func(p *profile.ClientProfile) { p.HttpProfile.Scheme = "HTTP" },
			`{"allow_plain_http":true,"endpoint":"http://sms.tencentcloudapi.com",` + head + `,` + tail + `}`},
		"http below a root": {func(p *profile.ClientProfile) {
			p.HttpProfile.Scheme, p.HttpProfile.Protocol, p.HttpProfile.RootDomain = "", "http", "example.com"
		}, `{"allow_plain_http":true,"endpoint":"http://sms.example.com","language":"zh-CN","region":"ap-guangzhou","root_domain":"example.com",` + tail + `}`},
		"an endpoint with a path, a gateway and a proxy": {func(p *profile.ClientProfile) {
			p.HttpProfile.Endpoint, p.HttpProfile.ApigwEndpoint, p.HttpProfile.Proxy = "sms.example.com/in", "gw.example.com", "http://proxy:1"
		}, `{"api_gateway":"gw.example.com","endpoint":"sms.example.com/in","language":"zh-CN","proxy":"http://proxy:1","region":"ap-guangzhou",` + tail + `}`},
		"a time limit": {func(p *profile.ClientProfile) { p.HttpProfile.ReqTimeout = 5 },
			`{` + head + `,` + tail + `,"timeouts":{"attempt_ms":5000,"total_ms":5000}}`},
		"no time limit": {func(p *profile.ClientProfile) { p.HttpProfile.ReqTimeout = -1 },
			`{` + head + `,` + tail + `,"timeouts":{"attempt_ms":0,"total_ms":0}}`},
		"repeats": {func(p *profile.ClientProfile) {
			p.HttpProfile.ReqTimeout, p.RateLimitExceededMaxRetries = 5, 2
		}, `{` + head + `,"retry":{"attempts":3,"jitter_percent":0,"longest_pause_ms":2000,"pause_ms":1000},` + tail +
			`,"timeouts":{"attempt_ms":5000,"total_ms":18000}}`},
		"repeats of anything": {func(p *profile.ClientProfile) { p.UnsafeRetryOnConnectionFailure = true },
			`{` + head + `,"retry":{"policy":"any"},` + tail + `}`},
		"a breaker": {func(p *profile.ClientProfile) {
			p.DisableRegionBreaker, p.BackupEndPoint = false, "ap-beijing.tencentcloudapi.com"
		}, `{"backup_endpoints":["sms.ap-beijing.tencentcloudapi.com"],"breaker":{"failures":5,"pause_ms":60000,"window_ms":60000},` + head + `,` + tail + `}`},
		"settings over the rest": {func(p *profile.ClientProfile) {
			p.Settings = map[string]interface{}{"region": "x", "language": nil, "profile": "team"}
		}, `{"profile":"team","region":"x","sdk":"SDK_TCSMS_GO_0.1.0","service":"sms"}`},
	} {
		p := profile.NewClientProfile()
		one.change(p)
		if got := config(t, p, nil); got != one.wants {
			t.Errorf("%s:\ngot   %s\nwants %s", about, got, one.wants)
		}
	}
}

func TestARequestMayGoElsewhereThanItsClient(t *testing.T) {
	got := config(t, profile.NewClientProfile(), func(c *Client, r *tchttp.CommonRequest) {
		r.SetDomain("other.example.com")
		r.SetPath("/x")
		r.SetScheme("http")
		r.SetHttpMethod("GET")
		c.WithRequestClient("abc; 1")
	})
	wants := `{"allow_plain_http":true,"endpoint":"http://other.example.com/x","http_method":"GET","language":"zh-CN","region":"ap-guangzhou",` +
		`"request_client":"abc; 1","sdk":"SDK_TCSMS_GO_0.1.0","secret_id":"id","secret_key":"key","service":"sms"}`
	if got != wants {
		t.Fatalf("got   %s\nwants %s", got, wants)
	}
}

func TestARefusalKeepsTheServicesWordsAndAddsWhatTheCoreKnows(t *testing.T) {
	err := failure(1, []byte(`{"code":"AuthFailure.SignatureExpire","message":"Expired.","text":"AuthFailure.SignatureExpire: Expired. (r-1); the clock is 5 s behind",`+
		`"requestId":"r-1","kind":"service","delivery":"answered","retryable":false,"attempts":1}`), nil)
	wants := "[TencentCloudSDKError] Code=AuthFailure.SignatureExpire, Message=Expired., RequestId=r-1; the clock is 5 s behind"
	if err.Error() != wants {
		t.Fatal(err)
	}
	if err := failure(-1, nil, nil); err.Error() != "[TencentCloudSDKError] Code=ClientError.InternalError, Message=the library failed with status -1" {
		t.Fatal(err)
	}
}

func TestPausesOfAProgram(t *testing.T) {
	w := wanted{}
	var first time.Duration
	w.pauses(3, profile.ConstantDurationFunc(250*time.Millisecond), &first)
	if first != 250*time.Millisecond || w.longestPause != first || w.pausesTotal != 3*first {
		t.Fatal(first, w)
	}
}
