"""Counts what an app has sent on one day."""

import os

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111 import models, sms_client

client = sms_client.SmsClient(
    Credential(os.environ.get("TENCENTCLOUD_SECRET_ID", "secretId"),
               os.environ.get("TENCENTCLOUD_SECRET_KEY", "secretKey")),
    "ap-guangzhou")

request = models.SendStatusStatisticsRequest()
request.SmsSdkAppId = "1400787878"
# Hours of UTC+8: year, month, day, hour.
request.BeginTime = "2019122400"
request.EndTime = "2019122423"
request.Limit = 1
request.Offset = 0

try:
    print(client.SendStatusStatistics(request).to_json_string(indent=2))
except TencentCloudSDKException as error:
    print(error)
    raise SystemExit(1)
