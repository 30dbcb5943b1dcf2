"""Requests, as the documented SDK tells about them. They are made and carried by the core."""

from tencentcloud.common._logging import logger
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException


class ApiRequest(object):
    """What all requests of a client have in common. `client.request` is one that stays with its client: what is set
    here counts from the next call on.

    :param host: The endpoint.
    :param req_timeout: Seconds that an attempt may take.
    :param debug: Kept, and without effect: log lines are asked for by `set_stream_logger`.
    :param proxy: The URL of a proxy.
    :param is_http: Whether requests travel unencrypted.
    :param certification: As in :class:`tencentcloud.common.profile.http_profile.HttpProfile`.
    :param pre_conn_pool_size: How many connections are opened ahead.
    """

    def __init__(self, host, req_timeout=60, debug=False, proxy=None, is_http=False, certification=None,
                 pre_conn_pool_size=0):
        from tencentcloud.common.profile.http_profile import HttpProfile
        self._http = HttpProfile(protocol="http" if is_http else "https", endpoint=host, reqTimeout=req_timeout,
                                 proxy=proxy, certification=certification)
        self._http.pre_conn_pool_size = pre_conn_pool_size
        self.host = host
        self.is_http = is_http
        self.req_timeout = req_timeout
        self.keep_alive = False
        self.debug = debug

    @classmethod
    def _of(cls, client):
        """That of a client."""
        http = client.profile.httpProfile
        request = cls(client._get_endpoint(), http.reqTimeout, is_http=http.scheme == "http")
        request._http = http
        request.keep_alive = http.keepAlive
        return request

    def set_req_timeout(self, req_timeout):
        """Sets how many seconds an attempt may take."""
        self.req_timeout = self._http.reqTimeout = req_timeout

    def is_keep_alive(self):
        """What was set; connections are kept in any case."""
        return self.keep_alive

    def set_keep_alive(self, flag=True):
        """Without effect: connections are kept in any case."""
        self.keep_alive = self._http.keepAlive = flag

    def set_debug(self, debug):
        """Without effect: log lines are asked for by `set_stream_logger`."""
        self.debug = debug


class RequestInternal(object):
    """The parts of one request."""

    def __init__(self, host="", method="", uri="", header=None, data=""):
        self.host = host
        self.method = method
        self.uri = uri
        self.header = {} if header is None else header
        self.data = data

    def __str__(self):
        headers = "\n".join("%s: %s" % item for item in self.header.items())
        return "Host: %s\nMethod: %s\nUri: %s\nHeader: %s\nData: %s\n" % (
            self.host, self.method, self.uri, headers, self.data)


class ResponsePrettyFormatter(object):
    """An answer of the library `requests` as text: its first line, its headers and its body."""

    def __init__(self, resp, format_body=True, delimiter="\n"):
        self._resp = resp
        self._format_body = format_body
        self._delimiter = delimiter

    def __str__(self):
        resp = self._resp
        lines = ["%s %d %s" % (self.str_ver(resp.raw.version), resp.status_code, resp.reason)]
        lines.extend("%s: %s" % item for item in resp.headers.items())
        if self._format_body:
            lines.extend(("", resp.text))
        return self._delimiter.join(lines)

    @staticmethod
    def str_ver(ver):
        """The name of a version of HTTP from its number, such as 11."""
        return {10: "HTTP/1.0", 11: "HTTP/1.1", 20: "HTTP/2.0"}.get(ver, str(ver))
