"""The base of clients for asyncio."""

import asyncio
import inspect
import sys
import weakref
from typing import Awaitable, Callable, Dict, Type, Union
from urllib.parse import urlencode, urlparse

import tencentcloud
from tencentcloud.common import _core
from tencentcloud.common._core import (
    Base, Failure, LOGGER_NAME, exception, exception_of, local, native, shape_of, tell_log, unwritable)
from tencentcloud.common._logging import logger
from tencentcloud.common.abstract_client import told_event, warn_deprecated, _body
from tencentcloud.common.abstract_model import AbstractModel
from tencentcloud.common.circuit_breaker import CircuitBreaker
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile, RegionBreakerProfile
from tencentcloud.common.retry_async import NoopRetryer
from tencentcloud.common.sign import Sign

InterceptorType = Callable[['RequestChain'], Awaitable]
ParamsType = Union[Dict, str, bytes]


class PlannedCall(object):
    """A call on its way through a chain. What is changed here is what is sent."""

    def __init__(self, action, params, resp_cls, headers, opts):
        self.action = action
        self.params = params
        self.resp_cls = resp_cls
        self.headers = headers
        self.opts = opts


class RequestChain(object):
    """The steps of a call: each may change its :attr:`request`, goes on by `await chain.proceed()`, and may change what
    comes back. A client puts its own in by overriding `_create_default_chain`."""

    def __init__(self):
        self.request = None
        self._inters = []
        self._idx = 0

    async def proceed(self):
        """Does the next step, and gives what came of it and of those after it."""
        step = RequestChain()
        step.request, step._inters, step._idx = self.request, self._inters, self._idx + 1
        return await self._inters[self._idx](step)

    def add_interceptor(self, inter: InterceptorType, idx=sys.maxsize):
        """Puts in a step, as the last one or before that at `idx`."""
        self._inters.insert(idx, inter)
        return self


class _Waiting(object):
    """The calls that one event loop waits for."""

    def __init__(self, loop):
        self.inbox = native.Inbox()
        self.calls = {}
        self.tag = 0
        loop.add_reader(self.inbox.fileno(), self.settle)

    def settle(self):
        for tag, status, text in self.inbox.take():
            future = self.calls.pop(tag, None)
            if future is not None and not future.done():
                future.set_result((status, text))


_loops = weakref.WeakKeyDictionary()


async def _send(client, meta, params, timeout_ms):
    loop = asyncio.get_running_loop()
    waiting = _loops.get(loop)
    if waiting is None:
        waiting = _loops[loop] = _Waiting(loop)
    waiting.tag += 1
    tag, future = waiting.tag, loop.create_future()
    waiting.calls[tag] = future
    call = None
    try:
        call = client.submit(meta, params, timeout_ms, waiting.inbox, tag)
        status, text = await future
    except Failure as failure:
        raise exception(failure) from None
    except (TypeError, ValueError) as error:
        raise unwritable(error, params) from None
    finally:
        if waiting.calls.pop(tag, None) is not None and call is not None:
            # The task was cancelled.
            client.cancel(call)
    if status:
        raise exception_of(status, text)
    return text


class AbstractClient(Base):
    """The base of the clients of all products for asyncio. May be used by several event loops, and after a fork.

    :param credential: Who calls, see :class:`tencentcloud.common.abstract_client.AbstractClient`.
    :param region: The region, such as `ap-guangzhou`.
    :param profile: How calls are made.
    """

    _warms_up = False

    def __init__(self, credential: Credential, region: str, profile: ClientProfile = None):
        self._begin(credential, region, profile)

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await self.close()

    async def close(self):
        """Gives back what the client holds. Connections are shared, and close by themselves when nobody uses them; a
        call after this makes the client ready again."""
        self._made = (None, None, None)

    async def call_and_deserialize(
            self,
            action: str,
            params: ParamsType,
            resp_cls: Type = dict,
            headers: Dict[str, str] = None,
            opts: Dict = None,
    ):
        """Makes a call by name.

        :param action: The action, such as `SendSms`.
        :param params: Its parameters: a dictionary, a request, or JSON text; bytes with the option `IsOctetStream`.
        :param resp_cls: What the answer becomes: `dict`, with the member `Response`, or a class of models.
        :param headers: Headers of the request.
        :param opts: `SkipSign`, `IsMultipart` with `BinaryParams`, `IsOctetStream`, `Endpoint`, and those of
            :attr:`tencentcloud.common.abstract_model.AbstractModel.options`. With `stream`, or with the parameter
            `Stream`, the action may answer with server-sent events; the result is then an asynchronous iterator of
            them, as :meth:`tencentcloud.common.abstract_client.AbstractClient.call_sse` gives them.
        """
        chain = self._create_default_chain(action, params, resp_cls, headers or {}, opts or {})
        return await chain.proceed()

    async def _typed(self, action, request, response, opts):
        if not isinstance(request, AbstractModel):
            raise local("ClientParamsError", "invalid_request",
                        "%s takes a %sRequest, and this is a %s; nothing was sent" % (
                            action, action, type(request).__name__))
        if request._options:
            opts = {**request._options, **(opts or {})}
        return await self.call_and_deserialize(
            action=action, params=request, resp_cls=response, headers=request._headers, opts=opts)

    def _create_default_chain(self, action, params, resp_cls, headers, opts):
        chain = RequestChain()
        chain.request = PlannedCall(action, params, resp_cls, headers, opts)
        chain.add_interceptor(self._inter_call)
        return chain

    async def _inter_call(self, chain):
        planned = chain.request
        resp_cls, params, opts = planned.resp_cls, planned.params, planned.opts
        typed = resp_cls is not dict
        if typed and not (isinstance(resp_cls, type) and issubclass(resp_cls, AbstractModel)):
            raise TencentCloudSDKException("ClientParamsError", "invalid resp_cls %s" % resp_cls)
        shape = shape_of(resp_cls) if typed else None
        streams = opts.get("stream") or isinstance(params, dict) and params.get("Stream") is True
        if opts.get("IsOctetStream"):
            # The older signatures have no form for bytes.
            if self.profile.signMethod != "TC3-HMAC-SHA256":
                raise TencentCloudSDKException("ClientError", "Invalid signature method.")
        client, here, meta, params, timeout_ms = self._prepare(
            planned.action, _body(params), planned.headers, opts, shape is not None and self._service == "sms")

        async def once():
            if not streams:
                return await _send(client, meta, params, timeout_ms)
            loop = asyncio.get_running_loop()
            try:
                return await loop.run_in_executor(None, client.stream, meta, params)
            except Failure as failure:
                raise exception(failure) from None
            except (TypeError, ValueError) as error:
                raise unwritable(error, params) from None

        if here is None:
            answer = await once()
        else:
            answer = here.send_request(once)
            if inspect.isawaitable(answer):
                answer = await answer
        tell_log()
        if not isinstance(answer, bytes):
            return _events(answer)
        if shape is not None:
            return native.decode(answer, shape)
        answer = native.decode(answer)
        if "DeprecatedWarning" in answer:
            warn_deprecated(answer)
        if not typed:
            return {"Response": answer}
        model = resp_cls()
        model._deserialize(answer)
        return model

    def set_default_logger(self):
        """Takes back what `set_stream_logger` and `set_file_logger` did."""
        Base.set_default_logger(self)


async def _events(stream):
    loop = asyncio.get_running_loop()
    try:
        while True:
            try:
                event = await loop.run_in_executor(None, stream.next)
            except Failure as failure:
                raise exception(failure) from None
            if event is None:
                return
            yield told_event(event)
    finally:
        stream.close()
