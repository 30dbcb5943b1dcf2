// What a caller hands to an asynchronous call and gets back with its outcome.
#ifndef TENCENTCLOUD_CORE_ASYNCCALLERCONTEXT_H_
#define TENCENTCLOUD_CORE_ASYNCCALLERCONTEXT_H_

#include <string>

#include <tencentcloud/core/utils/Utils.h>

namespace TencentCloud
{

/// The caller's own mark of an asynchronous call; derive from it to carry more.
class AsyncCallerContext
{
public:
    /// A context with a fresh UUID.
    AsyncCallerContext() : m_uuid(Utils::GenerateUuid()) {}
    /// A context with this mark.
    explicit AsyncCallerContext(const std::string &uuid) : m_uuid(uuid) {}
    virtual ~AsyncCallerContext() {}
    AsyncCallerContext(const AsyncCallerContext &) = default;
    AsyncCallerContext &operator=(const AsyncCallerContext &) = default;

    /// The mark.
    std::string GetUuid()const { return m_uuid; }
    /// Sets the mark.
    void SetUuid(const std::string &uuid) { m_uuid = uuid; }

private:
    std::string m_uuid;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_ASYNCCALLERCONTEXT_H_
