"""Makes the calls of a conformance case with this SDK: driver.py sync|async. The protocol is in conformance/README.md.

The members of the profile say what they can say; what they have no member for goes through `profile.settings`.
"""

import json
import sys
import threading
import traceback

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

VERSIONS = {"2021-01-11": "v20210111", "2019-07-11": "v20190711"}


def said(settings):
    """The settings of a case without those that are absent."""
    return {name: value for name, value in settings.items() if value not in (None, [], {})}


def profile_of(settings):
    http = HttpProfile(
        endpoint=settings.pop("endpoint", None),
        reqMethod=settings.pop("http_method", None),
        proxy=settings.pop("proxy", None),
        rootDomain=settings.pop("root_domain", None),
        # The core's own limits; a case sets others by `timeouts`.
        reqTimeout=None,
    )
    http.reqTimeout = None
    http.apigw_endpoint = settings.pop("api_gateway", None)
    if settings.pop("danger_accept_invalid_certificates", False):
        http.certification = False
    elif settings.get("ca_file"):
        http.certification = settings.pop("ca_file")
    profile = ClientProfile(signMethod=settings.pop("sign_method", None), httpProfile=http)
    profile.language = settings.pop("language", None)
    profile.unsignedPayload = settings.pop("unsigned_payload", False)
    # The core judges the name, where the profile would only warn.
    if settings.get("request_client"):
        profile.settings["request_client"] = settings.pop("request_client")
    return profile


def credential_of(settings):
    pair = [settings.pop(name, None) for name in ("secret_id", "secret_key", "token")]
    role = settings.get("assume_role")
    if settings.get("web_identity") or settings.get("cvm_role") or role or pair[0] is None:
        # Under the classes that the documented SDK has for them, as far as those can say it.
        found = credential.DefaultCredentialProvider()
        if settings.get("cvm_role") is not None and not role:
            found = credential.CVMRoleCredential(settings["cvm_role"].get("role"))
        if role and pair[0] is not None:
            found = credential.STSAssumeRoleCredential(
                pair[0], pair[1], role["role_arn"], role.get("session_name"), role.get("duration_seconds") or 7200)
            if pair[2]:
                settings["token"] = pair[2]
        return found
    return credential.Credential(*pair)


def without_absent(value):
    if isinstance(value, dict):
        return {name: without_absent(held) for name, held in value.items() if held is not None}
    return value


class Maker(object):
    """Makes clients: one for each version and kind, all with the same settings."""

    def __init__(self, settings, kind):
        settings = without_absent(said(settings))
        self.kind = kind
        self.service = settings.pop("service", "sms")
        self.region = settings.pop("region", None)
        self.credential = credential_of(settings)
        self.profile = profile_of(settings)
        self.profile.settings.update(settings)
        # Cases name the headers that a request may have; trace ids by themselves are no part of them.
        self.profile.settings["trace_ids"] = False

    def sms(self, version):
        from importlib import import_module
        package = "tencentcloud.sms.%s" % VERSIONS[version]
        name = "sms_client" if self.kind == "sync" else "sms_client_async"
        models = import_module(package + ".models")
        client = import_module("%s.%s" % (package, name)).SmsClient(self.credential, self.region, self.profile)
        client._service = self.service
        return client, models

    def common(self, version):
        if self.kind == "sync":
            from tencentcloud.common.common_client import CommonClient
        else:
            from tencentcloud.common.common_client_async import CommonClient
        return CommonClient(self.service, version, self.credential, self.region or "", self.profile)


def options_of(call):
    options = {}
    for name in ("region", "language", "sign_method", "http_method", "unsigned_payload", "trace_id", "idempotency_key",
                 "idempotent", "timeout_ms"):
        if call.get(name) is not None:
            options[name] = call[name]
    if call.get("retry"):
        options["retry"] = without_absent(call["retry"])
    if call.get("skip_sign"):
        options["SkipSign"] = True
    return options


def raw(content):
    return content.encode() if isinstance(content, str) else bytes.fromhex(content["hex"])


