// The native library in C++: clients that are shared, buffers that free themselves, callbacks that cannot throw into it.
#ifndef TCSMS_NATIVE_H
#define TCSMS_NATIVE_H

#include <tcsms.h>

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <tencentcloud/core/Error.h>

namespace tcsms
{
namespace native
{

inline const uint8_t *Bytes(const std::string &text)
{
    return reinterpret_cast<const uint8_t *>(text.data());
}

/// A buffer that the library filled.
class Buffer
{
public:
    Buffer() : m_raw() {}
    ~Buffer() { tcsms_buf_free(&m_raw); }
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;

    /// For the library to fill.
    tcsms_buf *Out() { return &m_raw; }
    const char *Data() const { return reinterpret_cast<const char *>(m_raw.ptr); }
    size_t Size() const { return m_raw.ptr ? m_raw.len : 0; }
    std::string Text() const { return std::string(Size() ? Data() : "", Size()); }
    /// The error that it tells.
    TencentCloud::Core::Error Error() const { return TencentCloud::Core::Error::FromJson(Data(), Size()); }

private:
    tcsms_buf m_raw;
};

/// Why the library that was loaded cannot be used with these headers; empty when it can.
inline std::string AbiProblem()
{
    const uint32_t found = tcsms_abi_version();
    if (found == TCSMS_ABI_VERSION)
        return std::string();
    return "the native library that was loaded has interface " + std::to_string(found) + ", these headers have " +
           std::to_string(TCSMS_ABI_VERSION) + ": install library and headers of the same release of tcsms, and look for an older libtcsms_c in LD_LIBRARY_PATH";
}

/// A client of the library.
class Client
{
public:
    explicit Client(tcsms_client *raw) : m_raw(raw) {}
    ~Client() { tcsms_client_free(m_raw); }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;
    const tcsms_client *Raw() const { return m_raw; }

private:
    tcsms_client *m_raw;
};

/// The one T of this process. It is never destroyed, because static objects of the program may make calls until the very
/// end. A forked child gets its own: a lock of the parent's may be held by a thread that the child does not have.
template <typename T>
class OfProcess
{
public:
    static T &Get() { return *Slot().load(std::memory_order_acquire); }

private:
    static std::atomic<T *> &Slot()
    {
        static std::atomic<T *> *const slot = Make();
        return *slot;
    }
    static std::atomic<T *> *Make()
    {
        pthread_atfork(nullptr, nullptr, &OfProcess::AfterFork);
        return new std::atomic<T *>(new T(nullptr));
    }
    static void AfterFork() { Slot().store(new T(&Get()), std::memory_order_release); }
};

/// The clients of this process by what they were made from, so that equal settings share connections. Those used last stay
/// open without an owner: programs make a client for every call.
class Registry
{
public:
    /// An empty one. What the parent of a forked child had is left as it is.
    explicit Registry(Registry *before) : m_before(before) {}

    /// That of the parent.
    Registry *Before() const { return m_before; }

    std::shared_ptr<Client> Find(const std::string &key)
    {
        std::lock_guard<std::mutex> guard(m_lock);
        for (std::list<Entry>::iterator entry = m_entries.begin(); entry != m_entries.end(); ++entry)
        {
            std::shared_ptr<Client> client = entry->key == key ? entry->shared.lock() : nullptr;
            if (client)
            {
                m_entries.splice(m_entries.begin(), m_entries, entry);
                m_entries.front().kept = client;
                Limit();
                return client;
            }
        }
        return nullptr;
    }

    /// Adds a client, and returns it, or the one that another thread added before.
    std::shared_ptr<Client> Add(const std::string &key, const std::shared_ptr<Client> &client)
    {
        if (std::shared_ptr<Client> before = Find(key))
            return before;
        std::lock_guard<std::mutex> guard(m_lock);
        Entry entry = {key, client, client};
        m_entries.push_front(entry);
        Limit();
        return client;
    }

    void Forget()
    {
        std::list<Entry> gone;
        std::lock_guard<std::mutex> guard(m_lock);
        for (Entry &entry : m_entries)
            gone.push_back(Entry{std::string(), std::weak_ptr<Client>(), std::move(entry.kept)});
    }

private:
    struct Entry
    {
        std::string key;
        std::weak_ptr<Client> shared;
        std::shared_ptr<Client> kept;
    };

