// The type of the outcome of a call by name. Requests themselves are carried by the library.
#ifndef TENCENTCLOUD_CORE_HTTP_HTTPCLIENT_H_
#define TENCENTCLOUD_CORE_HTTP_HTTPCLIENT_H_

#include <tencentcloud/core/Error.h>
#include <tencentcloud/core/Outcome.h>
#include <tencentcloud/core/TencentCloud.h>
#include <tencentcloud/core/http/HttpRequest.h>
#include <tencentcloud/core/http/HttpResponse.h>

namespace TencentCloud
{

/// Where the outcome of a call by name has its type. There is no HTTP client to use by itself: what a client sends is
/// signed, retried and carried by the library.
class HttpClient
{
public:
    /// An answer, or why there is none.
    typedef Outcome<Core::Error, HttpResponse> HttpResponseOutcome;

    /// The same as InitAPI.
    static void InitGlobalState() { InitAPI(); }
    /// The same as ShutdownAPI.
    static void CleanupGlobalState() { ShutdownAPI(); }
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_HTTP_HTTPCLIENT_H_
