// JSON: members written one by one, texts read one value at a time, and whole values; on the standard library alone.
#ifndef TCSMS_JSON_H
#define TCSMS_JSON_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <locale>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tcsms
{
namespace json
{

/// How deep arrays and objects may lie in each other, the outermost counted. A deeper text is refused: reading it
/// would take as much of the stack as a stranger likes.
const int DEEPEST = 127;

namespace detail
{

inline bool IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// The length of the UTF-8 sequence that begins at `p`; 0 when there is none.
inline size_t Utf8Length(const unsigned char *p, const unsigned char *end)
{
    if (p[0] < 0x80)
        return 1;
    size_t length = p[0] >= 0xc2 && p[0] <= 0xdf ? 2 : p[0] >= 0xe0 && p[0] <= 0xef ? 3 : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : 0;
    if (length == 0 || static_cast<size_t>(end - p) < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    // Forms that are longer than need be, the halves of surrogate pairs, and what lies beyond the last character.
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return length;
}

inline void AppendUtf8(std::string &out, uint32_t c)
{
    if (c < 0x80)
    {
        out += static_cast<char>(c);
    }
    else if (c < 0x800)
    {
        out += static_cast<char>(0xc0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
    else if (c < 0x10000)
    {
        out += static_cast<char>(0xe0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
    else
    {
        out += static_cast<char>(0xf0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (c & 0x3f));
    }
}

/// The digits of an integer, read without regard to the locale. False when they do not fit.
inline bool Digits(const char *p, const char *end, uint64_t &number)
{
    number = 0;
    for (; p != end; p++)
    {
        if (!IsDigit(*p))
            return false;
        unsigned digit = static_cast<unsigned>(*p - '0');
        if (number > (std::numeric_limits<uint64_t>::max() - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    return true;
}

} // namespace detail

// ---------------------------------------------------------------- writing

/// Appends `text` as a JSON text: quoted, with `"`, `\` and control characters escaped, everything else as it is. Bytes
/// that are no UTF-8 are passed on; the library refuses them by name.
inline void Append(std::string &out, const std::string &text)
{
    static const char hex[] = "0123456789abcdef";
    out += '"';
    const char *p = text.data(), *end = p + text.size(), *from = p;
    for (; p != end; p++)
    {
        unsigned char c = static_cast<unsigned char>(*p);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(from, p);
        from = p + 1;
        out += '\\';
        switch (c)
        {
        case '"': out += '"'; break;
        case '\\': out += '\\'; break;
        case '\b': out += 'b'; break;
        case '\f': out += 'f'; break;
        case '\n': out += 'n'; break;
        case '\r': out += 'r'; break;
        case '\t': out += 't'; break;
        default:
            out += "u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out.append(from, end);
    out += '"';
}

/// Appends a whole number.
inline void Append(std::string &out, uint64_t number)
{
    char digits[20];
    char *p = digits + sizeof digits;
    do
        *--p = static_cast<char>('0' + number % 10);
    while (number /= 10);
    out.append(p, digits + sizeof digits);
}

/// Appends a whole number.
inline void Append(std::string &out, int64_t number)
{
    if (number < 0)
        out += '-';
    Append(out, number < 0 ? ~static_cast<uint64_t>(number) + 1 : static_cast<uint64_t>(number));
}

/// Appends true or false.
inline void Append(std::string &out, bool value)
{
    out += value ? "true" : "false";
}

/// Appends what has a method `WriteTo`.
template <typename T>
void Append(std::string &out, const T &value)
{
    value.WriteTo(out);
}

/// Appends a list.
template <typename T>
void Append(std::string &out, const std::vector<T> &list)
{
    out += '[';
    for (size_t i = 0; i < list.size(); i++)
    {
        if (i > 0)
            out += ',';
        Append(out, list[i]);
    }
    out += ']';
}

/// Writes an object, member by member; its end is written when it is destroyed.
class ObjectWriter
{
public:
    /// Begins an object at the end of `out`, which has to outlive this.
    explicit ObjectWriter(std::string &out) : m_out(out), m_first(true) { m_out += '{'; }
    ~ObjectWriter() { m_out += '}'; }
    ObjectWriter(const ObjectWriter &) = delete;
    ObjectWriter &operator=(const ObjectWriter &) = delete;

    /// Writes a member. `name` holds nothing that needs an escape.
    template <typename T>
    void Member(const char *name, const T &value)
    {
        Name(name);
        Append(m_out, value);
    }
    /// Writes a member whose value is a text.
    void Member(const char *name, const char *value) { Member(name, std::string(value)); }
    /// Writes a member whose value is JSON already.
    void Raw(const char *name, const std::string &json)
    {
        Name(name);
        m_out += json;
    }

private:
    void Name(const char *name)
    {
        if (!m_first)
            m_out += ',';
        m_first = false;
        m_out += '"';
        m_out += name;
        m_out += "\":";
    }

    std::string &m_out;
    bool m_first;
};

// ---------------------------------------------------------------- reading

/// Reads a JSON text from front to back. After the first fault nothing more is read and every method says false.
class Reader
{
public:
    /// Reads `size` bytes at `text`, which have to outlive this.
    Reader(const char *text, size_t size) : m_begin(text), m_at(text), m_end(text + size), m_depth(0), m_failed(false) {}

    /// Whether everything read so far was as it should be.
    bool Ok() const { return !m_failed; }
    /// What was wrong, and where.
    const std::string &Error() const { return m_error; }

    /// Notes a fault; only the first counts. Always false.
    bool Fail(const std::string &what)
    {
        if (!m_failed)
        {
            m_failed = true;
            m_error = what + " at byte ";
            Append(m_error, static_cast<uint64_t>(m_at - m_begin));
            m_at = m_end;
        }
        return false;
    }

    /// Reads an object: calls `member(name)` for each member, which reads its value or leaves it with Skip.
    template <typename F>
    bool Object(F member)
    {
        if (!Begin('{', "an object"))
            return false;
        std::string name;
        for (bool first = true; !Close('}'); first = false)
        {
            if (!first && !Expect(',', "a comma or the end of the object"))
                return false;
            Blank();
            if (!String(name) || !Expect(':', "a colon"))
                return false;
            const char *before = m_at;
            member(static_cast<const std::string &>(name));
            if (m_at == before)
                Skip();
            if (m_failed)
                return Within(name);
        }
        return Ok();
    }

    /// Reads an array: calls `element()` for each element, which reads it.
    template <typename F>
    bool Array(F element)
    {
        if (!Begin('[', "an array"))
            return false;
        for (bool first = true; !Close(']'); first = false)
        {
            if (!first && !Expect(',', "a comma or the end of the array"))
                return false;
            element();
            if (m_failed)
                return false;
        }
        return Ok();
    }

    /// Reads a text.
    bool String(std::string &text)
    {
        text.clear();
        if (Peek() != '"')
            return Mismatch("a text");
        m_at++;
        for (;;)
        {
            const char *from = m_at;
            while (m_at != m_end && static_cast<unsigned char>(*m_at) >= 0x20 && *m_at != '"' && *m_at != '\\')
            {
                size_t length = static_cast<unsigned char>(*m_at) < 0x80 ? 1 : detail::Utf8Length(Bytes(m_at), Bytes(m_end));
                if (length == 0)
                    return Fail("bytes that are no UTF-8");
                m_at += length;
            }
            text.append(from, m_at);
            if (m_at == m_end)
                return Fail("the end within a text");
            if (*m_at == '"')
            {
                m_at++;
                return true;
            }
            if (*m_at != '\\')
                return Fail("a control character within a text");
            m_at++;
            if (!Escape(text))
                return false;
        }
    }

    /// Reads a whole number of 64 bits without sign.
    bool Unsigned(uint64_t &number)
    {
        const char *from = nullptr;
        bool integer = false;
        if (!IsNumber())
            return Mismatch("a whole number");
        if (!Number(from, integer))
            return false;
        if (!integer || *from == '-' || !detail::Digits(from, m_at, number))
            return Misfit(from, "no whole number of 64 bits without sign");
        return true;
    }

    /// Reads a whole number of 64 bits with sign.
    bool Signed(int64_t &number)
    {
        const char *from = nullptr;
        bool integer = false;
        if (!IsNumber())
            return Mismatch("a whole number");
        if (!Number(from, integer))
            return false;
        bool negative = *from == '-';
        uint64_t size = 0;
        const uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
        if (!integer || !detail::Digits(from + negative, m_at, size) || size > most + (negative ? 1 : 0))
            return Misfit(from, "no whole number of 64 bits");
        number = negative ? static_cast<int64_t>(~size + 1) : static_cast<int64_t>(size);
        return true;
    }

    /// Reads true or false.
    bool Bool(bool &value)
    {
        char c = Peek();
        if (c != 't' && c != 'f')
            return Mismatch("true or false");
        value = c == 't';
        return Word(value ? "true" : "false");
    }

    /// Reads null if that comes next; false if something else does.
    bool Null() { return Peek() == 'n' && Word("null"); }

    /// Reads a number: its text lies from `from` to where the reader stands then. `integer`: it has neither a fraction nor
    /// an exponent.
    bool Number(const char *&from, bool &integer)
    {
        Blank();
        from = m_at;
        integer = true;
        if (m_at != m_end && *m_at == '-')
            m_at++;
        const char *digits = m_at;
        if (!SomeDigits() || (*digits == '0' && m_at - digits > 1))
            return Fail("no number");
        if (m_at != m_end && *m_at == '.')
        {
            m_at++;
            integer = false;
            if (!SomeDigits())
                return Fail("no number");
        }
        if (m_at != m_end && (*m_at == 'e' || *m_at == 'E'))
        {
            m_at++;
            integer = false;
            if (m_at != m_end && (*m_at == '+' || *m_at == '-'))
                m_at++;
            if (!SomeDigits())
                return Fail("no number");
        }
        return true;
    }

    /// Reads any value and forgets it; it is checked all the same.
    bool Skip()
    {
        std::string text;
        const char *from = nullptr;
        bool flag = false;
        switch (Peek())
        {
        case '{': return Object([this](const std::string &) { Skip(); });
        case '[': return Array([this]() { Skip(); });
        case '"': return String(text);
        case 't':
        case 'f': return Bool(flag);
        case 'n': return Null() || Fail("no value");
        default: return IsNumber() ? Number(from, flag) : Fail("no value");
        }
    }

    /// Reads any value; its text is left in `json`.
    bool Raw(std::string &json)
    {
        Blank();
        const char *from = m_at;
        if (!Skip())
            return false;
        json.assign(from, m_at);
        return true;
    }

    /// Whether nothing but blanks is left.
    bool End()
    {
        Blank();
        return Ok() && (m_at == m_end || Fail("something after the value"));
    }

    /// The first character of the next value; a zero at the end of the text.
    char Peek()
    {
        Blank();
        return m_at == m_end ? '\0' : *m_at;
    }

    /// Where the reader stands.
    const char *At() const { return m_at; }

    /// Notes that something else than `expected` comes next. Always false.
    bool Mismatch(const char *expected)
    {
        const char *found = nullptr;
        switch (Peek())
        {
        case '{': found = "an object"; break;
        case '[': found = "an array"; break;
        case '"': found = "a text"; break;
        case 't':
        case 'f': found = "true or false"; break;
        case 'n': found = "null"; break;
        default: found = m_at == m_end ? "the end" : IsNumber() ? "a number" : "something else";
        }
        return Fail(std::string(found) + " where " + expected + " should be");
    }

private:
    static const unsigned char *Bytes(const char *p) { return reinterpret_cast<const unsigned char *>(p); }

    void Blank()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            m_at++;
    }

    bool IsNumber()
    {
        char c = Peek();
        return c == '-' || detail::IsDigit(c);
    }

    bool SomeDigits()
    {
        const char *from = m_at;
        while (m_at != m_end && detail::IsDigit(*m_at))
            m_at++;
        return m_at != from;
    }

    /// Adds the member that a fault lies in to its text.
    bool Within(const std::string &name)
    {
        if (m_error.size() < 200)
            m_error += " in `" + (name.size() > 40 ? name.substr(0, 40) + "..." : name) + "`";
        return false;
    }

    bool Misfit(const char *from, const char *what)
    {
        std::string number(from, m_at);
        if (number.size() > 40)
            number = number.substr(0, 40) + "...";
        return Fail("the number " + number + " is " + what);
    }

    bool Begin(char bracket, const char *what)
    {
        if (Peek() != bracket)
            return Mismatch(what);
        if (++m_depth > DEEPEST)
            return Fail("arrays and objects lie too deep in each other");
        m_at++;
        return true;
    }

    /// Whether the value ends here; after a fault it does too.
    bool Close(char bracket)
    {
        if (m_failed)
            return true;
        if (Peek() != bracket)
            return false;
        m_at++;
        m_depth--;
        return true;
    }

    bool Expect(char c, const char *what)
    {
        if (Peek() != c)
            return Mismatch(what);
        m_at++;
        return true;
    }

    bool Word(const char *word)
    {
        size_t length = std::strlen(word);
        if (static_cast<size_t>(m_end - m_at) < length || std::memcmp(m_at, word, length) != 0)
            return Fail("no value");
        m_at += length;
        return true;
    }

    bool Hex4(uint32_t &unit)
    {
        unit = 0;
        for (int i = 0; i < 4; i++, m_at++)
        {
            char c = m_at == m_end ? '\0' : *m_at;
            uint32_t digit = 0;
            if (detail::IsDigit(c))
                digit = static_cast<uint32_t>(c - '0');
            else if (c >= 'a' && c <= 'f')
                digit = static_cast<uint32_t>(c - 'a') + 10;
            else if (c >= 'A' && c <= 'F')
                digit = static_cast<uint32_t>(c - 'A') + 10;
            else
                return Fail("no escape of four hexadecimal digits");
            unit = unit * 16 + digit;
        }
        return true;
    }

    bool Escape(std::string &text)
    {
        char c = m_at == m_end ? '\0' : *m_at;
        m_at += m_at != m_end;
        switch (c)
        {
        case '"':
        case '\\':
        case '/': text += c; return true;
        case 'b': text += '\b'; return true;
        case 'f': text += '\f'; return true;
        case 'n': text += '\n'; return true;
        case 'r': text += '\r'; return true;
        case 't': text += '\t'; return true;
        case 'u': break;
        default: return Fail("an escape that JSON does not have");
        }
        uint32_t unit = 0, low = 0;
        if (!Hex4(unit))
            return false;
        if (unit >= 0xdc00 && unit <= 0xdfff)
            return Fail("half of a surrogate pair");
        if (unit >= 0xd800 && unit <= 0xdbff)
        {
            if (m_end - m_at < 2 || m_at[0] != '\\' || m_at[1] != 'u')
                return Fail("half of a surrogate pair");
            m_at += 2;
            if (!Hex4(low))
                return false;
            if (low < 0xdc00 || low > 0xdfff)
                return Fail("half of a surrogate pair");
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        }
        detail::AppendUtf8(text, unit);
        return true;
    }

    const char *m_begin;
    const char *m_at;
    const char *m_end;
    int m_depth;
    bool m_failed;
    std::string m_error;
};

/// Reads a text.
inline bool Read(Reader &reader, std::string &value)
{
    return reader.String(value);
}
/// Reads a whole number.
inline bool Read(Reader &reader, uint64_t &value)
{
    return reader.Unsigned(value);
}
/// Reads a whole number.
inline bool Read(Reader &reader, int64_t &value)
{
    return reader.Signed(value);
}
/// Reads true or false.
inline bool Read(Reader &reader, bool &value)
{
    return reader.Bool(value);
}
/// Reads what has a method `ReadFrom`.
template <typename T>
bool Read(Reader &reader, T &value)
{
    return value.ReadFrom(reader);
}
/// Reads a list.
template <typename T>
bool Read(Reader &reader, std::vector<T> &list)
{
    list.clear();
    return reader.Array([&reader, &list]() {
        list.push_back(T());
        Read(reader, list.back());
    });
}
/// Reads the value of a member, and notes that it is there; null counts as absent.
template <typename T>
void ReadMember(Reader &reader, T &value, bool &isThere)
{
    if (reader.Null() || !reader.Ok())
        return;
    isThere = Read(reader, value);
}

// ---------------------------------------------------------------- whole values

struct Member;

/// Any JSON value. Numbers keep their text, so that no digit is lost.
struct Value
{
    /// What a value is.
    enum Kind
    {
        NUL,
        BOOL,
        NUMBER,
        TEXT,
        ARRAY,
        OBJECT
    };

    Kind kind;
    /// The value of BOOL.
    bool flag;
    /// The content of TEXT, the digits of NUMBER.
    std::string text;
    /// The elements of ARRAY.
    std::vector<Value> items;
    /// The members of OBJECT, in the order in which they were written, none of them twice.
    std::vector<Member> members;

    Value();
    explicit Value(Kind is);
    /// A text.
    static Value Text(const std::string &text);
    /// A whole number.
    static Value Number(uint64_t number);
    /// True or false.
    static Value Bool(bool flag);

    /// The member of that name; null when there is none.
    const Value *Find(const std::string &name) const;
    /// The member of that name, made if there is none. What it refers to is valid until the next member is made.
    Value &operator[](const std::string &name);

    /// The number as a whole one. False when it is none, or does not fit.
    bool AsUnsigned(uint64_t &number) const;
    /// The number as a whole one. False when it is none, or does not fit.
    bool AsSigned(int64_t &number) const;
    /// The number as the nearest floating point one, whatever the locale is. False when it lies beyond them.
    bool AsDouble(double &number) const;

    /// Reads the whole of a text. False, with what is wrong in `error`, when it is no JSON.
    static bool Parse(const std::string &json, Value &value, std::string &error);
    /// Takes the place of this value with what comes next.
    bool ReadFrom(Reader &reader);
    /// Appends the value as JSON without blanks.
    void WriteTo(std::string &out) const;
    /// The value as JSON without blanks.
    std::string ToString() const;
};

/// A member of an object.
struct Member
{
    std::string name;
    Value value;
};

inline Value::Value() : kind(NUL), flag(false) {}
inline Value::Value(Kind is) : kind(is), flag(false) {}

inline Value Value::Text(const std::string &text)
{
    Value value(TEXT);
    value.text = text;
    return value;
}

inline Value Value::Number(uint64_t number)
{
    Value value(NUMBER);
    Append(value.text, number);
    return value;
}

inline Value Value::Bool(bool flag)
{
    Value value(BOOL);
    value.flag = flag;
    return value;
}

inline const Value *Value::Find(const std::string &name) const
{
    for (size_t i = 0; i < members.size(); i++)
        if (members[i].name == name)
            return &members[i].value;
    return nullptr;
}

inline Value &Value::operator[](const std::string &name)
{
    kind = OBJECT;
    for (size_t i = 0; i < members.size(); i++)
        if (members[i].name == name)
            return members[i].value;
    members.push_back(Member());
    members.back().name = name;
    return members.back().value;
}

inline bool Value::AsUnsigned(uint64_t &number) const
{
    return kind == NUMBER && detail::Digits(text.data(), text.data() + text.size(), number);
}

inline bool Value::AsSigned(int64_t &number) const
{
    // -0 is no whole number: it would lose its sign.
    if (kind != NUMBER || text == "-0")
        return false;
    Reader reader(text.data(), text.size());
    return reader.Signed(number);
}

inline bool Value::AsDouble(double &number) const
{
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    stream >> number;
    return kind == NUMBER && !stream.fail();
}

inline bool Value::Parse(const std::string &json, Value &value, std::string &error)
{
    Reader reader(json.data(), json.size());
    if (value.ReadFrom(reader) && reader.End())
        return true;
    error = reader.Error();
    return false;
}

inline bool Value::ReadFrom(Reader &reader)
{
    *this = Value();
    const char *from = nullptr;
    bool integer = false;
    switch (reader.Peek())
    {
    case '{':
    {
        kind = OBJECT;
        // Of members with the same name the last counts. Large objects are not searched from the front each time.
        std::map<std::string, size_t> places;
        return reader.Object([this, &reader, &places](const std::string &name) {
            size_t place = members.size();
            if (place < 16)
            {
                for (place = 0; place < members.size() && members[place].name != name;)
                    place++;
            }
            else
            {
                if (places.empty())
                    for (size_t i = 0; i < members.size(); i++)
                        places[members[i].name] = i;
                place = places.insert(std::make_pair(name, place)).first->second;
            }
            if (place == members.size())
            {
                members.push_back(Member());
                members.back().name = name;
            }
            members[place].value.ReadFrom(reader);
        });
    }
    case '[':
        kind = ARRAY;
        return reader.Array([this, &reader]() {
            items.push_back(Value());
            items.back().ReadFrom(reader);
        });
    case '"': kind = TEXT; return reader.String(text);
    case 't':
    case 'f': kind = BOOL; return reader.Bool(flag);
    case 'n': return reader.Null();
    default:
        kind = NUMBER;
        if (reader.Peek() != '-' && !detail::IsDigit(reader.Peek()))
            return reader.Mismatch("a value");
        if (!reader.Number(from, integer))
            return false;
        text.assign(from, reader.At());
        double inexact = 0;
        if (!(integer && text.size() < 300) && !AsDouble(inexact))
            return reader.Fail("a number beyond all floating point numbers");
        return true;
    }
}

inline void Value::WriteTo(std::string &out) const
{
    switch (kind)
    {
    case NUL: out += "null"; break;
    case BOOL: Append(out, flag); break;
    case NUMBER: out += text; break;
    case TEXT: Append(out, text); break;
    case ARRAY: Append(out, items); break;
    case OBJECT:
        out += '{';
        for (size_t i = 0; i < members.size(); i++)
        {
            if (i > 0)
                out += ',';
            Append(out, members[i].name);
            out += ':';
            members[i].value.WriteTo(out);
        }
        out += '}';
        break;
    }
}

inline std::string Value::ToString() const
{
    std::string out;
    WriteTo(out);
    return out;
}

/// Puts the members of `over` into `base`, objects member by member, everything else in its place.
inline void Merge(Value &base, const Value &over)
{
    if (base.kind != Value::OBJECT || over.kind != Value::OBJECT)
    {
        base = over;
        return;
    }
    for (size_t i = 0; i < over.members.size(); i++)
        Merge(base[over.members[i].name], over.members[i].value);
}

} // namespace json
} // namespace tcsms

#endif // TCSMS_JSON_H
