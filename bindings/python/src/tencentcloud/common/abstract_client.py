"""The base of clients whose calls return when they are over."""

import tencentcloud
from tencentcloud.common import _core
from tencentcloud.common._core import Base, Failure, LOGGER_NAME, native, exception, shape_of, unwritable
from tencentcloud.common.abstract_model import AbstractModel
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException as SDKError
from tencentcloud.common.profile.client_profile import ClientProfile, RegionBreakerProfile

# Names that few programs use, and what importing them would cost all others.
_LATER = {
    "ApiRequest": "tencentcloud.common.http.request",
    "ResponsePrettyFormatter": "tencentcloud.common.http.request",
    "RequestInternal": "tencentcloud.common.http.request",
    "Sign": "tencentcloud.common.sign",
    "CircuitBreaker": "tencentcloud.common.circuit_breaker",
    "NoopRetryer": "tencentcloud.common.retry",
    "urlencode": "urllib.parse",
    "urlparse": "urllib.parse",
    "EmptyHandler": "tencentcloud.common._logging",
    "logger": "tencentcloud.common._logging",
}


def __getattr__(name):
    if name in _LATER:
        from importlib import import_module
        value = globals()[name] = getattr(import_module(_LATER[name]), name)
        return value
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


def __dir__():
    return sorted(set(globals()).union(_LATER))


class AbstractClient(Base):
    """The base of the clients of all products. Safe to use from many threads, and after a fork.

    :param credential: Who calls, see :mod:`tencentcloud.common.credential`; or an object of the program's own with
        `get_credential_info()`, or with `secret_id`, `secret_key` and `token`, which is asked before every call.
    :param region: The region, such as `ap-guangzhou`.
    :type region: str
    :param profile: How calls are made.
    :type profile: :class:`tencentcloud.common.profile.client_profile.ClientProfile`
    """

    _request = None

    def __init__(self, credential, region, profile=None):
        self._begin(credential, region, profile)

    @property
    def request(self):
        """What the requests of this client have in common. What is set on it is set in the profile; another object put
        here is kept, and not asked: requests are made by the core."""
        if self._request is None:
            from tencentcloud.common.http.request import ApiRequest
            self._request = ApiRequest._of(self)
        return self._request

    @request.setter
    def request(self, request):
        self._request = request

    def _call(self, action, params, headers, options, shape=None, decoded=False):
        """The bytes of the answer, or its value."""
        client, here, meta, params, timeout_ms = self._prepare(action, params, headers, options, shape is not None)

        def once():
            try:
                return client.call(meta, params, timeout_ms, decoded, shape)
            except Failure as failure:
                raise exception(failure) from None
            except (TypeError, ValueError) as error:
                raise unwritable(error, params) from None

        return once() if here is None else here.send_request(once)

    def _typed(self, action, request, response):
        """The call of a request's own class."""
        if not isinstance(request, AbstractModel):
            raise _core.local("ClientParamsError", "invalid_request",
                              "%s takes a %sRequest, and this is a %s; nothing was sent" % (
                                  action, action, type(request).__name__))
        # A program may have put its own in the place of `call`.
        if getattr(self.call, "__func__", None) is not _CALL:
            answer = response()
            answer._deserialize(native.decode(self.call(action, request._serialize(), headers=request.headers))["Response"])
            return answer
        return self._call(action, request, request._headers, request._options, shape_of(response), True)

    def call(self, action, params, options=None, headers=None):
        """Makes a call by name, and gives what came as bytes: a JSON object with the member `Response`.

        :param action: The action, such as `SendSms`.
        :type action: str
        :param params: Its parameters: a dictionary, a request, or JSON text.
        :type params: dict
        :param options: `SkipSign`, `IsMultipart` with `BinaryParams`, `Endpoint`, those of
            :attr:`tencentcloud.common.abstract_model.AbstractModel.options`, and `parts`: a dictionary of bytes that
            travel beside the parameters as `multipart/form-data`.
        :type options: dict
        :param headers: Headers of the request.
        :type headers: dict
        """
        answer = b'{"Response":' + self._call(action, _body(params), headers, options) + b"}"
        if b'"DeprecatedWarning"' in answer:
            warn_deprecated(native.decode(answer)["Response"])
        return answer

    def call_with_region_breaker(self, action, params, options=None, headers=None):
        """As :meth:`call`: the breaker works in every call, when `ClientProfile.disable_region_breaker` is False."""
        return self.call(action, params, options, headers)

    def call_octet_stream(self, action, headers, body, options=None):
        """Makes a call whose body is bytes, and gives what came as a dictionary.

        :param action: The action.
        :type action: str
        :param headers: Headers of the request; actions of this kind take their parameters there.
        :type headers: dict
        :param body: The body.
        :type body: bytes
        :param options: As for :meth:`call`; `parameters` is a dictionary whose members are sent as headers by
            themselves.
        :type options: dict
        """
        if self.profile.signMethod != "TC3-HMAC-SHA256":
            raise SDKError("ClientError", "Invalid signature method.")
        if self.profile.httpProfile.reqMethod != "POST":
            raise SDKError("ClientError", "Invalid request method.")
        options = dict(options or {}, IsOctetStream=True)
        return {"Response": self._call(action, _bytes(body), headers, options, None, True)}

    def call_json(self, action, params, headers=None, options=None):
        """Makes a call by name, and gives what came as a dictionary with the member `Response`. The arguments are
        those of :meth:`call`."""
        answer = self._call(action, _body(params), headers, options, None, True)
        if "DeprecatedWarning" in answer:
            warn_deprecated(answer)
        return {"Response": answer}

    def call_sse(self, action, params, headers=None, options=None):
        """Makes a call that answers with server-sent events, and gives them as they arrive: an iterator of dictionaries
        with those of `id`, `event`, `data` and `retry` (in milliseconds) that came. The arguments are those of
        :meth:`call`.

        Closing the iterator closes the connection. Where the action answers with JSON in their place there are no
        events, and the iterator's `answer` is a dictionary with the member `Response`.
        """
        streamed = self._stream(action, _body(params), headers, options)
        if isinstance(streamed, bytes):
            return EventStream(None, {"Response": native.decode(streamed)})
        return EventStream(streamed, None)

    def _stream(self, action, params, headers, options):
        client, here, meta, params, _ = self._prepare(action, params, headers, options)

        def once():
            try:
                return client.stream(meta, params)
            except Failure as failure:
                raise exception(failure) from None
            except (TypeError, ValueError) as error:
                raise unwritable(error, params) from None

        return once() if here is None else here.send_request(once)

    def _call_and_deserialize(self, action, params, resp_type, headers=None, options=None):
        # How packages of other products make calls that may answer with events.
        streamed = self._stream(action, _body(params), headers, options)
        if not isinstance(streamed, bytes):
            return EventStream(streamed, None)
        answer = resp_type()
        answer._deserialize(native.decode(streamed))
        return answer


