// Objects of any class as JSON and back, by their public properties and fields.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;

namespace TencentCloud.Common
{
    /// <summary>
    /// Objects of any class as JSON and back. A property is called what a <c>JsonProperty</c>, <c>JsonPropertyName</c> or <c>DataMember</c>
    /// attribute says, else by its own name; in reading, upper and lower case count as the same where nothing else fits. What has
    /// a <c>JsonIgnore</c> attribute is left out.
    /// </summary>
    internal static class JsonMapper
    {
        /// <summary>A property or a field.</summary>
        private sealed class Slot
        {
            internal string Name;
            internal Type Type;
            internal Func<object, object> Get;
            internal Action<object, object> Set;
        }

        private static readonly Dictionary<Type, List<Slot>> Known = new Dictionary<Type, List<Slot>>();

        /// <summary>The JSON of a value; members that are null are written.</summary>
        internal static string ToJson(object value)
        {
            JsonWriter writer = new JsonWriter(true);
            Write(writer, value, 0);
            return writer.ToString();
        }

        /// <summary>The value of a JSON text.</summary>
        internal static object FromJson(string json, Type type)
        {
            JsonReader reader = new JsonReader(json);
            object value = Read(reader, type);
            reader.End();
            return value;
        }

        internal static void Write(JsonWriter writer, object value, int depth)
        {
            if (depth > JsonReader.Deepest)
                throw new JsonException("the object holds itself, or more than " + JsonReader.Deepest + " objects and lists that lie in each other");
            if (value == null)
            {
                writer.Raw("null");
                return;
            }
            AbstractModel model = value as AbstractModel;
            if (model != null)
            {
                writer.Model(model);
                return;
            }
            Type type = value.GetType();
            if (type.FullName.StartsWith("Newtonsoft.Json.Linq.J", StringComparison.Ordinal) || type.FullName.StartsWith("System.Text.Json.", StringComparison.Ordinal))
            {
                // They print themselves as JSON; only what really is some is taken.
                string text = value.ToString();
                JsonReader reader = new JsonReader(text);
                reader.Skip();
                reader.End();
                writer.Raw(text);
            }
            else if (value is string || value is char || value is Guid || value is Uri)
            {
                writer.Text(value.ToString());
            }
            else if (value is Delegate || value is MemberInfo || value is IntPtr || value is UIntPtr)
            {
                // Their members would be written, and there is no end to them.
                throw new JsonException("a value of " + type.FullName + " is nothing that can be sent");
            }
            else if (value is bool)
            {
                writer.Raw((bool)value ? "true" : "false");
            }
            else if (value is DateTime || value is DateTimeOffset)
            {
                writer.Text(((IFormattable)value).ToString("o", CultureInfo.InvariantCulture));
            }
            else if (value is byte[])
            {
                writer.Text(Convert.ToBase64String((byte[])value));
            }
            else if (type.IsEnum)
            {
                writer.Raw(Convert.ToDecimal(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
            }
            else if (value is double || value is float)
            {
                double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                if (double.IsNaN(number) || double.IsInfinity(number))
                    throw new JsonException(number.ToString(CultureInfo.InvariantCulture) + " is no number that JSON has");
                writer.Raw(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture));
            }
            else if (type.IsPrimitive || value is decimal)
            {
                writer.Raw(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
            }
            else if (value is IDictionary)
            {
                writer.BeginObject();
                foreach (DictionaryEntry entry in (IDictionary)value)
                {
                    writer.Name(Convert.ToString(entry.Key, CultureInfo.InvariantCulture));
                    Write(writer, entry.Value, depth + 1);
                }
                writer.EndObject();
            }
            else if (value is IEnumerable<KeyValuePair<string, object>>)
            {
                writer.BeginObject();
                foreach (KeyValuePair<string, object> entry in (IEnumerable<KeyValuePair<string, object>>)value)
                {
                    writer.Name(entry.Key);
                    Write(writer, entry.Value, depth + 1);
                }
                writer.EndObject();
            }
            else if (value is IEnumerable)
            {
                writer.BeginArray();
                foreach (object element in (IEnumerable)value)
                {
                    writer.Next();
                    Write(writer, element, depth + 1);
                }
                writer.EndArray();
            }
            else
            {
                writer.BeginObject();
                WriteSlots(writer, value, depth);
                writer.EndObject();
            }
        }

        /// <summary>The members of an object of a class that has no writer of its own.</summary>
        internal static void WriteSlots(JsonWriter writer, object value, int depth)
        {
            foreach (Slot slot in SlotsOf(value.GetType()))
            {
                if (slot.Get == null)
                    continue;
                object member = slot.Get(value);
                if (member == null)
                {
                    writer.Any(slot.Name, null);
                    continue;
                }
                writer.Name(slot.Name);
                Write(writer, member, depth + 1);
            }
        }

        /// <summary>Reads the value of the member into an object of a class that has no reader of its own; false: it has no such member.</summary>
        internal static bool ReadSlot(JsonReader reader, object value, string name)
        {
            Slot found = null;
            foreach (Slot slot in SlotsOf(value.GetType()))
            {
                if (slot.Set == null)
                    continue;
                if (slot.Name == name)
                {
                    found = slot;
                    break;
                }
                if (found == null && string.Equals(slot.Name, name, StringComparison.OrdinalIgnoreCase))
                    found = slot;
            }
            if (found == null)
                return false;
            found.Set(value, Read(reader, found.Type));
            return true;
        }

        internal static object Read(JsonReader reader, Type type)
        {
            Type bare = Nullable.GetUnderlyingType(type) ?? type;
            if (reader.Null())
                return type.IsValueType && bare == type ? Activator.CreateInstance(type) : null;
            if (bare == typeof(object))
                return ReadAny(reader);
            if (bare == typeof(string))
            {
                // Numbers are taken for texts too, as users of the official SDK are used to.
                char first = reader.Peek();
                return first == '"' ? reader.Text() : first == '{' || first == '[' ? reader.Text() : reader.Skip();
            }
            if (bare == typeof(bool))
                return reader.Boolean();
            if (bare == typeof(ulong))
                return reader.Unsigned().Value;
            if (bare == typeof(long))
                return reader.Integer().Value;
            if (bare.IsEnum)
                return reader.Peek() == '"' ? Enum.Parse(bare, reader.Text(), true) : Enum.ToObject(bare, reader.Integer().Value);
            if (bare == typeof(double) || bare == typeof(float) || bare == typeof(decimal) || bare.IsPrimitive && bare != typeof(char))
                return ReadNumber(reader, bare);
            if (bare == typeof(Guid))
                return new Guid(reader.Text());
            if (bare == typeof(DateTime))
                return DateTime.Parse(reader.Text(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
            if (bare == typeof(byte[]))
                return Convert.FromBase64String(reader.Text());
            if (bare.IsArray)
                return ReadArray(reader, bare.GetElementType());
            Type key, element;
            if (IsDictionary(bare, out key, out element))
                return ReadDictionary(reader, bare, element);
            if (IsList(bare, out element))
                return ReadList(reader, bare, element);
            return ReadObject(reader, bare);
        }

        private static object ReadAny(JsonReader reader)
        {
            switch (reader.Peek())
            {
                case '{':
                    Dictionary<string, object> members = new Dictionary<string, object>();
                    reader.Object(delegate(string name) { members[name] = Read(reader, typeof(object)); });
                    return members;
                case '[':
                    List<object> elements = new List<object>();
                    reader.Array(delegate { elements.Add(Read(reader, typeof(object))); });
                    return elements;
                case '"':
                    return reader.Text();
                case 't':
                case 'f':
                    return reader.Boolean();
                default:
                    string number = reader.NumberText();
                    // Minus zero is no whole number, and Mono would lose its sign.
                    if (number[0] == '-' && number.Split('e', 'E')[0].Trim('-', '0', '.').Length == 0)
                        return -0.0;
                    long integer;
                    if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer))
                        return integer;
                    ulong unsigned;
                    if (ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out unsigned))
                        return unsigned;
                    decimal exact;
                    if (number.IndexOfAny(new[] { '.', 'e', 'E' }) < 0 && decimal.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exact))
                        return exact;
                    return ParseDouble(reader, number);
            }
        }

