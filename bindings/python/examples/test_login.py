"""How a program that sends login codes is tested: no phone, no network, and the clock is yours. Run it with pytest."""

import secrets

import pytest

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111 import models

# Noon in Beijing, on the first day of 2030.
NOON = 1893470400


# ---------------------------------------------------------------- the program

class NotSent(Exception):
    """The person gets no code; says why."""


def send_login_code(client, sdk_app_id, phone):
    """Sends a new code to a phone and returns it."""
    code = "%06d" % secrets.randbelow(1000000)
    request = models.SendSmsRequest()
    request.SmsSdkAppId = sdk_app_id
    request.SignName = "腾讯云"
    request.TemplateId = "449739"
    request.TemplateParamSet = [code]
    request.PhoneNumberSet = [phone]
    try:
        status = client.SendSms(request).SendStatusSet[0]
    except TencentCloudSDKException as error:
        if error.delivery == "maybe_sent":
            # It may be on its way. The person asks again when it is not.
            return code
        raise NotSent(error.code) from error
    if status.Code != "Ok":
        raise NotSent(status.Code)
    return code


# ---------------------------------------------------------------- its tests

def test_the_code_arrives(sms_account):
    code = send_login_code(sms_account.client(), sms_account.sdk_app_id, "+8613711112222")
    assert sms_account.wait_for_message(phone="+8613711112222").code == code


def test_a_number_that_is_refused(sms_account):
    with pytest.raises(NotSent, match="InvalidParameterValue.IncorrectPhoneNumber"):
        send_login_code(sms_account.client(), sms_account.sdk_app_id, "+86123")


def test_a_rate_limit_is_waited_for(sms_account):
    sms_account.set_faults([{"times": 1, "do": {"error": {"code": "RequestLimitExceeded"}}}])
    send_login_code(sms_account.client(), sms_account.sdk_app_id, "+8613711112222")
    assert [call["code"] for call in sms_account.requests()] == ["RequestLimitExceeded", "Ok"]


def test_an_error_of_the_service(sms_account):
    sms_account.set_faults([{"do": {"error": {"code": "InternalError.Timeout"}}}])
    with pytest.raises(NotSent, match="InternalError.Timeout"):
        send_login_code(sms_account.client(), sms_account.sdk_app_id, "+8613711112222")
    assert sms_account.messages() == []


def test_an_answer_that_is_lost(sms_account):
    sms_account.set_faults([{"match": {"action": "SendSms"}, "do": {"reset": {"after": True}}}])
    code = send_login_code(sms_account.client(), sms_account.sdk_app_id, "+8613711112222")
    # One message, and not a second one: the SDK never sends again what may have been sent.
    assert [message.code for message in sms_account.messages()] == [code]


def test_ten_codes_a_day_and_more_on_the_next(sms_service):
    with sms_service.account(limits="default") as account:
        for minute in range(10):
            account.set_clock(NOON + 60 * minute)
            send_login_code(account.client(), account.sdk_app_id, "+8613711112222")
        account.set_clock(NOON + 3600)
        with pytest.raises(NotSent, match="LimitExceeded.PhoneNumberDailyLimit"):
            send_login_code(account.client(), account.sdk_app_id, "+8613711112222")
        account.set_clock(NOON + 24 * 3600)
        send_login_code(account.client(), account.sdk_app_id, "+8613711112222")
