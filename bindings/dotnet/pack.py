"""Packs a laid out folder as a NuGet package, which is a zip file with two parts that say what is in it: pack.py FOLDER OUT"""

import pathlib
import sys
import xml.etree.ElementTree
import zipfile

TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{defaults}
{overrides}
</Types>
"""
RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/{manifest}" Id="R1" />
</Relationships>
"""
# Every build of the same files is the same package.
DATE = (2020, 1, 1, 0, 0, 0)


def main():
    folder, out = map(pathlib.Path, sys.argv[1:])
    (manifest,) = folder.glob("*.nuspec")
    space = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
    about = xml.etree.ElementTree.parse(manifest).getroot().find(f"{space}metadata")
    name = f"{about.find(f'{space}id').text}.{about.find(f'{space}version').text}.nupkg"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    suffixes = sorted({path.suffix[1:] for path in files if path.suffix})
    defaults = "\n".join(f'<Default Extension="{suffix}" ContentType="application/octet-stream" />' for suffix in suffixes)
    overrides = "\n".join(
        f'<Override PartName="/{path.relative_to(folder).as_posix()}" ContentType="application/octet-stream" />'
        for path in files
        if not path.suffix
    )
    with zipfile.ZipFile(out / name, "w", zipfile.ZIP_DEFLATED) as package:

        def add(place, content):
            package.writestr(zipfile.ZipInfo(place, DATE), content, zipfile.ZIP_DEFLATED)

        add("[Content_Types].xml", TYPES.format(defaults=defaults, overrides=overrides))
        add("_rels/.rels", RELATIONS.format(manifest=manifest.name))
        for path in files:
            add(path.relative_to(folder).as_posix(), path.read_bytes())
    print(out / name)


main()
