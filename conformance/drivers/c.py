"""Plays conformance cases through the C interface: `c.py LIBRARY WAY`, WAY being call, async or queue.

The driver's lines are described in ../README.md. It has no SDK of its own, so it shows what the interface itself gives.
"""

import base64
import ctypes
import json
import sys
import threading

library = ctypes.CDLL(sys.argv[1])
WAY = sys.argv[2]

p8, size, i32, u32, u64, void = (
    ctypes.c_char_p,
    ctypes.c_size_t,
    ctypes.c_int32,
    ctypes.c_uint32,
    ctypes.c_uint64,
    ctypes.c_void_p,
)


class Buf(ctypes.Structure):
    _fields_ = [("ptr", void), ("len", size), ("cap", size)]

    def take(self):
        data = ctypes.string_at(self.ptr, self.len) if self.ptr else b""
        library.tcsms_buf_free(ctypes.byref(self))
        return data


CALLBACK = ctypes.CFUNCTYPE(None, void, i32, void, size)
for name, result, arguments in [
    ("client_new", i32, [p8, size, void, void]),
    ("client_free", None, [void]),
    ("call", i32, [void, p8, size, p8, size, u32, void]),
    ("call_async", i32, [void, p8, size, p8, size, u32, CALLBACK, void, void]),
    ("cq_new", i32, [void]),
    ("submit", i32, [void, void, u64, p8, size, p8, size, u32]),
    ("cq_next", i32, [void, u32, void, void, void]),
    ("stream_open", i32, [void, p8, size, p8, size, void, void]),
    ("stream_next", i32, [void, u32, void]),
    ("stream_close", None, [void]),
    ("buf_free", None, [void]),
]:
    function = getattr(library, "tcsms_" + name)
    function.restype, function.argtypes = result, arguments


def present(thing):
    return {name: value for name, value in thing.items() if value not in (None, [], {})}


def make_client(settings):
    client, error = void(), Buf()
    config = json.dumps(present(settings)).encode()
    status = library.tcsms_client_new(config, len(config), ctypes.byref(client), ctypes.byref(error))
    return client, status, error.take()


META = "version action region language sign_method http_method unsigned_payload skip_sign headers trace_id idempotency_key idempotent retry".split()


def content(told):
    return told.encode() if isinstance(told, str) else bytes.fromhex(told["hex"])


def parts_of(line):
    meta = {name: line.get(name) for name in META}
    if not line.get("by_name"):
        meta["idempotent"] = None
    meta = present(meta)
    meta["version"], meta["action"], meta["typed"] = line["version"], line["action"], not line.get("by_name")
    if line.get("parts"):
        meta["parts"] = {
            name: {"base64": base64.b64encode(content(part)).decode()} for name, part in line["parts"].items()
        }
    text = line.get("parameters_text")
    if text is None:
        text = json.dumps(line["parameters"], ensure_ascii=False)
    body = text.encode()
    if line.get("octets") is not None:
        meta["octets"], meta["parameters"], body = True, json.loads(text), content(line["octets"])
    return json.dumps(meta).encode(), body, line.get("timeout_ms") or 0


def by_call(client, meta, body, limit):
    out = Buf()
    status = library.tcsms_call(client, meta, len(meta), body, len(body), limit, ctypes.byref(out))
    return status, out.take()


def by_callback(client, meta, body, limit):
    done, told = threading.Event(), []

    @CALLBACK
    def callback(_, status, data, count):
        told.append((status, ctypes.string_at(data, count) if count else b""))
        done.set()

    status = library.tcsms_call_async(client, meta, len(meta), body, len(body), limit, callback, None, None)
    assert status == 0, status
    done.wait()
    return told[0]


def by_queue(client, meta, body, limit):
    queue = void()
    assert library.tcsms_cq_new(ctypes.byref(queue)) == 0
    assert library.tcsms_submit(client, queue, 7, meta, len(meta), body, len(body), limit) == 0
    tag, status, out = u64(), i32(), Buf()
    while not library.tcsms_cq_next(queue, 60_000, ctypes.byref(tag), ctypes.byref(status), ctypes.byref(out)):
        pass
    assert tag.value == 7
    return status.value, out.take()


def by_stream(client, meta, body, _limit):
    stream, out, events = void(), Buf(), []
    status = library.tcsms_stream_open(client, meta, len(meta), body, len(body), ctypes.byref(stream), ctypes.byref(out))
    if status or not stream:
        return status, out.take()
    out.take()
    while True:
        status = library.tcsms_stream_next(stream, 0xFFFFFFFF, ctypes.byref(out))
        data = out.take()
        if status == 1:
            events.append(json.loads(data))
            continue
        library.tcsms_stream_close(stream)
        return (0, json.dumps({"Events": events}).encode()) if status == 2 else (status, data)


WAYS = {"call": by_call, "async": by_callback, "queue": by_queue}


def told(status, data):
    if status == 0:
        return {"answer": json.loads(data)}
    error = json.loads(data)
    # The text of a refusal is the service's own; an SDK puts the code before it.
    text = error["text"]
    return {
        "error": {
            "kind": error["kind"],
            "code": error["code"],
            "requestId": error["requestId"],
            "delivery": error["delivery"],
            "attempts": error["attempts"],
            "step": error["step"],
            "endpoint": error["endpoint"],
            "message": text,
            "shown": [error["message"]],
        }
    }


def main():
    client, status, error = make_client(json.loads(sys.stdin.readline()))
    for text in sys.stdin:
        line = json.loads(text)
        count = line.get("at_once") or 1
        if status:
            outcomes = [told(status, error)] * count
        else:
            meta, body, limit = parts_of(line)
            way = by_stream if line.get("stream") else WAYS[WAY]
            outcomes = [None] * count

            def one(place):
                outcomes[place] = told(*way(client, meta, body, limit))

            threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for outcome in outcomes:
            print(json.dumps(outcome), flush=True)


main()
