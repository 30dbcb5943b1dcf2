"""Compares what the SDKs of all languages told and sent in each conformance case: compare.py FOLDER LANGUAGE...

The folder has LANGUAGE-CLIENT.jsonl for each client, a line for each call: the answer, or the error's kind, delivery, code and number
of attempts; and a line for each server: the requests it heard, byte for byte. Each client is compared with the first of Rust, or with
the first there is. A line that differs counts once for its client. Members of an answer that no model has are left out, for the
official SDKs of some languages keep them and those of others do not; and so are members without a value. Of a request all bytes
count but those that say who sends it, and those that time and chance make: time stamps, nonces, signatures, boundaries, ports.
"""

import json
import pathlib
import re
import sys


ROOT = pathlib.Path(__file__).resolve().parent.parent

# Of server-sent events, which are no model.
EVENTS = {"Events", "id", "event", "data", "retry_ms"}


def known():
    """The names of all members of all models, and of errors in an answer."""
    names = set(EVENTS)

    def collect(value):
        if isinstance(value, dict):
            if isinstance(value.get("name"), str):
                names.add(value["name"])
            for member in value.values():
                collect(member)
        elif isinstance(value, list):
            for member in value:
                collect(member)

    for file in (ROOT / "api" / "facts").glob("*.json"):
        collect(json.loads(file.read_text(encoding="utf-8")))
    return names | {"RequestId"}


def plain(answer, names):
    """An answer without the members that make no difference."""
    if isinstance(answer, dict):
        return {name: plain(member, names) for name, member in answer.items() if name in names and member is not None}
    return [plain(member, names) for member in answer] if isinstance(answer, list) else answer


# What differs in requests that are alike: who sends them, when, and what chance made.
DIFFERENT = [
    (r"(?mi)^(User-Agent|X-TC-RequestClient|X-TC-Timestamp): .*$", r"\1: *"),
    (r"(?mi)^(Authorization: TC3-HMAC-SHA256 Credential=[^/]*/)[0-9-]+(.*Signature=)[0-9a-f]+", r"\1*\2*"),
    (r"(?<=[?&\n])(Timestamp|Nonce|Signature|RequestClient)=[^& \r\n]*", r"\1=*"),
]


def alike(request):
    """A request without what differs in requests that are alike."""
    if isinstance(request, dict):
        request = bytes.fromhex(request["hex"]).decode("latin-1")
    boundary = re.search(r"boundary=\"?([^\"\r;]+)", request)
    if boundary:
        request = request.replace(boundary[1], "*")
    head, _, body = request.partition("\r\n\r\n")
    if re.search(r"(?mi)^content-type: application/x-www-form-urlencoded", head):
        # Its length changes with the name of who sends it.
        head = re.sub(r"(?mi)^(content-length): \d+", r"\1: *", head)
    request = f"{head}\r\n\r\n{body}"
    for pattern, kept in DIFFERENT:
        request = re.sub(pattern, kept, request)
    return request


def read(path):
    """What one client told and sent: by case, and by call or server."""
    found, names = {}, known()
    # Only a line feed ends a line here, as it does not for splitlines.
    for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
        entry = json.loads(line)
        if "server" in entry:
            place = f"to {entry['server']}"
            # Calls made at once arrive in any order; the case judges the order of others.
            said = sorted((alike(request["bytes"]) for request in entry["requests"]), key=str)
        else:
            place, said = f"call {entry['call']}", entry["outcomes"]
            for outcome in said:
                if "answer" in outcome:
                    # There one answer has the members of all actions.
                    kept = {"RequestId"} if entry["case"].startswith("interop/") else names
                    outcome["answer"] = plain(outcome["answer"], kept)
        # Ports differ from run to run.
        text = re.sub(r"(127\.0\.0\.1|\[::1\]|localhost):\d+", r"\1:PORT", json.dumps(said, ensure_ascii=False, sort_keys=True))
        found[entry["case"], place] = text
    return found


def main():
    played = [path for path in pathlib.Path(sys.argv[1]).glob("*.jsonl") if path.name.partition("-")[0] in sys.argv[2:]]
    files = sorted(played, key=lambda path: (not path.name.startswith("rust-"), path.name))
    clients = {path.stem: read(path) for path in files}
    if len(clients) < 2:
        print(f"comparison between languages: nothing to compare, {len(clients)} client has told of its cases")
        print("0 passed, 0 failed")
        return 0
    first, *others = clients
    print(f"comparison between languages: {', '.join(others)} with {first}")
    passed = failed = 0
    for other in others:
        for key in clients[first].keys() | clients[other].keys():
            ours, theirs = clients[first].get(key), clients[other].get(key)
            if ours == theirs:
                passed += 1
                continue
            failed += 1
            print(f"  {key[0]} {key[1]}:\n    {first}: {ours or 'not played'}\n    {other}: {theirs or 'not played'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
