"""The helpers for tests of programs that use the SDK: `tcsms.testing`."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from unittest import mock

from tcsms.testing import LocalService, Message, ServiceError
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20190711 import sms_client as sms_client_2019
from tencentcloud.sms.v20210111 import models, sms_client_async
from tests.support import HERE, PROGRAM, TestCase, python, send

ONE, OTHER = "+8613711112222", "+8613711113333"


def send_to(account, phone=ONE, **members):
    """What became of a message to this number."""
    return account.client().SendSms(send(phone, SmsSdkAppId=account.sdk_app_id, **members)).SendStatusSet[0]


class Starting(TestCase):
    def test_the_program_is_looked_for_in_four_places(self):
        with mock.patch.dict(os.environ, {"PATH": "/nowhere", "TCSMS_PROGRAM": ""}), tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(ServiceError) as caught:
                LocalService.start()
            for place in ("option `program`", "TCSMS_PROGRAM", "tcsms-service", "PATH"):
                self.assertIn(place, str(caught.exception))
            os.symlink(PROGRAM, os.path.join(folder, "tcsms"))
            for place in ({"PATH": folder}, {"TCSMS_PROGRAM": str(PROGRAM)}):
                with mock.patch.dict(os.environ, place), LocalService.start() as service:
                    self.assertRegex(service.api, r"^http://127\.0\.0\.1:\d+$")
            with open(os.path.join(folder, "tcsms_service.py"), "w") as file:
                file.write("def program():\n    return %r\n" % str(PROGRAM))
            told = python("from tcsms.testing import LocalService\nwith LocalService.start():\n    print('started')",
                          PYTHONPATH="%s:%s" % (folder, os.environ["PYTHONPATH"]))
            self.assertEqual(told, ("started\n", 0))

    def test_a_program_that_is_not_there(self):
        with self.assertRaisesRegex(ServiceError, "cannot start the program /nowhere/tcsms: No such file or directory"):
            LocalService.start("/nowhere/tcsms")

    def test_what_is_wrong_in_the_configuration_is_told(self):
        with self.assertRaisesRegex(ServiceError, r"ended at its start: error: .*\.toml:2:1: unknown key `profil`.*`profile`"):
            LocalService.start(PROGRAM, config='[limits]\nprofil = "off"\n')

    def test_a_start_that_takes_too_long(self):
        with self.assertRaisesRegex(ServiceError, "did not start within 0.1 s: it gave no reason"):
            with tempfile.TemporaryDirectory() as folder:
                program = os.path.join(folder, "tcsms")
                with open(program, "w") as file:
                    file.write("#!/bin/sh\nexec cat\n")
                os.chmod(program, 0o755)
                LocalService.start(program, timeout=0.1)

    def test_its_log_never_blocks_it(self):
        with tempfile.TemporaryDirectory() as folder:
            program, told = os.path.join(folder, "tcsms"), os.path.join(folder, "told")
            os.mkfifo(told)
            with open(program, "w") as file:
                # A pipe that nobody reads holds 64 KiB.
                file.write("""#!/bin/sh
echo '{"api":"http://127.0.0.1:1","control":"http://127.0.0.1:1"}'
head -c 1000000 /dev/zero >&2
echo written >%s
exec cat
""" % told)
            os.chmod(program, 0o755)
            with LocalService.start(program):
                self.assertEqual(subprocess.run(["cat", told], stdout=subprocess.PIPE, timeout=20).stdout, b"written\n")

    def test_https(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = os.path.join(folder, "ca.pem")
            with LocalService.start(PROGRAM, arguments=["--tls-self-signed", authority], ca_file=authority) as service:
                self.assertTrue(service.api.startswith("https://"))
                with service.account() as account:
                    self.assertEqual(send_to(account).Code, "Ok")

    def test_no_variable_of_the_environment_leads_elsewhere(self):
        elsewhere = "http://127.0.0.1:1"
        source = """
from tcsms.testing import LocalService
from tests.test_testing import send_to
with LocalService.start() as service, service.account() as account:
    print(send_to(account).Code)
