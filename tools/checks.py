"""What the tests of several SDKs share, where they are Python programs: counting, the service, and programs that tell of their tests.

A test is one line of output, `ok NAME` or `FAILED NAME: why`; at the end stands `N passed, M failed`.
"""

import contextlib
import json
import subprocess
import sys

import languages

CONFIG = languages.ROOT / "conformance" / "foreign" / "service.toml"
# The key pair that the service knows by this configuration, as the environment of a program that calls it.
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDforeign000000000000000000000001", "TENCENTCLOUD_SECRET_KEY": "foreignKey000000000000000000001"}

passed, failed = 0, 0


def told(name, fault=None):
    """Counts a test, and tells of it."""
    global passed, failed
    if fault is None:
        passed += 1
        print(f"ok {name}", flush=True)
    else:
        failed += 1
        print(f"FAILED {name}: {fault.strip()[:2000]}", flush=True)


def told_by(name, done, prefix=""):
    """Counts the tests that a program has told of, each in a line; its status is how many failed."""
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
    for line in lines:
        word, _, rest = line.partition(" ")
        test, _, fault = rest.partition(": ")
        told(prefix + test, None if word == "ok" else fault)
    if not lines or done.returncode != sum(line.startswith("FAILED ") for line in lines):
        told(f"{name} ends as it should", f"status {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}")


@contextlib.contextmanager
def service(program):
    """The service, while the block lasts; its address."""
    command = [program, "serve", "--listen", "127.0.0.1:0", "--database", "memory", "--config", CONFIG]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["api"]
        finally:
            process.kill()


def end():
    """Ends the program with the count."""
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
