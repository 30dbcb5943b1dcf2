"""Whether every public name of the official SDKs is in ours, with the same signature: surface.py [DIR] [LANGUAGE...]

DIR has LANGUAGE.tsv, a line for each name: module, kind, owner, name, signature. A line is covered, or it stands in
bindings/LANGUAGE/surface-excluded.tsv with a reason, or it is missing. An exclusion that is not needed, that names no line or that
gives no reason is a fault, and so are exclusions of more than 6 in 100 lines.
"""

import collections
import importlib
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tools")]
sys.dont_write_bytecode = True

from languages import ROOT, chosen  # noqa: E402

# Of a language's lines, how many in a hundred may be excluded.
EXCLUDED_MOST = 6

Row = collections.namedtuple("Row", "module kind owner name signature")


class NotHere(Exception):
    """What would be checked is not there: the language is left out, and that is said."""


def read(path, columns):
    """The lines of a tsv file, each as a list of so many columns."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        cells = line.split("\t")
        if len(cells) < columns - 1:
            raise SystemExit(f"./x: {path}:{number}: {len(cells)} columns instead of {columns}")
        found.append(cells + [""] * (columns - len(cells)))
    return found


def main():
    folder, wanted = chosen(sys.argv[1:])
    folder = folder or HERE
    covered = excluded = missing = faults = checked = 0
    for language in wanted:
        source = folder / f"{language.name}.tsv"
        if not source.is_file():
            print(f"{language.name}: skipped, {os.path.relpath(source)} is not there")
            continue
        rows = [Row(*cells[:5]) for cells in read(source, 5)]
        work = ROOT / ".x" / "surface" / language.name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            absent = importlib.import_module(f"check_{language.name}").missing(rows, language, work)
        except NotHere as why:
            print(f"{language.name}: skipped, {why}")
            continue
        checked += 1
        counts = judge(language, rows, absent)
        covered, excluded, missing = covered + counts[0], excluded + counts[1], missing + counts[2]
        faults += counts[3]
    print(f"surface: {covered} covered, {excluded} excluded, {missing} missing")
    sys.exit(1 if missing or faults or not checked else 0)


def judge(language, rows, absent):
    """Prints what was found in one language: how many are covered, excluded, missing, and how many faults the exclusions have."""
    path = language.folder / "surface-excluded.tsv"
    reasons, faults = {}, []
    if path.is_file():
        for *cells, reason in read(path, 5):
            key = tuple(cells[:4])
            if not reason.strip():
                faults.append(f"the exclusion of {where(key)} gives no reason")
            reasons[key] = reason
    by_key = collections.defaultdict(list)
    for number, row in enumerate(rows):
        by_key[row[:4]].append(number)
    lacking, excluded = [], []
    for number in sorted(absent):
        (excluded if rows[number][:4] in reasons else lacking).append(number)
    for key in reasons:
        if key not in by_key:
            faults.append(f"the exclusion of {where(key)} names no line")
        elif not any(number in absent for number in by_key[key]):
            faults.append(f"the exclusion of {where(key)} is not needed: it is covered")
    if len(excluded) * 100 > EXCLUDED_MOST * len(rows):
        faults.append(f"{len(excluded)} lines are excluded, more than {EXCLUDED_MOST} in 100")
    share = 100 * len(excluded) / max(len(rows), 1)
    print(
        f"{language.name}: {len(rows)} lines, {len(rows) - len(absent)} covered, "
        f"{len(excluded)} excluded ({share:.1f} in 100), {len(lacking)} missing"
    )
    for number in lacking:
        print(f"  missing: {where(rows[number])}\n           wanted: {rows[number].signature}\n           {absent[number]}")
    for fault in faults:
        print(f"  fault: {fault}")
    return len(rows) - len(absent), len(excluded), len(lacking), len(faults)


def where(row):
    module, kind, owner, name = row[:4]
    return f"{module} {kind} {name if owner == '-' else owner + '.' + name}"


if __name__ == "__main__":
    main()
