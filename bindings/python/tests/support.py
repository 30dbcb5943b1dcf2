"""What the tests share: the service, and servers that play a script."""

import atexit
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models, sms_client

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
PROGRAM = pathlib.Path(os.environ["TCSMS_TEST_PROGRAM"])
SERVER = PROGRAM.parent / "tcsms-conformance-server"

# What the service knows: one account with everything that the documented samples use; no limits.
CONFIG = """
[[account]]
id = "dev"
[[account.key]]
secret_id = "secretId"
secret_key = "secretKey"
[[account.app]]
sdk_app_id = "1400787878"
[[account.sign]]
id = 1
name = "xxx"
[[account.template]]
id = "449739"
name = "login"
content = "Code {1}"
kind = "verification"
[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
"""


class Service(object):
    """The service, on a free port or a given one."""

    def __init__(self, address="127.0.0.1:0"):
        read, write = os.pipe()
        os.write(write, CONFIG.encode())
        os.close(write)
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", address, "--database", "memory", "--config", "/dev/fd/%d" % read],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(read,), text=True)
        os.close(read)
        self.url = json.loads(self.process.stdout.readline())["api"]
        self.host = self.url[len("http://"):]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()


class Stage(object):
    """Servers that play a script, see "Servers for other tests" in conformance/README.md."""

    def __init__(self, **servers):
        self.process = subprocess.Popen([SERVER, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # Connections stay open for the next call; the record would wait for their end.
        servers = {name: {"connections": [steps + ["close"] if isinstance(steps[-1], dict) else steps for steps in lists]}
                   for name, lists in servers.items()}
        told = self.order({"servers": servers})
        self.hosts = told["servers"]

    def order(self, order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert "error" not in told, told
        return told

    def record(self):
        return self.order("record")["record"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def answer(**members):
    """A step that answers a request with this `Response`."""
    return {"answer": {"json": {"Response": dict(members, RequestId="r-1")}}}


SENT = answer(SendStatusSet=[{"Code": "Ok", "PhoneNumber": "+8613711112222", "Fee": 1, "SerialNo": "s"}])

_services = []


def service():
    """The one service that the tests share."""
    if not _services:
        _services.append(Service())
        atexit.register(_services[0].stop)
    return _services[0]


def profile(host, **settings):
    made = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    made.settings.update(settings)
    return made


def client(host=None, module=sms_client, **settings):
    """A client of the shared service, or of the server at `host`."""
    return module.SmsClient(
        Credential("secretId", "secretKey"), "ap-guangzhou", profile(host or service().host, **settings))


def send(number="+8613711112222", **members):
    request = models.SendSmsRequest()
    request.PhoneNumberSet = [number]
    request.SmsSdkAppId = "1400787878"
    request.SignName = "xxx"
    request.TemplateId = "449739"
    request.TemplateParamSet = ["123456"]
    for name, value in members.items():
        setattr(request, name, value)
    return request


def python(source, timeout=60, **environment):
    """Runs a program of its own: what it printed, and its exit code."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=timeout, env={**os.environ, **environment}, cwd=HERE.parent)
    return done.stdout, done.returncode


class TestCase(unittest.TestCase):
    """A test with what several of them need."""

    def refused(self, call):
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
        with self.assertRaises(TencentCloudSDKException) as caught:
            call()
        return caught.exception
