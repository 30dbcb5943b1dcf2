"""Compares what the SDKs of all languages told of each conformance case: compare.py FOLDER

The folder has LANGUAGE-CLIENT.jsonl for each client, a line for each call: the answer, or the error's kind, delivery, code and number
of attempts. Each client is compared with the first of Rust, or with the first there is. A call that differs counts once for its client.
Members of an answer that no model has are left out, for the official SDKs of some languages keep them and those of others do not; and
so are members without a value.
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


def read(path):
    """What one client told: by case and call."""
    told, names = {}, known()
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for outcome in entry["outcomes"]:
            if "answer" in outcome:
                outcome["answer"] = plain(outcome["answer"], names)
        # Ports differ from run to run.
        text = re.sub(r"(127\.0\.0\.1|\[::1\]):\d+", r"\1:PORT", json.dumps(entry["outcomes"], ensure_ascii=False, sort_keys=True))
        told[entry["case"], entry["call"]] = text
    return told


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl"), key=lambda path: (not path.name.startswith("rust-"), path.name))
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
            print(f"  {key[0]} call {key[1]}:\n    {first}: {ours or 'not played'}\n    {other}: {theirs or 'not played'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