        /// <summary>Run-times differ in what they make of a number that is too large; here it is none.</summary>
        private static double ParseDouble(JsonReader reader, string number)
        {
            double value;
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || double.IsInfinity(value))
                throw reader.Fault("the number " + number + " is too large");
            return value;
        }

        private static object ReadNumber(JsonReader reader, Type type)
        {
            string number = reader.NumberText();
            try
            {
                if (type == typeof(double))
                    return ParseDouble(reader, number);
                if (type == typeof(float))
                    return (float)ParseDouble(reader, number);
                decimal exact = decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
                return type == typeof(decimal) ? exact : Convert.ChangeType(exact, type, CultureInfo.InvariantCulture);
            }
            catch (OverflowException)
            {
                throw reader.Fault("the number " + number + " does not fit into " + type.Name);
            }
        }

        private static object ReadArray(JsonReader reader, Type element)
        {
            ArrayList values = new ArrayList();
            reader.Array(delegate { values.Add(Read(reader, element)); });
            return values.ToArray(element);
        }

        private static object ReadList(JsonReader reader, Type type, Type element)
        {
            IList values = (IList)Activator.CreateInstance(type.IsInterface ? typeof(List<>).MakeGenericType(element) : type);
            reader.Array(delegate { values.Add(Read(reader, element)); });
            return values;
        }

