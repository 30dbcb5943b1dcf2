// Looks at the C# SDK that is loaded beside this program, and says which lines of the surface it does not cover.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using TencentCloud.Common;

class Missing : Exception
{
    public Missing(string why) : base(why)
    {
    }
}

static class Surface
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    static readonly List<Assembly> Assemblies = new List<Assembly>();

    static readonly Dictionary<string, string> Keywords = new Dictionary<string, string>
    {
        { "String", "string" }, { "Int32", "int" }, { "Int64", "long" }, { "UInt64", "ulong" }, { "UInt32", "uint" }, { "Boolean", "bool" },
        { "Object", "object" }, { "Void", "void" }, { "Byte", "byte" }, { "Double", "double" }, { "Single", "float" },
    };

    static void Main()
    {
        // Every assembly beside the program, for the SDK may be more than one.
        Assemblies.Add(typeof(AbstractModel).Assembly);
        foreach (string file in Directory.GetFiles(AppDomain.CurrentDomain.BaseDirectory, "*.dll"))
        {
            try
            {
                Assemblies.Add(Assembly.LoadFrom(file));
            }
            catch (Exception)
            {
                // A native library.
            }
        }
        string lines = Regex.Replace(Environment.GetEnvironmentVariable("TCSMS_SURFACE_LINES"), "json$", "tsv");
        using (StreamWriter found = new StreamWriter(Environment.GetEnvironmentVariable("TCSMS_SURFACE_FOUND"), false, new UTF8Encoding(false)))
        {
            found.NewLine = "\n";
            int number = 0;
            foreach (string line in File.ReadAllLines(lines))
            {
                string[] cells = line.Split('\t');
                try
                {
                    Check(cells[0], cells[1], cells[2], cells[3], cells[4]);
                }
                catch (Missing why)
                {
                    found.WriteLine(number + "\t" + why.Message);
                }
                number++;
            }
            found.WriteLine("done");
        }
    }

    static Type Find(string module, string name)
    {
        string path = module + "." + name.Replace('.', '+');
        foreach (Assembly assembly in Assemblies)
        {
            Type type = assembly.GetType(path) ?? assembly.GetType(path + "`1");
            if (type != null)
            {
                return type;
            }
        }
        throw new Missing("there is no " + name);
    }

    static void Check(string module, string kind, string owner, string name, string signature)
    {
        string[] parts = signature.Split(new[] { " ; " }, StringSplitOptions.None);
        if (kind == "class" || kind == "interface" || kind == "enum")
        {
            Type type = Find(module, owner == "-" ? name : owner + "." + name);
            Is(type.IsVisible, "it is not public");
            Is(type.IsInterface == (kind == "interface") && type.IsEnum == (kind == "enum"), "it is no " + kind);
            Is(!parts[0].StartsWith("abstract ") || type.IsAbstract, "it is not abstract");
            int colon = parts[0].IndexOf(" : ", StringComparison.Ordinal);
            if (colon >= 0)
            {
                foreach (string wanted in Split(parts[0].Substring(colon + 3)))
                {
                    Is(Above(type).Contains(Plain(wanted)), "it is no " + wanted);
                }
            }
            foreach (string part in parts.Skip(1))
            {
                if (part.StartsWith("new "))
                {
                    Constructor(type, part.Substring(4));
                }
                else if (part.Contains("("))
                {
                    Method(type, part);
                }
            }
            return;
        }
        Type home = Find(module, owner);
        switch (kind)
        {
            case "ctor":
                Constructor(home, parts[0]);
                break;
            case "method":
                Method(home, parts[0]);
                break;
            default:
                if (parts[0].Contains("{"))
                {
                    Property(home, name, parts[0]);
                }
                else
                {
                    Field(home, name, parts[0]);
                }
                break;
        }
    }

    static void Is(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new Missing(otherwise);
        }
    }

    static HashSet<string> Above(Type type)
    {
        HashSet<string> found = new HashSet<string>(type.GetInterfaces().Select(Name));
        for (Type it = type; it != null; it = it.BaseType)
        {
            found.Add(Name(it));
        }
        return found;
    }

    // A type as it is written in C#, without namespaces and owners.
    static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType());
        }
        if (type.IsArray)
        {
            return Name(type.GetElementType()) + "[]";
        }
        Type inner = Nullable.GetUnderlyingType(type);
        if (inner != null)
        {
            return Name(inner) + "?";
        }
        string name = Regex.Replace(type.Name, "`\\d+$", "");
        if (type.IsGenericType && type.Name.Contains("`"))
        {
            return name + "<" + string.Join(",", type.GetGenericArguments().Select(Name)) + ">";
        }
        string keyword;
        return Keywords.TryGetValue(name, out keyword) ? keyword : name;
    }

    static string Plain(string type)
    {
        string text = Regex.Replace(type, "\\b(\\w+\\.)+", "");
        text = Regex.Replace(text, "\\b(ref|out|params|this) ", "");
        text = Regex.Replace(text, "\\bString\\b", "string");
        return Regex.Replace(text, "\\s+", "");
    }

    static List<string> Split(string inside)
    {
        List<string> found = new List<string>();
        int depth = 0;
        int start = 0;
        for (int place = 0; place <= inside.Length; place++)
        {
            char sign = place == inside.Length ? ',' : inside[place];
            depth += sign == '<' || sign == '[' ? 1 : sign == '>' || sign == ']' ? -1 : 0;
            if (sign == ',' && depth == 0)
            {
                string part = inside.Substring(start, place - start).Trim();
                if (part.Length > 0)
                {
                    found.Add(part);
                }
                start = place + 1;
            }
        }
        return found;
    }

    // Types and names of the parameters: C# callers may name them.
    static void Parameters(MethodBase found, string signature, List<string> faults)
    {
        int open = signature.IndexOf('(');
        List<string> wanted = Split(signature.Substring(open + 1, signature.LastIndexOf(')') - open - 1));
        ParameterInfo[] ours = found.GetParameters();
        if (ours.Length < wanted.Count || ours.Skip(wanted.Count).Any(it => !it.IsOptional))
        {
            faults.Add("it takes " + ours.Length + " parameters");
            return;
        }
        for (int place = 0; place < wanted.Count; place++)
        {
            string parameter = wanted[place].Split(new[] { " = " }, StringSplitOptions.None)[0].Trim();
            bool isOptional = wanted[place].Contains(" = ");
            int blank = parameter.LastIndexOf(' ');
            string type = Plain(parameter.Substring(0, blank));
            string name = parameter.Substring(blank + 1).TrimStart('@');
            if (Name(ours[place].ParameterType) != type || ours[place].Name != name || isOptional && !ours[place].IsOptional)
            {
                faults.Add("parameter " + (place + 1) + " is " + Name(ours[place].ParameterType) + " " + ours[place].Name);
                return;
            }
        }
    }

    static void Constructor(Type type, string signature)
    {
        List<string> faults = new List<string>();
        foreach (ConstructorInfo it in type.GetConstructors())
        {
            int before = faults.Count;
            Parameters(it, signature, faults);
            if (faults.Count == before)
            {
                return;
            }
        }
        throw new Missing("no constructor fits: " + string.Join(", ", faults));
    }

    static void Method(Type type, string signature)
    {
        Match head = Regex.Match(signature, "^(?<before>.*?)(?<name>\\w+)(<[\\w, ]*>)?\\((?<inside>.*)\\)");
        string name = head.Groups["name"].Value;
        List<string> words = head.Groups["before"].Value.Trim().Split(' ').ToList();
        bool isStatic = words.Remove("static");
        words.RemoveAll(it => it == "virtual" || it == "override" || it == "abstract" || it == "sealed" || it == "new");
        string result = Plain(string.Join(" ", words));
        List<string> faults = new List<string>();
        foreach (MethodInfo it in type.GetMember(name, MemberTypes.Method, All).Cast<MethodInfo>())
        {
            int before = faults.Count;
            Parameters(it, signature, faults);
            if (it.IsStatic != isStatic)
            {
                faults.Add("static or not differs");
            }
            if (Name(it.ReturnType) != result)
            {
                faults.Add("it returns " + Name(it.ReturnType));
            }
            if (faults.Count == before)
            {
                return;
            }
        }
        throw new Missing(faults.Count == 0 ? "it has no " + name : "no " + name + " fits: " + string.Join(", ", faults));
    }

    static void Property(Type type, string name, string signature)
    {
        PropertyInfo found = type.GetProperty(name, All);
        Is(found != null, "it has no property " + name);
        string declared = signature.Substring(0, signature.IndexOf('{')).Trim();
        declared = Regex.Replace(declared, "\\b(static|virtual|override|abstract|sealed|new) ", "");
        string wanted = Plain(declared.Substring(0, declared.LastIndexOf(' ')));
        Is(Name(found.PropertyType) == wanted, "it is a " + Name(found.PropertyType));
        Is(!signature.Contains("get;") || found.GetGetMethod() != null, "it cannot be read");
        Is(!signature.Contains(" set;") || found.GetSetMethod() != null, "it cannot be set");
    }

    static void Field(Type type, string name, string signature)
    {
        FieldInfo found = type.GetField(name, All);
        Is(found != null, "it has no field " + name);
        string[] sides = signature.Split(new[] { " = " }, 2, StringSplitOptions.None);
        if (type.IsEnum)
        {
            Is(sides.Length < 2 || Convert.ToInt64(found.GetRawConstantValue()).ToString() == sides[1], "it has another value");
            return;
        }
        string declared = Regex.Replace(sides[0], "\\b(const|static|readonly) ", "");
        Is(Name(found.FieldType) == Plain(declared.Substring(0, declared.LastIndexOf(' '))), "it is a " + Name(found.FieldType));
        Is(found.IsLiteral == signature.StartsWith("const "), "const or not differs");
        Is(found.IsStatic == (found.IsLiteral || signature.Contains("static ")), "static or not differs");
        if (sides.Length == 2 && found.IsStatic && !name.Contains("VERSION"))
        {
            string value = Convert.ToString(found.GetValue(null));
            Is(sides[1].Trim('"') == value, "its value is " + value);
        }
    }
}
