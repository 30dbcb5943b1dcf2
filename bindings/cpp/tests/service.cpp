// Calls as programs make them, against the service: `service PROGRAM CONFIG [PART]`
#include "check.h"
#include "servers.h"

#include <tencentcloud/core/CommonClient.h>
#include <tencentcloud/core/TencentCloud.h>
#include <tencentcloud/sms/v20190711/SmsClient.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <dirent.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;

namespace
{

std::string program, config;
Service *service = nullptr;

const Credential CREDENTIAL("AKIDforeign000000000000000000000001", "foreignKey000000000000000000001");

ClientProfile To(const std::string &url, const std::string &settings = "{}")
{
    tcsms::json::Value value, more;
    std::string fault;
    CHECK(tcsms::json::Value::Parse(settings, more, fault));
    value["connect_to"] = tcsms::json::Value::Text(url);
    value["endpoint"] = tcsms::json::Value::Text("http://sms.tencentcloudapi.com");
    value["allow_plain_http"] = tcsms::json::Value::Bool(true);
    tcsms::json::Merge(value, more);
    ClientProfile profile;
    profile.SetSettings(value.ToString());
    return profile;
}

SmsClient Client(const std::string &settings = "{}")
{
    return SmsClient(CREDENTIAL, "ap-guangzhou", To(service->Url(), settings));
}

Model::SendSmsRequest Send()
{
    Model::SendSmsRequest request;
    request.SetPhoneNumberSet({"+8613711112222"});
    request.SetSmsSdkAppId("1400787878");
    request.SetSignName("腾讯云");
    request.SetTemplateId("449739");
    request.SetTemplateParamSet({"1234"});
    return request;
}

void CheckSent(const SmsClient::SendSmsOutcome &outcome)
{
    if (!outcome.IsSuccess())
        throw Failed(outcome.GetError().PrintAll());
    CHECK_EQUAL(outcome.GetResult().GetSendStatusSet().size(), 1u);
    CHECK_EQUAL(outcome.GetResult().GetSendStatusSet()[0].GetCode(), "Ok");
}

void CheckRefused(const Core::Error &error, const std::string &kind, const std::string &delivery, const std::string &code)
{
    if (error.GetKind() != kind || error.GetDelivery() != delivery || error.GetErrorCode() != code)
        throw Failed(error.GetKind() + " " + error.GetDelivery() + " " + error.PrintAll());
}

/// How many connections this process has. Other sockets, such as those by which a runtime hears of signals, do not count.
int Sockets()
{
    int sockets = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (const dirent *entry = readdir(folder))
    {
        sockaddr_storage peer;
        socklen_t length = sizeof peer;
        if (getpeername(std::atoi(entry->d_name), reinterpret_cast<sockaddr *>(&peer), &length) == 0)
            sockets += peer.ss_family == AF_INET || peer.ss_family == AF_INET6;
    }
    closedir(folder);
    return sockets;
}

} // namespace

TEST(the_three_forms_of_a_call)
{
    SmsClient client = Client();
    CheckSent(client.SendSms(Send()));
    CheckSent(client.SendSmsCallable(Send()).get());
    std::promise<SmsClient::SendSmsOutcome> promise;
    std::shared_ptr<AsyncCallerContext> context = std::make_shared<AsyncCallerContext>("mark");
    client.SendSmsAsync(Send(), [&promise](const SmsClient *given, const Model::SendSmsRequest &request, SmsClient::SendSmsOutcome outcome, const std::shared_ptr<const AsyncCallerContext> &same) {
        if (given->GetRegion() == "ap-guangzhou" && request.GetTemplateId() == "449739" && same->GetUuid() == "mark")
            promise.set_value(outcome);
    }, context);
    CheckSent(promise.get_future().get());
    client.SendSmsAsync(Send(), nullptr);
}

TEST(both_versions)
{
    namespace old = TencentCloud::Sms::V20190711;
    old::SmsClient client(CREDENTIAL, "", To(service->Url()));
    old::Model::SendSmsRequest request;
    request.SetPhoneNumberSet({"+8613711112222"});
    request.SetSmsSdkAppid("1400787878");
    request.SetSign("腾讯云");
    request.SetTemplateID("449739");
    request.SetTemplateParamSet({"1"});
    const old::SmsClient::SendSmsOutcome outcome = client.SendSms(request);
    CHECK(outcome.IsSuccess());
    CHECK_EQUAL(outcome.GetResult().GetSendStatusSet()[0].GetCode(), "Ok");
}

