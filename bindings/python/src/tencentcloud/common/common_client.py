"""A client that makes the calls of any product by name."""

from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException


class CommonClient(AbstractClient):
    """Makes the calls of any product by name.

    :param service: The product, such as `sms`.
    :type service: str
    :param version: The version of its API, such as `2021-01-11`.
    :type version: str
    :param credential: Who calls, see :class:`tencentcloud.common.abstract_client.AbstractClient`.
    :param region: The region.
    :type region: str
    :param profile: How calls are made.
    :type profile: :class:`tencentcloud.common.profile.client_profile.ClientProfile`
    """

    def __init__(self, service, version, credential, region, profile=None):
        if region is None or version is None or service is None:
            raise TencentCloudSDKException("CommonClient Parameter Error, "
                                           "credential region version service all required.")
        self._apiVersion = version
        self._service = service
        super(CommonClient, self).__init__(credential, region, profile)
