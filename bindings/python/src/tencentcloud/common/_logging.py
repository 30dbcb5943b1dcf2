"""The SDK's logger. It is imported only where a program uses it, because `logging` takes its time."""

import logging
from logging import Handler

from tencentcloud.common._core import LOGGER_NAME


class EmptyHandler(Handler):
    """Takes log lines and does nothing."""

    def emit(self, message):
        """Does nothing."""


logger = logging.getLogger(LOGGER_NAME)
if not logger.handlers:
    logger.addHandler(EmptyHandler())
