// Asks how many messages were sent on a day.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

func main() {
	credential := common.NewCredential(variable("TENCENTCLOUD_SECRET_ID", "secretId"), variable("TENCENTCLOUD_SECRET_KEY", "secretKey"))
	client, err := sms.NewClient(credential, "ap-guangzhou", profile.NewClientProfile())
	if err != nil {
		end(err)
	}

	request := sms.NewSendStatusStatisticsRequest()
	request.SmsSdkAppId = common.StringPtr("1400787878")
	request.BeginTime = common.StringPtr("2019122400")
	request.EndTime = common.StringPtr("2019122423")
	request.Limit = common.Uint64Ptr(1)
	request.Offset = common.Uint64Ptr(0)

	answer, err := client.SendStatusStatistics(request)
	if err != nil {
		end(err)
	}
	text, _ := json.MarshalIndent(answer.Response, "", "  ")
	fmt.Println(string(text))
}

func variable(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func end(err error) {
	fmt.Println(err)
	os.Exit(1)
}
