"""Makes the calls of a conformance case with the official SDK for Python: driver.py

The protocol is in conformance/README.md. It knows the settings and calls of the interop cases, and refuses others.
"""

import importlib
import json
import sys

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

KNOWN = {"secret_id", "secret_key", "region", "connect_to"}


def make(settings, call):
    package = "tencentcloud.sms.v" + call["version"].replace("-", "")
    models, client = (importlib.import_module(f"{package}.{name}") for name in ("models", "sms_client"))
    scheme, _, host = settings["connect_to"].partition("://")
    profile = ClientProfile(httpProfile=HttpProfile(protocol=scheme, endpoint=host))
    made = client.SmsClient(credential.Credential(settings["secret_id"], settings["secret_key"]), settings["region"], profile)
    request = getattr(models, call["action"] + "Request")()
    request.from_json_string(json.dumps(call["parameters"]))
    return json.loads(getattr(made, call["action"])(request).to_json_string())


def main():
    settings = {name: value for name, value in json.loads(sys.stdin.readline()).items() if value not in (None, [], {})}
    if settings.keys() - KNOWN:
        sys.exit(f"settings that this driver does not know: {settings.keys() - KNOWN}")
    for line in sys.stdin:
        try:
            told = {"answer": make(settings, json.loads(line))}
        except TencentCloudSDKException as error:
            told = {"error": {"kind": "service", "code": error.code, "requestId": error.requestId, "delivery": "answered", "attempts": 1, "step": None, "message": str(error)}}
        print(json.dumps(told), flush=True)


main()
