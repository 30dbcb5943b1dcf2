"""Makes one C# program of the code blocks of a README, in their order: readme.py README > FILE

With two READMEs it fails when one lacks a heading, a table row, a command or code of the other; comments may differ.
"""

import pathlib
import re
import sys

HEAD = """using System;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;
using TencentCloud.Testing;

internal static class Readme
{
    private static void Main()
    {
        Run().GetAwaiter().GetResult();
    }

    private static async Task Run()
    {
        await Task.Yield();
"""


def shape(file):
    """What a README has in any language."""
    text = pathlib.Path(file).read_text(encoding="utf-8")
    blocks = re.compile(r"^```csharp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    lines = blocks.sub("", text).splitlines()
    return {
        "headings": [line.split(" ")[0] for line in lines if line.startswith("#")],
        "questions": sum(line.startswith("**") for line in lines),
        "table rows": [line.split("|")[1] for line in lines if line.startswith("| `")],
        "commands": [line.split("FOLDER")[0].split("目录")[0] for line in lines if line.startswith("    ")],
        "code": re.sub(r" *//.*", "", "".join(blocks.findall(text))),
    }


if len(sys.argv) == 3:
    one, other = (shape(file) for file in sys.argv[1:])
    unlike = [name for name in one if one[name] != other[name]]
    for name in unlike:
        print(f"{name}: {one[name]} and {other[name]}")
    sys.exit(1 if unlike else 0)

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
blocks = re.findall(r"^```csharp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
sys.stdout.reconfigure(encoding="utf-8")
print(HEAD + "".join(f"        {{\n{block}        }}\n" for block in blocks) + f'        Console.WriteLine("{len(blocks)} blocks");\n    }}\n}}')