_CALL = AbstractClient.call


class EventStream(object):
    """Server-sent events, as they arrive."""

    def __init__(self, events, answer):
        self._events = events
        self.answer = answer

    def __iter__(self):
        return self

    def __next__(self):
        if self._events is None:
            raise StopIteration
        try:
            event = self._events.next()
        except Failure as failure:
            self._events = None
            raise exception(failure) from None
        if event is None:
            self._events = None
            raise StopIteration
        return told_event(event)

    def close(self):
        """Closes the connection. Nothing more comes."""
        events, self._events = self._events, None
        if events is not None:
            events.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def told_event(event):
    """An event under the names of the documented SDK, without what did not come."""
    event["retry"] = event.pop("retry_ms", None)
    return {name: value for name, value in event.items() if value is not None}


def warn_deprecated(answer):
    """Passes on what the service says about an action that will go."""
    import warnings
    warnings.warn("this action is deprecated: %s" % (answer["DeprecatedWarning"],), DeprecationWarning, stacklevel=3)


def _body(params):
    if params is None:
        return {}
    if isinstance(params, str):
        return params.encode("utf-8", "surrogatepass")
    return params


def _bytes(body):
    if isinstance(body, str):
        return body.encode("utf-8")
    try:
        return bytes(memoryview(body))
    except TypeError:
        raise _core.local("ClientParamsError", "invalid_request",
                          "the body is a %s, and must be bytes; nothing was sent" % type(body).__name__) from None