TEST(a_refusal_in_all_forms)
{
    SmsClient client = Client();
    Model::PullSmsSendStatusRequest request;
    request.SetLimit(1);
    request.SetSmsSdkAppId("1499999999");
    const SmsClient::PullSmsSendStatusOutcome outcome = client.PullSmsSendStatus(request);
    CHECK(!outcome.IsSuccess());
    const std::string code = outcome.GetError().GetErrorCode();
    CheckRefused(outcome.GetError(), "service", "answered", code);
    CHECK_CONTAINS(outcome.GetError().PrintAll(), "RequestId=" + outcome.GetError().GetRequestId() + ", ErrorCode=" + code + ", ErrorMessage=");
    CHECK(!outcome.GetError().GetRequestId().empty());
    CHECK_EQUAL(client.PullSmsSendStatusCallable(request).get().GetError().GetErrorCode(), code);

    CommonClient common("sms", "2021-01-11", CREDENTIAL, "ap-guangzhou", To(service->Url()));
    CHECK_EQUAL(common.CallJson("PullSmsSendStatus", request.ToJsonString()).GetError().GetErrorCode(), code);
    // As with the official SDK the body tells of the refusal.
    HttpClient::HttpResponseOutcome whole = common.MakeRequestJson("PullSmsSendStatus", request.ToJsonString());
    CHECK(whole.IsSuccess());
    CHECK_EQUAL(whole.GetResult().GetStatusCode(), 200);
    const HttpResponse response = whole.GetResult();
    Model::PullSmsSendStatusResponse read;
    CHECK_EQUAL(read.Deserialize(std::string(response.Body(), response.BodySize())).GetError().GetErrorCode(), code);
    whole = common.MakeRequestJson("SendSms", Send().ToJsonString());
    Model::SendSmsResponse sent;
    CHECK(sent.Deserialize(whole.GetResult().Body()).IsSuccess());
    CHECK_EQUAL(sent.GetSendStatusSet()[0].GetCode(), "Ok");
    CHECK_EQUAL(common.MakeRequestJson("SendSms", "[").GetError().GetKind(), "invalid_request");
}

TEST(wrong_credentials_and_settings_are_told)
{
    SmsClient client = Client();
    client.SetCredential(Credential("AKIDnobody", "k"));
    CheckRefused(client.SendSms(Send()).GetError(), "service", "answered", "AuthFailure.SecretIdNotFound");
    client.SetCredential(Credential("", ""));
    CheckRefused(client.SendSms(Send()).GetError(), "credential", "not_sent", "ClientError");
    client.SetCredential(CREDENTIAL);
    CheckSent(client.SendSms(Send()));
    CheckSent(SmsClient(Credential("no", "no"), "ap-guangzhou", To(service->Url())).With(CallOptions().SetCredential(CREDENTIAL)).SendSms(Send()));
    SmsClient wrong = Client("{\"retyr\":1}");
    CheckRefused(wrong.SendSms(Send()).GetError(), "config", "not_sent", "ClientError");
    CHECK_CONTAINS(wrong.SendSms(Send()).GetError().GetErrorMessage(), "retyr");
    CheckRefused(wrong.SendSmsCallable(Send()).get().GetError(), "config", "not_sent", "ClientError");
    // The handler is told on another thread, even of what is found at once.
    std::promise<std::thread::id> told;
    wrong.SendSmsAsync(Send(), [&told](const SmsClient *, const Model::SendSmsRequest &, SmsClient::SendSmsOutcome, const std::shared_ptr<const AsyncCallerContext> &) { told.set_value(std::this_thread::get_id()); });
    CHECK(told.get_future().get() != std::this_thread::get_id());
    CheckRefused(Client().With(CallOptions().SetRetry("never")).SendSms(Send()).GetError(), "invalid_request", "not_sent", "ClientError");
}

TEST(bytes_that_are_no_utf_8_are_refused_before_they_are_sent)
{
    Model::SendSmsRequest request = Send();
    request.SetSignName("\xff\xfe");
    CheckRefused(Client().SendSms(request).GetError(), "invalid_request", "not_sent", "ClientError");
    CheckRefused(Client().SendSmsCallable(request).get().GetError(), "invalid_request", "not_sent", "ClientError");
    CommonClient common("sms", "2021-01-11", CREDENTIAL, "\xff", To(service->Url()));
    CHECK(!common.CallJson("SendSms", "{}").IsSuccess());
}

