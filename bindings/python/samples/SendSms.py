"""Sends a message to one number, and says for every number what became of it."""

import os

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111 import models, sms_client

client = sms_client.SmsClient(
    Credential(os.environ.get("TENCENTCLOUD_SECRET_ID", "secretId"),
               os.environ.get("TENCENTCLOUD_SECRET_KEY", "secretKey")),
    "ap-guangzhou")

request = models.SendSmsRequest()
request.SmsSdkAppId = "1400787878"
request.SignName = "xxx"
request.TemplateId = "449739"
request.TemplateParamSet = ["2468"]
request.PhoneNumberSet = ["+8613711112222"]

try:
    answer = client.SendSms(request)
except TencentCloudSDKException as error:
    # Whether it may be on its way is in error.delivery: only what is "not_sent" is safe to send again.
    print(error)
    raise SystemExit(1)

print(answer.to_json_string(indent=2))
refused = [status for status in answer.SendStatusSet if status.Code != "Ok"]
for status in refused:
    print("%s was refused: %s" % (status.PhoneNumber, status.Code))
raise SystemExit(1 if refused else 0)
