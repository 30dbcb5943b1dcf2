// Hands a template in for review.
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

	request := sms.NewAddSmsTemplateRequest()
	request.TemplateName = common.StringPtr("login")
	request.TemplateContent = common.StringPtr("{1} is your login code. It is good for {2} minutes.")
	request.SmsType = common.Uint64Ptr(0)
	request.International = common.Uint64Ptr(1)
	request.Remark = common.StringPtr("for the login page")

	answer, err := client.AddSmsTemplate(request)
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
