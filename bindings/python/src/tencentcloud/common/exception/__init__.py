"""The exception that every failure of a call is raised as."""

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

__all__ = ("TencentCloudSDKException",)
