module beside

go 1.18

require (
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.166
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm v1.3.100
)

replace github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common => ../../common
