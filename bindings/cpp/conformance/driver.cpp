// The driver of this SDK: makes the calls of a case and tells their outcomes in plain words. `driver sync|callable|async`.
#include <tencentcloud/core/CommonClient.h>
#include <tencentcloud/sms/v20190711/SmsClient.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace TencentCloud;
using tcsms::json::Value;
namespace v2019 = TencentCloud::Sms::V20190711;
namespace v2021 = TencentCloud::Sms::V20210111;

namespace
{

std::string kind;

[[noreturn]] void Fail(const std::string &why)
{
    std::cerr << "driver: " << why << std::endl;
    std::_Exit(2);
}

Value Parse(const std::string &line)
{
    Value value;
    std::string fault;
    if (!Value::Parse(line, value, fault))
        Fail(fault + ": " + line);
    return value;
}

const Value *Given(const Value &value, const std::string &name)
{
    const Value *member = value.Find(name);
    return member && member->kind != Value::NUL ? member : nullptr;
}

std::string TextOf(const Value &value, const std::string &name)
{
    const Value *member = Given(value, name);
    return member ? member->text : std::string();
}

uint64_t NumberOf(const Value &value, const std::string &name, uint64_t otherwise)
{
    uint64_t number = otherwise;
    const Value *member = Given(value, name);
    if (member && !member->AsUnsigned(number))
        Fail(name + " is no number");
    return number;
}

std::string Unhex(const std::string &hex)
{
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

std::string Told(const Core::Error &error)
{
    Value told;
    const auto text = [](const std::string &value) { return value.empty() ? Value() : Value::Text(value); };
    told["kind"] = Value::Text(error.GetKind());
    told["code"] = error.GetKind() == "service" ? text(error.GetErrorCode()) : Value();
    told["requestId"] = text(error.GetRequestId());
    told["delivery"] = Value::Text(error.GetDelivery());
    told["attempts"] = Value::Number(error.GetAttempts());
    told["step"] = text(error.GetStep());
    told["endpoint"] = text(error.GetEndpoint());
    told["message"] = Value::Text(error.GetText());
    Value shown(Value::ARRAY);
    shown.items.push_back(Value::Text(error.PrintAll()));
    told["shown"] = shown;
    Value line;
    line["error"] = told;
    return line.ToString();
}

std::string Answered(const std::string &json)
{
    return "{\"answer\":" + json + "}";
}

/// The settings, by the members that the official profile has and by SetSettings for the rest.
struct Setup
{
    explicit Setup(const Value &settings) : credential("", ""), region(TextOf(settings, "region")), service("sms")
    {
        Value rest(Value::OBJECT);
        HttpProfile http;
        const bool pair = Given(settings, "secret_id") && Given(settings, "secret_key");
        bool source = false;
        for (const tcsms::json::Member &member : settings.members)
        {
            if (member.value.kind == Value::NUL || member.name == "region" || member.name == "secret_id" || member.name == "secret_key" || member.name == "token")
                continue;
            if (member.name == "service")
                service = member.value.text;
            else if (member.name == "ca_file")
                http.SetCaInfo(member.value.text);
            else if (member.name == "endpoint")
                http.SetEndpoint(member.value.text);
            else
                rest[member.name] = member.value;
            source = source || member.name == "profile" || member.name == "cvm_role" || member.name == "assume_role" || member.name == "web_identity";
        }
        if (pair)
        {
            credential = Credential(TextOf(settings, "secret_id"), TextOf(settings, "secret_key"), TextOf(settings, "token"));
        }
        else if (!source)
        {
            credential = Credential::Default();
        }
        profile.SetHttpProfile(http);
        profile.SetSettings(rest.ToString());
    }

    Credential credential;
    std::string region;
    std::string service;
    ClientProfile profile;
};

CallOptions OptionsOf(const Value &call)
{
    CallOptions options;
    options.SetTimeoutMs(static_cast<uint32_t>(NumberOf(call, "timeout_ms", 0)));
    if (Given(call, "region"))
        options.SetRegion(TextOf(call, "region"));
    if (Given(call, "language"))
        options.SetLanguage(TextOf(call, "language"));
    if (Given(call, "sign_method"))
        options.SetSignMethod(TextOf(call, "sign_method"));
    if (Given(call, "http_method"))
        options.SetHttpMethod(TextOf(call, "http_method"));
    if (const Value *flag = Given(call, "unsigned_payload"))
        options.SetUnsignedPayload(flag->flag);
    if (const Value *flag = Given(call, "skip_sign"))
        if (flag->flag)
            options.SetSkipSign(true);
    if (const Value *flag = Given(call, "idempotent"))
        options.SetIdempotent(flag->flag);
    if (Given(call, "trace_id"))
        options.SetTraceId(TextOf(call, "trace_id"));
    if (Given(call, "idempotency_key"))
        options.SetIdempotencyKey(TextOf(call, "idempotency_key"));
    if (const Value *retry = Given(call, "retry"))
        options.SetRetry(retry->ToString());
    if (const Value *headers = Given(call, "headers"))
        for (const tcsms::json::Member &header : headers->members)
            options.SetHeader(header.name, header.value.text);
    if (const Value *parts = Given(call, "parts"))
        for (const tcsms::json::Member &part : parts->members)
            options.AddPart(part.name, Unhex(TextOf(part.value, "hex")));
    return options;
}

std::vector<std::string> InThreads(uint64_t count, const std::function<std::string()> &call)
{
    if (count == 1)
        return std::vector<std::string>(1, call());
    std::vector<std::string> outcomes(count);
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < count; i++)
        threads.emplace_back([&outcomes, &call, i]() { outcomes[i] = call(); });
    for (std::thread &thread : threads)
        thread.join();
    return outcomes;
}

template <typename Ends>
std::string TellModel(Ends outcome)
{
    return outcome.IsSuccess() ? Answered(outcome.GetResult().ToJsonString()) : Told(outcome.GetError());
}

/// Makes a typed call in the form that the driver was started for.
template <typename Client, typename Request, typename Ends>
std::vector<std::string> Typed(Client client, const Value &call, Ends (Client::*plain)(const Request &), std::future<Ends> (Client::*callable)(const Request &),
                               void (Client::*async)(const Request &, const std::function<void(const Client *, const Request &, Ends, const std::shared_ptr<const AsyncCallerContext> &)> &,
                                                     const std::shared_ptr<const AsyncCallerContext> &))
{
    Request request;
    const std::string parameters = Given(call, "parameters")->ToString();
    tcsms::json::Reader reader(parameters.data(), parameters.size());
    if (!request.ReadFrom(reader))
        Fail(reader.Error());
    const uint64_t count = NumberOf(call, "at_once", 1);
    if (kind == "sync")
        return InThreads(count, [&]() { return TellModel((client.*plain)(request)); });
    std::vector<std::future<Ends>> futures;
    for (uint64_t i = 0; i < count; i++)
    {
        if (kind == "callable")
        {
            futures.push_back((client.*callable)(request));
            continue;
        }
        std::shared_ptr<std::promise<Ends>> promise = std::make_shared<std::promise<Ends>>();
        std::shared_ptr<const AsyncCallerContext> context = std::make_shared<AsyncCallerContext>(std::to_string(i));
        futures.push_back(promise->get_future());
        (client.*async)(request, [promise, context, parameters](const Client *given, const Request &sent, Ends outcome, const std::shared_ptr<const AsyncCallerContext> &same) {
            if (given == nullptr || same != context || sent.ToJsonString().empty())
                Fail("the handler was not given what belongs to its call");
            promise->set_value(outcome);
        }, context);
    }
    std::vector<std::string> outcomes;
    for (std::future<Ends> &future : futures)
        outcomes.push_back(TellModel(future.get()));
    return outcomes;
}

std::string Events(const CommonClient &client, const std::string &action, const std::string &parameters)
{
    EventStreamOutcome outcome = client.OpenStream(action, parameters);
    if (!outcome.IsSuccess())
        return Told(outcome.GetError());
    EventStream stream = outcome.GetResult();
    if (stream.IsAnswer())
        return Answered(stream.GetAnswer());
    std::string events;
    while (stream.Next())
        events += (events.empty() ? "" : ",") + stream.GetEvent();
    return stream.HasFailed() ? Told(stream.GetError()) : Answered("{\"Events\":[" + events + "]}");
}

std::vector<std::string> ByName(const Setup &setup, const Value &call, const CallOptions &options)
{
    CommonClient client = CommonClient(setup.service, TextOf(call, "version"), setup.credential, setup.region, setup.profile).With(options);
    const std::string action = TextOf(call, "action");
    const std::string parameters = Given(call, "parameters_text") ? TextOf(call, "parameters_text") : Given(call, "parameters") ? Given(call, "parameters")->ToString() : "{}";
    const Value *stream = Given(call, "stream"), *octets = Given(call, "octets");
    return InThreads(NumberOf(call, "at_once", 1), [&]() {
        if (stream && stream->flag)
            return Events(client, action, parameters);
        if (!octets)
        {
            const AbstractClient::JsonOutcome outcome = client.CallJson(action, parameters);
            return outcome.IsSuccess() ? Answered(outcome.GetResult()) : Told(outcome.GetError());
        }
        const AbstractClient::JsonOutcome outcome = client.CallOctetStream(action, parameters, Unhex(TextOf(*octets, "hex")));
        return outcome.IsSuccess() ? Answered(outcome.GetResult()) : Told(outcome.GetError());
    });
}

#define TYPED(api, client, NAME)                                                                                                         \
    if (action == #NAME)                                                                                                                 \
        return Typed<api::SmsClient, api::Model::NAME##Request, api::SmsClient::NAME##Outcome>(client, call, &api::SmsClient::NAME,       \
                                                                                               &api::SmsClient::NAME##Callable, &api::SmsClient::NAME##Async)

std::vector<std::string> Make(const Setup &setup, const Value &call)
{
    const std::string action = TextOf(call, "action"), version = TextOf(call, "version");
    const CallOptions options = OptionsOf(call);
    const Value *byName = Given(call, "by_name");
    if ((byName && byName->flag) || setup.service != "sms")
        return ByName(setup, call, options);
    if (version == "2019-07-11")
    {
        v2019::SmsClient client = v2019::SmsClient(setup.credential, setup.region, setup.profile).With(options);
        TYPED(v2019, client, AddSmsSign);
        TYPED(v2019, client, AddSmsTemplate);
        TYPED(v2019, client, CallbackStatusStatistics);
        TYPED(v2019, client, DeleteSmsSign);
        TYPED(v2019, client, DeleteSmsTemplate);
        TYPED(v2019, client, DescribeSmsSignList);
        TYPED(v2019, client, DescribeSmsTemplateList);
        TYPED(v2019, client, ModifySmsSign);
        TYPED(v2019, client, ModifySmsTemplate);
        TYPED(v2019, client, PullSmsReplyStatus);
        TYPED(v2019, client, PullSmsReplyStatusByPhoneNumber);
        TYPED(v2019, client, PullSmsSendStatus);
        TYPED(v2019, client, PullSmsSendStatusByPhoneNumber);
        TYPED(v2019, client, SendSms);
        TYPED(v2019, client, SendStatusStatistics);
        TYPED(v2019, client, SmsPackagesStatistics);
    }
    else
    {
        v2021::SmsClient client = v2021::SmsClient(setup.credential, setup.region, setup.profile).With(options);
        TYPED(v2021, client, AddSmsSign);
        TYPED(v2021, client, AddSmsTemplate);
        TYPED(v2021, client, CallbackStatusStatistics);
        TYPED(v2021, client, DeleteSmsSign);
        TYPED(v2021, client, DeleteSmsTemplate);
        TYPED(v2021, client, DescribePhoneNumberInfo);
        TYPED(v2021, client, DescribeSendRecordList);
        TYPED(v2021, client, DescribeSmsSignList);
        TYPED(v2021, client, DescribeSmsTemplateList);
        TYPED(v2021, client, ModifySmsSign);
        TYPED(v2021, client, ModifySmsTemplate);
        TYPED(v2021, client, PullSmsReplyStatus);
        TYPED(v2021, client, PullSmsReplyStatusByPhoneNumber);
        TYPED(v2021, client, PullSmsSendStatus);
        TYPED(v2021, client, PullSmsSendStatusByPhoneNumber);
        TYPED(v2021, client, ReportConversion);
        TYPED(v2021, client, SendMultiGlobalSms);
        TYPED(v2021, client, SendSms);
        TYPED(v2021, client, SendStatusStatistics);
        TYPED(v2021, client, SmsPackagesStatistics);
    }
    Fail("there is no " + action + " of " + version + ": call it by name");
}

} // namespace

int main(int count, char **arguments)
{
    kind = count == 2 ? arguments[1] : "";
    if (kind != "sync" && kind != "callable" && kind != "async")
        Fail("usage: driver sync|callable|async");
    std::string line;
    if (!std::getline(std::cin, line))
        Fail("there are no settings");
    InitAPI();
    const Setup setup(Parse(line));
    while (std::getline(std::cin, line))
    {
        for (const std::string &outcome : Make(setup, Parse(line)))
            std::cout << outcome << "\n";
        std::cout.flush();
    }
    ShutdownAPI();
}
