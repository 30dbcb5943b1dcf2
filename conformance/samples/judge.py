"""Whether a sample asked what it should have asked, and printed what it should have printed: one text for each fault."""

import json
import re

from servers import form

# Parameters of the older signature that belong to the request, not to the action.
COMMON = {
    "Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod", "RequestClient", "Language", "Token",
}

# How the SDK of each language shows an error to its user, as the official one documents it; `exit` is what the
# documented samples end with then. Where the official text lacks the code, all three parts are looked for.
REFUSALS = {
    "python": {"text": "[TencentCloudSDKException] code:{code} message:{message} requestId:{id}", "exit": 0},
    "go": {"text": "[TencentCloudSDKError] Code={code}, Message={message}, RequestId={id}", "exit": 0},
    "cpp": {"text": "RequestId={id}, ErrorCode={code}, ErrorMessage={message}", "exit": 255},
    "java": {"text": "[TencentCloudSDKException]code: {code} message:{message} requestId:{id}", "exit": 0},
    "php": {"text": "[TencentCloud\\Common\\Exception\\TencentCloudSDKException] code:{code} message:{message} requestId:{id}", "exit": 0},
    "nodejs": {"parts": ["{code}", "{message}", "{id}"], "exit": 0},
    "csharp": {"parts": ["TencentCloudSDKException", "{code}", "{message}", "{id}"], "exit": 0},
}


def heard_faults(language, calls, action, wanted):
    """What is wrong with the calls that the service noted; `wanted` is an entry of expected.json, or nothing;
    what it leaves out is not looked at."""
    if len(calls) != 1:
        return [f"the service heard {len(calls)} calls instead of one"]
    call = calls[0]
    faults = []

    def same(what, expected, found):
        if expected != found:
            faults.append(f"{what}: expected {expected}, the service heard {found}")

    code = call["code"]
    if code.startswith("AuthFailure") or call["explanation"] or not call["account"]:
        faults.append(f"the signature does not hold: {code}, {call['message']}")
    same("action", action, call["action"])
    same("version", "2021-01-11", call["version"])
    if not re.match(r"SDK_TCSMS_[A-Z]+_\d+\.\d+\.\d+", call["client"] or ""):
        faults.append(f"the request says that it comes from {call['client']}, which is not this SDK")
    wanted = wanted or {}
    for member, what in (("method", "method"), ("scheme", "signature's method"), ("region", "region"), ("language", "language")):
        if member in wanted:
            same(what, wanted[member], call[member])
    if "parameters" in wanted:
        same("parameters", flat(wanted["parameters"], is_json(call["raw"])), parameters(call["raw"]))
    return faults


def is_json(raw):
    """Whether a request as text has a body of JSON."""
    return raw.partition("\r\n\r\n")[2].startswith("{")


def parameters(raw):
    """The action's parameters of a request as text, flat. What is empty is the same as what is absent: an official SDK
    leaves it out with the older signature, another does not."""
    head, _, body = raw.partition("\r\n\r\n")
    if body.startswith("{"):
        return flat(json.loads(body), True)
    target = head.split(" ", 2)[1]
    fields = form(target.partition("?")[2] or body)
    return {name: value for name, value in sorted(fields.items()) if name not in COMMON and value != ""}


def flat(value, typed, path=""):
    """An object's leaves by their path, such as PhoneNumberSet.0; all of them texts where the wire has only texts."""
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        return {path: value if typed else str(value)} if value not in ("", None) else {}
    found = {}
    for name, member in members:
        found.update(flat(member, typed, f"{path}.{name}" if path else str(name)))
    return dict(sorted(found.items()))


def told_faults(language, call, run, names_request, own=False):
    """What is wrong with what the sample told of the service's answer. `names_request`: whether it prints the RequestId
    of a good answer. One of our own may say with its exit code that it was refused, the documented ones end as they do."""
    text = run.stdout.decode(errors="replace") + run.stderr.decode(errors="replace")
    if call["code"] == "Ok":
        faults = [] if run.exit == 0 else [f"it ended with {run.exit} although the service answered"]
        if names_request and call["id"] not in text:
            faults.append(f"it does not show the RequestId {call['id']} of the service's answer")
        return faults
    form_of = REFUSALS[language]
    said = {"code": call["code"], "message": call["message"] or "", "id": call["id"]}
    faults = []
    for part in [form_of["text"]] if "text" in form_of else form_of["parts"]:
        part = part.format(**said)
        if part not in text:
            faults.append(f"the service refused with {call['code']}; its user should see `{part}`")
    if run.exit != form_of["exit"] and not own:
        faults.append(f"the service refused, so it should end with {form_of['exit']}, not {run.exit}")
    return faults


def printed_faults(expected, run, expected_errors=None):
    """What differs from the expected text: its first line names the exit code, the rest is standard output to the byte.
    `expected_errors` are lines that standard error must have, {DIR} standing for any folder."""
    first, _, output = expected.partition(b"\n")
    faults = []
    code = int(first.decode().removeprefix("exit code:"))
    if code != run.exit:
        faults.append(f"expected exit code {code}, it ended with {run.exit}")
    if output != run.stdout:
        faults.append("standard output differs:\n" + difference(output, run.stdout))
    errors = run.stderr.decode(errors="replace")
    for line in (expected_errors or b"").decode().splitlines():
        pattern = r"\S*".join(re.escape(part) for part in line.split("{DIR}"))
        if not re.search(pattern, errors):
            faults.append(f"standard error lacks the line `{line}`")
    return faults


def difference(expected, found):
    """The first place where two outputs differ, with what is around it."""
    place = next((place for place, pair in enumerate(zip(expected, found)) if pair[0] != pair[1]), min(len(expected), len(found)))
    start = max(0, place - 40)

    def shown(text):
        return repr(text[start : place + 60].decode(errors="replace"))

    return f"  at byte {place} expected …{shown(expected)}\n  {' ' * len(f'at byte {place}')}    found …{shown(found)}"


def read_back(language, action, printed):
    """The answer that a sample with this expected output was given, or nothing when its form cannot be read."""
    text = printed.decode(errors="replace").partition("\n")[2]
    start = text.find("{")
    if language == "nodejs" or start < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0]
    except ValueError:
        return None
