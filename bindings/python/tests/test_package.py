"""The package as its users get it: installed in an empty place, with nothing else and beside another product."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

from tcsms.testing import LocalService
from tests.support import HERE, PROGRAM, ROOT, Stage, TestCase, answer, service

VENV = ROOT / ".x" / "python-package"

FIRST = """
import sys
from tencentcloud.common import credential
from tencentcloud.sms.v20210111 import models, sms_client
request = models.SendSmsRequest()
request.from_json_string('{"PhoneNumberSet": ["+8613711112222"], "SmsSdkAppId": "1400787878", "SignName": "xxx",'
                         ' "TemplateId": "449739", "TemplateParamSet": ["1"]}')
print(sms_client.SmsClient(credential.Credential("secretId", "secretKey"), "ap-guangzhou").SendSms(request).SendStatusSet[0].Code)
"""

ZONES = """
import asyncio
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.cvm.v20170312 import cvm_client, cvm_client_async, models
for number in range(2):
    client = cvm_client.CvmClient(credential.Credential("id", "key"), "ap-guangzhou")
    answer = client.DescribeZones(models.DescribeZonesRequest())
    print(answer.TotalCount, answer.ZoneSet[0].Zone)
    later = cvm_client_async.CvmClient(credential.Credential("id", "key"), "ap-guangzhou")
    answer = asyncio.run(later.DescribeZones(models.DescribeZonesRequest()))
    print(answer.TotalCount, answer.ZoneSet[0].Zone)
try:
    client.DescribeZones(models.DescribeZonesRequest())
except TencentCloudSDKException as error:
    print(error)
"""


class Package(TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(VENV, ignore_errors=True)
        library = os.environ["TCSMS_LIBRARY"]
        wheel = subprocess.run([sys.executable, HERE.parent / "package", VENV / "dist", "--library", library],
                               check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        cls.wheel = pathlib.Path(wheel)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        cls.pip("install", "--no-index", "--no-deps", wheel)

    @classmethod
    def pip(cls, *arguments):
        # No compiler, no configuration of the machine's own that could matter for an index.
        subprocess.run([VENV / "bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments], check=True)

    def run_installed(self, source, connect_to):
        environment = {"PATH": "/nowhere", "HOME": str(VENV), "TCSMS_CONNECT_TO": connect_to}
        done = subprocess.run([VENV / "bin/python", "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60, env=environment, cwd=VENV)
        return done.stdout

    def test_1_a_first_call(self):
        self.assertEqual(self.run_installed(FIRST, service().url), "Ok\n")

    def test_2_what_is_in_it(self):
        with zipfile.ZipFile(self.wheel) as archive:
            names = archive.namelist()
            metadata = archive.read([name for name in names if name.endswith("METADATA")][0]).decode()
        for name in ("tencentcloud/py.typed", "tencentcloud/common/_native.abi3.so", "tencentcloud/sms/v20210111/models.pyi",
                     "tcsms/py.typed", "tcsms/testing.py", "tcsms/pytest_plugin.py"):
            self.assertIn(name, names)
        self.assertNotIn("Requires-Dist", metadata)
        self.assertFalse([name for name in names if "__pycache__" in name])
        self.assertRegex(self.wheel.name, r"^tcsms-0\.1\.0-cp39-abi3-manylinux_2_\d+_x86_64\.whl$")

    def test_3_a_product_of_the_documented_sdk_runs_on_ours(self):
        self.pip("install", "--no-deps", "tencentcloud-sdk-python-cvm==3.1.178")
        zones = answer(TotalCount=1, ZoneSet=[{"Zone": "ap-guangzhou-3", "ZoneState": "AVAILABLE"}])
        refused = {"answer": {"json": {"Response": {"Error": {"Code": "UnauthorizedOperation", "Message": "no"}, "RequestId": "r-2"}}}}
        with Stage(s=[["request", zones, "request", zones, "request", refused], ["request", zones, "request", zones]]) as stage:
            told = self.run_installed(ZONES, "http://" + stage.hosts["s"])
            heard = stage.record()["s"]["heard"]
        self.assertEqual(told, "1 ap-guangzhou-3\n" * 4 + "[TencentCloudSDKException] code:UnauthorizedOperation message:no requestId:r-2\n")
        for request in heard:
            self.assertIn("Host: cvm.tencentcloudapi.com".lower(), request["bytes"].lower())
            self.assertIn("/cvm/tc3_request", request["bytes"])
        # Ours still works beside it.
        self.assertEqual(self.run_installed(FIRST, service().url), "Ok\n")

    def test_4_the_fixtures_of_pytest(self):
        self.pip("install", "--require-hashes", "-r", HERE / "requirements.txt")
        examples = [VENV / "bin/python", "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", HERE.parent / "examples"]
        environment = {"PATH": "/nowhere", "HOME": str(VENV), "PYTHONDONTWRITEBYTECODE": "1"}
        with LocalService.start(PROGRAM) as running:
            for more in ({"TCSMS_PROGRAM": str(PROGRAM)}, {"TCSMS_SERVICE": running.control}):
                done = subprocess.run(examples, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                                      env={**environment, **more}, cwd=VENV)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stdout, r"\b[5-9] passed in")
