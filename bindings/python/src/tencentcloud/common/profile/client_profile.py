"""How a client makes its calls."""

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.http_profile import HttpProfile

_LANGUAGES = ["zh-CN", "en-US"]
_NAME_SIGNS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_,;.")


class ClientProfile(object):
    """How a client makes its calls. The members may be changed at any time; the next call follows them.

    :param signMethod: `TC3-HMAC-SHA256` (the default), `HmacSHA256` or `HmacSHA1`.
    :type signMethod: str
    :param httpProfile: How requests travel.
    :type httpProfile: :class:`tencentcloud.common.profile.http_profile.HttpProfile`
    :param language: The language of messages: `zh-CN` (the default) or `en-US`. None asks for none.
    :type language: str
    :param disable_region_breaker: False: when the endpoint keeps failing, calls go to that of
        `region_breaker_profile` for a while.
    :type disable_region_breaker: bool
    :param region_breaker_profile: When that happens.
    :type region_breaker_profile: :class:`RegionBreakerProfile`
    :param request_client: A name that stands beside the SDK's in every request: letters, digits and `-_,;.`, at most
        128.
    :type request_client: str
    :param retryer: When a failed call is tried again, see :mod:`tencentcloud.common.retry`. None: up to 3 attempts, of
        calls that were certainly not sent and of those that a rate limit refused.
    :type retryer: :class:`tencentcloud.common.retry.StandardRetryer`

    `unsignedPayload` leaves the body out of the signature when it is True.

    `settings` is a dictionary of settings of the core by their own names, for what this class has no member for. They
    win over everything else: `{"ca_pem": "…", "timeouts": {"connect_ms": 500}, "retry": {"policy": "idempotent"}}`.
    The README lists them. An unknown name is an error of the next call.
    """

    unsignedPayload = False

    def __init__(self, signMethod=None, httpProfile=None, language="zh-CN",
                 disable_region_breaker=True, region_breaker_profile=None, request_client=None, retryer=None):
        self.httpProfile = HttpProfile() if httpProfile is None else httpProfile
        self.signMethod = "TC3-HMAC-SHA256" if signMethod is None else signMethod
        if language not in _LANGUAGES:
            raise TencentCloudSDKException("ClientError", "Language invalid, choices: %s" % _LANGUAGES)
        self.language = language
        self.disable_region_breaker = disable_region_breaker
        self.region_breaker_profile = region_breaker_profile
        if not self.disable_region_breaker and self.region_breaker_profile is None:
            self.region_breaker_profile = RegionBreakerProfile()
        self.request_client = None
        if isinstance(request_client, str) and request_client and _NAME_SIGNS.issuperset(request_client):
            if len(request_client) > 128:
                _warn("request_client has %d characters; only the first 128 are sent" % len(request_client))
            self.request_client = request_client[:128]
        elif request_client is not None:
            _warn("request_client %r is left out: it may have letters, digits and -_,;. only" % (request_client,))
        self.retryer = retryer
        self.settings = {}


class RegionBreakerProfile(object):
    """When calls leave an endpoint that keeps failing, and where they go.

    :param backup_endpoint: The domain of the other region; the product's name is put before it. `tencentcloudapi.com`
        or `REGION.tencentcloudapi.com`.
    :type backup_endpoint: str
    :param max_fail_num: After so many failures with no success between them, within `window_interval`.
    :type max_fail_num: int
    :param max_fail_percent: Between 0 and 1. Without effect: it is failures in a row that count.
    :type max_fail_percent: float
    :param window_interval: Seconds.
    :type window_interval: int
    :param timeout: Seconds for which the endpoint is left out; then one call tries it again.
    :type timeout: int
    :param max_requests: Without effect: one success is enough to go back.
    :type max_requests: int
    """

    def __init__(self, backup_endpoint="ap-guangzhou.tencentcloudapi.com",
                 max_fail_num=5,
                 max_fail_percent=0.75,
                 window_interval=60 * 5,
                 timeout=60,
                 max_requests=5):
        self.backup_endpoint = backup_endpoint
        if not self.check_endpoint():
            raise TencentCloudSDKException(
                "ClientError",
                "backup_endpoint is %r, and must be tencentcloudapi.com or REGION.tencentcloudapi.com, such as "
                "ap-guangzhou.tencentcloudapi.com" % (backup_endpoint,))
        self.max_fail_num = max_fail_num
        self.max_fail_percent = max_fail_percent
        if self.max_fail_percent < 0 or self.max_fail_percent > 1:
            raise TencentCloudSDKException(
                "ClientError", "max_fail_percent is %r, and must be between 0 and 1" % (max_fail_percent,))
        self.window_interval = window_interval
        self.timeout = timeout
        self.max_requests = max_requests

    def check_endpoint(self):
        """Whether `backup_endpoint` has one of the two forms."""
        labels = self.backup_endpoint.split(".")
        if labels[-2:] != ["tencentcloudapi", "com"] or len(labels) > 3:
            return False
        return len(labels) == 2 or labels[0].count("-") == 1


def _warn(text):
    import warnings
    warnings.warn(text, stacklevel=3)
