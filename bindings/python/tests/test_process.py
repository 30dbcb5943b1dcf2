"""The SDK in processes: signals, forks, exits, and what importing it costs."""

import os
import signal
import sys
import threading
import time

from tests.support import Stage, TestCase, client, python, send, service

MAKE = """
import os, sys, signal, threading
from tests.support import profile, send
from tencentcloud.common.credential import Credential
from tencentcloud.sms.v20210111 import sms_client
sms = sms_client.SmsClient(Credential("secretId", "secretKey"), "ap-guangzhou", profile(os.environ["HOST"]))
"""


class Signals(TestCase):
    def test_a_handler_that_raises_ends_the_call(self):
        class Interrupted(Exception):
            pass

        def handler(number, frame):
            raise Interrupted()

        with Stage(s=[["request", "wait_close"]]) as stage:
            before = signal.signal(signal.SIGALRM, handler)
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                with self.assertRaises(Interrupted):
                    client(stage.hosts["s"]).SendSms(send())
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
            self.assertEqual(stage.record()["s"]["faults"], [])

    def test_control_c_ends_the_call(self):
        # A program that a shell starts in the background inherits that this signal is ignored.
        source = MAKE + """
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    sms.SendSms(send())
except KeyboardInterrupt:
    print("interrupted")
"""
        with Stage(s=[["request", "wait_close"]]) as stage:
            self.assertEqual(python(source, HOST=stage.hosts["s"]), ("interrupted\n", 0))


class Forks(TestCase):
    def test_a_child_makes_calls_of_its_own(self):
        source = MAKE + """
assert sms.SendSms(send()).SendStatusSet[0].Code == "Ok"
children = []
for number in range(4):
    child = os.fork()
    if not child:
        for _ in range(20):
            told = sms.SendSms(send(SessionContext="child%d" % number)).SendStatusSet[0]
            assert told.Code == "Ok" and told.SessionContext == "child%d" % number
        os._exit(0)
    children.append(child)
for _ in range(20):
    assert sms.SendSms(send(SessionContext="parent")).SendStatusSet[0].SessionContext == "parent"
print([os.waitpid(child, 0)[1] for child in children])
"""
        self.assertEqual(python(source, HOST=service().host), ("[0, 0, 0, 0]\n", 0))

    def test_multiprocessing_by_fork_and_by_spawn(self):
        for method in ("fork", "spawn"):
            source = MAKE + """
import multiprocessing
def work(number):
    return sms.SendSms(send()).SendStatusSet[0].Code
if __name__ == "__main__":
    sms.SendSms(send())
    with multiprocessing.get_context("fork").Pool(3) as pool:
        print(set(pool.map(work, range(12))))
""".replace('"fork"', repr(method)) if method == "fork" else """
import multiprocessing, tests.spawned
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print(set(pool.map(tests.spawned.work, range(4))))
"""
            self.assertEqual(python(source, HOST=service().host), ("{'Ok'}\n", 0), method)

    def test_a_child_of_a_program_with_calls_in_the_background(self):
        source = MAKE + """
import asyncio
from tencentcloud.sms.v20210111 import sms_client_async
later = sms_client_async.SmsClient(sms.credential, sms.region, sms.profile)
assert asyncio.run(later.SendSms(send())).SendStatusSet[0].Code == "Ok"
child = os.fork()
told = asyncio.run(later.SendSms(send())).SendStatusSet[0].Code
if not child:
    os._exit(0 if told == "Ok" else 1)
print(told, os.waitpid(child, 0)[1])
"""
        self.assertEqual(python(source, HOST=service().host), ("Ok 0\n", 0))


class Exits(TestCase):
    def test_while_calls_run(self):
        source = MAKE + """
import asyncio, io
from tencentcloud.sms.v20210111 import sms_client_async
sms.set_stream_logger(io.StringIO())
later = sms_client_async.SmsClient(sms.credential, sms.region, sms.profile)
for _ in range(3):
    threading.Thread(target=lambda: sms.SendSms(send()), daemon=True).start()
async def main():
    asyncio.ensure_future(later.SendSms(send()))
    await asyncio.sleep(0.1)
asyncio.run(main())
print("leaving", flush=True)
"""
        with Stage(s=[["request", "wait_close"]] * 4) as stage:
            started = time.monotonic()
            self.assertEqual(python(source, HOST=stage.hosts["s"]), ("leaving\n", 0))
            self.assertLess(time.monotonic() - started, 20)


class Costs(TestCase):
    def test_importing_and_calling_brings_no_module_that_takes_its_time(self):
        source = """
import os, sys
before = set(sys.modules)
from tencentcloud.common.credential import Credential
from tencentcloud.sms.v20210111 import models, sms_client
sms = sms_client.SmsClient(Credential("secretId", "secretKey"), "ap-guangzhou")
request = models.SendSmsRequest()
request.PhoneNumberSet = ["+8613711112222"]
request.SmsSdkAppId, request.SignName, request.TemplateId, request.TemplateParamSet = "1400787878", "xxx", "449739", ["1"]
assert sms.SendSms(request).SendStatusSet[0].Code == "Ok"
print(sorted(name for name in set(sys.modules) - before if not name.startswith("tencentcloud")))
"""
        told, code = python(source, TCSMS_CONNECT_TO=service().url)
        self.assertEqual(code, 0, told)
        heavy = {"asyncio", "logging", "json", "uuid", "re", "typing", "socket", "ssl", "urllib", "hashlib", "datetime"}
        self.assertEqual(heavy.intersection(eval(told)), set())

    def test_a_wrong_library_is_told_in_a_sentence(self):
        told, code = python("import tencentcloud.common.abstract_client", TCSMS_LIBRARY="/nowhere/x.so")
        self.assertEqual(code, 1)
        self.assertIn("TCSMS_LIBRARY names /nowhere/x.so, which cannot be loaded", told)
        told, code = python("import tencentcloud.common.abstract_client", TCSMS_LIBRARY="")
        self.assertIn("the package has one for CPython 3.9 and newer on Linux", told)
