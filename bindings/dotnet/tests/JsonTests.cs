// JSON: what is read, what is written, and what is refused.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111.Models;

internal static class JsonTests
{
    private sealed class Own : AbstractModel
    {
        public int Number { get; set; }
        public string[] Names { get; set; }
        public List<Own> Inner { get; set; }
        public Dictionary<string, bool> Flags { get; set; }
        public decimal? Price = null;

        public override void ToMap(Dictionary<string, string> map, string prefix)
        {
        }
    }

    /// <summary>Each text of the corpus is read, or refused, as serde_json does, which a test in Rust holds it against.</summary>
    public static void TheCorpusIsReadAsSerdeJsonReadsIt()
    {
        string file = Environment.GetEnvironmentVariable("TCSMS_TEST_CORPUS");
        int count = 0;
        foreach (string line in File.ReadAllLines(file, Encoding.UTF8))
        {
            Dictionary<string, string> known = AbstractModel.FromJsonString<Dictionary<string, string>>(line);
            string found;
            try
            {
                found = Plain(AbstractModel.FromJsonString<object>(new UTF8Encoding(false, true).GetString(Bytes(known["hex"]))));
            }
            catch (DecoderFallbackException)
            {
                found = null;
            }
            catch (FormatException)
            {
                found = null;
            }
            if (found != known["value"])
                throw new Exception(known["why"] + ", " + known["hex"] + ": expected " + (known["value"] ?? "no JSON") + ", found " + (found ?? "no JSON"));
            count++;
        }
        Expect.That(count > 100, "the corpus is there");
    }

    /// <summary>A value in the form of the corpus, which is described in the test in Rust.</summary>
    private static string Plain(object value)
    {
        if (value == null)
            return "null";
        if (value is bool)
            return (bool)value ? "true" : "false";
        if (value is double || value is decimal)
            return "f" + BitConverter.DoubleToInt64Bits(Convert.ToDouble(value)).ToString("x16");
        string text = value as string;
        if (text != null)
            return "\"" + Hex(text);
        StringBuilder plain = new StringBuilder();
        List<object> elements = value as List<object>;
        if (elements != null)
        {
            foreach (object element in elements)
                plain.Append(Plain(element)).Append(' ');
            return "[" + plain + "]";
        }
        Dictionary<string, object> members = value as Dictionary<string, object>;
        if (members == null)
            return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        List<string> names = new List<string>(members.Keys);
        names.Sort((one, other) => string.CompareOrdinal(Hex(one), Hex(other)));
        foreach (string name in names)
            plain.Append('"').Append(Hex(name)).Append(':').Append(Plain(members[name])).Append(' ');
        return "{" + plain + "}";
    }

    private static string Hex(string text)
    {
        return BitConverter.ToString(Encoding.UTF8.GetBytes(text)).Replace("-", "").ToLowerInvariant();
    }

    private static byte[] Bytes(string hex)
    {
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        return bytes;
    }

    public static void AModelIsWrittenInOrderWithNulls()
    {
        PullSmsSendStatusRequest request = new PullSmsSendStatusRequest { SmsSdkAppId = "1", Limit = 5L };
        Expect.Equal("{\"Limit\":5,\"SmsSdkAppId\":\"1\"}", AbstractModel.ToJsonString(request));
        Expect.Equal("{\"AddTemplateStatus\":null,\"RequestId\":null}", AbstractModel.ToJsonString(new AddSmsTemplateResponse()));
    }

    public static void WhatIsNotSetIsNotSent()
    {
        Expect.Equal("{\"SmsSdkAppId\":\"1\"}", new CommonRequest((object)new PullSmsSendStatusRequest { SmsSdkAppId = "1" }).Serialize());
    }

    public static void TextsAreEscapedAsInAllLanguages()
    {
        SendSmsRequest request = new SendSmsRequest { SessionContext = "\"\\/\b\f\n\r\t\u0001 中😀\u2028" };
        string json = new CommonRequest((object)request).Serialize();
        Expect.Equal("{\"SessionContext\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001 中😀\u2028\"}", json);
        Expect.Equal(request.SessionContext, AbstractModel.FromJsonString<SendSmsRequest>(json).SessionContext);
    }

