"""Creates a template and hands it in for review."""

import os

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111 import models, sms_client

client = sms_client.SmsClient(
    Credential(os.environ.get("TENCENTCLOUD_SECRET_ID", "secretId"),
               os.environ.get("TENCENTCLOUD_SECRET_KEY", "secretKey")),
    "ap-guangzhou")

request = models.AddSmsTemplateRequest()
request.TemplateName = "login"
request.TemplateContent = "{1} is your login code. It is good for {2} minutes."
request.SmsType = 0
request.International = 1
request.Remark = "for the login page"

try:
    print(client.AddSmsTemplate(request).to_json_string(indent=2))
except TencentCloudSDKException as error:
    print(error)
    raise SystemExit(1)
