"""Takes delivery reports out of the queue of an app. What was taken does not come again."""

import os

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111 import models, sms_client

client = sms_client.SmsClient(
    Credential(os.environ.get("TENCENTCLOUD_SECRET_ID", "secretId"),
               os.environ.get("TENCENTCLOUD_SECRET_KEY", "secretKey")),
    "ap-guangzhou")

request = models.PullSmsSendStatusRequest()
request.SmsSdkAppId = "1400787878"
request.Limit = 10

try:
    print(client.PullSmsSendStatus(request).to_json_string(indent=2))
except TencentCloudSDKException as error:
    print(error)
    raise SystemExit(1)
