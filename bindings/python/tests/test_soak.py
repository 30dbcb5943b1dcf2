"""A short form of the soak."""

import json
import subprocess
import sys

from tests.support import HERE, PROGRAM, TestCase


class Soak(TestCase):
    def test_memory_stays(self):
        done = subprocess.run([sys.executable, HERE.parent / "soak.py", "--calls", "6400", "--program", PROGRAM],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertIn("growth_percent", json.loads(done.stdout.splitlines()[-1]), done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
