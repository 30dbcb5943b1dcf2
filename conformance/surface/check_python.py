"""Python: python/surface_of.py looks at the running SDK."""

import pathlib

import in_language


def missing(rows, language, work):
    """The numbers of the lines that the SDK does not cover, each with the reason."""
    return in_language.run(rows, language, work, pathlib.Path(__file__).parent / "python/surface_of.py")
