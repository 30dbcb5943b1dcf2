"""Node.js: nodejs/surface.js reads the SDK's declarations with the TypeScript compiler, and loads what they say is there."""

import importlib
import os
import pathlib
import shutil
import subprocess

from languages import ROOT

HERE = pathlib.Path(__file__).parent / "nodejs"


def missing(rows, language, work):
    """The numbers of the lines that the SDK does not cover, each with the reason."""
    surface = importlib.import_module("__main__")
    # The folder of the package; the variable lets the checker be tried on others: a folder for each name, node_modules.
    package = os.environ.get("TCSMS_SURFACE_NODE_MODULES") or language.folder
    if not os.path.isdir(package):
        raise surface.NotHere("there is no bindings/nodejs")
    compiler = ROOT / ".x" / "surface-nodejs"
    pinned, installed = HERE / "package-lock.json", compiler / "package-lock.json"
    if not installed.is_file() or installed.read_bytes() != pinned.read_bytes() or not (compiler / "node_modules").is_dir():
        shutil.rmtree(compiler, ignore_errors=True)
        compiler.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, compiler)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=compiler, check=True)
    lines, found = work / "lines.tsv", work / "found.tsv"
    lines.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    ended = subprocess.run(
        ["node", HERE / "surface.js", package, lines, found],
        env={**os.environ, "NODE_PATH": str(compiler / "node_modules")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )
    told = found.read_text(encoding="utf-8").splitlines() if found.is_file() else []
    if not told or told[-1] != "done":
        raise SystemExit(f"./x: the checker for nodejs failed:\n{ended.stdout.decode(errors='replace')[-6000:]}")
    return {int(number): reason for number, _, reason in (line.partition("\t") for line in told[:-1])}
