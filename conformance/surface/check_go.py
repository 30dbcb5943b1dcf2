"""Go: go/main.go writes a line of Go for each line of the surface and lets the type checker judge it."""

import importlib
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent


def missing(rows, language, work):
    """The numbers of the lines that the SDK does not cover, each with the reason."""
    surface = importlib.import_module("__main__")
    # Where the two modules are; the variables let the checker be tried on others.
    common = os.environ.get("TCSMS_SURFACE_GO_COMMON") or language.folder / "common"
    sms = os.environ.get("TCSMS_SURFACE_GO_SMS") or language.folder / "sms"
    if not pathlib.Path(common).is_dir():
        raise surface.NotHere("there is no bindings/go/common")
    lines, found = work / "lines.tsv", work / "found.tsv"
    lines.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    ended = subprocess.run(
        ["go", "run", HERE / "go" / "main.go", common, sms, lines, found],
        cwd=work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        check=False,
    )
    told = found.read_text(encoding="utf-8").splitlines() if found.is_file() else []
    if not told or told[-1] != "done":
        raise SystemExit(f"./x: the checker for go failed:\n{ended.stdout.decode(errors='replace')[-6000:]}")
    return {int(number): reason for number, _, reason in (line.partition("\t") for line in told[:-1])}
