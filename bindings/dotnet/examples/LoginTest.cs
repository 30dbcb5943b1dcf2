// How a program that sends login codes is tested: copy it, and put your own code in the place of Login. The methods are as xUnit, NUnit
// and MSTest have them; Main takes the place of such a framework here.

using System;
using System.Collections.Generic;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;
using TencentCloud.Testing;

/// <summary>The program under test.</summary>
public sealed class Login
{
    private readonly SmsClient client;
    private readonly string app;

    public Login(SmsClient client, string app)
    {
        this.client = client;
        this.app = app;
    }

    public string Code { get; private set; }

    /// <summary>Sends a new code, and says whether the number was sent to.</summary>
    public bool SendCode(string phone)
    {
        Code = new Random().Next(100000, 1000000).ToString();
        SendSmsResponse answer = client.SendSmsSync(new SendSmsRequest
        {
            SmsSdkAppId = app,
            SignName = "腾讯云",
            TemplateId = "449739",
            TemplateParamSet = new[] { Code },
            PhoneNumberSet = new[] { phone }
        });
        return answer.SendStatusSet[0].Code == "Ok";
    }
}

/// <summary>Each test has an account of its own, which is gone with the test.</summary>
public sealed class LoginTest : IDisposable
{
    private const string Phone = "+8613711112222";

    private readonly Account account = LocalService.Shared.Account();
    private readonly Login login;

    public LoginTest()
    {
        login = new Login(account.Client(), account.SdkAppId);
    }

    public void Dispose()
    {
        account.Dispose();
    }

    public void TheCodeArrives()
    {
        Check(login.SendCode(Phone));
        Check(account.WaitForMessage(Phone).Code == login.Code);
    }

    public void ANumberThatIsRefusedIsReported()
    {
        Check(!login.SendCode("+861371111"));
    }

    public void ABusyServiceIsAskedAgain()
    {
        account.SetFaults(Fault.Error("RequestLimitExceeded").On("SendSms").Times(1));
        Check(login.SendCode(Phone));
        Check(account.Requests("SendSms").Count == 2);
    }

    public void AServiceThatFailsIsAnError()
    {
        account.SetFaults(Fault.Error("InternalError.Timeout"));
        string code = null;
        try
        {
            login.SendCode(Phone);
        }
        catch (TencentCloudSDKException error)
        {
            code = error.ErrorCode;
        }
        Check(code == "InternalError.Timeout");
    }

    public void TheLimitOfADayEndsWithTheDay()
    {
        using (Account strict = LocalService.Shared.Account(new AccountOptions { Limits = "strict" }))
        {
            // Noon in Beijing, so that no midnight comes between. Strict means two messages to a number on a day.
            long noon = new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();
            Login limited = new Login(strict.Client(), strict.SdkAppId);
            for (int minute = 0; minute < 2; minute++)
            {
                strict.SetClock(noon + minute * 60);
                Check(limited.SendCode(Phone));
            }
            strict.SetClock(noon + 120);
            Check(!limited.SendCode(Phone));
            strict.SetClock(noon + 86400);
            Check(limited.SendCode(Phone));
        }
    }

    private static void Check(bool holds)
    {
        if (!holds)
            throw new Exception("a check fails");
    }

    private static int Main()
    {
        int failed = 0;
        foreach (Action<LoginTest> test in new List<Action<LoginTest>>
        {
            one => one.TheCodeArrives(), one => one.ANumberThatIsRefusedIsReported(), one => one.ABusyServiceIsAskedAgain(),
            one => one.AServiceThatFailsIsAnError(), one => one.TheLimitOfADayEndsWithTheDay()
        })
        {
            try
            {
                using (LoginTest one = new LoginTest())
                    test(one);
            }
            catch (Exception error)
            {
                failed++;
                Console.WriteLine(error);
            }
        }
        Console.WriteLine(5 - failed + " passed, " + failed + " failed");
        return failed;
    }
}
