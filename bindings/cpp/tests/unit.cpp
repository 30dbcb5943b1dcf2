// What needs no service: JSON, models, errors, and what settings become. `unit [PART] [CORPUS]`
#include "check.h"

#include <tcsms/failed_numbers.h>
#include <tencentcloud/core/CommonClient.h>
#include <tencentcloud/core/Executor.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>
#include <tencentcloud/sms/v20210111/SmsErrorCode.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;
using tcsms::json::Value;

namespace
{

std::string corpus;

std::string Unhex(const std::string &hex)
{
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

/// The plain form of the corpus, see conformance/server/tests/json.rs.
void Plain(const Value &value, std::string &out)
{
    uint64_t bits = 0;
    int64_t whole = 0;
    double number = 0;
    char hex[20];
    switch (value.kind)
    {
    case Value::NUL: out += "null"; break;
    case Value::BOOL: out += value.flag ? "true" : "false"; break;
    case Value::NUMBER:
        if (value.AsUnsigned(bits))
            out += std::to_string(bits);
        else if (value.AsSigned(whole))
            out += std::to_string(whole);
        else
        {
            CHECK(value.AsDouble(number));
            std::memcpy(&bits, &number, sizeof bits);
            std::snprintf(hex, sizeof hex, "f%016llx", static_cast<unsigned long long>(bits));
            out += hex;
        }
        break;
    case Value::TEXT: out += '"' + Utils::HexEncode(value.text); break;
    case Value::ARRAY:
        out += '[';
        for (const Value &item : value.items)
        {
            Plain(item, out);
            out += ' ';
        }
        out += ']';
        break;
    case Value::OBJECT:
        std::vector<const tcsms::json::Member *> members;
        for (const tcsms::json::Member &member : value.members)
            members.push_back(&member);
        std::sort(members.begin(), members.end(), [](const tcsms::json::Member *a, const tcsms::json::Member *b) { return a->name < b->name; });
        out += '{';
        for (const tcsms::json::Member *member : members)
        {
            out += '"' + Utils::HexEncode(member->name) + ':';
            Plain(member->value, out);
            out += ' ';
        }
        out += '}';
    }
}

Value Config(const ClientProfile &profile, const Credential &credential = Credential("id", "key"), const NetworkProxy &proxy = NetworkProxy(),
             const std::string &home = "sms.tencentcloudapi.com")
{
    std::string config, fault;
    bool perCall = false;
    if (!tcsms::MakeConfig(home, profile, credential, proxy, config, perCall, fault))
        throw Failed(fault);
    Value value;
    CHECK(Value::Parse(config, value, fault));
    value["per_call"] = Value::Bool(perCall);
    return value;
}

std::string ConfigText(const ClientProfile &profile, const std::string &name)
{
    const Value config = Config(profile);
    const Value *member = config.Find(name);
    return member ? member->text : "";
}

} // namespace

TEST(json_is_read_as_serde_json_reads_it)
{
    std::ifstream file(corpus.c_str());
    int lines = 0;
    for (std::string line; std::getline(file, line); lines++)
    {
        Value told, value;
        std::string fault, out;
        CHECK(Value::Parse(line, told, fault));
        const std::string text = Unhex(told.Find("hex")->text);
        const bool is = Value::Parse(text, value, fault);
        const Value &expected = *told.Find("value");
        if (is)
            Plain(value, out);
        if (is != (expected.kind == Value::TEXT) || out != expected.text)
            throw Failed(told.Find("why")->text + ": `" + text.substr(0, 60) + "` is read as " + (is ? out : fault) + ", not " + expected.ToString());
        if (!is)
            continue;
        // What is written is read as the same again.
        Value again;
        std::string same;
        CHECK(Value::Parse(value.ToString(), again, fault));
        Plain(again, same);
        CHECK_EQUAL(same, out);
        // Leaving a value out checks it as well.
        tcsms::json::Reader reader(text.data(), text.size());
        CHECK(reader.Skip() && reader.End());
    }
    CHECK(lines > 100);
}

TEST(numbers_keep_their_digits_and_become_the_nearest_double)
{
    for (const char *number : {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "0.30000000000000004", "1.7976931348623157e308", "4.9e-324", "1e23"})
    {
        Value value;
        std::string fault;
        double found = 0;
        uint64_t whole = 0;
        CHECK(Value::Parse(number, value, fault) && !value.AsUnsigned(whole) && value.AsDouble(found));
        CHECK_EQUAL(value.ToString(), number);
        CHECK_EQUAL(found, std::strtod(number, nullptr));
    }
}

TEST(json_faults_say_what_and_where)
{
    Value value;
    std::string fault;
    CHECK(!Value::Parse("{\"a\":[1,}", value, fault));
    CHECK_CONTAINS(fault, "byte 8");
    CHECK_CONTAINS(fault, "in `a`");
    const std::string long_name(100000, 'n');
    CHECK(!Value::Parse("{\"" + long_name + "\":{\"" + long_name + "\":x}}", value, fault));
    CHECK(fault.size() < 400);
}

TEST(large_objects_are_read_in_reasonable_time)
{
    std::string json = "{";
    for (int i = 0; i < 200000; i++)
        json += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    Value value;
    std::string fault;
    CHECK(Value::Parse(json + "}", value, fault));
    CHECK_EQUAL(value.members.size(), 200000u);
}

TEST(a_request_has_what_was_set_in_the_order_of_the_definition)
{
    Model::SendSmsRequest request;
    CHECK_EQUAL(request.ToJsonString(), "{}");
    request.SetSenderId("");
    request.SetTemplateParamSet(std::vector<std::string>());
    request.SetPhoneNumberSet({"+8613711112222", "a\"\\\n\x01中😀"});
    CHECK(request.SenderIdHasBeenSet() && !request.SignNameHasBeenSet());
    CHECK_EQUAL(request.ToJsonString(), "{\"PhoneNumberSet\":[\"+8613711112222\",\"a\\\"\\\\\\n\\u0001中😀\"],\"TemplateParamSet\":[],\"SenderId\":\"\"}");
    Model::PullSmsSendStatusRequest pull;
    pull.SetLimit(UINT64_MAX);
    CHECK_EQUAL(pull.ToJsonString(), "{\"Limit\":18446744073709551615}");
    Model::SendMultiGlobalSmsRequest multi;
    Model::MultiSmsInfo info;
    info.SetPhoneNumber("+1");
    multi.SetMultiSmsInfoSet({info, Model::MultiSmsInfo()});
    CHECK_EQUAL(multi.ToJsonString(), "{\"MultiSmsInfoSet\":[{\"PhoneNumber\":\"+1\"},{}]}");
}

TEST(an_answer_is_read_and_written)
{
    Model::SendSmsResponse response;
    CHECK_EQUAL(response.ToJsonString(), "{\"RequestId\":\"\"}");
    CoreInternalOutcome outcome = response.Deserialize(
        "{\"Response\":{\"RequestId\":\"r\",\"New\":{\"x\":[1]},\"SendStatusSet\":[{\"Fee\":2,\"Code\":\"Ok\",\"Message\":null,\"SerialNo\":\"s\"}]}}");
    CHECK(outcome.IsSuccess());
    CHECK_EQUAL(response.GetRequestId(), "r");
    CHECK_EQUAL(response.GetSendStatusSet().size(), 1u);
    const Model::SendStatus status = response.GetSendStatusSet()[0];
    CHECK(status.GetFee() == 2 && status.FeeHasBeenSet() && !status.MessageHasBeenSet() && status.GetMessage().empty());
    CHECK_EQUAL(response.ToJsonString(), "{\"SendStatusSet\":[{\"SerialNo\":\"s\",\"Fee\":2,\"Code\":\"Ok\"}],\"RequestId\":\"r\"}");
}

TEST(numbers_that_were_not_sent_to_are_told)
{
    Model::SendSmsResponse response;
    CHECK(response.Deserialize("{\"Response\":{\"SendStatusSet\":[{\"Code\":\"Ok\"},{\"Code\":\"LimitExceeded.X\",\"PhoneNumber\":\"+1\"},{}]}}").IsSuccess());
    const std::vector<Model::SendStatus> refused = tcsms::FailedNumbers(response);
    CHECK_EQUAL(refused.size(), 2u);
    CHECK_EQUAL(refused[0].GetPhoneNumber(), "+1");
    Model::SendMultiGlobalSmsResponse multi;
    CHECK(multi.Deserialize("{\"Response\":{\"SendMultiStatusSet\":[{\"Code\":\"Ok\"}]}}").IsSuccess());
    CHECK(tcsms::FailedNumbers(multi).empty());
}

TEST(an_answer_that_does_not_fit_is_told_with_its_place)
{
    Model::SendSmsResponse response;
    CoreInternalOutcome outcome = response.Deserialize("{\"Response\":{\"SendStatusSet\":[{\"Fee\":\"1\"}],\"RequestId\":\"r\"}}");
    CHECK(!outcome.IsSuccess());
    CHECK_EQUAL(outcome.GetError().GetErrorCode(), "CoreInternalError");
    CHECK_EQUAL(outcome.GetError().GetDelivery(), "maybe_sent");
    CHECK_CONTAINS(outcome.GetError().GetErrorMessage(), "a text where a whole number should be");
    CHECK_CONTAINS(outcome.GetError().GetErrorMessage(), "`Fee` in `SendStatusSet`");
    for (const char *number : {"-1", "1.0", "1e2", "18446744073709551616"})
        CHECK(!response.Deserialize(std::string("{\"Response\":{\"SendStatusSet\":[{\"Fee\":") + number + "}]}}").IsSuccess());
    for (const char *payload : {"", "{}", "[]", "{\"Response\":1}", "{\"Response\":{}", "{\"Response\":{}} x"})
        CHECK(!response.Deserialize(payload).IsSuccess());
}

TEST(a_refusal_is_an_error)
{
    Model::SendSmsResponse response;
    CoreInternalOutcome outcome = response.Deserialize(
        "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.SignatureIncorrectOrUnapproved\",\"Message\":\"m\"},\"RequestId\":\"r\"}}");
    CHECK(!outcome.IsSuccess());
    CHECK_EQUAL(outcome.GetError().GetErrorCode(), SmsErrorCode::FAILEDOPERATION_SIGNATUREINCORRECTORUNAPPROVED);
    CHECK_EQUAL(outcome.GetError().PrintAll(), "RequestId=r, ErrorCode=FailedOperation.SignatureIncorrectOrUnapproved, ErrorMessage=m");
}

TEST(kinds_of_failures_have_the_official_codes)
{
    const auto code = [](const std::string &json) { return Core::Error::FromJson(json.data(), json.size()).GetErrorCode(); };
    CHECK_EQUAL(code("{\"kind\":\"service\",\"code\":\"X.Y\"}"), "X.Y");
    for (const char *kind : {"resolve", "connect", "proxy", "tls", "timeout", "network"})
        CHECK_EQUAL(code("{\"kind\":\"" + std::string(kind) + "\"}"), "NetworkError");
    for (const char *kind : {"config", "credential", "invalid_request", "cancelled", "shut_down", "panic"})
        CHECK_EQUAL(code("{\"kind\":\"" + std::string(kind) + "\"}"), "ClientError");
    CHECK_EQUAL(code("{\"kind\":\"invalid_answer\",\"httpStatus\":502}"), "ServiceNetworkError");
    CHECK_EQUAL(code("{\"kind\":\"invalid_answer\",\"httpStatus\":200}"), "CoreInternalError");
    const std::string all = "{\"kind\":\"timeout\",\"message\":\"m\",\"text\":\"t\",\"delivery\":\"maybe_sent\",\"retryable\":true,\"attempts\":3,"
                            "\"step\":\"wait\",\"endpoint\":\"h:1\",\"traceId\":\"i\",\"httpStatus\":null,\"requestId\":null,\"code\":null}";
    const Core::Error error = Core::Error::FromJson(all.data(), all.size());
    CHECK(error.GetErrorMessage() == "t" && error.GetDelivery() == "maybe_sent" && error.IsRetryable() && error.GetAttempts() == 3);
    CHECK(error.GetStep() == "wait" && error.GetEndpoint() == "h:1" && error.GetTraceId() == "i" && error.GetHttpStatus() == 0);
    CHECK_EQUAL(code("no json"), "ClientError");
}

TEST(the_profile_in_the_words_of_the_library)
{
    HttpProfile http;
    CHECK(http.GetReqTimeout() == 60 && http.GetConnectTimeout() == 60 && !http.IsKeepAlive() && http.GetProtocol() == HttpProfile::HTTPS);
    Value config = Config(ClientProfile());
    CHECK_EQUAL(config.Find("service")->text, "sms");
    CHECK_EQUAL(config.Find("sdk")->text, "SDK_TCSMS_CPP_" TCSMS_VERSION_STR);
    CHECK(config.Find("endpoint") == nullptr && config.Find("proxy") == nullptr && config.Find("secret_key") == nullptr);
    CHECK_EQUAL(config.Find("timeouts")->ToString(), "{\"connect_ms\":60000,\"attempt_ms\":60000,\"total_ms\":60000}");
    CHECK_EQUAL(config.ToString().find("idle_ms"), std::string::npos);
    http.SetReqTimeout(0);
    http.SetConnectTimeout(-5);
    http.SetKeepAlive();
    http.SetEndpoint("127.0.0.1:80");
    http.SetProtocol(HttpProfile::HTTP);
    http.SetResolveIp("::1");
    http.SetCaInfo("/ca.pem");
    config = Config(ClientProfile(http));
    CHECK_EQUAL(config.Find("timeouts")->ToString(), "{\"connect_ms\":300000,\"attempt_ms\":86400000,\"total_ms\":86400000,\"idle_ms\":0}");
    CHECK_EQUAL(config.Find("endpoint")->text, "http://127.0.0.1:80");
    CHECK_EQUAL(config.Find("connect_to")->text, "http://[::1]:80");
    CHECK_EQUAL(config.Find("ca_file")->text, "/ca.pem");
    CHECK(config.Find("allow_plain_http")->flag);
    HttpProfile pinned;
    pinned.SetResolveIp("10.0.0.1");
    CHECK_EQUAL(ConfigText(ClientProfile(pinned), "connect_to"), "https://10.0.0.1:443");
    CHECK_EQUAL(ConfigText(ClientProfile(pinned), "endpoint"), "");
    CHECK_EQUAL(Config(ClientProfile(), Credential("i", "k"), NetworkProxy(), "cvm.tencentcloudapi.com").Find("service")->text, "cvm");
    CHECK_EQUAL(Config(ClientProfile(), Credential("i", "k"), NetworkProxy(), "sms.intl.example.com").Find("endpoint")->text, "sms.intl.example.com");
}

TEST(a_folder_of_certificates_that_cannot_be_used_is_told)
{
    HttpProfile http;
    http.SetCaPath("/nowhere/at/all");
    try
    {
        Config(ClientProfile(http));
        throw Failed("it was taken");
    }
    catch (const Failed &error)
    {
        CHECK_CONTAINS(error.what(), "/nowhere/at/all");
    }
}

TEST(settings_win_and_are_merged_member_by_member)
{
    ClientProfile profile;
    profile.SetSettings("{\"timeouts\":{\"total_ms\":5},\"retry\":{\"policy\":\"never\"},\"endpoint\":\"e\"}");
    const Value config = Config(profile);
    CHECK_EQUAL(config.Find("timeouts")->ToString(), "{\"connect_ms\":60000,\"attempt_ms\":60000,\"total_ms\":5}");
    CHECK_EQUAL(config.Find("endpoint")->text, "e");
    CHECK(config.Find("retry") && config.Find("per_call")->flag);
    for (const char *json : {"[]", "1", "{", "x", "{\"a\":1}}"})
    {
        profile.SetSettings(json);
        bool taken = true;
        try
        {
            Config(profile);
        }
        catch (const Failed &error)
        {
            taken = false;
            CHECK_CONTAINS(error.what(), "SetSettings");
        }
        CHECK(!taken);
    }
}

TEST(the_library_finds_the_credential_where_the_settings_or_default_say_so)
{
    ClientProfile profile;
    CHECK(!Config(profile, Credential::Default()).Find("per_call")->flag);
    CHECK(Config(profile, Credential::Default()).Find("secret_id") == nullptr);
    profile.SetSettings("{\"assume_role\":{\"role_arn\":\"r\"}}");
    const Value config = Config(profile, Credential("i", "k", "t"));
    CHECK(!config.Find("per_call")->flag && config.Find("secret_id")->text == "i" && config.Find("token")->text == "t");
    profile.SetSettings("{\"cvm_role\":{}}");
    CHECK(Config(profile, Credential("", "")).Find("secret_id") == nullptr);
}

TEST(a_proxy_may_have_any_character_in_its_password)
{
    const auto url = [](const NetworkProxy &proxy) { return Config(ClientProfile(), Credential("i", "k"), proxy).Find("proxy")->text; };
    CHECK_EQUAL(url(NetworkProxy(NetworkProxy::HTTP, "h", 81, "u@", "p:/ %中")), "http://u%40:p%3A%2F%20%25%E4%B8%AD@h:81");
    CHECK_EQUAL(url(NetworkProxy(NetworkProxy::SOCKS5, "::1", 1080)), "socks5://[::1]:1080");
    CHECK_EQUAL(url(NetworkProxy(NetworkProxy::HTTP, "h")), "http://h");
}

TEST(headers_replace_each_other_whatever_their_letters)
{
    std::map<std::string, std::string> headers;
    headers["X-Own"] = "1";
    headers["x-tc-language"] = "en-US";
    headers["X-TC-TRACEID"] = "t";
    std::map<std::string, std::string> over;
    over["x-own"] = "2";
    tcsms::MergeHeaders(headers, over);
    std::string meta;
    {
        tcsms::json::ObjectWriter writer(meta);
        tcsms::WriteHeaders(writer, headers, false, true, false);
    }
    CHECK_EQUAL(meta, "{\"language\":\"en-US\",\"headers\":{\"x-own\":\"2\"}}");
}

TEST(parts_travel_as_base64)
{
    for (const auto &pair : std::vector<std::pair<std::string, std::string>>{{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {std::string("\0\xff\xfe", 3), "AP/+"}})
    {
        CallOptions options;
        options.AddPart("File", pair.first);
        std::string meta, fault;
        {
            tcsms::json::ObjectWriter writer(meta);
            CHECK(options.WriteTo(writer, fault));
        }
        CHECK_EQUAL(meta, "{\"parts\":{\"File\":{\"base64\":\"" + pair.second + "\"}}}");
    }
}

TEST(http_types_keep_what_they_are_given)
{
    HttpRequest request;
    request.SetHeader("Content-Type", "a");
    request.AddHeader("content-type", "b");
    CHECK_EQUAL(request.Headers().size(), 1u);
    CHECK_EQUAL(request.Header("CONTENT-TYPE"), "b");
    request.RemoveHeader("content-Type");
    CHECK_EQUAL(request.Header("Content-Type"), "");
    CHECK(!request.HasBody());
    request.SetBody(std::string("a\0b", 3));
    CHECK(request.BodySize() == 3 && std::string(request.Body(), 3) == std::string("a\0b", 3));
    Url url;
    url.SetHost("h");
    url.SetPath("p");
    url.m_query = "a=1";
    url.m_port = 8;
    CHECK_EQUAL(url.ToString(), "https://h:8/p?a=1");
}

TEST(outcomes_are_copied_and_moved)
{
    typedef Outcome<Core::Error, std::string> Ends;
    Ends nothing;
    CHECK(!nothing.IsSuccess());
    Ends a((std::string("x"))), b(a), c(std::move(a));
    CHECK(b.GetResult() == "x" && c.GetResult() == "x");
    b = Ends(Core::Error("code", "text"));
    CHECK(!b.IsSuccess() && b.GetError().GetErrorCode() == "code");
    b.GetError().SetRequestId("r").SetErrorMessage("m");
    CHECK_EQUAL(b.GetError().PrintAll(), "RequestId=r, ErrorCode=code, ErrorMessage=m");
}

TEST(the_executor_works_in_order_and_ends)
{
    Executor *executor = Executor::GetInstance();
    CHECK(executor->Start() && !executor->Start());
    std::vector<int> done;
    std::promise<void> last;
    for (int i = 0; i < 3; i++)
        executor->Submit(new Runnable([&done, i]() {
            done.push_back(i);
            throw std::runtime_error("dropped");
        }));
    executor->Submit(new Runnable([&last]() { last.set_value(); }));
    last.get_future().wait();
    executor->Shutdown();
    CHECK(done == (std::vector<int>{0, 1, 2}));
    CHECK(executor->Start());
    executor->Shutdown();
}

TEST(helpers)
{
    CHECK_EQUAL(Utils::HexEncode(std::string("\0\xaf", 2)), "00af");
    CHECK_EQUAL(Utils::int2str(INT64_MIN), "-9223372036854775808");
    const std::string uuid = Utils::GenerateUuid();
    CHECK(uuid.size() == 36 && uuid[14] == '4' && uuid != Utils::GenerateUuid());
    int64_t now = 0;
    std::string date;
    Utils::GetCurrentTimeAndUtcDate(now, date);
    CHECK(now > 1700000000 && date.size() == 10 && date[4] == '-');
    CHECK_EQUAL(AsyncCallerContext("u").GetUuid(), "u");
    CHECK(!AsyncCallerContext().GetUuid().empty());
}

int main(int count, char **arguments)
{
    corpus = count > 2 ? arguments[2] : "";
    return RunTests(count > 1 ? arguments[1] : "");
}