def prepared(call, options):
    """The parameters and options of a call by name."""
    if call.get("parameters_text") is not None:
        params = call["parameters_text"]
    else:
        params = call["parameters"]
    if call.get("parts") and (call.get("octets") is not None or set(call["parts"]) & set(params)):
        # What the documented options cannot say.
        options["parts"] = {name: raw(part) for name, part in call["parts"].items()}
    elif call.get("parts"):
        params = {**params, **{name: raw(part) for name, part in call["parts"].items()}}
        options["IsMultipart"] = True
        options["BinaryParams"] = list(call["parts"])
    return params


def event_told(event):
    return {"id": event.get("id"), "event": event.get("event"), "data": event.get("data", ""),
            "retry_ms": event.get("retry")}


def make(maker, call):
    options, headers = options_of(call), call.get("headers") or None
    if not call["by_name"]:
        client, models = maker.sms(call["version"])
        request = getattr(models, call["action"] + "Request")()
        request._deserialize(call["parameters"])
        request.headers, request.options = headers, options
        return getattr(client, call["action"])(request)._serialize()
    client = maker.common(call["version"])
    params = prepared(call, options)
    if call.get("octets") is not None:
        if params:
            options["parameters"] = params
        return client.call_octet_stream(call["action"], headers or {}, raw(call["octets"]), options)["Response"]
    if call["stream"]:
        events = client.call_sse(call["action"], params, headers, options)
        told = [event_told(event) for event in events]
        return events.answer["Response"] if events.answer is not None else {"Events": told}
    return client.call_json(call["action"], params, headers, options)["Response"]


async def make_async(maker, call):
    options, headers = options_of(call), call.get("headers") or None
    if not call["by_name"]:
        client, models = maker.sms(call["version"])
        request = getattr(models, call["action"] + "Request")()
        request._deserialize(call["parameters"])
        request.headers = headers
        return (await getattr(client, call["action"])(request, options))._serialize()
    client = maker.common(call["version"])
    params = prepared(call, options)
    if call.get("octets") is not None:
        if params:
            options["parameters"] = params
        options["IsOctetStream"] = True
        params = raw(call["octets"])
    if call["stream"]:
        options["stream"] = True
    answer = await client.call_and_deserialize(call["action"], params, dict, headers, options)
    if isinstance(answer, dict):
        return answer["Response"]
    return {"Events": [event_told(event) async for event in answer]}


def failure(error):
    if error.kind is None:
        raise error
    return {"error": {
        "kind": error.kind,
        "code": error.code if error.kind == "service" else None,
        "requestId": error.requestId,
        "delivery": error.delivery,
        "attempts": error.attempts,
        "step": error.step,
        "endpoint": error.endpoint,
        "message": str(error),
        "shown": [repr(error), str(error.args), str(vars(error)), str(error.message),
                  "".join(traceback.format_exception(type(error), error, error.__traceback__))],
    }}


def outcome(maker, call):
    try:
        return {"answer": make(maker, call)}
    except TencentCloudSDKException as error:
        return failure(error)


async def outcome_async(maker, call):
    try:
        return {"answer": await make_async(maker, call)}
    except TencentCloudSDKException as error:
        return failure(error)


def play(maker, call):
    """All outcomes of a call that is made so often at once."""
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(outcome(maker, call))) for _ in range(call["at_once"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def tell(outcomes):
    for told in outcomes:
        sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main():
    kind = sys.argv[1]
    settings = json.loads(sys.stdin.readline())
    try:
        maker, refused = Maker(settings, kind), None
    except TencentCloudSDKException as error:
        # A class refuses by itself what the core would refuse with the first call.
        error.kind, error.delivery = error.kind or "config", "not_sent"
        if error.code == "InvalidCredential":
            error.kind = "credential"
        refused = failure(error)
    if kind == "sync":
        for line in sys.stdin:
            call = json.loads(line)
            tell([refused] * call["at_once"] if refused else play(maker, call))
        return

    # Here, because it takes longest to load, and the other kind does without.
    import asyncio

    async def drive():
        loop = asyncio.get_running_loop()
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                return
            call = json.loads(line)
            if refused:
                tell([refused] * call["at_once"])
            else:
                tell(await asyncio.gather(*(outcome_async(maker, call) for _ in range(call["at_once"]))))

    asyncio.run(drive())


main()
