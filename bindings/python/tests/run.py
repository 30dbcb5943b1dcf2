"""Runs all tests, prints what failed, and ends with a line that counts."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

suite = unittest.defaultTestLoader.discover(str(HERE), top_level_dir=str(HERE.parent))
result = unittest.TextTestRunner(verbosity=1, stream=sys.stdout).run(suite)
failed = len({str(test) for test, _ in result.failures + result.errors})
print("%d passed, %d failed" % (result.testsRun - failed, failed))
sys.exit(1 if failed or not result.testsRun else 0)
