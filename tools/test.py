"""Runs the tests of the tools that are written in Python: those below conformance/, tools/ and benches/ in files test_*.py."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True


def main():
    passed = failed = 0
    for folder in ("tools", "conformance", "conformance/samples", "conformance/surface", "benches/languages"):
        sys.path.insert(0, str(ROOT / folder))
        tests = unittest.TestLoader().discover(str(ROOT / folder), "test_*.py", str(ROOT / folder))
        result = unittest.TextTestRunner(verbosity=0, stream=sys.stdout).run(tests)
        bad = len(result.failures) + len(result.errors)
        passed, failed = passed + result.testsRun - bad, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
