"""Makes one C# program of the code blocks of a README, in their order: readme.py README > FILE"""

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

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
blocks = re.findall(r"^```csharp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
sys.stdout.reconfigure(encoding="utf-8")
print(HEAD + "".join(f"        {{\n{block}        }}\n" for block in blocks) + f'        Console.WriteLine("{len(blocks)} blocks");\n    }}\n}}')
