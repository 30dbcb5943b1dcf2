"""Runs a checker that is written in the language it looks at, as one more sample of that language."""

import importlib
import json
import shutil
import subprocess

from languages import clean_environment


def run(rows, language, work, checker, **environment):
    """Gives the checker the lines and takes its findings: the number of each line that is missing, and why.

    The checker finds the lines in the file that TCSMS_SURFACE_LINES names, a JSON array of arrays, and writes `NUMBER, tab,
    REASON` lines to the one that TCSMS_SURFACE_FOUND names, and the line `done` last.
    """
    surface = importlib.import_module("__main__")
    script = language.folder / "run-sample"
    if not script.is_file():
        raise surface.NotHere(f"there is no bindings/{language.home}/run-sample")
    (work / "build").mkdir()
    program = shutil.copy(checker, work)
    lines, found = work / "lines.json", work / "found.tsv"
    lines.write_text(json.dumps([list(row) for row in rows], ensure_ascii=False), encoding="utf-8")
    # A second form for languages without a JSON reader at hand: cells end with a tab, lines with a newline.
    work.joinpath("lines.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    environment = clean_environment(TCSMS_SURFACE_LINES=str(lines), TCSMS_SURFACE_FOUND=str(found), **environment)
    ended = subprocess.run(
        [script, program, work / "build"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        check=False,
    )
    told = found.read_text(encoding="utf-8").splitlines() if found.is_file() else []
    if not told or told[-1] != "done":
        raise SystemExit(f"./x: the checker for {language.name} failed:\n{ended.stdout.decode(errors='replace')[-6000:]}")
    return {int(number): reason for number, _, reason in (line.partition("\t") for line in told[:-1])}
