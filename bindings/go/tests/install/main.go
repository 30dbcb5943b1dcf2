// Command install makes a first call: what a program does that has just been given the SDK.
package main

import (
	"fmt"
	"os"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

func main() {
	client, err := sms.NewClient(common.NewCredential("AKIDEXAMPLE", "SKEXAMPLE"), "ap-guangzhou", profile.NewClientProfile())
	if err == nil {
		request := sms.NewPullSmsSendStatusRequest()
		request.SmsSdkAppId = common.StringPtr("1400787878")
		request.Limit = common.Uint64Ptr(1)
		var response *sms.PullSmsSendStatusResponse
		if response, err = client.PullSmsSendStatus(request); err == nil {
			fmt.Println("answered", *response.Response.RequestId)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
