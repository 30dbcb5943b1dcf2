// The tests of the C# SDK: Tests.exe PROGRAM, where PROGRAM is the program tcsms. Ends with `N passed, M failed`.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Text;

/// <summary>A test is a public static method without parameters of a class whose name ends in Tests.</summary>
internal static class Program
{
    internal static string Tcsms;

    private static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        if (arguments.Length > 0 && arguments[0] == "child")
            return Children.Run(arguments);
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("usage: Tests.exe PROGRAM [WORD]");
            return 2;
        }
        Tcsms = arguments[0];
        string word = arguments.Length > 1 ? arguments[1] : "";
        int passed = 0;
        int failed = 0;
        foreach (Type type in typeof(Program).Assembly.GetTypes())
        {
            if (!type.Name.EndsWith("Tests", StringComparison.Ordinal))
                continue;
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                string name = type.Name + "." + method.Name;
                if (name.IndexOf(word, StringComparison.OrdinalIgnoreCase) < 0)
                    continue;
                Stopwatch watch = Stopwatch.StartNew();
                try
                {
                    method.Invoke(null, null);
                    passed++;
                    if (watch.ElapsedMilliseconds > 1500)
                        Console.WriteLine(name + " took " + watch.ElapsedMilliseconds + " ms");
                }
                catch (TargetInvocationException failure)
                {
                    failed++;
                    Console.WriteLine(name + " failed: " + failure.InnerException);
                }
            }
        }
        Service.StopAll();
        Console.WriteLine(passed + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }
}

/// <summary>What tests expect.</summary>
internal static class Expect
{
    internal static void Equal(object wanted, object found)
    {
        if (!Equals(wanted, found))
            throw new Exception("expected " + (wanted ?? "null") + ", found " + (found ?? "null"));
    }

    internal static void That(bool holds, string what)
    {
        if (!holds)
            throw new Exception("it does not hold that " + what);
    }

    internal static void Contains(string part, string text)
    {
        if (text == null || text.IndexOf(part, StringComparison.Ordinal) < 0)
            throw new Exception("expected `" + part + "` in: " + text);
    }

    internal static T Throws<T>(Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (T wanted)
        {
            return wanted;
        }
        throw new Exception("expected " + typeof(T).Name + ", but nothing was thrown");
    }
}
