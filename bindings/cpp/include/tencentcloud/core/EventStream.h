// Server-sent events, one by one.
#ifndef TENCENTCLOUD_CORE_EVENTSTREAM_H_
#define TENCENTCLOUD_CORE_EVENTSTREAM_H_

#include <cstdint>
#include <memory>
#include <string>

#include <tcsms/native.h>
#include <tencentcloud/core/Error.h>
#include <tencentcloud/core/Outcome.h>

namespace TencentCloud
{

/// The answer to a call that answers with server-sent events: `while (stream.Next()) use(stream.GetEvent());`, then GetError
/// says whether it came to a clean end. Copies are the same stream. For one thread at a time.
class EventStream
{
public:
    /// An event as it came: a JSON object with id, event, data and retry_ms.
    typedef std::string Event;

    /// A stream that has ended.
    EventStream() : m_status(ENDED) {}

    /// Waits for the next event. False at the end, or after an error.
    bool Next()
    {
        if (!m_stream || m_status != OPEN)
            return false;
        tcsms::native::Buffer out;
        const int32_t got = tcsms_stream_next(m_stream.get(), UINT32_MAX, out.Out());
        if (got == 1)
        {
            m_event = out.Text();
            return true;
        }
        m_event.clear();
        m_status = ENDED;
        if (got != 2)
        {
            m_status = FAILED;
            m_error = out.Error();
        }
        m_stream.reset();
        return false;
    }

    /// The event that Next waited for, as JSON: `{"id": …, "event": …, "data": …, "retry_ms": …}`.
    const Event &GetEvent() const { return m_event; }

    /// Whether the stream ended with an error.
    bool HasFailed() const { return m_status == FAILED; }
    /// The error.
    const Core::Error &GetError() const { return m_error; }

    /// Whether the action answered with JSON in place of a stream.
    bool IsAnswer() const { return m_status == ANSWERED; }
    /// The content of `Response` then.
    const std::string &GetAnswer() const { return m_answer; }

    /// A stream of the library; takes it over.
    explicit EventStream(tcsms_stream *stream) : m_status(OPEN), m_stream(stream, &tcsms_stream_close) {}
    /// JSON in place of a stream.
    static EventStream Answered(const std::string &json)
    {
        EventStream stream;
        stream.m_status = ANSWERED;
        stream.m_answer = json;
        return stream;
    }

private:
    enum Status
    {
        OPEN,
        ENDED,
        FAILED,
        ANSWERED
    };

    Status m_status;
    std::shared_ptr<tcsms_stream> m_stream;
    Event m_event;
    Core::Error m_error;
    std::string m_answer;
};

/// A stream, or why there is none.
typedef Outcome<Core::Error, EventStream> EventStreamOutcome;

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_EVENTSTREAM_H_
