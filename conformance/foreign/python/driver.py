"""Makes the calls of a conformance case with the official SDK for Python: driver.py

The protocol is in conformance/README.md; a further line of settings replaces those before. It knows what the interop cases
and check.py need, and refuses other settings.
"""

import importlib
import json
import sys

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

KNOWN = {"secret_id", "secret_key", "region", "connect_to", "sign_method", "http_method"}


def make(settings, call):
    package = "tencentcloud.sms.v" + call["version"].replace("-", "")
    models, client = (importlib.import_module(f"{package}.{name}") for name in ("models", "sms_client"))
    scheme, _, host = settings["connect_to"].partition("://")
    http = HttpProfile(protocol=scheme, endpoint=host, reqMethod=settings.get("http_method"))
    profile = ClientProfile(signMethod=settings.get("sign_method"), httpProfile=http)
    made = client.SmsClient(credential.Credential(settings["secret_id"], settings["secret_key"]), settings["region"], profile)
    if call.get("by_name"):
        return made.call_json(call["action"], call["parameters"])["Response"]
    request = getattr(models, call["action"] + "Request")()
    request.from_json_string(json.dumps(call["parameters"]))
    return json.loads(getattr(made, call["action"])(request).to_json_string())


def main():
    for line in sys.stdin:
        read = json.loads(line)
        if "action" not in read:
            settings = {name: value for name, value in read.items() if value not in (None, [], {})}
            if settings.keys() - KNOWN:
                sys.exit(f"settings that this driver does not know: {settings.keys() - KNOWN}")
            continue
        try:
            told = {"answer": make(settings, read)}
        except TencentCloudSDKException as error:
            told = {"error": {"kind": "service", "code": error.code, "requestId": error.requestId, "delivery": "answered", "attempts": 1, "step": None, "message": str(error)}}
        print(json.dumps(told), flush=True)


main()
