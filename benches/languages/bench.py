"""Measures the SDKs of other languages against the official ones, in one run: bench.py [--repeat 5] [--write] [LANGUAGE...]

The programs that make the calls, the server they call and the one that measures are in the folder that TCSMS_BENCH_CLIENTS names, by
default ../shared/bench. Server and client have a core each. The clients of a language take turns, so that what the machine does
meanwhile strikes all of them. Printed are medians with minimum and maximum, and each goal with what was reached. --write puts the
tables into docs/performance.md.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tools")]
sys.dont_write_bytecode = True

import clients  # noqa: E402
from languages import ROOT, chosen, clean_environment  # noqa: E402

PROGRAMS = pathlib.Path(os.environ.get("TCSMS_BENCH_CLIENTS") or ROOT.parent / "shared" / "bench").resolve()
WORK = ROOT / ".x" / "bench"
BEGIN, END = "<!-- languages: begin, written by ./x bench languages --write -->", "<!-- languages: end -->"


def main():
    parser = argparse.ArgumentParser(prog="./x bench languages", description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=5, help="how often each figure is measured")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the usual calls: small for a trial")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("words", nargs="*", metavar="LANGUAGE")
    arguments = parser.parse_args()
    _, wanted = chosen(arguments.words)
    if not (PROGRAMS / "run.py").is_file():
        raise SystemExit(f"./x: there are no programs to measure with in {os.path.relpath(PROGRAMS)}; TCSMS_BENCH_CLIENTS names their folder")
    WORK.mkdir(parents=True, exist_ok=True)
    server = build_server()

    commands = {}
    for language in wanted:
        if not language.folder.is_dir():
            print(f"{language.name}: skipped, there is no bindings/{language.home}")
            continue
        commands |= ready(language.name)
    ours = {name for name, kind in commands if kind == "ours"}
    if "cpp" in ours:
        commands |= hyper()
    results = measure(server, commands, arguments)
    text = report(results, {name for name, _ in commands})
    print("\n" + text)
    if arguments.write:
        write(text)


def build_server():
    """The stub, built apart from our own packages."""
    print("building the server that the clients call")
    built = build("stub_server", [])
    if built is None:
        raise SystemExit("./x: the server cannot be built")
    return built / "stub_server"


def build(name, arguments):
    """Builds a package of the programs in a copy, for they may be somebody else's to write to: the folder of what was
    built, or none."""
    source, target = WORK / "source" / name, WORK / "target"
    shutil.copytree(PROGRAMS / name, source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
    manifest = source / "Cargo.toml"
    if "[workspace]" not in manifest.read_text(encoding="utf-8"):
        # Below this repository's folder, but no part of its workspace.
        manifest.write_text(manifest.read_text(encoding="utf-8") + "\n[workspace]\n", encoding="utf-8")
    env = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    ended = subprocess.run(["cargo", "build", "--quiet", "--release", *arguments], cwd=source, env=env, check=False)
    return target / "release" if ended.returncode == 0 else None


def hyper():
    """The floor of what is compiled: a pooled client that posts one constant request."""
    built = build("rust_clients", ["--package", "bare"])
    if built is None:
        print("the floor of compiled clients: left out, it cannot be built here")
        return {}
    return {("floor", "hyper"): [str(built / "bare_pool")]}


def ready(language):
    """The commands of one language's clients, built and installed."""
    work = WORK / language
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    found = {}
    for kind, make in clients.LANGUAGES[language](PROGRAMS, work).items():
        try:
            found[language, kind] = [str(word) for word in make()]
            print(f"{language}: {kind} is ready")
        except clients.Unavailable as why:
            print(f"{language}: {kind} is left out: {why}")
        except OSError as why:
            print(f"{language}: {kind} is left out: {why}")
    return found