"""
        self.assertEqual(python(source, TCSMS_PROGRAM=str(PROGRAM), TCSMS_CONNECT_TO=elsewhere, http_proxy=elsewhere),
                         ("Ok\n", 0))


class Ending(TestCase):
    def test_stop_leaves_no_process(self):
        service = LocalService.start(PROGRAM)
        process = service._process
        service.stop()
        self.assertEqual(process.returncode, 0)
        service.stop()
        with self.assertRaisesRegex(ServiceError, "no control API of tcsms answers at " + service.control):
            service.account()

    def test_a_test_process_that_is_killed_leaves_no_service(self):
        source = """
import time
from tcsms.testing import LocalService
service = LocalService.start()
print(service._process.pid, flush=True)
input()
"""
        with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE.parent,
                              env={**os.environ, "TCSMS_PROGRAM": str(PROGRAM)}) as tests:
            service = os.pidfd_open(int(tests.stdout.readline()))
            try:
                tests.send_signal(signal.SIGKILL)
                self.assertTrue(select.select([service], [], [], 20)[0], "the service goes on")
            finally:
                os.close(service)

    def test_importing_it_loads_no_native_module(self):
        source = "import sys, tcsms.testing; print('tencentcloud' in sys.modules)"
        self.assertEqual(python(source, TCSMS_LIBRARY="/nowhere"), ("False\n", 0))


class Accounts(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = LocalService.start(PROGRAM)
        cls.addClassCleanup(cls.service.stop)

    def setUp(self):
        self.account = self.service.account()
        self.addCleanup(self.account.close)

    def test_two_share_nothing(self):
        with self.service.account() as other:
            other.set_faults([{"do": {"error": {"code": "InternalError.Timeout"}}}])
            other.move_clock("48h")
            sent = send_to(self.account)
            self.assertEqual(sent.Code, "Ok")
            self.assertEqual(other.messages(), [])
            self.assertEqual([message.serial for message in self.account.messages()], [sent.SerialNo])
            self.assertEqual(self.account.clock()["offset"], "0s")
            self.assertNotEqual(self.account.sdk_app_id, other.sdk_app_id)
        other.close()
        self.assertEqual(self.refused(lambda: send_to(other)).code, "AuthFailure.SecretIdNotFound")

    def test_a_service_that_runs_already(self):
        connected = LocalService.connect(self.service.control + "/")
        with connected, connected.account() as account:
            self.assertEqual(send_to(account).Code, "Ok")
        # It goes on.
        self.assertEqual(self.account.messages(), [])

    def test_the_token_is_sent(self):
        token = "a-token-for-this-test-0123456789"
        with mock.patch.dict(os.environ, {"TCSMS_CONTROL_TOKEN": token}):
            service = LocalService.start(PROGRAM, arguments=["--control-listen", "127.0.0.1:0"])
        with service:
            with self.assertRaises(ServiceError) as caught:
                LocalService.connect(service.control, "wrong").account()
            self.assertEqual(caught.exception.status, 401)
            connected = LocalService.connect(service.control, token, service.api)
            with connected.account() as account:
                self.assertEqual(send_to(account).Code, "Ok")

    def test_the_message_with_its_code(self):
        sent = send_to(self.account, SignName="腾讯云", TemplateParamSet=["024680"])
        message = self.account.wait_for_message(phone=ONE, status="delivered")
        self.assertEqual(message, Message(
            serial=sent.SerialNo, account=self.account.id, app=self.account.sdk_app_id, phone=ONE,
            text="【腾讯云】您的验证码是024680", params=["024680"], template="449739", sign="腾讯云", status="delivered",
            segments=1, fee=1, at=message.at, row=message.row, code="024680", report="DELIVRD"))
        whole = self.account.message(sent.SerialNo)
        self.assertEqual((whole.faults, whole.waiting), ([], None))
        self.assertEqual(whole.request_id, self.account.requests("SendSms")[0]["id"])
        self.account.clear()
        self.assertEqual(self.account.messages(), [])

    def test_waiting_for_a_message_of_later(self):
        async def main():
            waiting = asyncio.get_running_loop().run_in_executor(None, self.account.wait_for_messages, 2, ONE)
            async with self.account.client(sms_client_async) as client:
                for phone in (ONE, OTHER, ONE):
                    await client.SendSms(send(phone, SmsSdkAppId=self.account.sdk_app_id))
            return await waiting

        self.assertEqual([message.phone for message in asyncio.run(main())], [ONE, ONE])

    def test_a_wait_that_is_not_met_says_what_was_near(self):
        send_to(self.account, OTHER, TemplateParamSet=["1357"])
        with self.assertRaises(AssertionError) as caught:
            self.account.wait_for_message(phone=ONE, q="1357", timeout=0)
        self.assertEqual(
            str(caught.exception),
            'no message with phone %s, q 1357 within 0 s\n'
            '  near: to %s, "【xxx】您的验证码是1357": phone is %s, wanted %s' % (ONE, OTHER, OTHER, ONE))
        with self.assertRaisesRegex(AssertionError, r"^1 of 2 messages with any content within 0\.05 s"):
            self.account.wait_for_messages(2, timeout=0.05)

    def test_a_refusal_has_its_status_code_and_message(self):
        with self.assertRaises(ServiceError) as caught:
            self.account.wait_for_message(status="lost")
        error = caught.exception
        self.assertEqual((error.status, error.code), (400, "BadRequest"))
        self.assertIn("status=lost", error.message)

    def test_a_fault_strikes_once(self):
        self.account.set_faults(
            [{"id": "busy", "match": {"action": "SendSms"}, "times": 1, "do": {"error": {"code": "InternalError.Timeout"}}}], 1)
        self.assertEqual(self.refused(lambda: send_to(self.account)).code, "InternalError.Timeout")
        self.assertEqual(send_to(self.account).Code, "Ok")
        self.assertEqual([rule["id"] for rule in self.account.faults()], ["busy"])
        self.assertEqual([call["faults"] for call in self.account.requests(code="InternalError.Timeout")], [["busy"]])
        self.account.clear_faults()
        self.assertEqual(self.account.faults(), [])

    def test_the_next_day(self):
        with self.service.account(limits="default") as account:
            now = int(time.time())
            noon = now - (now + 8 * 3600) % 86400 + 12 * 3600
            for minute in range(10):
                account.set_clock(noon + 60 * minute)
                self.assertEqual(send_to(account).Code, "Ok")
            account.set_clock(noon + 3600)
            self.assertEqual(account.clock()["now"], noon + 3600)
            self.assertEqual(send_to(account).Code, "LimitExceeded.PhoneNumberDailyLimit")
            account.move_clock("24h")
            self.assertEqual(send_to(account).Code, "Ok")
            account.reset_clock()
            self.assertEqual(account.clock()["offset"], "0s")

    def test_replies_and_reports(self):
        sent = send_to(self.account)
        self.account.reply(ONE, "thanks")
        request = models.PullSmsReplyStatusRequest()
        request.SmsSdkAppId, request.Limit = self.account.sdk_app_id, 10
        pulled = self.account.client().PullSmsReplyStatus(request).PullSmsReplyStatusSet
        self.assertEqual([reply.ReplyContent for reply in pulled], ["thanks"])
        self.account.report(sent.SerialNo, "failed", "MX:0003")
        self.assertEqual(self.account.wait_for_message(status="failed").report, "MX:0003")

    def test_reviews(self):
        client = self.account.client()
        request = models.DescribeSmsTemplateListRequest()
        request.International, request.TemplateIdSet = 0, [449739]
        self.account.review_template(449739, "rejected", "no such words")
        told = client.DescribeSmsTemplateList(request).DescribeTemplateStatusSet[0]
        self.assertEqual((told.StatusCode, told.ReviewReply), (-1, "no such words"))
        request = models.DescribeSmsSignListRequest()
        request.International, request.SignIdSet = 0, [1]
        self.account.review_sign(1, "rejected", "no such name")
        told = client.DescribeSmsSignList(request).DescribeSignListStatusSet[0]
        self.assertEqual((told.StatusCode, told.ReviewReply), (-1, "no such name"))

    def test_a_failed_signature_is_explained(self):
        self.account.secret_key = "not the key"
        self.assertEqual(self.refused(lambda: send_to(self.account)).code, "AuthFailure.SignatureFailure")
        self.assertTrue(self.account.requests(limit=1)[0]["explanation"])

    def test_the_version_of_2019(self):
        client = self.account.client(sms_client_2019)
        self.assertEqual(client.call_json("SendSms", {
            "PhoneNumberSet": [ONE], "TemplateID": "449739", "SmsSdkAppid": self.account.sdk_app_id, "Sign": "xxx",
            "TemplateParamSet": ["1"]})["Response"]["SendStatusSet"][0]["Code"], "Ok")
