"""When a failed call is tried again.

The core does it for :class:`NoopRetryer` and for a :class:`StandardRetryer` with its own pauses. A retryer that a program
derives or writes, or gives a function or a logger, runs around the call, and the core then makes one attempt at a time.
"""

import time

from tencentcloud.common.exception import TencentCloudSDKException

_CODES = (
    "ClientNetworkError", "ServerNetworkError", "RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded",
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
)


def may_repeat(error):
    """Whether the call of this error may be made again: never when the service may have acted on it."""
    if not isinstance(error, TencentCloudSDKException) or error.get_code() not in _CODES:
        return False
    # An error that a program made by itself has nothing but its code.
    return error.delivery is None or error.delivery == "not_sent" or error.get_code().startswith("RequestLimit")


def core_setting(retryer):
    """A standard retryer's settings in the core, or None when it has to run here."""
    if retryer._backoff_fn is not None or retryer._logger is not None:
        return None
    attempts = max(1, int(retryer._max_attempts))
    # 1 s, 2 s, 4 s and so on.
    return {
        "policy": "safe",
        "attempts": attempts,
        "pause_ms": 1000,
        "longest_pause_ms": 1000 << min(attempts, 20),
        "jitter_percent": 0,
    }


class NoopRetryer(object):
    """Never tries again."""

    def send_request(self, fn):
        """Makes the call once."""
        return fn()

    def _core(self):
        return {"policy": "never"}


class StandardRetryer(object):
    """Tries again what was certainly not sent, and what a rate limit refused.

    :param max_attempts: How many attempts there are in all.
    :type max_attempts: int
    :param backoff_fn: Seconds to wait after attempt `n`, counted from 0; `2 ** n` by default.
    :type backoff_fn: function
    :param logger: Where each repetition is noted, at the level DEBUG.
    :type logger: logging.Logger
    """

    def __init__(self, max_attempts=3, backoff_fn=None, logger=None):
        self._max_attempts = max_attempts
        self._backoff_fn = backoff_fn
        self._logger = logger

    def send_request(self, fn):
        """Makes the call until it succeeds, may not be repeated, or was made `max_attempts` times."""
        for n in range(max(1, self._max_attempts)):
            resp = err = None
            try:
                resp = fn()
            except TencentCloudSDKException as error:
                err = error
            if n + 1 >= self._max_attempts or not self.should_retry(resp, err):
                if err is not None:
                    raise err
                return resp
            sleep = (self._backoff_fn or self.backoff)(n)
            self.on_retry(n, sleep, resp, err)
            time.sleep(sleep)

    @staticmethod
    def should_retry(resp, err):
        """Whether the call may be made again."""
        return may_repeat(err)

    @staticmethod
    def backoff(n):
        """Seconds to wait after attempt `n`."""
        return 2 ** n

    def on_retry(self, n, sleep, resp, err):
        """Called before each wait."""
        if self._logger:
            self._logger.debug("retry: n=%d sleep=%ss err=%s", n, sleep, err)

    _core = core_setting
