// The helpers for tests: `testing PROGRAM [PART]`; `testing hold PROGRAM` starts a service, says where, and waits.
#include "check.h"

#include <tencentcloud/testing/local_service.h>

#include <netinet/in.h>

#include <functional>
#include <iostream>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;
using namespace TencentCloud::Testing;
using std::chrono::milliseconds;

namespace
{

std::string self, program;
const std::string ONE = "+8613700000001", OTHER = "+8613700000002";

LocalServiceOptions Options()
{
    LocalServiceOptions options;
    options.program = program;
    return options;
}

LocalService &Service()
{
    static LocalService service = LocalService::Start(Options());
    return service;
}

SmsClient::SendSmsOutcome Sent(const Account &account, const std::string &phone)
{
    Model::SendSmsRequest request;
    request.SetSmsSdkAppId(account.SdkAppId());
    request.SetSignName(account.Signs()[0]);
    request.SetTemplateId(account.Templates()[0].id);
    request.SetTemplateParamSet({"2468"});
    request.SetPhoneNumberSet({phone});
    return account.Client().SendSms(request);
}

std::string Send(const Account &account, const std::string &phone)
{
    const auto outcome = Sent(account, phone);
    return outcome.IsSuccess() ? outcome.GetResult().GetSendStatusSet()[0].GetCode() : outcome.GetError().GetErrorCode();
}

void Has(const std::string &text, const std::string &part)
{
    if (text.find(part) == std::string::npos)
        throw Failed("`" + part + "` is not in `" + text + "`");
}

template <typename Exception>
std::string TextOf(const std::function<void()> &work)
{
    try
    {
        work();
    }
    catch (const Exception &error)
    {
        return error.what();
    }
    throw Failed("nothing was thrown");
}

std::string NotStarted(const LocalServiceOptions &options)
{
    return TextOf<std::runtime_error>([&options]() { LocalService::Start(options); });
}

/// A connection that ends with the service at an address of this machine, and not before.
detail::File Watching(const std::string &api)
{
    sockaddr_in address = sockaddr_in();
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(api.substr(api.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    detail::File connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(connect(connection.Fd(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    return connection;
}

void Ends(const detail::File &watching)
{
    char c;
    CHECK(detail::Readable(watching.Fd(), milliseconds(60000)));
    const ssize_t count = read(watching.Fd(), &c, 1);
    CHECK(count == 0 || (count < 0 && errno == ECONNRESET));
}

TEST(AProgramThatIsNotFoundIsASentenceWithAllPlaces)
{
    const std::string path = detail::Variable("PATH"), named = detail::Variable("TCSMS_PROGRAM");
    setenv("PATH", "/nowhere", 1);
    unsetenv("TCSMS_PROGRAM");
    const std::string text = NotStarted(LocalServiceOptions());
    setenv("PATH", path.c_str(), 1);
    setenv("TCSMS_PROGRAM", named.c_str(), 1);
    for (const char *place : {"`program`", "TCSMS_PROGRAM", "PATH", "cargo build --release"})
        Has(text, place);
    LocalServiceOptions nowhere;
    nowhere.program = "/nowhere/tcsms";
    Has(NotStarted(nowhere), "/nowhere/tcsms cannot be started");
    LocalServiceOptions other;
    other.program = "/bin/echo";
    Has(NotStarted(other), "did not say where it listens: serve --listen");
}

TEST(WhatTheProgramSaysOfAWrongConfigurationIsInTheError)
{
    LocalServiceOptions options = Options();
    options.config = "[limits]\nprofile = \"none\"\n";
    const std::string text = NotStarted(options);
    Has(text, "ended before it listened");
    Has(text, ":2");
}

TEST(AProgramThatDoesNotListenInTimeIsEnded)
{
    LocalServiceOptions options = Options();
    options.startTimeout = milliseconds(0);
    Has(NotStarted(options), "did not listen within 0 ms");
}

TEST(StopEndsTheServiceAndTwiceIsFine)
{
    LocalServiceOptions options = Options();
    options.arguments = {"--log", "error"};
    LocalService service = LocalService::Start(options);
    const detail::File watching = Watching(service.Api());
    Account account = service.NewAccount();
    service.Stop();
    Ends(watching);
    service.Stop();
    Has(TextOf<ControlException>([&service]() { service.NewAccount(); }), "POST " + service.ControlUrl());
    account.Close();
}

TEST(AServiceEndsWithTheProcessThatStartedItWhenThatIsKilled)
{
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    const char *arguments[] = {self.c_str(), "hold", program.c_str(), nullptr};
    pid_t pid = 0;
    CHECK(posix_spawn(&pid, self.c_str(), &actions, nullptr, const_cast<char **>(arguments), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    char api[100];
    const ssize_t count = read(out[0], api, sizeof api);
    close(out[0]);
    CHECK(count > 0);
    const detail::File watching = Watching(std::string(api, static_cast<size_t>(count)));
    kill(pid, SIGKILL);
    Ends(watching);
    waitpid(pid, nullptr, 0);
}

TEST(AProcessThatWasForkedOffEndsNothingOfItsParent)
{
    LocalService service = LocalService::Start(Options());
    const pid_t child = fork();
    if (child == 0)
    {
        service.Stop();
        _exit(0);
    }
    waitpid(child, nullptr, 0);
    service.NewAccount();
}

TEST(TwoAccountsKnowNothingOfEachOther)
{
    const Account one = Service().NewAccount(), other = Service().NewAccount();
    one.SetFaults({Fault::Error("InternalError")});
    one.MoveClock("24h");
    CHECK_EQUAL(Send(other, ONE), "Ok");
    CHECK_EQUAL(one.Messages().size(), 0u);
    CHECK_EQUAL(other.Messages().size(), 1u);
    CHECK_EQUAL(other.Faults().size(), 0u);
    CHECK_EQUAL(other.Clock().Find("offset")->text, "0s");
}

TEST(AnAccountIsGoneOnceItIsClosedAndTwiceIsFine)
{
    Account account = Service().NewAccount();
    account.Close();
    account.Close();
    CHECK_EQUAL(Send(account, ONE), "AuthFailure.SecretIdNotFound");
    std::string id;
    {
        const Account other = Service().NewAccount();
        id = other.Id();
    }
    const detail::Control control(Service().ControlUrl(), "");
    Has(TextOf<ControlException>([&control, &id]() { control.Call("DELETE", "accounts/" + id); }), id);
}

TEST(AMessageIsWaitedForWithItsCode)
{
    const Account account = Service().NewAccount();
    CHECK_EQUAL(Send(account, ONE), "Ok");
    const Message message = account.WaitForMessage(Wanted().To(ONE).Status("delivered").Containing("2468").App(account.SdkAppId()));
    CHECK_EQUAL(message.code, "2468");
    CHECK_EQUAL(message.params[0], "2468");
    CHECK_EQUAL(message.report, "DELIVRD");
    const Message whole = account.GetMessage(message.serial);
    CHECK_EQUAL(whole.text, message.text);
    CHECK(!whole.requestId.empty() && message.requestId.empty());
    CHECK_EQUAL(Send(account, OTHER), "Ok");
    CHECK_EQUAL(account.WaitForMessages(2)[1].phone, OTHER);
    CHECK_EQUAL(account.Messages(Wanted().To(ONE)).size(), 1u);
    account.Clear();
    CHECK_EQUAL(account.Messages().size(), 0u);
}

TEST(AWaitInVainSaysWhatCameNear)
{
    const Account account = Service().NewAccount();
    Send(account, OTHER);
    const std::string text = TextOf<MessageMissing>([&account]() { account.WaitForMessage(Wanted().To(ONE).Within(milliseconds(100))); });
    Has(text, "no message to " + ONE + " within 100 ms; near: to " + OTHER);
    Has(text, "phone is " + OTHER + ", wanted " + ONE);
    CHECK_EQUAL(TextOf<MessageMissing>([&account]() { account.WaitForMessages(3, Wanted().Within(milliseconds(0))); }), "1 of 3 messages within 0 ms; near: none");
}

TEST(AFaultStrikesOnceAndTheSdkTriesAgain)
{
    const Account account = Service().NewAccount();
    account.SetFaults({Fault::Error("RequestLimitExceeded").On("SendSms").Phone("*0001").Times(1)});
    CHECK_EQUAL(Send(account, ONE), "Ok");
    CHECK_EQUAL(account.Faults()[0].Find("hits")->text, "1");
    CHECK_EQUAL(account.Requests("SendSms", "RequestLimitExceeded").size(), 1u);
    account.SetFaults({Fault::Json("{\"nth\":[2],\"do\":{\"error\":{\"code\":\"InternalError\"}}}"), Fault::Latency("1ms").Nth({1}), Fault::Receipt("failed", "MK:0001"),
                       Fault::Reset(true).Phone("*0002")},
                      7);
    CHECK_EQUAL(Send(account, ONE), "Ok");
    CHECK_EQUAL(Send(account, ONE), "InternalError");
    CHECK_EQUAL(account.WaitForMessage(Wanted().To(ONE).Status("failed")).report, "MK:0001");
    CHECK_EQUAL(Sent(account, OTHER).GetError().GetDelivery(), "maybe_sent");
    account.ClearFaults();
    CHECK_EQUAL(account.Faults().size(), 0u);
    Has(TextOf<std::invalid_argument>([]() { Fault::Json("{"); }), "is no JSON");
}

TEST(TheLimitOfADayEndsWithTheDay)
{
    AccountOptions limited;
    limited.limits = "default";
    const Account account = Service().NewAccount(limited);
    uint64_t now = 0;
    CHECK(account.Clock().Find("now")->AsUnsigned(now));
    const uint64_t morning = now / 86400 * 86400;
    for (uint64_t i = 0; i < 10; i++)
    {
        account.SetClock(morning + i * 31);
        CHECK_EQUAL(Send(account, ONE), "Ok");
    }
    account.SetClock(morning + 310);
    CHECK_EQUAL(Send(account, ONE), "LimitExceeded.PhoneNumberDailyLimit");
    account.MoveClock("24h");
    CHECK_EQUAL(Send(account, ONE), "Ok");
    account.ResetClock();
    CHECK_EQUAL(account.Clock().Find("offset")->text, "0s");
}

TEST(AReplyAReportAndAReviewAreAsTheyWereGiven)
{
    const Account account = Service().NewAccount();
    Send(account, ONE);
    account.Reply(ONE, "TD");
    Model::PullSmsReplyStatusRequest pull;
    pull.SetSmsSdkAppId(account.SdkAppId());
    pull.SetLimit(10);
    CHECK_EQUAL(account.Client().PullSmsReplyStatus(pull).GetResult().GetPullSmsReplyStatusSet()[0].GetReplyContent(), "TD");
    const std::string serial = account.WaitForMessage(ONE).serial;
    account.Report(serial, "failed", "MX:0003");
    CHECK_EQUAL(account.GetMessage(serial).report, "MX:0003");
    account.ReviewTemplate(std::stoull(account.Templates()[0].id), "rejected");
    CHECK_EQUAL(Send(account, ONE), "FailedOperation.TemplateUnapprovedOrNotExist");
}

TEST(WhatTheControlApiRefusesIsToldWithItsCode)
{
    const Account account = Service().NewAccount();
    try
    {
        account.Report("no-serial", "failed");
        throw Failed("it was taken");
    }
    catch (const ControlException &error)
    {
        CHECK_EQUAL(error.Status(), 404);
        CHECK_EQUAL(error.Code(), "NotFound");
        Has(error.what(), "no-serial");
    }
}

TEST(AServiceThatRunsAlreadyIsUsedAndGoesOn)
{
    {
        LocalService service = LocalService::Connect(Service().ControlUrl() + "/");
        CHECK_EQUAL(Send(service.NewAccount(), ONE), "Ok");
    }
    Service().NewAccount();
    Has(TextOf<ControlException>([]() { LocalService::Connect("https://127.0.0.1:1").NewAccount(); }), "plain http://");
}

} // namespace

int main(int count, char **arguments)
{
    self = arguments[0];
    program = arguments[count > 2 && std::string(arguments[1]) == "hold" ? 2 : 1];
    if (std::string(arguments[1]) == "hold")
    {
        const LocalService service = LocalService::Start(Options());
        std::cout << service.Api() << std::endl;
        return std::cin.get() == EOF ? 0 : 1;
    }
    return RunTests(count > 2 ? arguments[2] : "");
}