TEST(a_body_of_ten_megabytes)
{
    Model::SendSmsRequest request = Send();
    request.SetSessionContext(std::string(9 << 20, 'x'));
    const SmsClient::SendSmsOutcome outcome = Client().SendSms(request);
    CHECK(!outcome.IsSuccess());
    CHECK_EQUAL(outcome.GetError().GetKind(), "service");
    // What is larger than the service takes is not sent at all.
    request.SetSessionContext(std::string(20 << 20, 'x'));
    CheckRefused(Client().SendSms(request).GetError(), "invalid_request", "not_sent", "ClientError");
}

TEST(a_handler_may_throw_and_may_make_calls)
{
    SmsClient client = Client();
    std::promise<void> thrown;
    client.SendSmsAsync(Send(), [&thrown](const SmsClient *, const Model::SendSmsRequest &, SmsClient::SendSmsOutcome, const std::shared_ptr<const AsyncCallerContext> &) {
        thrown.set_value();
        throw std::runtime_error("of the handler");
    });
    thrown.get_future().wait();
    std::promise<SmsClient::SendSmsOutcome> again;
    client.SendSmsAsync(Send(), [&again](const SmsClient *given, const Model::SendSmsRequest &request, SmsClient::SendSmsOutcome, const std::shared_ptr<const AsyncCallerContext> &) {
        SmsClient copy(*given);
        again.set_value(copy.SendSms(request));
    });
    CheckSent(again.get_future().get());
}

TEST(a_client_may_be_destroyed_while_its_calls_run)
{
    std::vector<SmsClient::SendSmsOutcomeCallable> promised;
    std::atomic<int> told(0);
    std::promise<void> all;
    for (int i = 0; i < 32; i++)
    {
        SmsClient *client = new SmsClient(Client("{\"max_answer_bytes\":" + std::to_string(100000 + i % 3) + "}"));
        promised.push_back(client->SendSmsCallable(Send()));
        client->SendSmsAsync(Send(), [&told, &all](const SmsClient *given, const Model::SendSmsRequest &, SmsClient::SendSmsOutcome outcome, const std::shared_ptr<const AsyncCallerContext> &) {
            if (outcome.IsSuccess() && given->GetRegion() == "ap-guangzhou" && ++told == 32)
                all.set_value();
        });
        delete client;
    }
    for (SmsClient::SendSmsOutcomeCallable &promise : promised)
        CheckSent(promise.get());
    all.get_future().wait();
}

TEST(sixty_four_callers_share_a_client)
{
    SmsClient client = Client();
    std::vector<std::thread> callers;
    std::atomic<int> sent(0);
    for (int i = 0; i < 64; i++)
        callers.emplace_back([&client, &sent, i]() {
            for (int k = 0; k < 10; k++)
            {
                SmsClient::SendSmsOutcome outcome = i % 2 ? client.SendSms(Send()) : client.SendSmsCallable(Send()).get();
                sent += outcome.IsSuccess();
                if (i == 0)
                    client.SetHeader({{"X-TC-TraceId", Utils::GenerateUuid()}});
            }
        });
    for (std::thread &caller : callers)
        caller.join();
    CHECK_EQUAL(sent.load(), 640);
}

TEST(equal_settings_share_connections_and_keep_alive_may_be_off)
{
    ShutdownAPI();
    CheckSent(Client().SendSms(Send()));
    const int sockets = Sockets();
    for (int i = 0; i < 20; i++)
        CheckSent(Client().SendSms(Send()));
    CHECK_EQUAL(Sockets(), sockets);
    ShutdownAPI();
    CHECK(Sockets() < sockets);
    const int before = Sockets();
    HttpProfile http;
    http.SetKeepAlive(false);
    ClientProfile profile = To(service->Url());
    profile.SetHttpProfile(http);
    SmsClient client(CREDENTIAL, "ap-guangzhou", profile);
    CheckSent(client.SendSms(Send()));
    CHECK_EQUAL(Sockets(), before);
}

TEST(the_api_may_be_begun_and_ended_again_and_again)
{
    for (int i = 0; i < 3; i++)
    {
        InitAPI();
        SmsClient client = Client();
        CheckSent(client.SendSms(Send()));
        ShutdownAPI();
        CheckSent(client.SendSmsCallable(Send()).get());
    }
}

