// Makes many calls and watches the memory: `soak CALLS URL`. The last line is a JSON object with the figures.
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;

namespace
{

/// The resident memory in MiB.
double Resident()
{
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.compare(0, 6, "VmRSS:") == 0)
            return std::atof(line.c_str() + 6) / 1024;
    return 0;
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 3)
    {
        std::fprintf(stderr, "usage: soak CALLS URL\n");
        return 2;
    }
    const long calls = std::atol(arguments[1]);
    const std::string url = arguments[2];
    ClientProfile profile;
    profile.SetSettings("{\"endpoint\":\"" + url + "\"}");
    Model::SendSmsRequest request;
    request.SetPhoneNumberSet({"+8613711112222"});
    request.SetSmsSdkAppId("1400787878");
    request.SetSignName("腾讯云");
    request.SetTemplateId("449739");
    request.SetTemplateParamSet({"1234"});

    const auto begin = std::chrono::steady_clock::now();
    // Memory is compared from here on: a quarter of the calls, 50 000 of 200 000.
    const long settled = calls / 4, step = std::max(1L, calls / 40);
    double first = 0;
    std::vector<double> samples;
    SmsClient client(Credential("AKIDforeign000000000000000000000001", "foreignKey000000000000000000001"), "ap-guangzhou", profile);
    std::vector<SmsClient::SendSmsOutcomeCallable> promised;
    for (long i = 1; i <= calls; i++)
    {
        // In turn: waiting, promised (eight at a time), by a client made for the call, and a failure.
        SmsClient::SendSmsOutcome outcome;
        if (i % 4 == 0)
            outcome = client.SendSms(request);
        else if (i % 4 == 1)
            outcome = SmsClient(client).SendSms(request);
        else if (i % 4 == 2)
            promised.push_back(client.SendSmsCallable(request));
        else if (client.With(CallOptions().SetRetry("no json")).SendSms(request).IsSuccess())
            return 1;
        if (promised.size() == 8)
        {
            for (SmsClient::SendSmsOutcomeCallable &promise : promised)
                outcome = promise.get();
            promised.clear();
        }
        if (!outcome.IsSuccess() && !outcome.GetError().GetKind().empty())
        {
            std::fprintf(stderr, "call %ld: %s\n", i, outcome.GetError().PrintAll().c_str());
            return 1;
        }
        if (i == settled)
            first = Resident();
        if (i % step == 0)
            samples.push_back(Resident());
    }
    for (SmsClient::SendSmsOutcomeCallable &promise : promised)
        promise.get();
    std::vector<double> end(samples.end() - std::min<long>(10, static_cast<long>(samples.size())), samples.end());
    std::sort(end.begin(), end.end());
    const double median = end.empty() ? first : end[end.size() / 2], growth = first > 0 ? (median - first) / first * 100 : 0;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("{\"calls\":%ld,\"seconds\":%.1f,\"rss_50k_mib\":%.2f,\"rss_end_mib\":%.2f,\"growth_percent\":%.2f}\n", calls, seconds, first, median, growth);
    return growth > 5 ? 1 : 0;
}
