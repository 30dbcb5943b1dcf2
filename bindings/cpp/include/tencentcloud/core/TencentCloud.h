// Begin and end of the use of the SDK.
#ifndef TENCENTCLOUD_CORE_TENCENTCLOUD_H_
#define TENCENTCLOUD_CORE_TENCENTCLOUD_H_

#include <tencentcloud/core/Config.h>
#include <tcsms/native.h>

namespace TencentCloud
{

/// Begins the use of the SDK. Not needed: calls work without it. May be called any number of times.
inline void InitAPI()
{
}

/// Closes the connections that no client holds any more. Clients that are still there go on working, calls under way come
/// to their end, and the SDK may be used again afterwards.
inline void ShutdownAPI()
{
    tcsms::native::ForgetIdle();
}

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_TENCENTCLOUD_H_
