// Writes JSON as the official SDK does: no blanks, members in the order they are written.

using System;
using System.Globalization;
using System.Text;

namespace TencentCloud.Common
{
    /// <summary>Writes one JSON text from left to right.</summary>
    internal sealed class JsonWriter
    {
        private readonly StringBuilder json = new StringBuilder(256);
        private readonly bool nulls;
        private bool first = true;

        /// <param name="nulls">Whether members that are not set are written as null; else they are left out.</param>
        internal JsonWriter(bool nulls)
        {
            this.nulls = nulls;
        }

        public override string ToString()
        {
            return json.ToString();
        }

        internal void BeginObject()
        {
            json.Append('{');
            first = true;
        }

        internal void EndObject()
        {
            json.Append('}');
            first = false;
        }

        internal void BeginArray()
        {
            json.Append('[');
            first = true;
        }

        internal void EndArray()
        {
            json.Append(']');
            first = false;
        }

        /// <summary>What comes before an element of an array.</summary>
        internal void Next()
        {
            if (!first)
                json.Append(',');
            first = false;
        }

        /// <summary>The name of the member whose value follows.</summary>
        internal void Name(string name)
        {
            Next();
            Quoted(name);
            json.Append(':');
        }

        internal void Raw(string value)
        {
            json.Append(value);
            first = false;
        }

        internal void Text(string value)
        {
            if (value == null)
                Raw("null");
            else
                Quoted(value);
            first = false;
        }

        internal void Number(long value)
        {
            Raw(value.ToString(CultureInfo.InvariantCulture));
        }

        internal void Number(ulong value)
        {
            Raw(value.ToString(CultureInfo.InvariantCulture));
        }

        internal void Member(string name, string value)
        {
            if (Begin(name, value == null))
                Text(value);
        }

        internal void Member(string name, ulong? value)
        {
            if (Begin(name, value == null))
                Number(value.Value);
        }

        internal void Member(string name, long? value)
        {
            if (Begin(name, value == null))
                Number(value.Value);
        }

        internal void Member(string name, bool? value)
        {
            if (Begin(name, value == null))
                Raw(value.Value ? "true" : "false");
        }

        internal void Member(string name, string[] values)
        {
            List(name, values, Text);
        }

        internal void Member(string name, ulong?[] values)
        {
            List(name, values, delegate(ulong? value)
            {
                if (value.HasValue)
                    Number(value.Value);
                else
                    Raw("null");
            });
        }

        internal void Member(string name, AbstractModel value)
        {
            if (Begin(name, value == null))
                Model(value);
        }

        internal void Member(string name, AbstractModel[] values)
        {
            List(name, values, Model);
        }

        /// <summary>A member of any type, see <see cref="JsonMapper"/>.</summary>
        internal void Any(string name, object value)
        {
            if (Begin(name, value == null))
                JsonMapper.Write(this, value, 0);
        }

        internal void Model(AbstractModel value)
        {
            if (value == null)
            {
                Raw("null");
                return;
            }
            BeginObject();
            value.WriteMembers(this);
            EndObject();
        }

        private void List<T>(string name, T[] values, Action<T> write)
        {
            if (!Begin(name, values == null))
                return;
            BeginArray();
            foreach (T value in values)
            {
                Next();
                write(value);
            }
            EndArray();
        }

        /// <summary>Begins a member; false when there is no value left to write.</summary>
        private bool Begin(string name, bool isNull)
        {
            if (isNull && !nulls)
                return false;
            Name(name);
            if (!isNull)
                return true;
            Raw("null");
            return false;
        }

        private void Quoted(string text)
        {
            json.Append('"');
            int written = 0;
            for (int i = 0; i < text.Length; i++)
            {
                string escape = Escape(text[i]);
                if (escape == null)
                    continue;
                json.Append(text, written, i - written).Append(escape);
                written = i + 1;
            }
            json.Append(text, written, text.Length - written).Append('"');
        }

        private static string Escape(char letter)
        {
            switch (letter)
            {
                case '"':
                    return "\\\"";
                case '\\':
                    return "\\\\";
                case '\b':
                    return "\\b";
                case '\f':
                    return "\\f";
                case '\n':
                    return "\\n";
                case '\r':
                    return "\\r";
                case '\t':
                    return "\\t";
                default:
                    return letter < ' ' ? "\\u" + ((int)letter).ToString("x4", CultureInfo.InvariantCulture) : null;
            }
        }
    }
}
