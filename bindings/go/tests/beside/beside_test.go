// The official module of another product, unchanged, on this SDK's common module.
package beside

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

func TestTheOfficialClientOfAnotherProductRunsOnThisCore(t *testing.T) {
	var heard http.Header
	var body string
	answer := `{"Response":{"TotalCount":1,"ZoneSet":[{"Zone":"ap-guangzhou-2","ZoneName":"广州二区","ZoneId":"100002","ZoneState":"AVAILABLE"}],"RequestId":"r"}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		heard, body = r.Header.Clone(), string(text)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = server.Listener.Addr().String()
	client, err := cvm.NewClient(common.NewCredential("AKIDEXAMPLE", "SKEXAMPLE"), "ap-guangzhou", p)
	if err != nil {
		t.Fatal(err)
	}

	zones, err := client.DescribeZones(cvm.NewDescribeZonesRequest())
	if err != nil || *zones.Response.TotalCount != 1 || *zones.Response.ZoneSet[0].ZoneName != "广州二区" {
		t.Fatal(err)
	}
	if !strings.Contains(heard.Get("Authorization"), "/cvm/tc3_request") || heard.Get("X-TC-Version") != "2017-03-12" ||
		!strings.HasPrefix(heard.Get("X-TC-RequestClient"), "SDK_TCSMS_GO_") || body != "{}" {
		t.Fatal(heard, body)
	}

	// What is empty is sent, what is nil is not; repeats are recognised by a token.
	p.NetworkFailureMaxRetries = 1
	request := cvm.NewRunInstancesRequest()
	request.InstanceChargeType = common.StringPtr("")
	request.SecurityGroupIds = []*string{}
	request.DataDisks = []*cvm.DataDisk{{DiskSize: common.Int64Ptr(50)}}
	answer = `{"Response":{"Error":{"Code":"InvalidParameter","Message":"no"},"RequestId":"r-2"}}`
	_, err = client.RunInstances(request)
	refused, ok := err.(*errors.TencentCloudSDKError)
	if !ok || refused.Code != "InvalidParameter" || refused.RequestId != "r-2" || refused.GetDelivery() != "answered" {
		t.Fatal(err)
	}
	if request.ClientToken == nil || !strings.Contains(body, `"ClientToken":"`+*request.ClientToken) ||
		!strings.Contains(body, `"InstanceChargeType":""`) || !strings.Contains(body, `"SecurityGroupIds":[]`) ||
		!strings.Contains(body, `"DataDisks":[{"DiskSize":50}]`) {
		t.Fatal(body)
	}
}
