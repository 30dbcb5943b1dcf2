"""The program tcsms as a Python package: `program()` says where it is, and the command `tcsms` runs it."""

import os
import pathlib
import sys

__all__ = ["program"]


def program() -> str:
    """The path of the program tcsms that this package brings."""
    return str(pathlib.Path(__file__).resolve().with_name("tcsms"))


def _main() -> None:
    # In place of Python, so that signals and the exit status are the program's own.
    os.execv(program(), sys.argv)
