"""Node.js: nodejs/surface.js reads the SDK's declarations with the TypeScript compiler, and loads what they say is there."""

import pathlib
import shutil
import subprocess

import in_language
from languages import ROOT

HERE = pathlib.Path(__file__).parent / "nodejs"


def missing(rows, language, work):
    """The numbers of the lines that the SDK does not cover, each with the reason."""
    compiler = ROOT / ".x" / "surface-nodejs"
    pinned, installed = HERE / "package-lock.json", compiler / "package-lock.json"
    if not installed.is_file() or installed.read_bytes() != pinned.read_bytes() or not (compiler / "node_modules").is_dir():
        shutil.rmtree(compiler, ignore_errors=True)
        compiler.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, compiler)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=compiler, check=True)
    return in_language.run(rows, language, work, HERE / "surface.js", NODE_PATH=str(compiler / "node_modules"))
