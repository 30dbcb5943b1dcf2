"""A client for asyncio that makes the calls of any product by name."""

from tencentcloud.common.abstract_client_async import AbstractClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException


class CommonClient(AbstractClient):
    """Makes the calls of any product by name. The arguments are those of
    :class:`tencentcloud.common.common_client.CommonClient`; the calls are made by `call_and_deserialize`."""

    def __init__(self, service, version, credential, region, profile=None):
        if region is None or version is None or service is None:
            raise TencentCloudSDKException("CommonClient Parameter Error, "
                                           "credential region version service all required.")
        self._apiVersion = version
        self._service = service
        super(CommonClient, self).__init__(credential, region, profile)
