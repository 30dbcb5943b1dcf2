module github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms

go 1.18

require github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.166

replace github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common => ../common