    public static void AModelReadsWhatItWrites()
    {
        SendSmsResponse answer = AbstractModel.FromJsonString<SendSmsResponse>(
            "{\"SendStatusSet\":[{\"Fee\":18446744073709551615,\"Code\":\"Ok\",\"New\":{\"a\":[1]}},null],\"RequestId\":\"r\"}");
        Expect.Equal(18446744073709551615UL, answer.SendStatusSet[0].Fee);
        Expect.Equal(null, answer.SendStatusSet[1]);
        Expect.Equal("r", answer.RequestId);
        string json = AbstractModel.ToJsonString(answer);
        Expect.Equal(json, AbstractModel.ToJsonString(AbstractModel.FromJsonString<SendSmsResponse>(json)));
    }

    public static void AWrongTypeIsRefusedWithItsPlace()
    {
        FormatException fault = Expect.Throws<FormatException>(() => AbstractModel.FromJsonString<SendSmsResponse>("{\"RequestId\":5}"));
        Expect.Contains("a text is wanted at character 14", fault.Message);
        Expect.Throws<FormatException>(() => AbstractModel.FromJsonString<PullSmsSendStatusRequest>("{\"Limit\":-1}"));
        Expect.Throws<FormatException>(() => AbstractModel.FromJsonString<PullSmsSendStatusRequest>("{\"Limit\":1.5}"));
        Expect.Throws<ArgumentNullException>(() => AbstractModel.FromJsonString<SendSmsResponse>(null));
    }

    public static void ClassesOfTheProgramAreReadAndWritten()
    {
        Own own = AbstractModel.FromJsonString<Own>("{\"number\":7,\"Names\":[\"a\"],\"Inner\":[{\"Number\":8}],\"Flags\":{\"x\":true},\"Price\":1.50}");
        Expect.Equal(7, own.Number);
        Expect.Equal("a", own.Names[0]);
        Expect.Equal(8, own.Inner[0].Number);
        Expect.Equal(true, own.Flags["x"]);
        Expect.Equal(1.50m, own.Price);
        Expect.Equal("{\"Number\":7,\"Names\":[\"a\"],\"Inner\":[{\"Number\":8,\"Names\":null,\"Inner\":null,\"Flags\":null,\"Price\":null}],\"Flags\":{\"x\":true},\"Price\":1.50}", AbstractModel.ToJsonString(own));
        JsonResponseModel<JsonResponseErrModel> refusal = AbstractModel.FromJsonString<JsonResponseModel<JsonResponseErrModel>>(
            "{\"Response\":{\"Error\":{\"Code\":\"C\",\"Message\":\"M\"},\"RequestId\":\"r\"}}");
        Expect.Equal("C", refusal.Response.Error.Code);
        Expect.Throws<FormatException>(() => AbstractModel.FromJsonString<Own>("{\"Number\":99999999999}"));
    }

    public static void AnObjectBecomesARequest()
    {
        CommonRequest request = new CommonRequest(new { Limit = 5, Names = new[] { "a", "b" }, At = new { X = 1.5 } });
        Expect.Equal("{\"Limit\":5,\"Names\":[\"a\",\"b\"],\"At\":{\"X\":1.5}}", request.Serialize());
        Dictionary<string, string> map = new Dictionary<string, string>();
        request.ToMap(map, "p.");
        Expect.Equal("b", map["p.Names.1"]);
        Expect.Equal("1.5", map["p.At.X"]);
    }

    public static void AModelBecomesParametersByName()
    {
        Dictionary<string, string> map = new Dictionary<string, string>();
        Make.Send().ToMap(map, "");
        Expect.Equal("+8613711112222", map["PhoneNumberSet.0"]);
        Expect.Equal(5, map.Count);
    }

    public static void AnObjectThatHoldsItselfIsRefused()
    {
        List<object> loop = new List<object>();
        loop.Add(loop);
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => Common().Call(new CommonRequest((object)loop), "SendSms"));
        Expect.Equal("invalid_request", error.Kind);
    }

    private static CommonClient Common()
    {
        return new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile("http://127.0.0.1:1"));
    }
}
