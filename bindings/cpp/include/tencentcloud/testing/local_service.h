// For the tests of programs that send: a service on this machine, an account for each test, the codes that were "sent", faults and a
// clock. For POSIX systems.
#ifndef TENCENTCLOUD_TESTING_LOCAL_SERVICE_H_
#define TENCENTCLOUD_TESTING_LOCAL_SERVICE_H_

#include <tcsms/json.h>
#include <tencentcloud/core/Credential.h>
#include <tencentcloud/core/profile/ClientProfile.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

extern char **environ;

namespace TencentCloud
{
namespace Testing
{

/// The service refused a request of a test to its control API, or could not be asked.
class ControlException : public std::runtime_error
{
public:
    ControlException(int status, const std::string &code, const std::string &message) : std::runtime_error(message), m_status(status), m_code(code) {}
    /// The HTTP status; 0 when no answer came.
    int Status() const { return m_status; }
    /// The word for programs, such as `NotFound`; `Unreachable` when no answer came.
    const std::string &Code() const { return m_code; }

private:
    int m_status;
    std::string m_code;
};

/// The messages that a test waited for did not come. The text has those that came near.
class MessageMissing : public std::runtime_error
{
public:
    explicit MessageMissing(const std::string &message) : std::runtime_error(message) {}
};

namespace detail
{

typedef tcsms::json::Value Value;
typedef std::chrono::milliseconds Milliseconds;

/// An open file, closed with this.
class File
{
public:
    explicit File(int fd = -1) : m_fd(fd) {}
    File(File &&other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    File &operator=(File &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~File() { Close(); }
    void Close()
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }
    int Fd() const { return m_fd; }

private:
    int m_fd;
};

inline std::string Variable(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : "";
}

inline std::string TextOf(const Value &value, const char *name)
{
    const Value *member = value.Find(name);
    return member ? member->text : "";
}

inline int64_t NumberOf(const Value &value, const char *name)
{
    int64_t number = 0;
    const Value *member = value.Find(name);
    if (member)
        member->AsSigned(number);
    return number;
}

inline std::vector<Value> ItemsOf(const Value &value, const char *name)
{
    const Value *member = value.Find(name);
    return member ? member->items : std::vector<Value>();
}

inline std::vector<std::string> TextsOf(const Value &value, const char *name)
{
    std::vector<std::string> texts;
    for (const Value &item : ItemsOf(value, name))
        texts.push_back(item.text);
    return texts;
}

inline std::string Encoded(const std::string &text)
{
    std::string out;
    for (unsigned char c : text)
    {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.')
            out += static_cast<char>(c);
        else
        {
            out += '%';
            out += "0123456789ABCDEF"[c >> 4];
            out += "0123456789ABCDEF"[c & 15];
        }
    }
    return out;
}

/// Whether there is something to read, or the end, within this time.
inline bool Readable(int fd, Milliseconds timeout)
{
    const auto until = std::chrono::steady_clock::now() + timeout;
    for (;;)
    {
        const auto left = std::chrono::duration_cast<Milliseconds>(until - std::chrono::steady_clock::now());
        pollfd one = {fd, POLLIN, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::max<Milliseconds::rep>(left.count(), 0)));
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

/// What `read` gives, begun again after signals.
inline ssize_t ReadSome(int fd, char *buffer, size_t size)
{
    ssize_t count;
    do
        count = ::read(fd, buffer, size);
    while (count < 0 && errno == EINTR);
    return count;
}

/// The control API of one service.
class Control
{
public:
    Control(const std::string &url, const std::string &token) : m_url(url), m_token(token) {}
    const std::string &Url() const { return m_url; }

    /// The answer to a request that the service may hold back for `wait`; a body of the kind NUL is none.
    Value Call(const std::string &method, const std::string &path, const Value &body = Value(), Milliseconds wait = Milliseconds(0)) const
    {
        const std::string place = "/_tcsms/v1/" + path, what = method + " " + m_url + place;
        const std::string content = body.kind == Value::NUL ? "" : body.ToString();
        // By HTTP/1.0 an answer comes in one piece, and ends with the connection.
        std::string request = method + " " + place + " HTTP/1.0\r\nhost: " + Authority() + "\r\n";
        if (!m_token.empty())
            request += "authorization: Bearer " + m_token + "\r\n";
        if (!content.empty())
            request += "content-type: application/json\r\n";
        request += "content-length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
        const std::string answer = Exchanged(what, request, wait + Milliseconds(10000));
        const size_t end = answer.find("\r\n\r\n");
        const int status = answer.compare(0, 5, "HTTP/") == 0 && answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
        Value value;
        std::string fault;
        if (end == std::string::npos || !Value::Parse(answer.substr(end + 4), value, fault) || value.kind != Value::OBJECT)
            throw ControlException(status, "NoJson", what + " was answered with HTTP status " + std::to_string(status) + " and no JSON object; see that it is the control API of tcsms serve");
        if (const Value *error = value.Find("error"))
            throw ControlException(status, TextOf(*error, "code"), TextOf(*error, "message"));
        return value;
    }

private:
    std::string Authority() const
    {
        if (m_url.compare(0, 7, "http://") != 0)
            throw ControlException(0, "Unreachable", m_url + " cannot be asked: the helper for C++ needs the control API by plain http://");
        return m_url.substr(7);
    }

    std::string Exchanged(const std::string &what, const std::string &request, Milliseconds timeout) const
    {
        const std::string authority = Authority();
        const size_t colon = authority.rfind(':');
        const bool hasPort = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
        std::string host = authority.substr(0, hasPort ? colon : std::string::npos);
        if (!host.empty() && host[0] == '[')
            host = host.substr(1, host.size() - 2);
        addrinfo hints = addrinfo(), *found = nullptr;
        hints.ai_socktype = SOCK_STREAM;
        const int unknown = ::getaddrinfo(host.c_str(), hasPort ? authority.substr(colon + 1).c_str() : "80", &hints, &found);
        if (unknown != 0)
            throw Unreachable(what, ::gai_strerror(unknown));
        File socket;
        int fault = 0;
        timeval limit = timeval();
        limit.tv_sec = static_cast<time_t>(timeout.count() / 1000);
        for (const addrinfo *address = found; address && socket.Fd() < 0; address = address->ai_next)
        {
            File one(::socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol));
            ::setsockopt(one.Fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            ::setsockopt(one.Fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
            if (::connect(one.Fd(), address->ai_addr, address->ai_addrlen) == 0)
                socket = std::move(one);
            else
                fault = errno;
        }
        ::freeaddrinfo(found);
        if (socket.Fd() < 0)
            throw Unreachable(what, std::strerror(fault));
        for (size_t sent = 0; sent < request.size();)
        {
            const ssize_t count = ::send(socket.Fd(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
            if (count < 0 && errno != EINTR)
                throw Unreachable(what, std::strerror(errno));
            sent += count < 0 ? 0 : static_cast<size_t>(count);
        }
        std::string answer;
        char buffer[8192];
        ssize_t count;
        while ((count = ReadSome(socket.Fd(), buffer, sizeof buffer)) > 0)
            answer.append(buffer, static_cast<size_t>(count));
        if (count < 0)
            throw Unreachable(what, errno == EAGAIN ? "it took longer than " + std::to_string(timeout.count()) + " ms" : std::strerror(errno));
        return answer;
    }

    static ControlException Unreachable(const std::string &what, const std::string &why)
    {
        return ControlException(0, "Unreachable", "no answer to " + what + ": " + why + "; see that the service runs there");
    }

    std::string m_url;
    std::string m_token;
};

} // namespace detail

/// A message that a program sent.
struct Message
{
    /// The serial number, as the answer to the send and the report have it.
    std::string serial;
    /// The id of the account.
    std::string account;
    /// The SdkAppId.
    std::string app;
    /// The number, in E.164 form.
    std::string phone;
    /// The whole text, with the signature.
    std::string text;
    /// The values of the template's variables.
    std::vector<std::string> params;
    /// The login code in the text; empty when there is none.
    std::string code;
    /// The id of the template.
    std::string templateId;
    /// The text of the signature.
    std::string sign;
    /// `refused`, `submitted`, `delivered` or `failed`.
    std::string status;
    /// The carrier's code word, or the code of the refusal; empty before there is one.
    std::string report;
    /// How many messages it counts as for the carrier.
    int64_t segments;
    /// How many were charged.
    int64_t fee;
    /// When it was taken, business time, Unix seconds.
    int64_t at;
    /// Its place among all messages; later ones have a higher one.
    int64_t row;
    /// What it waits for; empty when for nothing, and where several messages were asked for.
    std::string waiting;
    /// The names of the faults that struck it or its call; empty where several messages were asked for.
    std::vector<std::string> faults;
    /// The RequestId of the call that sent it; empty where several messages were asked for.
    std::string requestId;

    explicit Message(const tcsms::json::Value &value)
        : serial(detail::TextOf(value, "serial")), account(detail::TextOf(value, "account")), app(detail::TextOf(value, "app")),
          phone(detail::TextOf(value, "phone")), text(detail::TextOf(value, "text")), params(detail::TextsOf(value, "params")),
          code(detail::TextOf(value, "code")), templateId(detail::TextOf(value, "template")), sign(detail::TextOf(value, "sign")),
          status(detail::TextOf(value, "status")), report(detail::TextOf(value, "report")), segments(detail::NumberOf(value, "segments")),
          fee(detail::NumberOf(value, "fee")), at(detail::NumberOf(value, "at")), row(detail::NumberOf(value, "row")),
          waiting(detail::TextOf(value, "waiting")), faults(detail::TextsOf(value, "faults")), requestId(detail::TextOf(value, "requestId"))
    {
    }
};

/// What messages must be like; without conditions all fit.
class Wanted
{
public:
    Wanted() : m_timeout(10000) {}
    /// Those to a number, in any form that a send accepts.
    Wanted &To(const std::string &phone) { return Set(m_phone, phone); }
    /// Those of which this became: `refused`, `submitted`, `delivered` or `failed`.
    Wanted &Status(const std::string &status) { return Set(m_status, status); }
    /// Those whose text, number or serial number contains this.
    Wanted &Containing(const std::string &part) { return Set(m_part, part); }
    /// Those of the app with this SdkAppId.
    Wanted &App(const std::string &app) { return Set(m_app, app); }
    /// How long they are waited for, at most 300 s; 10 s when nothing is said.
    Wanted &Within(std::chrono::milliseconds timeout)
    {
        m_timeout = timeout;
        return *this;
    }

private:
    friend class Account;

    Wanted &Set(std::string &member, const std::string &value)
    {
        member = value;
        return *this;
    }

    std::string Path(const std::string &account) const
    {
        std::string path = "messages?limit=1000&account=" + detail::Encoded(account);
        const std::pair<const char *, const std::string *> conditions[] = {{"phone", &m_phone}, {"status", &m_status}, {"q", &m_part}, {"app", &m_app}};
        for (const auto &condition : conditions)
            if (!condition.second->empty())
                path += std::string("&") + condition.first + "=" + detail::Encoded(*condition.second);
        return path;
    }

    /// What was asked for in vain, and what came near to it.
    std::string Missed(size_t count, size_t found, const std::vector<tcsms::json::Value> &misses) const
    {
        std::string text = count == 1 ? "no message" : std::to_string(found) + " of " + std::to_string(count) + " messages";
        text += (m_phone.empty() ? "" : " to " + m_phone) + (m_app.empty() ? "" : " of the app " + m_app);
        text += (m_status.empty() ? "" : " with the status " + m_status) + (m_part.empty() ? "" : " containing `" + m_part + "`");
        text += " within " + std::to_string(m_timeout.count()) + " ms; near: ";
        for (size_t i = 0; i < misses.size(); i++)
        {
            text += (i == 0 ? "to " : "; to ") + detail::TextOf(misses[i], "phone") + " `" + detail::TextOf(misses[i], "text") + "`: ";
            const std::vector<tcsms::json::Value> differs = detail::ItemsOf(misses[i], "differs");
            for (size_t k = 0; k < differs.size(); k++)
                text += (k == 0 ? "" : ", ") + detail::TextOf(differs[k], "member") + " is " + detail::TextOf(differs[k], "found") + ", wanted " + detail::TextOf(differs[k], "wanted");
        }
        return text + (misses.empty() ? "none" : "");
    }

    std::string m_phone, m_status, m_part, m_app;
    std::chrono::milliseconds m_timeout;
};

/// A rule by which calls or messages fail: what it does, and what it fits. Without a condition it fits everything.
class Fault
{
public:
    /// The call is answered with an error, such as `InternalError.Timeout`, and nothing is done.
    static Fault Error(const std::string &code)
    {
        Fault fault;
        fault.m_rule["do"]["error"]["code"] = detail::Value::Text(code);
        return fault;
    }
    /// The call takes longer by a time such as `2s`.
    static Fault Latency(const std::string &time)
    {
        Fault fault;
        fault.m_rule["do"]["latency"] = detail::Value::Text(time);
        return fault;
    }
    /// The connection is broken off without an answer; `after`: the action is done before.
    static Fault Reset(bool after)
    {
        Fault fault;
        fault.m_rule["do"]["reset"]["after"] = detail::Value::Bool(after);
        return fault;
    }
    /// The carrier treats the message so: `delivered`, `failed`, `silent`, `rejected`, `not_sent` or `maybe_sent`, with the code word
    /// of a failure or refusal, or the usual one.
    static Fault Receipt(const std::string &outcome, const std::string &word = "")
    {
        Fault fault;
        fault.m_rule["do"]["receipt"]["outcome"] = detail::Value::Text(outcome);
        if (!word.empty())
            fault.m_rule["do"]["receipt"]["word"] = detail::Value::Text(word);
        return fault;
    }
    /// Any rule: one item of `faults` as docs/service.md describes it. Throws std::invalid_argument when it is no JSON.
    static Fault Json(const std::string &json)
    {
        Fault fault;
        std::string why;
        if (!detail::Value::Parse(json, fault.m_rule, why))
            throw std::invalid_argument("the fault " + json + " is no JSON: " + why);
        return fault;
    }
    /// Only calls of an action, such as `SendSms`.
    Fault &On(const std::string &action) { return Set(m_rule["match"]["action"], detail::Value::Text(action)); }
    /// Only calls and messages to a number, in E.164 form, `*` for any digits.
    Fault &Phone(const std::string &pattern) { return Set(m_rule["match"]["phone"], detail::Value::Text(pattern)); }
    /// Strikes at most so often.
    Fault &Times(unsigned times) { return Set(m_rule["times"], detail::Value::Number(times)); }
    /// Strikes only at these of what fits, counted from 1.
    Fault &Nth(const std::vector<unsigned> &counts)
    {
        detail::Value list(detail::Value::ARRAY);
        for (unsigned count : counts)
            list.items.push_back(detail::Value::Number(count));
        return Set(m_rule["nth"], list);
    }

private:
    friend class Account;
    Fault() {}
    Fault &Set(detail::Value &member, const detail::Value &value)
    {
        member = value;
        return *this;
    }

    detail::Value m_rule;
};

/// What an account is like.
struct AccountOptions
{
    /// The id of an account in the configuration whose signatures, templates and packages it gets; empty: the first.
    std::string like;
    /// `default`, `strict` or `off`; empty: the limits of the account that it is like.
    std::string limits;
    /// How long it lives, in real time, such as `30m`; at most `24h`.
    std::string ttl;
    /// Where its delivery reports are pushed to.
    std::string statusUrl;
    /// Where its replies are pushed to.
    std::string replyUrl;

    /// Without limits, for ten minutes.
    AccountOptions() : limits("off"), ttl("10m") {}
};

/// A template of an account.
struct Template
{
    /// Its id.
    std::string id;
    /// Its text, with `{1}` and so on for its variables.
    std::string content;
};

/// An account with its own key, app, data, faults and clock: what one test does, no other sees. It is removed with this object. What the
/// service refuses, and that it does not answer, is a ControlException of each method.
class Account
{
public:
    Account(Account &&other) noexcept
        : m_api(std::move(other.m_api)), m_control(std::move(other.m_control)), m_id(std::move(other.m_id)), m_secretId(std::move(other.m_secretId)),
          m_secretKey(std::move(other.m_secretKey)), m_sdkAppId(std::move(other.m_sdkAppId)), m_signs(std::move(other.m_signs)),
          m_templates(std::move(other.m_templates)), m_open(other.m_open)
    {
        other.m_open = false;
    }
    Account(const Account &) = delete;
    Account &operator=(const Account &) = delete;
    ~Account()
    {
        try
        {
            Close();
        }
        catch (const std::exception &)
        {
            // Its time ends it.
        }
    }

    /// Its id in the control API.
    const std::string &Id() const { return m_id; }
    /// The id of its key.
    const std::string &SecretId() const { return m_secretId; }
    /// Its key.
    const std::string &SecretKey() const { return m_secretKey; }
    /// Its app.
    const std::string &SdkAppId() const { return m_sdkAppId; }
    /// The texts of its approved signatures.
    const std::vector<std::string> &Signs() const { return m_signs; }
    /// Its approved templates.
    const std::vector<Template> &Templates() const { return m_templates; }

    /// A client of the SDK with the key of this account, of version 2021-01-11. The service takes any region.
    Sms::V20210111::SmsClient Client() const { return Sms::V20210111::SmsClient(GetCredential(), "ap-guangzhou", Profile()); }
    /// The key of this account, for a client of your own.
    Credential GetCredential() const { return Credential(m_secretId, m_secretKey); }
    /// A profile by which clients call the service. A client of version 2019-07-11 is made of it and the credential.
    ClientProfile Profile() const
    {
        detail::Value settings;
        // The address comes before what TCSMS_CONNECT_TO says. In a network of containers it is no loopback address.
        settings["connect_to"] = detail::Value::Text(m_api);
        settings["allow_plain_http"] = detail::Value::Bool(true);
        ClientProfile profile;
        profile.SetSettings(settings.ToString());
        return profile;
    }

    /// Waits for a message to a number, at most 10 s; the newest one. Throws MessageMissing when none came.
    Message WaitForMessage(const std::string &phone) const { return WaitForMessage(Wanted().To(phone)); }
    /// Waits for a message; the newest one that fits. Throws MessageMissing when none came.
    Message WaitForMessage(const Wanted &wanted) const { return WaitForMessages(1, wanted).back(); }
    /// Waits until so many messages have come; all that fit, the newest last. Throws MessageMissing when fewer came.
    std::vector<Message> WaitForMessages(size_t count, const Wanted &wanted = Wanted()) const
    {
        const std::string path = wanted.Path(m_id) + "&count=" + std::to_string(count) + "&wait=" + std::to_string(wanted.m_timeout.count()) + "ms";
        const detail::Value answer = m_control.Call("GET", path, detail::Value(), wanted.m_timeout);
        const detail::Value *matched = answer.Find("matched");
        const std::vector<Message> found = Read(answer);
        if (!matched || !matched->flag)
            throw MessageMissing(wanted.Missed(count, found.size(), detail::ItemsOf(answer, "nearMisses")));
        return found;
    }
    /// The messages there are now, at most the newest thousand, the newest last.
    std::vector<Message> Messages(const Wanted &wanted = Wanted()) const { return Read(m_control.Call("GET", wanted.Path(m_id))); }
    /// One message, with what it waits for and which faults struck it.
    Message GetMessage(const std::string &serial) const { return Message(m_control.Call("GET", "messages/" + detail::Encoded(serial))); }
    /// Forgets all messages.
    void Clear() const { m_control.Call("DELETE", Mine("messages")); }

    /// Sets what goes wrong from now on, in place of what was set before. The rules are tried in their order; the seed makes their
    /// probabilities repeatable.
    void SetFaults(const std::vector<Fault> &rules, uint64_t seed = 0) const
    {
        detail::Value list;
        list["seed"] = detail::Value::Number(seed);
        detail::Value &faults = list["faults"] = detail::Value(detail::Value::ARRAY);
        for (const Fault &fault : rules)
            faults.items.push_back(fault.m_rule);
        m_control.Call("PUT", Mine("faults"), list);
    }
    /// The rules of what goes wrong, each with `seen`, how often it fitted, and `hits`, how often it struck.
    std::vector<tcsms::json::Value> Faults() const { return detail::ItemsOf(m_control.Call("GET", Mine("faults")), "faults"); }
    /// Lets nothing go wrong any more.
    void ClearFaults() const { m_control.Call("DELETE", Mine("faults")); }

    /// Moves the business clock from real time, by such as `24h` or `-5m`. Limits, days and reports follow it; signatures keep real time.
    void MoveClock(const std::string &offset) const { m_control.Call("PUT", Mine("clock"), Object({{"offset", offset}})); }
    /// Stops the business clock at a time in Unix seconds.
    void SetClock(uint64_t unixSeconds) const
    {
        detail::Value setting;
        setting["now"] = detail::Value::Number(unixSeconds);
        m_control.Call("PUT", Mine("clock"), setting);
    }
    /// Gives the business clock real time.
    void ResetClock() const { m_control.Call("PUT", Mine("clock"), detail::Value(detail::Value::OBJECT)); }
    /// How the clock stands: `now` in Unix seconds, `offset`, `frozen`, `signatures`, `signaturesNow`.
    tcsms::json::Value Clock() const { return m_control.Call("GET", Mine("clock")); }

    /// A person answers the newest message to their number.
    void Reply(const std::string &phone, const std::string &text) const
    {
        m_control.Call("POST", "replies", Object({{"phone", phone}, {"text", text}, {"account", m_id}}));
    }
    /// Sets what became of a message, `delivered` or `failed`, with the carrier's code word or the usual one.
    void Report(const std::string &serial, const std::string &status, const std::string &word = "") const
    {
        m_control.Call("POST", "reports", Object({{"serial", serial}, {"status", status}, {"word", word}}));
    }
    /// Decides about a signature: `approved`, `rejected`, `reviewing` or `pending`, with the reviewer's words.
    void ReviewSign(uint64_t id, const std::string &status, const std::string &reply = "") const
    {
        m_control.Call("POST", Mine("signs/" + std::to_string(id) + "/review"), Object({{"status", status}, {"reply", reply}}));
    }
    /// Decides about a template: `approved`, `rejected`, `reviewing` or `pending`, with the reviewer's words.
    void ReviewTemplate(uint64_t id, const std::string &status, const std::string &reply = "") const
    {
        m_control.Call("POST", Mine("templates/" + std::to_string(id) + "/review"), Object({{"status", status}, {"reply", reply}}));
    }

    /// The calls that were received, of an action and with an answer (`Ok` or the code of an error) or of all, at most the newest `limit`
    /// up to 1000. Each has `id`, `action`, `code`, `faults` and so on; after a failed signature `explanation` says what was wrong.
    std::vector<tcsms::json::Value> Requests(const std::string &action = "", const std::string &code = "", unsigned limit = 1000) const
    {
        std::string path = Mine("requests") + "&limit=" + std::to_string(limit);
        path += (action.empty() ? "" : "&action=" + detail::Encoded(action)) + (code.empty() ? "" : "&code=" + detail::Encoded(code));
        return detail::ItemsOf(m_control.Call("GET", path), "requests");
    }

    /// Removes the account from the service. Twice is fine.
    void Close()
    {
        if (!m_open)
            return;
        m_open = false;
        try
        {
            m_control.Call("DELETE", "accounts/" + m_id);
        }
        catch (const ControlException &error)
        {
            // Its time was over, or the service has been stopped: it is gone in any case.
            if (error.Status() != 404 && error.Status() != 0)
                throw;
        }
    }

private:
    friend class LocalService;

    Account(const std::string &api, const detail::Control &control, const AccountOptions &options) : m_api(api), m_control(control), m_open(true)
    {
        const detail::Value made = control.Call("POST", "accounts",
            Object({{"like", options.like}, {"limits", options.limits}, {"ttl", options.ttl}, {"statusUrl", options.statusUrl}, {"replyUrl", options.replyUrl}}));
        m_id = detail::TextOf(made, "id");
        m_secretId = detail::TextOf(made, "secretId");
        m_secretKey = detail::TextOf(made, "secretKey");
        m_sdkAppId = detail::TextOf(made, "sdkAppId");
        m_signs = detail::TextsOf(made, "signs");
        for (const detail::Value &one : detail::ItemsOf(made, "templates"))
            m_templates.push_back(Template{detail::TextOf(one, "id"), detail::TextOf(one, "content")});
    }

    /// An object of texts; what is empty is left out.
    static detail::Value Object(const std::vector<std::pair<const char *, std::string>> &members)
    {
        detail::Value object(detail::Value::OBJECT);
        for (const auto &member : members)
            if (!member.second.empty())
                object[member.first] = detail::Value::Text(member.second);
        return object;
    }

    static std::vector<Message> Read(const detail::Value &answer)
    {
        std::vector<Message> found;
        for (const detail::Value &one : detail::ItemsOf(answer, "messages"))
            found.push_back(Message(one));
        return found;
    }

    std::string Mine(const std::string &path) const { return path + "?account=" + detail::Encoded(m_id); }

    std::string m_api;
    detail::Control m_control;
    std::string m_id, m_secretId, m_secretKey, m_sdkAppId;
    std::vector<std::string> m_signs;
    std::vector<Template> m_templates;
    bool m_open;
};

/// How a service is started.
struct LocalServiceOptions
{
    /// The path of `tcsms`; empty: what `TCSMS_PROGRAM` in the environment names, else what is in `PATH`.
    std::string program;
    /// The text of a configuration, as docs/service.md describes it.
    std::string config;
    /// More arguments of `tcsms serve`.
    std::vector<std::string> arguments;
    /// How long the start may take.
    std::chrono::milliseconds startTimeout;

    /// The development account, no limits, reports at once; 30 s.
    LocalServiceOptions() : config("[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n"), startTimeout(30000) {}
};

/// The program `tcsms serve`, which answers as Tencent Cloud SMS does and sends nothing. One is enough for all tests of a program: each
/// test takes an account of its own. It ends with this object, and with this process, however that ends.
class LocalService
{
public:
    /// Starts a service, which answers when this returns. Throws std::runtime_error when it cannot be started; the text has what the
    /// program said.
    static LocalService Start(const LocalServiceOptions &options = LocalServiceOptions())
    {
        const std::string program = Program(options.program);
        std::string configPath, saidPath;
        const detail::File config = Temporary(configPath), said = Temporary(saidPath);
        // It goes on writing to a file without a name.
        ::unlink(saidPath.c_str());
        std::vector<std::string> command = {program, "serve", "--listen", "127.0.0.1:0", "--stop-with-stdin", "--config", configPath};
        command.insert(command.end(), options.arguments.begin(), options.arguments.end());
        try
        {
            if (::write(config.Fd(), options.config.data(), options.config.size()) != static_cast<ssize_t>(options.config.size()))
                throw std::runtime_error(configPath + " cannot be written: " + std::strerror(errno));
            LocalService service = Started(command, said, options.startTimeout);
            ::unlink(configPath.c_str());
            return service;
        }
        catch (...)
        {
            ::unlink(configPath.c_str());
            throw;
        }
    }

    /// Uses a service that runs already, by the address of its control API; Stop leaves it running. The token is what it was started with as
    /// `TCSMS_CONTROL_TOKEN`; when it is empty this variable is looked at here. `api`: the address of its API, where that is another one.
    static LocalService Connect(const std::string &control, const std::string &token = "", const std::string &api = "")
    {
        return LocalService(api.empty() ? control : api, control, token.empty() ? detail::Variable("TCSMS_CONTROL_TOKEN") : token);
    }

    /// The one service of this process: that which `TCSMS_SERVICE` in the environment names, by the address of its control API, with
    /// its API where `TCSMS_CONNECT_TO` says or at the same address; else one that is started by the first who asks.
    static LocalService &Shared()
    {
        static LocalService shared = detail::Variable("TCSMS_SERVICE").empty()
            ? Start()
            : Connect(detail::Variable("TCSMS_SERVICE"), "", detail::Variable("TCSMS_CONNECT_TO"));
        return shared;
    }

    LocalService(LocalService &&other) noexcept
        : m_api(std::move(other.m_api)), m_control(std::move(other.m_control)), m_pid(other.m_pid), m_starter(other.m_starter), m_in(std::move(other.m_in)), m_out(std::move(other.m_out))
    {
        other.m_pid = 0;
    }
    LocalService(const LocalService &) = delete;
    LocalService &operator=(const LocalService &) = delete;
    ~LocalService() { Stop(); }

    /// The address of the API, such as `http://127.0.0.1:9180`.
    const std::string &Api() const { return m_api; }
    /// The address of the control API.
    const std::string &ControlUrl() const { return m_control.Url(); }

    /// Makes an account with its own key, app, data, faults and clock. Throws ControlException when the service refuses it.
    Account NewAccount(const AccountOptions &options = AccountOptions()) const { return Account(m_api, m_control, options); }

    /// Ends a service that was started; one that was running before goes on. Twice is fine.
    void Stop()
    {
        // A process that was forked off may not end what its parent uses.
        if (m_pid > 0 && m_starter == ::getpid())
            End(detail::Milliseconds(10000));
        m_pid = 0;
    }

private:
    LocalService(const std::string &api, const std::string &control, const std::string &token)
        : m_api(Trimmed(api)), m_control(Trimmed(control), token), m_pid(0), m_starter(::getpid())
    {
    }

    static std::string Trimmed(const std::string &url) { return url.substr(0, url.find_last_not_of('/') + 1); }

    static std::string Program(const std::string &option)
    {
        const std::string named = option.empty() ? detail::Variable("TCSMS_PROGRAM") : option;
        if (!named.empty())
            return named;
        const std::string path = detail::Variable("PATH");
        for (size_t from = 0, to = 0; to != std::string::npos; from = to + 1)
        {
            to = path.find(':', from);
            const std::string file = path.substr(from, to - from) + "/tcsms";
            if (::access(file.c_str(), X_OK) == 0)
                return file;
        }
        throw std::runtime_error("the program tcsms is not found: the option `program` and the variable TCSMS_PROGRAM do not name it, and it is in no folder of"
            " PATH. Build it with `cargo build --release` in the sources of tcsms, and name target/release/tcsms there");
    }

    static detail::File Temporary(std::string &path)
    {
        const std::string folder = detail::Variable("TMPDIR");
        path = (folder.empty() ? "/tmp" : folder) + "/tcsms-XXXXXX";
        const int fd = ::mkostemp(&path[0], O_CLOEXEC);
        if (fd < 0)
            throw std::runtime_error(path + " cannot be made: " + std::strerror(errno));
        return detail::File(fd);
    }

    static LocalService Started(const std::vector<std::string> &command, const detail::File &said, detail::Milliseconds timeout)
    {
        int in[2], out[2];
        // Other programs that this process starts may not hold these open.
        if (::pipe2(in, O_CLOEXEC) != 0)
            throw std::runtime_error(std::string("there is no pipe: ") + std::strerror(errno));
        detail::File itsIn(in[0]), ourIn(in[1]);
        if (::pipe2(out, O_CLOEXEC) != 0)
            throw std::runtime_error(std::string("there is no pipe: ") + std::strerror(errno));
        detail::File ourOut(out[0]), itsOut(out[1]);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, itsIn.Fd(), 0);
        ::posix_spawn_file_actions_adddup2(&actions, itsOut.Fd(), 1);
        ::posix_spawn_file_actions_adddup2(&actions, said.Fd(), 2);
        std::vector<char *> arguments;
        std::string line, told;
        for (const std::string &word : command)
        {
            arguments.push_back(const_cast<char *>(word.c_str()));
            line += (line.empty() ? "" : " ") + word;
        }
        arguments.push_back(nullptr);
        LocalService service("", "", "");
        const int failed = ::posix_spawnp(&service.m_pid, arguments[0], &actions, nullptr, arguments.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (failed)
        {
            service.m_pid = 0;
            throw std::runtime_error(command[0] + " cannot be started: " + std::strerror(failed) + "; see that the option `program` or TCSMS_PROGRAM names the program tcsms");
        }
        itsIn.Close();
        itsOut.Close();
        service.m_in = std::move(ourIn);
        service.m_out = std::move(ourOut);
        std::string why = " did not listen within " + std::to_string(timeout.count()) + " ms";
        if (detail::Readable(service.m_out.Fd(), timeout))
        {
            // The line is written in one piece.
            char buffer[4096];
            const ssize_t count = detail::ReadSome(service.m_out.Fd(), buffer, sizeof buffer);
            told.assign(buffer, count > 0 ? static_cast<size_t>(count) : 0);
            detail::Value event;
            std::string fault;
            if (detail::Value::Parse(told, event, fault) && event.Find("api") && event.Find("control"))
            {
                service.m_api = detail::TextOf(event, "api");
                service.m_control = detail::Control(detail::TextOf(event, "control"), detail::Variable("TCSMS_CONTROL_TOKEN"));
                return service;
            }
            why = told.empty() ? " ended before it listened" : " did not say where it listens: " + told;
        }
        service.End(detail::Milliseconds(0));
        service.m_pid = 0;
        char last[4096];
        const off_t size = ::lseek(said.Fd(), 0, SEEK_END), from = size > static_cast<off_t>(sizeof last) ? size - static_cast<off_t>(sizeof last) : 0;
        const ssize_t count = ::pread(said.Fd(), last, sizeof last, from);
        throw std::runtime_error(line + why + (count > 0 ? ":\n" + std::string(last, static_cast<size_t>(count)) : ""));
    }

    void End(detail::Milliseconds patience)
    {
        m_in.Close();
        // It prints nothing more: there is something to read when it has ended.
        if (patience.count() == 0 || !detail::Readable(m_out.Fd(), patience))
            ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR)
        {
        }
        m_out.Close();
    }

    std::string m_api;
    detail::Control m_control;
    pid_t m_pid;
    pid_t m_starter;
    detail::File m_in;
    detail::File m_out;
};

} // namespace Testing
} // namespace TencentCloud

#endif // TENCENTCLOUD_TESTING_LOCAL_SERVICE_H_
