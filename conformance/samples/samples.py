"""Runs the sample programs of every language, each unchanged, in two ways: samples.py [-v] [--record] [DIR] [LANGUAGE...]

First against the service: its request log must show exactly one call, correctly signed, that asks what the sample asks; and when it
then refuses every call, the refusal must be shown as the SDK of that language documents it. Then against a server of fixed answers: exit code and output must equal the
expected text to the byte. A sample has passed when both ways have.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tools")]
sys.dont_write_bytecode = True

import judge  # noqa: E402
from languages import ROOT, chosen, clean_environment, target  # noqa: E402
from servers import Fixed, Service  # noqa: E402

# The most that building and running a sample may take: the first one of a language builds its SDK.
PATIENCE_S = 600

# What the service refuses every sample with, the second time: no SDK repeats a call for it.
REFUSAL = "UnauthorizedOperation.RequestPermissionDeny"

Run = collections.namedtuple("Run", "exit stdout stderr")
Sample = collections.namedtuple("Sample", "language file action wanted answers expected expected_errors place own")


def main():
    parser = argparse.ArgumentParser(prog="./x samples", description=__doc__.split("\n\n")[0])
    parser.add_argument("-v", action="store_true", dest="verbose", help="show what each sample prints")
    parser.add_argument("--record", action="store_true", help="write the expected outputs of our own samples anew; read the difference")
    parser.add_argument("words", nargs="*", metavar="DIR | LANGUAGE", help="a folder of samples; languages")
    arguments = parser.parse_args()
    folder, wanted = chosen(arguments.words)
    documented = pathlib.Path(os.environ.get("TCSMS_DOCUMENTED_SAMPLES") or ROOT.parent / "shared" / "samples")

    totals = {}
    if folder is None:
        print("our own samples: bindings/LANGUAGE/samples")
        totals["own"] = run_all(own_samples(wanted), arguments)
        if documented.is_dir():
            print(f"the documented samples: {os.path.relpath(documented)}")
            totals["documented"] = run_all(samples_of(documented, wanted), arguments)
        else:
            print(f"the documented samples: skipped, there is no folder {os.path.relpath(documented)}")
        print("\nown samples: %d passed, %d failed" % totals["own"])
    else:
        print(f"the samples of {os.path.relpath(folder)}")
        totals["documented"] = run_all(samples_of(folder, wanted), arguments)
        print("only the folder that was named counts\n\nown samples: 0 passed, 0 failed")
    passed = sum(total[0] for total in totals.values())
    failed = sum(total[1] for total in totals.values())
    if passed + failed == 0:
        print("no sample was found, which is a failure")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def own_samples(wanted):
    """The samples that stand beside the SDKs; what they ask and print is in own/."""
    asked = json.loads((HERE / "own" / "expected.json").read_text(encoding="utf-8"))
    answers = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
    found = []
    for language in wanted:
        files = sorted((language.folder / "samples").rglob("*" + language.suffix)) if language.folder.is_dir() else []
        if not files:
            print(f"  {language.name}: skipped, bindings/{language.home} has no samples")
        for file in files:
            action = file.stem
            wants = asked.get(language.name, {}).get(action) or asked["every language"].get(action)
            place = HERE / "own" / "expected" / f"{language.name}-{action}.txt"
            expected = place.read_bytes() if place.is_file() else None
            found.append(Sample(language, file, action, wants, answers, expected, None, place, True))
    return found


def samples_of(folder, wanted):
    """The samples below a folder, by the suffix of their language; DIR/expected has what they print. What a documented
    sample asks is known from its text; a folder may bring expected.json and answers.json of its own."""
    known = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    texts = json.loads((HERE / "documented.json").read_text(encoding="utf-8"))
    root = folder if (folder / "expected").is_dir() else folder.parent
    theirs = json.loads((root / "expected.json").read_text(encoding="utf-8")) if (root / "expected.json").is_file() else {}
    answers = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
    if (root / "answers.json").is_file():
        answers |= json.loads((root / "answers.json").read_text(encoding="utf-8"))
    found = []
    for language in wanted:
        files = [
            file
            for file in sorted(folder.rglob("*" + language.suffix))
            if ".raw." not in file.name and "expected" not in file.relative_to(folder).parts
        ]
        if files and not (language.folder / "run-sample").is_file():
            print(f"  {language.name}: skipped, there is no bindings/{language.home}/run-sample")
            continue
        for file in files:
            action = file.stem
            wants = theirs.get(language.name, {}).get(action)
            if wants is None and hashlib.sha256(file.read_bytes()).hexdigest() == texts.get(f"{language.name}/{action}"):
                wants = known[language.name][action]
            place = root / "expected" / f"{language.samples}-{action}.txt"
            errors = place.with_suffix(".stderr.txt")
            expected = place.read_bytes() if place.is_file() else None
            given = dict(answers)
            if action not in given and expected:
                given[action] = judge.read_back(language.name, action, expected)
            expected_errors = errors.read_bytes() if errors.is_file() else None
            found.append(Sample(language, file, action, wants, given, expected, expected_errors, place, False))
    return found


def run_all(samples, arguments):
    """Runs them, two at a time, and tells of each in order: how many passed, how many failed."""
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for sample, outcome in zip(samples, pool.map(lambda sample: both_ways(sample, arguments.record), samples)):
            faults, notes, runs, seconds = outcome
            passed, failed = (passed + 1, failed) if not faults else (passed, failed + 1)
            verdict = "FAILED" if faults else "ok"
            remark = f" ({'; '.join(notes)})" if notes else ""
            print(f"  {verdict:6} {sample.language.name}/{sample.action} {seconds:.1f} s{remark}", flush=True)
            for fault in faults:
                print("         " + fault.replace("\n", "\n         "))
            if arguments.verbose or faults:
                for way, run in runs:
                    show(way, run)
    return passed, failed


def show(way, run):
    print(f"         {way}: exit code {run.exit}")
    for name, text in (("standard output", run.stdout), ("standard error", run.stderr)):
        for line in text.decode(errors="replace").splitlines()[-60:]:
            print(f"           {name}: {line}")


def both_ways(sample, record):
    """Runs one sample in both ways: its faults, remarks, what it printed, and how long it took."""
    started = time.monotonic()
    kind = "own" if sample.own else "documented"
    folder = ROOT / ".x" / "samples" / sample.language.name / f"{kind}-{sample.action}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "work").mkdir(parents=True)
    faults, notes, runs = [], [], []
    prints_id = names_request(sample)
    with Service(target() / "tcsms", folder / "service.log") as service:
        run = play(sample, folder / "work", service.address)
        runs.append(("against the service", run))
        calls = service.requests()
        service.refuse(REFUSAL)
        refused_run = play(sample, folder / "work", service.address)
        runs.append(("refused by the service", refused_run))
        refused_calls = service.requests()[len(calls) :]
    heard = judge.heard_faults(sample.language.name, calls, sample.action, sample.wanted)
    if len(calls) == 1:
        heard += judge.told_faults(sample.language.name, calls[0], run, prints_id, sample.own)
        notes.append("the service answered " + calls[0]["code"])
    faults += [f"against the service: {fault}" for fault in heard]
    codes = [call["code"] for call in refused_calls]
    if codes == [REFUSAL]:
        heard = judge.told_faults(sample.language.name, refused_calls[0], refused_run, prints_id, sample.own)
    else:
        heard = [f"expected one call that was answered {REFUSAL}, the service heard {codes}"]
    faults += [f"refused by the service: {fault}" for fault in heard]
    if sample.wanted is None:
        if sample.own:
            faults.append("conformance/samples/own/expected.json does not say what it asks")
        else:
            notes.append("nothing says what it asks beside the action")

    with Fixed(sample.answers) as fixed:
        run = play(sample, folder / "work", fixed.address)
        runs.append(("against fixed answers", run))
        heard = list(fixed.heard)
    if heard != [sample.action]:
        faults.append(f"against fixed answers: expected one call of {sample.action}, the server heard {heard}")
    if record and sample.own and not faults:
        # What failed above would print something, but not what it should.
        sample.place.parent.mkdir(parents=True, exist_ok=True)
        sample.place.write_bytes(b"exit code: %d\n" % run.exit + run.stdout)
        notes.append("recorded")
    elif sample.expected is not None:
        found = judge.printed_faults(sample.expected, run, sample.expected_errors)
        faults += [f"against fixed answers: {fault}" for fault in found]
    elif sample.own:
        faults.append(f"{sample.place.relative_to(ROOT)} is missing: --record writes it")
    else:
        notes.append("no expected text")
        if run.exit:
            faults.append(f"against fixed answers: it ended with {run.exit}")
    return faults, notes, runs, time.monotonic() - started


def names_request(sample):
    """Whether the sample prints the RequestId of the answer, which its expected text shows."""
    answer = sample.answers.get(sample.action) or {}
    return bool(sample.expected) and str(answer.get("RequestId")).encode() in sample.expected


def play(sample, work, address):
    """Lets the language's own script build and run the file, talking to that address."""
    # The samples for Node.js take their key from these two.
    environment = clean_environment(TCSMS_CONNECT_TO=address, secretId="secretId", secretKey="secretKey")
    command = [sample.language.folder / "run-sample", sample.file, work]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        stderr += f"\nit did not end within {PATIENCE_S} s".encode()
    # A shell names 255 what another program names -1.
    return Run(process.returncode if process.returncode >= 0 else 128 - process.returncode, stdout, stderr)


if __name__ == "__main__":
    main()