TEST(copies_have_settings_of_their_own)
{
    SmsClient a = Client(), b(a);
    b.SetRegion("ap-beijing");
    b.SetCredential(Credential("x", "y"));
    CHECK_EQUAL(a.GetRegion(), "ap-guangzhou");
    CHECK_EQUAL(a.GetCredential().GetSecretId(), CREDENTIAL.GetSecretId());
    a = b;
    b.SetRegion("ap-nanjing");
    CHECK_EQUAL(a.GetRegion(), "ap-beijing");
}

TEST(a_changed_profile_counts_from_the_next_call)
{
    SmsClient client(CREDENTIAL, "ap-guangzhou", To("http://127.0.0.1:1", "{\"retry\":{\"policy\":\"never\"}}"));
    CheckRefused(client.SendSms(Send()).GetError(), "connect", "not_sent", "NetworkError");
    client.SetClientProfile(To(service->Url()));
    CheckSent(client.SendSms(Send()));
    CheckSent(client.SendSmsCallable(Send()).get());
}

TEST(time_limits)
{
    Silence silence;
    SmsClient client(CREDENTIAL, "ap-guangzhou", To(silence.Url()));
    CheckRefused(client.With(CallOptions().SetTimeoutMs(50)).SendSms(Send()).GetError(), "timeout", "maybe_sent", "NetworkError");
    CheckRefused(client.With(CallOptions().SetTimeoutMs(50)).SendSmsCallable(Send()).get().GetError(), "timeout", "maybe_sent", "NetworkError");
    HttpProfile http;
    http.SetReqTimeout(1);
    ClientProfile profile = To(silence.Url());
    profile.SetHttpProfile(http);
    CheckRefused(SmsClient(CREDENTIAL, "ap-guangzhou", profile).SendSms(Send()).GetError(), "timeout", "maybe_sent", "NetworkError");
}

TEST(calls_are_cancelled)
{
    Silence silence;
    SmsClient client(CREDENTIAL, "ap-guangzhou", To(silence.Url()));
    Cancellation cancellation;
    SmsClient cancellable = client.With(CallOptions().SetCancellation(cancellation));
    SmsClient::SendSmsOutcomeCallable promised = cancellable.SendSmsCallable(Send());
    std::future<SmsClient::SendSmsOutcome> waiting = std::async(std::launch::async, [&cancellable]() { return cancellable.SendSms(Send()); });
    silence.WaitFor(2);
    CHECK(!cancellation.IsCancelled());
    cancellation.Cancel();
    CheckRefused(promised.get().GetError(), "cancelled", "maybe_sent", "ClientError");
    CheckRefused(waiting.get().GetError(), "cancelled", "maybe_sent", "ClientError");
    CHECK_EQUAL(cancellable.SendSms(Send()).GetError().GetKind(), "cancelled");
    CHECK(cancellation.IsCancelled());
}

TEST(a_proxy_that_is_not_there)
{
    SmsClient client(CREDENTIAL, "ap-guangzhou", To(service->Url()));
    client.SetNetworkProxy(NetworkProxy(NetworkProxy::HTTP, "127.0.0.1", 1, "user", "secret"));
    const Core::Error error = client.SendSms(Send()).GetError();
    CHECK(error.GetKind() == "proxy" || error.GetKind() == "connect");
    CHECK_EQUAL(error.GetErrorCode(), "NetworkError");
    CHECK_EQUAL(error.GetDelivery(), "not_sent");
    CHECK_EQUAL(error.PrintAll().find("secret"), std::string::npos);
    client.SetNetworkProxy(NetworkProxy());
    CheckSent(client.SendSms(Send()));
}

TEST(the_service_may_be_started_again_between_calls)
{
    std::unique_ptr<Service> own(new Service(program, config));
    const std::string address = own->Address();
    SmsClient client(CREDENTIAL, "ap-guangzhou", To(own->Url()));
    for (int i = 0; i < 3; i++)
    {
        CheckSent(client.SendSms(Send()));
        CheckSent(client.SendSmsCallable(Send()).get());
        own.reset();
        own.reset(new Service(program, config, address));
    }
    CheckSent(client.SendSmsCallable(Send()).get());
    CheckSent(client.SendSms(Send()));
}