    /// How many clients stay open without an owner.
    static const int KEPT = 16;

    void Limit()
    {
        int number = 0;
        for (std::list<Entry>::iterator entry = m_entries.begin(); entry != m_entries.end();)
        {
            if (++number > KEPT)
                entry->kept.reset();
            if (entry->shared.expired())
                entry = m_entries.erase(entry);
            else
                ++entry;
        }
    }

    std::mutex m_lock;
    std::list<Entry> m_entries;
    Registry *m_before;
};

/// Closes the clients that nobody owns.
inline void ForgetIdle()
{
    OfProcess<Registry>::Get().Forget();
}

/// Whether the thread-local objects of this thread are destroyed: on the main thread they go before its static ones, and then
/// the library cannot wait on it any more. Counts from the thread's first use of the library on.
inline bool ThreadHasEnded()
{
    struct Mark
    {
        bool *ended;
        ~Mark() { *ended = true; }
    };
    static thread_local bool ended = false;
    static thread_local Mark mark = {&ended};
    return *mark.ended;
}

/// The client for these settings. What the library reads from the environment when it makes one belongs to them.
inline std::shared_ptr<Client> Open(const std::string &config, TencentCloud::Core::Error &error)
{
    static const char *const variables[] = {
        "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_CREDENTIALS_FILE", "HOME",
        "TKE_ROLE_ARN", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_REGION", "TENCENTCLOUD_REGION", "TCSMS_CONNECT_TO",
        "TCSMS_STS_CONNECT_TO", "TCSMS_METADATA_CONNECT_TO", "TCSMS_CONNECT_TO_PLAIN", "TCSMS_CA_FILE", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD"};
    ThreadHasEnded();
    std::string key = config;
    for (const char *variable : variables)
    {
        const char *value = std::getenv(variable);
        key += '\0';
        key += value ? value : "";
    }
    if (std::shared_ptr<Client> known = OfProcess<Registry>::Get().Find(key))
        return known;
    const std::string problem = AbiProblem();
    if (!problem.empty())
    {
        error = TencentCloud::Core::Error::Local("config", problem);
        return nullptr;
    }
    tcsms_client *raw = nullptr;
    Buffer told;
    if (tcsms_client_new(Bytes(config), config.size(), &raw, told.Out()) != TCSMS_OK || raw == nullptr)
    {
        error = told.Error();
        return nullptr;
    }
    return OfProcess<Registry>::Get().Add(key, std::make_shared<Client>(raw));
}

/// Everything that one call needs beside its body.
struct Call
{
    std::shared_ptr<Client> client;
    std::string meta;
    /// For the whole call, in milliseconds; 0: the client's own limit.
    uint32_t timeout;
};

/// Makes a call on this thread. `out` has the answer after TCSMS_OK, else the error.
inline int32_t Make(const Call &call, const std::string &body, Buffer &out)
{
    if (ThreadHasEnded())
    {
        // A static object's last message: another thread waits for it.
        int32_t status = TCSMS_PANIC;
        std::thread([&]() {
            status = tcsms_call(call.client->Raw(), Bytes(call.meta), call.meta.size(), Bytes(body), body.size(), call.timeout, out.Out());
        }).join();
        return status;
    }
    return tcsms_call(call.client->Raw(), Bytes(call.meta), call.meta.size(), Bytes(body), body.size(), call.timeout, out.Out());
}

/// Keeps the program's handlers from being called once the process has begun to end: what they use may be destroyed then.
/// Handlers that run when the end begins are waited for.
class ExitGate
{
public:
    explicit ExitGate(ExitGate *before) : m_closed(false), m_running(0), m_before(before)
    {
        // A forked child has the entry of its parent already.
        if (before == nullptr)
            std::atexit(&ExitGate::Close);
    }

    /// That of the parent of a forked child.
    ExitGate *Before() const { return m_before; }

    /// Whether a handler may run; if so, Leave has to follow.
    bool Enter()
    {
        std::lock_guard<std::mutex> guard(m_lock);
        if (m_closed)
            return false;
        m_running++;
        Depth()++;
        return true;
    }

    void Leave()
    {
        std::lock_guard<std::mutex> guard(m_lock);
        Depth()--;
        m_running--;
        m_left.notify_all();
    }

private:
    /// How many handlers run on this thread, one within the other.
    static int &Depth()
    {
        static thread_local int depth = 0;
        return depth;
    }

    static void Close()
    {
        ExitGate &gate = OfProcess<ExitGate>::Get();
        std::unique_lock<std::mutex> guard(gate.m_lock);
        gate.m_closed = true;
        // Not for the handler that ends the process itself, and not without end for one that hangs.
        const int own = Depth();
        gate.m_left.wait_for(guard, std::chrono::seconds(2), [&gate, own]() { return gate.m_running <= own; });
    }

    std::mutex m_lock;
    std::condition_variable m_left;
    bool m_closed;
    int m_running;
    ExitGate *m_before;
};

/// A call that is under way without a thread of its own.
class Pending
{
public:
    virtual ~Pending() {}

    /// The outcome: the answer after TCSMS_OK, else the error. The bytes are valid until it returns.
    virtual void Ended(int32_t status, const char *bytes, size_t size) = 0;
};

} // namespace native
} // namespace tcsms

/// What the library calls, once, on a thread of its own, when a call has ended. Nothing may be thrown into the library.
extern "C" inline void tcsms_cpp_call_ended(void *pending, int32_t status, const uint8_t *bytes, size_t size)
{
    using namespace tcsms::native;
    // After the gate is closed the handler is left as it is: what its captures would touch may be gone.
    if (!OfProcess<ExitGate>::Get().Enter())
        return;
    try
    {
        std::unique_ptr<Pending> call(static_cast<Pending *>(pending));
        call->Ended(status, size ? reinterpret_cast<const char *>(bytes) : "", size);
    }
    catch (...)
    {
        // A handler's exception has nobody here who could catch it.
    }
    OfProcess<ExitGate>::Get().Leave();
}

namespace tcsms
{
namespace native
{

/// Tells `pending` an error, on a thread of its own: whoever began the call may hold a lock that its handler takes.
inline void Refuse(const TencentCloud::Core::Error &error, std::unique_ptr<Pending> pending)
{
    OfProcess<ExitGate>::Get();
    Pending *raw = pending.release();
    const std::string told = error.ToJson();
    const auto tell = [raw, told]() { tcsms_cpp_call_ended(raw, TCSMS_BAD_ARGUMENT, Bytes(told), told.size()); };
    try
    {
        std::thread(tell).detach();
    }
    catch (const std::exception &)
    {
        tell();
    }
}

/// Begins a call. `pending` is told its outcome exactly once, on a thread of the library's. Returns the number to cancel it by;
/// 0 when it did not begin.
inline uint64_t Begin(const Call &call, const std::string &body, std::unique_ptr<Pending> pending)
{
    OfProcess<ExitGate>::Get();
    uint64_t id = 0;
    Pending *raw = pending.release();
    const int32_t status = tcsms_call_async(call.client->Raw(), Bytes(call.meta), call.meta.size(), Bytes(body), body.size(), call.timeout,
                                            &tcsms_cpp_call_ended, raw, &id);
    if (status == TCSMS_OK)
        return id;
    const bool down = status == TCSMS_SHUT_DOWN;
    Refuse(TencentCloud::Core::Error::Local(down ? "shut_down" : "panic", down ? "tcsms::Shutdown was called in this process: no call can be made after it"
                                                                                : "the library refused to begin the call"),
           std::unique_ptr<Pending>(raw));
    return 0;
}

} // namespace native

/// Ends the library's thread, for programs that unload it or count their threads. Calls under way end with an error of the
/// kind shut_down, and every later one does too; there is no way back. True when all ended within `waitMs` milliseconds.
inline bool Shutdown(uint32_t waitMs)
{
    native::ForgetIdle();
    return tcsms_shutdown(waitMs) == TCSMS_OK;
}

} // namespace tcsms

#endif // TCSMS_NATIVE_H