def measure(server, commands, arguments):
    """Every figure of every client, in turns: lists of records by client."""
    results = {}
    out = WORK / "records.jsonl"
    out.unlink(missing_ok=True)

    def one(mode, client, *more, command):
        name = "/".join(client)
        line = [sys.executable, PROGRAMS / "run.py", mode, server, out, name, *more, "--", *command]
        ended = subprocess.run([str(word) for word in line], env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if ended.returncode:
            print(f"{name}: {mode} failed: {(ended.stderr or ended.stdout).strip()[-400:]}")
            return
        for record in map(json.loads, filter(None, ended.stdout.splitlines())):
            results.setdefault(client, []).append(record)

    for turn in range(arguments.repeat):
        for client, command in commands.items():
            language, kind = client
            if kind == "bare":
                one("cold", client, "--repeat", 3, command=command)
                continue
            calls, warmup = clients.CALLS.get(language, (20000, 2000))
            # What comes beforehand stays, or compilers at run time would not be done when it counts.
            calls = max(1, int(calls * arguments.scale))
            many = "1" if language == "php" or kind == "floor" and language == "python" else "1,64"
            print(f"turn {turn + 1} of {arguments.repeat}: {'/'.join(client)}", flush=True)
            one("steady", client, calls, warmup, "--repeat", 1, "--conc", many, command=command)
            if kind != "hyper":
                one("cold", client, "--repeat", 3, command=command)
    return results


def figures(records, of, numbers=None, conc=None):
    return [it[of] for it in records if it.get(of) is not None and it.get("numbers") == numbers and it.get("conc") == conc]


def shown(values, scale=1.0):
    if not values:
        return "–"
    digits = 0 if statistics.median(values) * scale >= 1000 else 1
    return "{:.{d}f} ({:.{d}f}-{:.{d}f})".format(*(value * scale for value in (statistics.median(values), min(values), max(values))), d=digits)


def report(results, languages):
    """The tables as Markdown."""
    lines = ["| client | CPU of a call, µs | at 64 at once, µs | calls/s at 64 at once | CPU with 200 numbers, µs | first call, ms |", "|---|---|---|---|---|---|"]
    for client, records in results.items():
        cells = [
            shown(figures(records, "cpu_us", 1, 1)), shown(figures(records, "cpu_us", 1, 64)), shown(figures(records, "cps", 1, 64)),
            shown(figures(records, "cpu_us", 200, 1)), shown(figures(records, "first_ms")),
        ]
        lines.append(f"| {client[0]}, {client[1]} | {' | '.join(cells)} |")
    lines += ["", "| goal | reached | limit | held |", "|---|---|---|---|"]
    for goal in json.loads((HERE / "goals.json").read_text(encoding="utf-8"))["goals"]:
        if goal["language"] in languages:
            lines.append(judged(goal, results))
    return "\n".join(lines) + "\n"


def judged(goal, results):
    """One goal as a row."""
    language, to = goal["language"], goal["to"]
    place = (goal.get("numbers"), goal.get("conc"))
    ours = figures(results.get((language, "ours"), []), goal["of"], *place)
    limit = f"≤ {goal['most']}" if "most" in goal else f"≥ {goal['least']}"
    against = {"official": "of the official SDK", "floor": "of the plainest means", "hyper": "of a pooled hyper client", "cpp": "of our C++", "bare": "of the bare runtime"}[to]
    title = f"{language}: {goal['what']}"
    reference = {"hyper": ("floor", "hyper"), "cpp": ("cpp", "ours")}.get(to, (language, to))
    base = figures(results.get(reference, []), goal["of"], *place)
    if not ours or not base:
        return f"| {title} | not measured | {limit} {against} | – |"
    # The ratio of medians; its extremes pair the turns, which were measured one after the other.
    reached = statistics.median(ours) / statistics.median(base)
    pairs = [mine / theirs for mine, theirs in zip(ours, base)]
    held = reached <= goal["most"] if "most" in goal else reached >= goal["least"]
    digits = 1 if reached >= 10 else 3
    return f"| {title} | {reached:.{digits}f} ({min(pairs):.{digits}f}-{max(pairs):.{digits}f}) | {limit} {against} | {'yes' if held else '**no**'} |"


def write(text):
    """Puts the tables between their marks in docs/performance.md."""
    path = ROOT / "docs" / "performance.md"
    page = path.read_text(encoding="utf-8")
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    if not re.search(pattern, page, re.S):
        raise SystemExit(f"./x: {path.name} lacks the marks between which the tables stand")
    path.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n\n{text}\n{END}", page, flags=re.S), encoding="utf-8")
    print("docs/performance.md is written")


if __name__ == "__main__":
    main()
