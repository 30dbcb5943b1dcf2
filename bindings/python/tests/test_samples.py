"""The samples, and the programs that stand in the READMEs."""

import os
import re
import subprocess
import sys
import tempfile

from tests.support import HERE, PROGRAM, TestCase, python, service

BINDING = HERE.parent


class Samples(TestCase):
    def test_every_sample_prints_its_answer(self):
        for name in ("SendSms", "PullSmsSendStatus", "SendStatusStatistics", "AddSmsTemplate"):
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run([BINDING / "run-sample", BINDING / "samples" / (name + ".py"), folder],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      env={**os.environ, "TCSMS_CONNECT_TO": service().url, "PYTHON": sys.executable})
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn('"RequestId"', done.stdout)

    def test_the_blocks_of_the_readmes_run(self):
        blocks = {}
        for name in ("README.md", "README.zh-CN.md"):
            text = (BINDING / name).read_text(encoding="utf-8")
            blocks[name] = re.findall(r"```python\n(.*?)```", text, re.S)
            self.assertGreaterEqual(len(blocks[name]), 5)
            for block in blocks[name]:
                told, code = python(block, TCSMS_CONNECT_TO=service().url, TCSMS_PROGRAM=str(PROGRAM),
                                    TENCENTCLOUD_SECRET_ID="secretId", TENCENTCLOUD_SECRET_KEY="secretKey")
                self.assertEqual(code, 0, "%s:\n%s\n%s" % (name, block, told))

        def without_comments(found):
            return [re.sub("#.*", "", block) for block in found]

        self.assertEqual(without_comments(blocks["README.md"]), without_comments(blocks["README.zh-CN.md"]))
