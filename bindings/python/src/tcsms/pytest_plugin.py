"""Fixtures for pytest, there as soon as the package is installed."""

from __future__ import annotations

import os
from typing import Iterator

import pytest

from tcsms.testing import Account, LocalService


@pytest.fixture(scope="session")
def sms_service() -> Iterator[LocalService]:
    """A service for the whole run. It is started, unless TCSMS_SERVICE gives the URL of the control API of one that runs
    already; then TCSMS_CONTROL_TOKEN has its token, and TCSMS_CONNECT_TO the URL of its API where that is another."""
    url = os.environ.get("TCSMS_SERVICE")
    if url:
        service = LocalService.connect(
            url, os.environ.get("TCSMS_CONTROL_TOKEN"), os.environ.get("TCSMS_CONNECT_TO"), os.environ.get("TCSMS_CA_FILE"))
    else:
        service = LocalService.start()
    with service:
        yield service


@pytest.fixture
def sms_account(sms_service: LocalService) -> Iterator[Account]:
    """An account of the test's own, without limits."""
    with sms_service.account() as account:
        yield account
