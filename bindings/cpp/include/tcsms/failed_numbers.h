// Which numbers of a send were refused, though the call succeeded.
#ifndef TCSMS_FAILED_NUMBERS_H
#define TCSMS_FAILED_NUMBERS_H

#include <vector>

namespace tcsms
{
namespace detail
{

template <typename Status>
std::vector<Status> NotOk(const std::vector<Status> &all)
{
    std::vector<Status> refused;
    for (const Status &status : all)
        if (status.GetCode() != "Ok")
            refused.push_back(status);
    return refused;
}

} // namespace detail

/// What became of the numbers that were not sent to, from the answer to SendSms of either version. An answer says that the call
/// was understood; each number has a code of its own, and only `Ok` was sent to.
template <typename Response>
auto FailedNumbers(const Response &response) -> decltype(response.GetSendStatusSet())
{
    return detail::NotOk(response.GetSendStatusSet());
}

/// The same from the answer to SendMultiGlobalSms.
template <typename Response>
auto FailedNumbers(const Response &response) -> decltype(response.GetSendMultiStatusSet())
{
    return detail::NotOk(response.GetSendMultiStatusSet());
}

} // namespace tcsms

#endif // TCSMS_FAILED_NUMBERS_H
