// What requests, answers and their parts have in common.
#ifndef TENCENTCLOUD_CORE_ABSTRACTMODEL_H_
#define TENCENTCLOUD_CORE_ABSTRACTMODEL_H_

#include <string>

#include <tcsms/json.h>
#include <tencentcloud/core/Error.h>
#include <tencentcloud/core/Outcome.h>

namespace TencentCloud
{

/// Whether something could be read, or why not.
typedef Outcome<Core::Error, bool> CoreInternalOutcome;

/// A request, an answer, or a part of one.
class AbstractModel
{
public:
    AbstractModel() {}
    virtual ~AbstractModel() {}
    AbstractModel(const AbstractModel &) = default;
    AbstractModel(AbstractModel &&) = default;
    AbstractModel &operator=(const AbstractModel &) = default;
    AbstractModel &operator=(AbstractModel &&) = default;

    /// The id under which the service logged the call; only answers have one.
    std::string GetRequestId() const { return m_requestId; }

    /// The members that are set as a JSON object, in the order of the definition; an answer's RequestId comes last, and is
    /// there always.
    virtual std::string ToJsonString() const { return "{}"; }

protected:
    std::string m_requestId;
};

} // namespace TencentCloud

namespace tcsms
{

/// Reads a whole answer, `{"Response": {…}}`, into a model. A refusal of the service is the error.
template <typename Model>
TencentCloud::CoreInternalOutcome ReadEnvelope(const std::string &payload, Model &model)
{
    using TencentCloud::Core::Error;
    using TencentCloud::CoreInternalOutcome;
    json::Value error;
    bool found = false;
    std::string requestId;
    model = Model();
    json::Reader reader(payload.data(), payload.size());
    bool is = reader.Object([&](const std::string &outer) {
        if (outer != "Response")
            return;
        found = true;
        std::string raw;
        if (!reader.Raw(raw))
            return;
        json::Reader whole(raw.data(), raw.size());
        whole.Object([&](const std::string &name) {
            bool there = false;
            if (name == "Error")
                error.ReadFrom(whole);
            else if (name == "RequestId")
                json::ReadMember(whole, requestId, there);
        });
        json::Reader typed(raw.data(), raw.size());
        if (error.kind == json::Value::NUL && !model.ReadFrom(typed))
            reader.Fail(typed.Error());
    });
    if (!is || !reader.End() || !found)
        return CoreInternalOutcome(Error::BadAnswer(is && !found ? "the answer has no member Response" : "the answer cannot be read: " + reader.Error()));
    if (error.kind == json::Value::NUL)
        return CoreInternalOutcome(true);
    const json::Value *code = error.Find("Code"), *message = error.Find("Message");
    Error refusal(code ? code->text : "", message ? message->text : "");
    refusal.SetRequestId(requestId);
    return CoreInternalOutcome(refusal);
}

/// Reads a part of an answer into a model.
template <typename Model>
TencentCloud::CoreInternalOutcome ReadValue(const json::Value &value, Model &model)
{
    const std::string text = value.ToString();
    json::Reader reader(text.data(), text.size());
    model = Model();
    if (model.ReadFrom(reader))
        return TencentCloud::CoreInternalOutcome(true);
    return TencentCloud::CoreInternalOutcome(TencentCloud::Core::Error::BadAnswer("the value cannot be read: " + reader.Error()));
}

} // namespace tcsms

#endif // TENCENTCLOUD_CORE_ABSTRACTMODEL_H_
