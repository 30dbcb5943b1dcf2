// What requests and answers of HTTP have in common.
#ifndef TENCENTCLOUD_CORE_HTTP_HTTP_H_
#define TENCENTCLOUD_CORE_HTTP_HTTP_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace TencentCloud
{

/// Headers and a body.
class Http
{
public:
    /// The order of names of headers: capital and small letters are the same.
    struct NocaseLess
    {
        bool operator()(const std::string &a, const std::string &b) const
        {
            for (size_t i = 0; i < a.size() && i < b.size(); i++)
            {
                char x = Small(a[i]), y = Small(b[i]);
                if (x != y)
                    return x < y;
            }
            return a.size() < b.size();
        }

    private:
        static char Small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
    };
    /// Headers by name.
    typedef std::map<std::string, std::string, NocaseLess> HeaderCollection;

    /// No headers and no body.
    Http() {}
    Http(const Http &other) = default;
    Http(Http &&other) = default;
    Http& operator=(const Http &other) = default;
    Http& operator=(Http &&other) = default;
    virtual ~Http() {}

    /// Sets a header, in place of one of the same name.
    void AddHeader(const std::string &name, const std::string &value) { SetHeader(name, value); }
    /// The body, as long as BodySize says; valid until the body changes.
    const char* Body() const { return m_body.data(); }
    /// The length of the body in bytes.
    size_t BodySize() const { return m_body.size(); }
    /// Whether the body has any bytes.
    bool HasBody() const { return !m_body.empty(); }
    /// A header's value; empty when there is none.
    std::string Header(const std::string &name) const
    {
        HeaderCollection::const_iterator found = m_headers.find(name);
        return found == m_headers.end() ? std::string() : found->second;
    }
    /// All headers.
    HeaderCollection Headers() const { return m_headers; }
    /// Takes a header away.
    void RemoveHeader(const std::string &name) { m_headers.erase(name); }
    /// Sets the body.
    void SetBody(const std::string &body) { m_body = body; }
    /// Sets a header, in place of one of the same name.
    void SetHeader(const std::string &name, const std::string &value) { m_headers[name] = value; }

private:
    HeaderCollection m_headers;
    std::string m_body;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_HTTP_HTTP_H_
