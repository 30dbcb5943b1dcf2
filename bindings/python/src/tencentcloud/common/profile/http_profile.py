"""How requests travel."""


class HttpProfile(object):
    """How requests travel. The members may be changed at any time; the next call follows them.

    :param protocol: `https` (the default) or `http`, which is not encrypted.
    :type protocol: str
    :param endpoint: The host that is called, such as `sms.tencentcloudapi.com`; without one, that of the product.
    :type endpoint: str
    :param reqMethod: `POST` (the default) or `GET`.
    :type reqMethod: str
    :param reqTimeout: Seconds that one attempt may take, 60 by default; or a pair of seconds, for connecting and for
        the whole attempt. None leaves the core's own limits. A call with all its attempts may take twice as long, at
        least 120 seconds; other limits are set by `ClientProfile.settings`.
    :type reqTimeout: int or float or tuple
    :param keepAlive: Without effect: connections are always kept and used again.
    :type keepAlive: bool
    :param proxy: The URL of a proxy, such as `http://user:password@host:port`. Without one, the variables
        `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` of the environment say.
    :type proxy: str
    :param rootDomain: The domain below which the product's endpoint lies, `tencentcloudapi.com` by default.
    :type rootDomain: str
    :param certification: A PEM file of the authorities to trust beside those of the system; False trusts any server.
    :type certification: str or bool
    """

    scheme = "https"

    def __init__(self, protocol=None, endpoint=None, reqMethod="POST", reqTimeout=60,
                 keepAlive=False, proxy=None, rootDomain=None, certification=None):
        self.endpoint = endpoint
        self.reqTimeout = 60 if reqTimeout is None else reqTimeout
        self.reqMethod = "POST" if reqMethod is None else reqMethod
        self.protocol = protocol or "https"
        self.scheme = self.protocol
        self.keepAlive = keepAlive
        self.proxy = proxy
        self.rootDomain = "tencentcloudapi.com" if rootDomain is None else rootDomain
        self.certification = certification
        # A gateway that requests go to, while they stay signed for the endpoint.
        self.apigw_endpoint = None
        # How many connections a client of the blocking kind opens ahead of its first call.
        self.pre_conn_pool_size = 0
