"""Calls for asyncio."""

import asyncio
import gc

from tencentcloud.common import credential
from tencentcloud.common.abstract_client_async import AbstractClient
from tencentcloud.common.common_client_async import CommonClient
from tencentcloud.common.retry_async import NoopRetryer, StandardRetryer
from tencentcloud.sms.v20210111 import models, sms_client_async
from tests.support import SENT, Stage, TestCase, answer, client, profile, send, service


def sms(host=None, **settings):
    return client(host, sms_client_async, **settings)


def common(host):
    return CommonClient("sms", "2021-01-11", credential.Credential("a", "b"), "", profile(host))


class Async(TestCase):
    def refused_in(self, call):
        return self.refused(lambda: asyncio.run(call))

    def test_a_typed_call(self):
        async def call():
            async with sms() as made:
                return await made.SendSms(send(SessionContext="中"))
        sent = asyncio.run(call())
        self.assertIsInstance(sent, models.SendSmsResponse)
        self.assertEqual((sent.SendStatusSet[0].Code, sent.SendStatusSet[0].SessionContext), ("Ok", "中"))

    def test_a_client_outlives_its_loop(self):
        made = sms()
        for _ in range(3):
            self.assertEqual(asyncio.run(made.SendSms(send())).SendStatusSet[0].Code, "Ok")
        gc.collect()

    def test_64_at_once(self):
        async def call():
            made = sms()
            answers = await asyncio.gather(*(made.SendSms(send()) for _ in range(640)))
            return {sent.SendStatusSet[0].Code for sent in answers}
        self.assertEqual(asyncio.run(call()), {"Ok"})

    def test_errors_are_the_sdks_own(self):
        made = sms()
        made.credential = credential.Credential("secretId", "other")
        error = self.refused_in(made.SendSms(send()))
        self.assertEqual((error.code, error.kind, error.delivery), ("AuthFailure.SignatureFailure", "service", "answered"))
        error = self.refused_in(sms("127.0.0.1:1", retry={"policy": "never"}).SendSms(send()))
        self.assertEqual((error.code, error.kind), ("ClientNetworkError", "connect"))
        self.assertIn("takes a SendSmsRequest", str(self.refused_in(sms().SendSms(5))))
        self.assertIn("PhoneNumberSet is a set", str(self.refused_in(sms().SendSms(send(PhoneNumberSet={1})))))

    def test_cancelling_a_task_ends_the_call(self):
        async def call():
            arrived, closed = asyncio.Event(), asyncio.Event()

            async def serve(reader, writer):
                await reader.readuntil(b"\r\n\r\n")
                arrived.set()
                # Nothing answers; the rest of the request comes, and then the end.
                await reader.read()
                closed.set()
                writer.close()

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            host = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
            task = asyncio.ensure_future(sms(host).SendSms(send()))
            await arrived.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(closed.wait(), 20)
            server.close()

        asyncio.run(call())

    def test_a_time_limit(self):
        with Stage(s=[["request", "wait_close"]]) as stage:
            error = self.refused_in(sms(stage.hosts["s"]).SendSms(send(), {"timeout_ms": 100}))
        self.assertEqual(error.kind, "timeout")

    def test_wait_for_of_asyncio(self):
        with Stage(s=[["request", "wait_close"]]) as stage:
            async def call():
                await asyncio.wait_for(sms(stage.hosts["s"]).SendSms(send()), 0.2)
            with self.assertRaises(asyncio.TimeoutError):
                asyncio.run(call())

    def test_by_name(self):
        async def call():
            made = CommonClient("sms", "2021-01-11", credential.Credential("secretId", "secretKey"), "ap-guangzhou",
                                profile(service().host))
            return await made.call_and_deserialize("PullSmsReplyStatus", {"SmsSdkAppId": "1400787878", "Limit": 3})
        self.assertEqual(asyncio.run(call())["Response"]["PullSmsReplyStatusSet"], [])

    def test_server_sent_events(self):
        step = {"answer": {"text": "data: a\n\ndata: b\n\n", "headers": {"Content-Type": "text/event-stream"}}}
        with Stage(s=[["request", step]]) as stage:
            async def call():
                events = await common(stage.hosts["s"]).call_and_deserialize("Chat", {"Stream": True})
                return [event["data"] async for event in events]
            self.assertEqual(asyncio.run(call()), ["a", "b"])

    def test_steps_of_the_programs_own(self):
        class Mine(CommonClient):
            def _create_default_chain(self, *arguments):
                chain = super()._create_default_chain(*arguments)
                return chain.add_interceptor(self.mark, 0)

            async def mark(self, chain):
                chain.request.headers["X-Mine"] = chain.request.action
                told = await chain.proceed()
                told["Response"]["Seen"] = True
                return told

        with Stage(s=[["request", answer()]]) as stage:
            made = Mine("sms", "2021-01-11", credential.Credential("a", "b"), "", profile(stage.hosts["s"]))
            told = asyncio.run(made.call_and_deserialize("Any", {}))
            self.assertTrue(told["Response"]["Seen"])
            self.assertIn("x-mine: Any", stage.record()["s"]["heard"][0]["bytes"])

    def test_retryers(self):
        limited = {"answer": {"json": {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}, "RequestId": "r"}}}}

        async def no_pause(n):
            return 0

        for retryer, steps, told in (
                (NoopRetryer(), ["request", limited], "RequestLimitExceeded"),
                (StandardRetryer(2), ["request", limited, "request", SENT], "Ok"),
                (StandardRetryer(2, no_pause), ["request", limited, "request", SENT], "Ok"),
                (StandardRetryer(2, lambda n: 0), ["request", limited, "request", limited], "RequestLimitExceeded")):
            with Stage(s=[steps]) as stage:
                made = sms(stage.hosts["s"])
                made.profile.retryer = retryer
                if told == "Ok":
                    self.assertEqual(asyncio.run(made.SendSms(send())).SendStatusSet[0].Code, told)
                else:
                    self.assertEqual(self.refused_in(made.SendSms(send())).code, told)
                self.assertEqual(len(stage.record()["s"]["heard"]), len(steps) // 2)

    def test_an_answer_can_be_a_model_of_another_package(self):
        from tencentcloud.common.abstract_model import AbstractModel

        class Told(AbstractModel):
            def __init__(self):
                self._A = None

            def _deserialize(self, params):
                self._A = params.get("A")

        with Stage(s=[["request", answer(A=5)]]) as stage:
            self.assertEqual(asyncio.run(common(stage.hosts["s"]).call_and_deserialize("Any", {}, Told))._A, 5)
        self.assertIn("invalid resp_cls", str(self.refused_in(common("h").call_and_deserialize("Any", {}, int))))
