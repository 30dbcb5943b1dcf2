"""Reads tools/languages, and the words that the commands for languages share."""

import dataclasses
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Language:
    """One row: the language's name, its folder in bindings/, how its documented samples are filed, and the suffix of its
    files."""

    name: str
    home: str
    samples: str
    suffix: str

    @property
    def folder(self):
        """Where its SDK is."""
        return ROOT / "bindings" / self.home


def languages():
    """Every row, in the order of the file."""
    rows = []
    for line in (ROOT / "tools" / "languages").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, home, samples, suffix, _library, _packages = line.split()
            rows.append(Language(name, home, samples, suffix))
    return rows


def chosen(words):
    """Splits arguments `[DIR] [LANG...]`: the folder, or none, and the languages, all when none is named.

    Rust is a language of the commands too, and has nothing to show to those that look at what is in bindings/.
    """
    rows = {row.name: row for row in languages()}
    folder, wanted, named = None, [], False
    for word in words:
        if word in rows:
            wanted.append(rows[word])
            named = True
        elif word == "rust":
            print("rust: has no binding, so nothing is checked here; its SDK is checked by cargo test")
            named = True
        elif folder is not None:
            raise SystemExit(f"./x: two folders are named, {folder} and {word}; languages are: {', '.join(rows)} and rust")
        elif not pathlib.Path(word).is_dir():
            raise SystemExit(f"./x: \"{word}\" is neither a folder nor a language; languages are: {', '.join(rows)} and rust")
        else:
            folder = pathlib.Path(word).resolve()
    return folder, wanted if named else list(rows.values())


def target():
    """The folder of the programs that tests use."""
    return (ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug").resolve()


def clean_environment(**more):
    """This environment without anything that an SDK reads, and with what is named."""
    prefixes = ("TENCENTCLOUD_", "TCSMS_", "TKE_")
    names = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(prefixes) and name.upper() not in names
    }
    return {**kept, "TCSMS_TARGET": str(target()), **more}