        private static object ReadDictionary(JsonReader reader, Type type, Type element)
        {
            IDictionary values = (IDictionary)Activator.CreateInstance(type.IsInterface ? typeof(Dictionary<,>).MakeGenericType(typeof(string), element) : type);
            reader.Object(delegate(string name) { values[name] = Read(reader, element); });
            return values;
        }

        private static object ReadObject(JsonReader reader, Type type)
        {
            object value;
            try
            {
                value = Activator.CreateInstance(type);
            }
            catch (MissingMethodException)
            {
                throw new JsonException("JSON cannot be read into " + type.FullName + ", which has no public constructor without parameters");
            }
            AbstractModel model = value as AbstractModel;
            reader.Object(delegate(string name)
            {
                if (!(model != null ? model.ReadMember(reader, name) : ReadSlot(reader, value, name)))
                    reader.Skip();
            });
            return value;
        }

        private static bool IsDictionary(Type type, out Type key, out Type element)
        {
            Type[] arguments = ArgumentsOf(type, typeof(IDictionary<,>));
            key = arguments == null ? null : arguments[0];
            element = arguments == null ? null : arguments[1];
            return key == typeof(string);
        }

        private static bool IsList(Type type, out Type element)
        {
            Type[] arguments = ArgumentsOf(type, typeof(IList<>));
            if (arguments == null && type.IsInterface && type.IsGenericType && type.IsAssignableFrom(typeof(List<>).MakeGenericType(type.GetGenericArguments()[0])))
                arguments = type.GetGenericArguments();
            element = arguments == null ? null : arguments[0];
            return element != null;
        }

        private static Type[] ArgumentsOf(Type type, Type wanted)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == wanted)
                return type.GetGenericArguments();
            foreach (Type one in type.GetInterfaces())
                if (one.IsGenericType && one.GetGenericTypeDefinition() == wanted)
                    return one.GetGenericArguments();
            return null;
        }

        private static List<Slot> SlotsOf(Type type)
        {
            lock (Known)
            {
                List<Slot> slots;
                if (Known.TryGetValue(type, out slots))
                    return slots;
                slots = new List<Slot>();
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    string name = NameOf(property);
                    if (name == null || property.GetIndexParameters().Length > 0 || property.DeclaringType == typeof(AbstractModel))
                        continue;
                    PropertyInfo it = property;
                    Slot slot = new Slot { Name = name, Type = property.PropertyType };
                    if (property.GetGetMethod() != null)
                        slot.Get = delegate(object owner) { return ValueOf(it, owner); };
                    if (property.GetSetMethod() != null)
                        slot.Set = delegate(object owner, object value) { it.SetValue(owner, value, null); };
                    slots.Add(slot);
                }
                foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
                {
                    string name = NameOf(field);
                    if (name == null)
                        continue;
                    FieldInfo it = field;
                    slots.Add(new Slot { Name = name, Type = field.FieldType, Get = it.GetValue, Set = it.SetValue });
                }
                Known[type] = slots;
                return slots;
            }
        }

        private static object ValueOf(PropertyInfo property, object owner)
        {
            try
            {
                return property.GetValue(owner, null);
            }
            catch (TargetInvocationException thrown)
            {
                throw new JsonException("the property " + property.Name + " of " + property.DeclaringType.FullName + " cannot be read: " + thrown.InnerException.Message);
            }
        }

        /// <summary>What a member is called in JSON; null when it is left out.</summary>
        private static string NameOf(MemberInfo member)
        {
            // By the names of the attributes, so that none of their assemblies is needed.
            foreach (object attribute in member.GetCustomAttributes(true))
            {
                string kind = attribute.GetType().Name;
                string named = kind == "JsonPropertyAttribute" ? "PropertyName"
                    : kind == "JsonPropertyNameAttribute" || kind == "DataMemberAttribute" ? "Name" : null;
                if (kind == "JsonIgnoreAttribute" || kind == "IgnoreDataMemberAttribute")
                    return null;
                PropertyInfo property = named == null ? null : attribute.GetType().GetProperty(named);
                string name = property == null ? null : property.GetValue(attribute, null) as string;
                if (!string.IsNullOrEmpty(name))
                    return name;
            }
            return member.Name;
        }
    }
}
