// Reads JSON, strictly by RFC 8259, and says where a text is none.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace TencentCloud.Common
{
    /// <summary>A text is no JSON, or not the JSON that is wanted.</summary>
    internal sealed class JsonException : FormatException
    {
        internal JsonException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Reads one JSON text from left to right.</summary>
    internal sealed class JsonReader
    {
        /// <summary>How deep objects and arrays may lie in each other.</summary>
        internal const int Deepest = 127;

        private readonly string json;
        private int at;
        private int depth;

        internal JsonReader(string json)
        {
            this.json = json;
        }

        /// <summary>The first letter of the value that comes next, behind blanks; NUL at the end.</summary>
        internal char Peek()
        {
            while (at < json.Length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t'))
                at++;
            return at < json.Length ? json[at] : '\0';
        }

        /// <summary>Nothing but blanks may be left.</summary>
        internal void End()
        {
            Peek();
            if (at < json.Length)
                throw Fault("something stands behind the value");
        }

        internal JsonException Fault(string what)
        {
            return new JsonException(what + " at character " + (at + 1));
        }

        /// <summary>Reads an object; <paramref name="member"/> reads the value of each member.</summary>
        internal void Object(Action<string> member)
        {
            Enter('{', "an object");
            if (Peek() == '}')
            {
                Leave();
                return;
            }
            while (true)
            {
                if (Peek() != '"')
                    throw Fault("the name of a member is wanted");
                string name = Quoted();
                if (Peek() != ':')
                    throw Fault("a colon is wanted");
                at++;
                member(name);
                if (More('}'))
                    return;
            }
        }

        /// <summary>Reads an array; <paramref name="element"/> reads each element.</summary>
        internal void Array(Action element)
        {
            Enter('[', "an array");
            if (Peek() == ']')
            {
                Leave();
                return;
            }
            while (true)
            {
                element();
                if (More(']'))
                    return;
            }
        }

        /// <summary>True when the next value is null, which is then read.</summary>
        internal bool Null()
        {
            if (Peek() != 'n')
                return false;
            Word("null");
            return true;
        }

        internal string Text()
        {
            if (Null())
                return null;
            if (Peek() != '"')
                throw Fault("a text is wanted");
            return Quoted();
        }

        internal ulong? Unsigned()
        {
            if (Null())
                return null;
            int start = at;
            string number = NumberText();
            ulong value;
            if (ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value))
                return value;
            at = start;
            throw Fault("a whole number from 0 to 18446744073709551615 is wanted");
        }

        internal long? Integer()
        {
            if (Null())
                return null;
            int start = at;
            string number = NumberText();
            long value;
            if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
                return value;
            at = start;
            throw Fault("a whole number of 64 bits is wanted");
        }

        internal bool Boolean()
        {
            if (Peek() == 't')
            {
                Word("true");
                return true;
            }
            if (Peek() != 'f')
                throw Fault("true or false is wanted");
            Word("false");
            return false;
        }

        internal string[] Texts()
        {
            return List(Text);
        }

        internal ulong?[] Unsigneds()
        {
            return List(Unsigned);
        }

        internal T Model<T>() where T : AbstractModel, new()
        {
            if (Null())
                return null;
            T model = new T();
            Into(model);
            return model;
        }

        internal T[] Models<T>() where T : AbstractModel, new()
        {
            return List(Model<T>);
        }

        /// <summary>Reads the members of an object into a model; those that it does not have are left out.</summary>
        internal void Into(AbstractModel model)
        {
            Object(delegate(string name)
            {
                if (!model.ReadMember(this, name))
                    Skip();
            });
        }

        internal T[] List<T>(Func<T> element)
        {
            if (Null())
                return null;
            List<T> values = new List<T>();
            Array(delegate { values.Add(element()); });
            return values.ToArray();
        }

        /// <summary>The text of the next number.</summary>
        internal string NumberText()
        {
            Peek();
            int start = at;
            if (at < json.Length && json[at] == '-')
                at++;
            int digits = Digits();
            if (digits == 0)
                throw Fault("a number is wanted");
            if (digits > 1 && json[at - digits] == '0')
                throw Fault("a number begins with 0");
            if (at < json.Length && json[at] == '.')
            {
                at++;
                if (Digits() == 0)
                    throw Fault("a digit is wanted");
            }
            if (at < json.Length && (json[at] == 'e' || json[at] == 'E'))
            {
                at++;
                if (at < json.Length && (json[at] == '+' || json[at] == '-'))
                    at++;
                if (Digits() == 0)
                    throw Fault("a digit is wanted");
            }
            return json.Substring(start, at - start);
        }

        /// <summary>Reads the next value and returns its text.</summary>
        internal string Skip()
        {
            char first = Peek();
            int start = at;
            switch (first)
            {
                case '{':
                    Object(delegate { Skip(); });
                    break;
                case '[':
                    Array(delegate { Skip(); });
                    break;
                case '"':
                    Quoted();
                    break;
                case 'n':
                    Word("null");
                    break;
                case 't':
                case 'f':
                    Boolean();
                    break;
                default:
                    NumberText();
                    break;
            }
            return json.Substring(start, at - start);
        }

        private void Enter(char bracket, string what)
        {
            if (Peek() != bracket)
                throw Fault(what + " is wanted");
            if (++depth > Deepest)
                throw Fault("more than " + Deepest + " objects and arrays lie in each other");
            at++;
        }

        private void Leave()
        {
            at++;
            depth--;
        }

        private bool More(char bracket)
        {
            char next = Peek();
            if (next == bracket)
            {
                Leave();
                return true;
            }
            if (next != ',')
                throw Fault("a comma or " + bracket + " is wanted");
            at++;
            return false;
        }

        private void Word(string word)
        {
            if (string.CompareOrdinal(json, at, word, 0, word.Length) != 0)
                throw Fault("a value is wanted");
            at += word.Length;
        }

        private int Digits()
        {
            int start = at;
            while (at < json.Length && json[at] >= '0' && json[at] <= '9')
                at++;
            return at - start;
        }

        private string Quoted()
        {
            int start = ++at;
            while (at < json.Length && json[at] != '"' && json[at] != '\\' && json[at] >= ' ')
                at++;
            if (at < json.Length && json[at] == '"')
                return json.Substring(start, at++ - start);
            StringBuilder text = new StringBuilder(json, start, at - start, Math.Max(16, 2 * (at - start)));
            while (true)
            {
                if (at >= json.Length)
                    throw Fault("a text has no end");
                char letter = json[at];
                if (letter == '"')
                {
                    at++;
                    return text.ToString();
                }
                if (letter < ' ')
                    throw Fault("a control character stands in a text");
                at++;
                if (letter == '\\')
                    Escaped(text);
                else
                    text.Append(letter);
            }
        }

        private void Escaped(StringBuilder text)
        {
            char letter = at < json.Length ? json[at++] : '\0';
            switch (letter)
            {
                case '"':
                case '\\':
                case '/':
                    text.Append(letter);
                    break;
                case 'b':
                    text.Append('\b');
                    break;
                case 'f':
                    text.Append('\f');
                    break;
                case 'n':
                    text.Append('\n');
                    break;
                case 'r':
                    text.Append('\r');
                    break;
                case 't':
                    text.Append('\t');
                    break;
                case 'u':
                    char unit = Unit();
                    text.Append(unit);
                    if (char.IsHighSurrogate(unit))
                    {
                        if (at + 1 >= json.Length || json[at] != '\\' || json[at + 1] != 'u')
                            throw Fault("the second half of a surrogate pair is wanted");
                        at += 2;
                        char second = Unit();
                        if (!char.IsLowSurrogate(second))
                            throw Fault("the second half of a surrogate pair is wanted");
                        text.Append(second);
                    }
                    else if (char.IsLowSurrogate(unit))
                    {
                        throw Fault("the second half of a surrogate pair stands alone");
                    }
                    break;
                default:
                    throw Fault("an escape is wanted that JSON has");
            }
        }

        private char Unit()
        {
            int unit = 0;
            for (int i = 0; i < 4; i++)
            {
                char letter = at < json.Length ? json[at] : '\0';
                int digit = letter >= '0' && letter <= '9' ? letter - '0'
                    : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                    : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
                if (digit < 0)
                    throw Fault("a hexadecimal digit is wanted");
                unit = unit * 16 + digit;
                at++;
            }
            return (char)unit;
        }
    }
}
