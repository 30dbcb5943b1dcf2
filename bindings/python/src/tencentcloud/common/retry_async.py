"""When a failed call is tried again, for asyncio. As :mod:`tencentcloud.common.retry`."""

import asyncio
import inspect

from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.retry import core_setting, may_repeat


class NoopRetryer(object):
    """Never tries again."""

    async def send_request(self, fn):
        """Makes the call once."""
        return await fn()

    def _core(self):
        return {"policy": "never"}


class StandardRetryer(object):
    """Tries again what was certainly not sent, and what a rate limit refused. The arguments are those of
    :class:`tencentcloud.common.retry.StandardRetryer`; `backoff_fn` may be a coroutine function."""

    def __init__(self, max_attempts=3, backoff_fn=None, logger=None):
        self._max_attempts = max_attempts
        self._backoff_fn = backoff_fn
        self._logger = logger

    async def send_request(self, fn):
        """Makes the call until it succeeds, may not be repeated, or was made `max_attempts` times."""
        for n in range(max(1, self._max_attempts)):
            resp = err = None
            try:
                resp = await fn()
            except TencentCloudSDKException as error:
                err = error
            if n + 1 >= self._max_attempts or not await self.should_retry(resp, err):
                if err is not None:
                    raise err
                return resp
            sleep = (self._backoff_fn or self.backoff)(n)
            if inspect.isawaitable(sleep):
                sleep = await sleep
            await self.on_retry(n, sleep, resp, err)
            await asyncio.sleep(sleep)

    @staticmethod
    async def should_retry(resp, err):
        """Whether the call may be made again."""
        return may_repeat(err)

    @staticmethod
    async def backoff(n):
        """Seconds to wait after attempt `n`."""
        return 2 ** n

    async def on_retry(self, n, sleep, resp, err):
        """Called before each wait."""
        if self._logger:
            self._logger.debug("retry: n=%d sleep=%ss err=%s", n, sleep, err)

    _core = core_setting
