"""Calls that return when they are over."""

import datetime
import io
import json
import logging
import os
import socket
import tempfile
import threading
import unittest.mock

from tencentcloud.common import credential
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile, RegionBreakerProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import NoopRetryer, StandardRetryer
from tencentcloud.common.sign import Sign
from tencentcloud.sms.v20190711 import models as models2019
from tencentcloud.sms.v20190711 import sms_client as sms_client2019
from tencentcloud.sms.v20210111 import models, sms_client
from tests.support import SENT, Service, Stage, TestCase, answer, client, profile, send, service


class Calls(TestCase):
    def test_every_way_to_sign_reaches_the_service(self):
        for sign in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"):
            for method in ("POST", "GET"):
                sms = client()
                sms.profile.signMethod, sms.profile.httpProfile.reqMethod = sign, method
                sent = sms.SendSms(send(SessionContext="a<b>&c/d e+f'~*!()=%中文😀"))
                self.assertEqual(sent.SendStatusSet[0].Code, "Ok", (sign, method))
                self.assertEqual(sent.SendStatusSet[0].SessionContext, "a<b>&c/d e+f'~*!()=%中文😀")

    def test_the_older_version_is_called_by_its_own_names(self):
        request = models2019.SendSmsRequest()
        request.PhoneNumberSet, request.TemplateID, request.SmsSdkAppid = ["+8613711112222"], "449739", "1400787878"
        request.Sign, request.TemplateParamSet = "xxx", ["1"]
        self.assertEqual(client(module=sms_client2019).SendSms(request).SendStatusSet[0].Code, "Ok")

    def test_a_refusal_tells_all_that_is_known(self):
        sms = client()
        sms.credential = credential.Credential("secretId", "other")
        error = self.refused(lambda: sms.SendSms(send()))
        self.assertEqual(error.get_code(), "AuthFailure.SignatureFailure")
        self.assertEqual((error.kind, error.delivery, error.attempts, error.retryable), ("service", "answered", 1, False))
        self.assertEqual(error.get_request_id(), error.requestId)
        self.assertRegex(str(error), r"^\[TencentCloudSDKException\] code:AuthFailure.SignatureFailure message:.+ requestId:.{36}")
        self.assertRegex(error.traceId, "^.{8}-.{4}-4")
        self.assertNotIn("other", str(vars(error)))

    def test_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            sms = client("127.0.0.1:%d" % closed.getsockname()[1], retry={"policy": "never"})
            error = self.refused(lambda: sms.SendSms(send()))
        self.assertEqual((error.code, error.kind, error.delivery, error.step), ("ClientNetworkError", "connect", "not_sent", "connect"))
        self.assertTrue(error.retryable)

    def test_an_answer_that_is_none(self):
        with Stage(s=[["request", {"answer": {"status": 502, "text": "bad"}}]]) as stage:
            error = self.refused(lambda: client(stage.hosts["s"]).SendSms(send()))
        self.assertEqual((error.code, error.httpStatus, error.delivery), ("ServerNetworkError", 502, "maybe_sent"))

    def test_a_time_limit(self):
        with Stage(s=[["request", "wait_close"]]) as stage:
            sms = client(stage.hosts["s"])
            sms.profile.httpProfile.reqTimeout = 0.1
            error = self.refused(lambda: sms.SendSms(send()))
        self.assertEqual((error.code, error.kind, error.delivery), ("ClientNetworkError", "timeout", "maybe_sent"))

    def test_a_time_limit_of_one_call(self):
        with Stage(s=[["request", "wait_close"]]) as stage:
            error = self.refused(lambda: client(stage.hosts["s"]).SendSms(send(options={"timeout_ms": 100})))
        self.assertEqual(error.kind, "timeout")

    def test_wrong_types_are_told_before_anything_is_sent(self):
        sms = client("127.0.0.1:1")
        calls = {
            r"TemplateParamSet\[0\] is a datetime": lambda: sms.SendSms(send(TemplateParamSet=[datetime.datetime.now()])),
            "PhoneNumberSet is a set": lambda: sms.SendSms(send(PhoneNumberSet={"+86"})),
            "SessionContext is a bytes": lambda: sms.SendSms(send(SessionContext=b"\xff")),
            "SessionContext has half of a surrogate": lambda: sms.SendSms(send(SessionContext="\udc80")),
            "takes a SendSmsRequest, and this is a NoneType": lambda: sms.SendSms(None),
            "takes a SendSmsRequest, and this is a dict": lambda: sms.SendSms({"PhoneNumberSet": []}),
            "no option 'Timeout'": lambda: sms.SendSms(send(options={"Timeout": 3})),
            "headers must be a dict": lambda: sms.SendSms(send(headers=[("a", "b")])),
            "UTF-8": lambda: sms.call_json("SendSms", b'{"SessionContext": "\xff"}'),
            "not JSON|no JSON|JSON": lambda: sms.call_json("SendSms", "{"),
            "must be bytes": lambda: sms.call_octet_stream("Any", {}, 5),
        }
        for text, call in calls.items():
            error = self.refused(call)
            self.assertRegex(str(error), text)
            self.assertEqual(error.delivery, "not_sent", text)

    def test_settings_that_cannot_be_used_are_told(self):
        for members, text in (({"signMethod": "MD5"}, "MD5"), ({"settings": {"no_such": 1}}, "no_such"),
                              ({"language": "fr"}, "fr"), ({"settings": {"ca_file": "/nowhere"}}, "/nowhere")):
            sms = client()
            for name, value in members.items():
                setattr(sms.profile, name, value)
            error = self.refused(lambda: sms.SendSms(send()))
            self.assertEqual((error.code, error.kind, error.delivery), ("ClientError", "config", "not_sent"))
            self.assertIn(text, str(error))
        self.refused(lambda: ClientProfile(language="fr"))
        self.refused(lambda: RegionBreakerProfile(backup_endpoint="example.com"))
        self.refused(lambda: RegionBreakerProfile(max_fail_percent=2))
        self.refused(lambda: CommonClient("sms", None, None, "r"))

    def test_a_body_of_ten_megabytes(self):
        with Stage(s=[["request", SENT]]) as stage:
            text = "中" * 3_200_000
            self.assertEqual(client(stage.hosts["s"]).SendSms(send(SessionContext=text)).SendStatusSet[0].Code, "Ok")
            heard = stage.record()["s"]["heard"][0]["bytes"]
        self.assertIn(text, heard)

    def test_an_answer_of_ten_megabytes(self):
        text = "x" * 10_000_000
        with Stage(s=[["request", answer(Text=text)]]) as stage:
            told = CommonClient("sms", "2021-01-11", credential.Credential("a", "b"), "", profile(stage.hosts["s"]))
            self.assertEqual(told.call_json("Any", {})["Response"]["Text"], text)

    def test_the_service_is_restarted_between_calls(self):
        first = Service()
        sms = client(first.host)
        sms.SendSms(send())
        first.stop()
        second = Service(first.host)
        try:
            self.assertEqual(sms.SendSms(send()).SendStatusSet[0].Code, "Ok")
        finally:
            second.stop()

    def test_64_threads_share_a_client_and_its_connections(self):
        sms, outcomes = client(), []

        def work():
            for _ in range(5):
                outcomes.append(sms.SendSms(send()).SendStatusSet[0].Code)

        threads = [threading.Thread(target=work) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(outcomes, ["Ok"] * 320)

    def test_other_threads_go_on_while_a_call_waits(self):
        with Stage(s=[["request", {"after_call": 1}, SENT]]) as stage:
            sms = client(stage.hosts["s"])
            thread = threading.Thread(target=lambda: sms.SendSms(send()))
            thread.start()
            # This thread could not say so if the call held Python's lock.
            stage.order({"call_is_over": 1})
            thread.join(20)
            self.assertFalse(thread.is_alive())

    def test_clients_with_the_same_settings_share_their_connections(self):
        with Stage(s=[["request", SENT, "request", SENT, "request", SENT]]) as stage:
            for _ in range(2):
                client(stage.hosts["s"]).SendSms(send())
            sms = client(stage.hosts["s"])
            sms.SendSms(send())
            self.assertEqual(stage.record()["s"]["connections"], 1)

    def test_changed_members_count_from_the_next_call_on(self):
        with Stage(s=[["request", SENT]], t=[["request", SENT], ["request", SENT]]) as stage:
            sms = client(stage.hosts["s"])
            sms.SendSms(send())
            sms.profile.httpProfile.endpoint = stage.hosts["t"]
            sms.SendSms(send())
            sms.region, sms.credential.token, sms.profile.language = "ap-singapore", "t0", "en-US"
            sms.SendSms(send())
            heard = stage.record()["t"]["heard"][1]["bytes"].lower()
        for header in ("x-tc-region: ap-singapore", "x-tc-token: t0", "x-tc-language: en-us"):
            self.assertIn(header, heard)

    def test_what_a_request_says_about_its_sdk(self):
        with Stage(s=[["request", SENT]]) as stage:
            sms = client(stage.hosts["s"])
            sms.profile.request_client = "mine"
            sms.request_client = sms._named()
            sms.SendSms(send(headers={"X-TC-TraceId": "trace-1", "X-Mine": "5"}))
            heard = stage.record()["s"]["heard"][0]["bytes"]
        self.assertIn("SDK_TCSMS_PYTHON_0.1.0; mine", heard)
        self.assertIn("trace-1", heard)
        self.assertRegex(heard.lower(), "x-mine: 5")

    def test_by_name(self):
        common = CommonClient("sms", "2021-01-11", credential.Credential("secretId", "secretKey"), "ap-guangzhou",
                              profile(service().host))
        params = {"SmsSdkAppId": "1400787878", "Limit": 3}
        told = common.call_json("PullSmsReplyStatus", params)
        self.assertEqual(told["Response"]["PullSmsReplyStatusSet"], [])
        read = json.loads(common.call("pullSmsReplyStatus", json.dumps(params)))
        self.assertEqual(read["Response"]["PullSmsReplyStatusSet"], [])

    def test_binary_parts_and_bodies_of_bytes(self):
        with Stage(s=[["request", answer(), "request", answer()]]) as stage:
            common = CommonClient("cls", "2020-10-16", credential.Credential("a", "b"), "", profile(stage.hosts["s"]))
            common.call_json("Upload", {"Name": "n", "Image": b"\0\xff"}, options={"IsMultipart": True, "BinaryParams": ["Image"]})
            common.call_octet_stream("UploadLog", {"X-CLS-TopicId": "t"}, bytearray(b"\1\xfe"))
            parts, octets = [bytes.fromhex(heard["bytes"]["hex"]) for heard in stage.record()["s"]["heard"]]
        self.assertIn(b'name="Image"; filename="Image"', parts)
        self.assertIn(b"\0\xff\r\n", parts)
        self.assertTrue(octets.endswith(b"\1\xfe"))
        self.assertIn(b"x-cls-topicid: t", octets.lower())

    def test_server_sent_events(self):
        events = "id: 1\nevent: e\nretry: 50\ndata: a\ndata: b\n\n:nothing\n\ndata: 中\n\n"
        step = {"answer": {"text": events, "headers": {"Content-Type": "text/event-stream"}}}
        with Stage(s=[["request", step], ["request", answer(A=1)]]) as stage:
            common = CommonClient("sms", "2021-01-11", credential.Credential("a", "b"), "", profile(stage.hosts["s"]))
            told = list(common.call_sse("Chat", {}))
            self.assertEqual(told, [{"id": "1", "event": "e", "retry": 50, "data": "a\nb"}, {"data": "中"}])
            stream = common.call_sse("Chat", {})
            self.assertEqual((list(stream), stream.answer["Response"]["A"]), ([], 1))

    def test_a_stream_is_closed_early(self):
        step = {"answer": {"text": "data: a\n\n", "headers": {"Content-Type": "text/event-stream", "Content-Length": "1000"}}}
        with Stage(s=[["request", step, "wait_close"]]) as stage:
            common = CommonClient("sms", "2021-01-11", credential.Credential("a", "b"), "", profile(stage.hosts["s"]))
            with common.call_sse("Chat", {}) as stream:
                self.assertEqual(next(stream)["data"], "a")
            self.assertEqual(list(stream), [])
            self.assertEqual(stage.record()["s"]["faults"], [])


class Credentials(TestCase):
    def test_a_class_of_the_programs_own_is_asked_before_every_call(self):
        class Mine(object):
            asked = 0

            def get_credential_info(self):
                self.asked += 1
                return "id%d" % self.asked, "key", "token%d" % self.asked

        with Stage(s=[["request", SENT, "request", SENT]]) as stage:
            sms = client(stage.hosts["s"])
            sms.credential = Mine()
            sms.SendSms(send())
            sms.SendSms(send())
            told = stage.record()["s"]
        self.assertEqual(told["connections"], 1)
        for number, heard in enumerate(told["heard"], 1):
            self.assertIn("Credential=id%d/" % number, heard["bytes"])
            self.assertIn("token%d" % number, heard["bytes"])

    def test_what_derives_from_a_credential_is_asked_too(self):
        class Mine(credential.Credential):
            def get_credential_info(self):
                return "other", "key", None

        with Stage(s=[["request", SENT]]) as stage:
            sms = client(stage.hosts["s"])
            sms.credential = Mine("id", "key")
            sms.SendSms(send())
            self.assertIn("Credential=other/", stage.record()["s"]["heard"][0]["bytes"])

    def test_blanks_and_nothing_are_refused(self):
        for pair in ((None, "k"), ("", "k"), ("i ", "k"), ("i", " "), ("i", None)):
            self.assertEqual(self.refused(lambda: credential.Credential(*pair)).code, "InvalidCredential")

    def test_the_environment_and_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "credentials")
            with open(path, "w") as file:
                file.write("[default]\nsecret_id = fileId\nsecret_key = fileKey\n")
            told = {"TENCENTCLOUD_CREDENTIALS_FILE": path, "HOME": folder}
            with unittest.mock.patch.dict(os.environ, told):
                found = credential.DefaultCredentialProvider().get_credential()
                self.assertEqual(found.get_credential_info(), ("fileId", "fileKey", None))
                self.assertIsNone(credential.EnvironmentVariableCredential().get_credential())
                os.environ.update(TENCENTCLOUD_SECRET_ID="envId", TENCENTCLOUD_SECRET_KEY="envKey")
                found = credential.DefaultCredentialProvider().get_credential()
                self.assertEqual(found.secretId, "envId")
                os.remove(path)
                self.assertIsNone(credential.ProfileCredential().get_credential())
                with self.assertRaises(EnvironmentError):
                    credential.DefaultTkeOIDCRoleArnProvider().get_credential()

    def role(self, stage_answer, make):
        temporary = dict(Credentials={"TmpSecretId": "tmpId", "TmpSecretKey": "tmpKey", "Token": "tmpToken"},
                         ExpiredTime=4102444800, Expiration="2100-01-01T00:00:00Z")
        with Stage(sts=[["request", answer(**temporary)]], s=[["request", SENT, "request", SENT]]) as stage:
            sms = client(stage.hosts["s"])
            sms.credential = make("http://" + stage.hosts["sts"])
            sms.SendSms(send())
            sms.SendSms(send())
            record = stage.record()
        self.assertIn("Credential=tmpId/", record["s"]["heard"][1]["bytes"])
        return record["sts"]["heard"][0]["bytes"]

    def test_a_role_of_sts(self):
        asked = self.role(None, lambda endpoint: credential.STSAssumeRoleCredential(
            "id", "key", "qcs::cam::uin/1:roleName/r", "session", 1800, endpoint))
        self.assertIn('"RoleSessionName":"session"', asked)
        self.assertIn('"DurationSeconds":1800', asked)

    def test_a_role_for_a_token(self):
        asked = self.role(None, lambda endpoint: credential.OIDCRoleArnCredential(
            "ap-singapore", "provider", "the-token", "qcs::cam::uin/1:roleName/r", "session", 1800, endpoint))
        self.assertIn('"WebIdentityToken":"the-token"', asked)
        self.assertRegex(asked.lower(), "x-tc-region: ap-singapore")

    def test_a_credential_shows_what_it_has(self):
        temporary = dict(Credentials={"TmpSecretId": "tmpId", "TmpSecretKey": "tmpKey", "Token": "tmpToken"},
                         ExpiredTime=4102444800, Expiration="2100-01-01T00:00:00Z")
        with Stage(sts=[["request", answer(**temporary)]]) as stage:
            role = credential.STSAssumeRoleCredential("i", "k", "qcs::cam::uin/1:roleName/q", "s", endpoint="http://" + stage.hosts["sts"])
            self.assertEqual(role.get_credential_info(), ("tmpId", "tmpKey", "tmpToken"))
            self.assertEqual((role.secretId, role.secret_key, role.token), ("tmpId", "tmpKey", "tmpToken"))