/// A server that forks its workers after it has made calls itself.
TEST(workers_that_are_forked_make_calls_of_their_own)
{
    SmsClient client = Client();
    CheckSent(client.SendSms(Send()));
    CheckSent(client.SendSmsCallable(Send()).get());
    std::vector<pid_t> workers;
    for (int i = 0; i < 4; i++)
    {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0)
        {
            int failed = 0;
            for (int k = 0; k < 20; k++)
            {
                Model::SendSmsRequest request = Send();
                const std::string mark = std::to_string(i) + "/" + std::to_string(k);
                request.SetSessionContext(mark);
                const SmsClient::SendSmsOutcome outcome = k % 2 ? client.SendSms(request) : client.SendSmsCallable(request).get();
                failed += !(outcome.IsSuccess() && outcome.GetResult().GetSendStatusSet()[0].GetSessionContext() == mark);
            }
            failed += !SmsClient(CREDENTIAL, "ap-guangzhou", To(service->Url(), "{\"max_answer_bytes\":99999}")).SendSms(Send()).IsSuccess();
            // By the way of every exit handler, as a server would.
            std::exit(failed ? 1 : 0);
        }
        workers.push_back(pid);
    }
    for (int k = 0; k < 20; k++)
        CheckSent(k % 2 ? client.SendSms(Send()) : client.SendSmsCallable(Send()).get());
    for (pid_t worker : workers)
    {
        int status = 0;
        CHECK_EQUAL(waitpid(worker, &status, 0), worker);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

namespace
{

/// Makes a call when it is destroyed, which is after main.
struct Last
{
    ~Last()
    {
        if (url.empty())
            return;
        const SmsClient::SendSmsOutcome outcome = SmsClient(CREDENTIAL, "ap-guangzhou", To(url)).SendSms(Send());
        if (outcome.IsSuccess())
            return;
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        std::_Exit(3);
    }
    std::string url;
};
Last last;

/// The texts that handlers write into; gone when the process ends.
std::vector<std::string> &Texts()
{
    static std::vector<std::string> texts;
    return texts;
}

/// Ends while calls run, in one of several ways.
int End(const std::string &way, const std::string &url)
{
    // Never destroyed: handlers use them to the very end.
    static std::mutex *const lock = new std::mutex();
    Texts().push_back("first");
    if (way == "static")
        last.url = url;
    SmsClient client(CREDENTIAL, "ap-guangzhou", To(url));
    static std::promise<void> *const first = new std::promise<void>();
    std::shared_ptr<std::atomic<bool>> told = std::make_shared<std::atomic<bool>>(false);
    for (int i = 0; i < 100; i++)
        client.SendSmsAsync(Send(), [told, way](const SmsClient *, const Model::SendSmsRequest &, SmsClient::SendSmsOutcome outcome, const std::shared_ptr<const AsyncCallerContext> &) {
            std::lock_guard<std::mutex> guard(*lock);
            Texts().push_back(outcome.GetResult().ToJsonString());
            if (!told->exchange(true))
            {
                first->set_value();
                if (way == "handler")
                    std::exit(0);
            }
        });
    if (way == "handler")
        for (;;)
            pause();
    if (way != "at-once")
        first->get_future().wait();
    if (way == "shutdown")
        tcsms::Shutdown(1000);
    if (way == "exit")
        std::exit(0);
    return 0;
}

void CheckEnd(const std::string &way)
{
    for (int i = 0; i < 3; i++)
    {
        const pid_t pid = Start({"/proc/self/exe", "--end", way, service->Url()}, nullptr);
        int status = 0;
        CHECK_EQUAL(waitpid(pid, &status, 0), pid);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            throw Failed("the process ended with status " + std::to_string(status));
    }
}

} // namespace

TEST(the_process_ends_by_return_while_calls_run) { CheckEnd("return"); }
TEST(the_process_ends_at_once_while_calls_run) { CheckEnd("at-once"); }
TEST(the_process_ends_by_exit_while_calls_run) { CheckEnd("exit"); }
TEST(the_process_ends_within_a_handler) { CheckEnd("handler"); }
TEST(the_process_ends_after_the_library_was_shut_down) { CheckEnd("shutdown"); }
TEST(a_static_object_makes_a_call_when_the_process_ends) { CheckEnd("static"); }

int main(int count, char **arguments)
{
    const std::string first = count > 1 ? arguments[1] : "";
    if (first == "--end")
        return End(arguments[2], arguments[3]);
    program = first;
    config = arguments[2];
    Service all(program, config);
    service = &all;
    return RunTests(count > 3 ? arguments[3] : "");
}
