"""Signatures, for programs that put requests together by themselves. Clients sign in the core."""

from tencentcloud.common import _core
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException


class Sign(object):
    """The two ways to sign a text."""

    @staticmethod
    def sign(secret_key, sign_str, sign_method):
        """The base64 signature of the older methods.

        :param sign_method: `HmacSHA1` or `HmacSHA256`.
        """
        try:
            return _core.native.sign(secret_key, sign_str, sign_method)
        except ValueError as error:
            raise TencentCloudSDKException("signMethod invalid", str(error)) from None

    @staticmethod
    def sign_tc3(secret_key, date, service, str2sign):
        """The hexadecimal TC3-HMAC-SHA256 signature of a string to sign.

        :param date: The UTC day, such as `2026-11-25`.
        :param service: The product, such as `sms`.
        """
        return _core.native.sign_tc3(secret_key, date, service, str2sign)