class Retries(TestCase):
    LIMITED = {"answer": {"json": {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "slow"}, "RequestId": "r"}}}}

    def attempts(self, retryer, steps):
        with Stage(s=[steps]) as stage:
            sms = client(stage.hosts["s"])
            sms.profile.retryer = retryer
            try:
                return sms.SendSms(send()).SendStatusSet[0].Code, len(stage.record()["s"]["heard"])
            except TencentCloudSDKException as error:
                return error.code, len(stage.record()["s"]["heard"])

    def test_noop(self):
        self.assertEqual(self.attempts(NoopRetryer(), ["request", self.LIMITED]), ("RequestLimitExceeded", 1))

    def test_standard_in_the_core(self):
        self.assertEqual(self.attempts(StandardRetryer(2), ["request", self.LIMITED, "request", SENT]), ("Ok", 2))

    def test_pauses_of_the_programs_own(self):
        waits = []
        retryer = StandardRetryer(4, backoff_fn=lambda n: waits.append(n) or 0, logger=logging.getLogger("quiet"))
        steps = ["request", self.LIMITED, "request", self.LIMITED, "request", SENT]
        self.assertEqual(self.attempts(retryer, steps), ("Ok", 3))
        self.assertEqual(waits, [0, 1])

    def test_what_may_have_been_sent_is_not_sent_again(self):
        retryer = StandardRetryer(4, backoff_fn=lambda n: 0)
        self.assertEqual(self.attempts(retryer, ["request", "close"]), ("ClientNetworkError", 1))

    def test_the_last_error_is_raised_after_the_last_attempt(self):
        retryer = StandardRetryer(2, backoff_fn=lambda n: 0)
        steps = ["request", self.LIMITED, "request", self.LIMITED]
        self.assertEqual(self.attempts(retryer, steps), ("RequestLimitExceeded", 2))

    def test_the_breaker_goes_to_the_backup_endpoint(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with Stage(s=[["request", SENT]]) as stage:
                made = profile("127.0.0.1:%d" % closed.getsockname()[1])
                made.disable_region_breaker = False
                sms = sms_client.SmsClient(credential.Credential("a", "b"), "r", made)
                told = sms._settings(None, None)
                self.assertEqual(told["backup_endpoints"], ["sms.ap-guangzhou.tencentcloudapi.com"])
                self.assertEqual(told["breaker"], {"failures": 5, "window_ms": 300000, "pause_ms": 60000})
                made.settings["backup_endpoints"] = ["http://" + stage.hosts["s"]]
                self.assertEqual(sms.SendSms(send()).SendStatusSet[0].Code, "Ok")


class Others(TestCase):
    def test_signatures_of_the_documentation(self):
        text = ("GETcvm.api.qcloud.com/v2/index.php?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Nonce=11886"
                "&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA&SignatureMethod=HmacSHA256&Timestamp=1465185768")
        self.assertEqual(Sign.sign("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA", text, "HmacSHA256"),
                         "0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=")
        self.assertEqual(Sign.sign("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA", text.replace("HmacSHA256", "HmacSHA1"), "HmacSHA1"),
                         "nPVnY6njQmwQ8ciqbPl5Qe+Oru4=")
        self.refused(lambda: Sign.sign("k", "t", "MD5"))
        text = ("TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n"
                "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031")
        self.assertEqual(Sign.sign_tc3("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "2019-02-25", "cvm", text),
                         "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")

    def test_log_lines_go_to_the_logger_and_show_no_secret(self):
        sms, stream = client(), io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            sms.set_stream_logger(stream, logging.DEBUG)
            sms.set_file_logger(path, logging.DEBUG, "%(message)s")
            try:
                sms.SendSms(send("+8613711112345"))
            finally:
                sms.set_default_logger()
            with open(path) as file:
                lines = file.read()
        self.assertIn("tcsms", lines)
        self.assertIn("DEBUG", stream.getvalue())
        self.assertNotIn("secretKey", lines)
        self.assertNotIn("13711112345", lines)
        sms.SendSms(send())
        self.assertEqual(len(stream.getvalue()), len(stream.getvalue()))

    def test_a_program_may_put_its_own_in_the_place_of_call(self):
        with unittest.mock.patch.object(AbstractClient, "call") as call:
            call.return_value = b'{"Response": {"SendStatusSet": [{"Code": "Mine"}], "RequestId": "r"}}'
            self.assertEqual(client().SendSms(send()).SendStatusSet[0].Code, "Mine")
        self.assertEqual(call.call_args[0][1]["TemplateId"], "449739")

    def test_members_of_the_profile_in_the_words_of_the_core(self):
        http = HttpProfile(protocol="http", reqMethod="GET", reqTimeout=90, proxy="http://p:1", rootDomain="internal.example", certification="/ca")
        http.apigw_endpoint = "gateway.example"
        made = ClientProfile("HmacSHA1", http, "en-US", request_client="me")
        made.unsignedPayload = True
        made.settings = {"timeouts": {"connect_ms": 7}, "language": None}
        told = sms_client.SmsClient(credential.Credential("i", "k"), "", made)._settings(None, None)
        self.assertEqual(told, {
            "sdk": "SDK_TCSMS_PYTHON_0.1.0", "trace_ids": True, "service": "sms", "request_client": "me", "secret_id": "i",
            "secret_key": "k", "allow_plain_http": True, "endpoint": "http://sms.internal.example",
            "root_domain": "internal.example", "api_gateway": "gateway.example", "http_method": "GET",
            "sign_method": "HmacSHA1", "unsigned_payload": True, "proxy": "http://p:1", "ca_file": "/ca",
            "timeouts": {"attempt_ms": 90000, "total_ms": 180000, "connect_ms": 7}})

    def test_connections_are_opened_ahead(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(20)
            sms = client("127.0.0.1:%d" % server.getsockname()[1])
            sms.profile.httpProfile.pre_conn_pool_size = 3
            self.assertEqual(self.refused(lambda: sms.SendSms(send(options={"timeout_ms": 100}))).kind, "timeout")
            for _ in range(3):
                server.accept()[0].close()
