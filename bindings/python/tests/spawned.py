"""What processes of `multiprocessing` do that begin anew."""

import os

from tencentcloud.common.credential import Credential
from tencentcloud.sms.v20210111 import sms_client
from tests.support import profile, send


def work(number):
    sms = sms_client.SmsClient(Credential("secretId", "secretKey"), "ap-guangzhou", profile(os.environ["HOST"]))
    return sms.SendSms(send()).SendStatusSet[0].Code
