"""Makes many calls of every kind and watches the resident memory of this process: soak.py [--calls 200000]

The server is the service with its limits off; it runs in a process of its own. After a quarter of the calls the memory is
noted; the median of the last ten samples may be at most 5 % above it. The last line is JSON.
"""

import argparse
import asyncio
import json
import os
import pathlib
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("TCSMS_TARGET", HERE.parent.parent / "target/debug"))

arguments = argparse.ArgumentParser()
arguments.add_argument("--calls", type=int, default=200_000)
arguments.add_argument("--program", default=TARGET / "tcsms")
told = arguments.parse_args()
os.environ["TCSMS_TEST_PROGRAM"] = str(told.program)
sys.path.insert(0, str(HERE))

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException  # noqa: E402
from tencentcloud.sms.v20210111 import models, sms_client_async  # noqa: E402
from tests.support import client, send, service  # noqa: E402


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1048576


def packages():
    # Reads only, so that the server does not grow with what it keeps.
    request = models.SmsPackagesStatisticsRequest()
    request.SmsSdkAppId, request.Limit, request.Offset = "1400787878", 10, 0
    request.BeginTime, request.EndTime = "2020010100", "2020010123"
    return request


def refused():
    request = packages()
    request.Limit = -1
    return request


blocking, later = client(), client(module=sms_client_async)


def calls(number):
    """So many calls, one after the other; every tenth is refused."""
    for place in range(number):
        try:
            blocking.SmsPackagesStatistics(refused() if place % 10 == 0 else packages())
        except TencentCloudSDKException as error:
            if error.kind != "service":
                raise


def in_threads(number):
    threads = [threading.Thread(target=calls, args=(number // 8,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def in_tasks(number):
    async def work():
        for _ in range(number // 16):
            await later.SmsPackagesStatistics(packages())

    async def broken_off():
        task = asyncio.ensure_future(later.SmsPackagesStatistics(packages()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(work() for _ in range(16)), *(broken_off() for _ in range(16)))


def main():
    rounds = 40
    started, samples, noted = time.monotonic(), [], None
    for number in range(1, rounds + 1):
        each = told.calls // rounds // 2
        in_threads(each)
        asyncio.run(in_tasks(each))
        samples.append(resident())
        if number == rounds // 4:
            noted = samples[-1]
            print("after %d calls: %.1f MiB" % (told.calls // 4, noted), flush=True)
    last = statistics.median(samples[-10:])
    growth = (last / noted - 1) * 100
    print("last samples: %s" % " ".join("%.1f" % sample for sample in samples[-10:]))
    print(json.dumps({"calls": told.calls, "seconds": round(time.monotonic() - started, 1), "rss_50k_mib": round(noted, 2),
                      "rss_end_mib": round(last, 2), "growth_percent": round(growth, 2)}), flush=True)
    return 1 if growth > 5 else 0


sys.exit(main())
