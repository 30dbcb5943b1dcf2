// Sends a message to one number, and says for every number what became of it.
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

	request := sms.NewSendSmsRequest()
	request.SmsSdkAppId = common.StringPtr("1400787878")
	request.SignName = common.StringPtr("xxx")
	request.TemplateId = common.StringPtr("449739")
	request.TemplateParamSet = common.StringPtrs([]string{"2468"})
	request.PhoneNumberSet = common.StringPtrs([]string{"+8613711112222"})

	answer, err := client.SendSms(request)
	if err != nil {
		// Whether it may be on its way is in the error's GetDelivery: only what is "not_sent" is safe to send again.
		end(err)
	}
	text, _ := json.MarshalIndent(answer.Response, "", "  ")
	fmt.Println(string(text))
	for _, status := range answer.Response.SendStatusSet {
		if *status.Code != "Ok" {
			fmt.Printf("%s was refused: %s\n", *status.PhoneNumber, *status.Code)
			defer os.Exit(1)
		}
	}
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
