// How a program that sends login codes is tested: no phone, no network, and the clock is yours. Run it with go test.
package examples

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/smstest"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

// ---------------------------------------------------------------- the program

// sendLoginCode sends a new code to a phone and returns it. When the person gets none, the error says why.
func sendLoginCode(client *sms.Client, sdkAppID, phone string) (string, error) {
	number, err := rand.Int(rand.Reader, big.NewInt(1000000))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("%06d", number)
	request := sms.NewSendSmsRequest()
	request.SmsSdkAppId = common.StringPtr(sdkAppID)
	request.SignName = common.StringPtr("腾讯云")
	request.TemplateId = common.StringPtr("449739")
	request.TemplateParamSet = common.StringPtrs([]string{code})
	request.PhoneNumberSet = common.StringPtrs([]string{phone})
	answer, err := client.SendSms(request)
	if err != nil {
		var known *sdk.TencentCloudSDKError
		if errors.As(err, &known) && known.GetDetails().Delivery == "maybe_sent" {
			// It may be on its way. The person asks for another when it does not come.
			return code, nil
		}
		return "", err
	}
	if status := answer.Response.SendStatusSet[0]; *status.Code != "Ok" {
		return "", fmt.Errorf("no code was sent: %s", *status.Code)
	}
	return code, nil
}

// ---------------------------------------------------------------- its tests

func TestLogin(t *testing.T) {
	const phone = "+8613711112222"
	ctx := context.Background()
	service := smstest.Start(t)

	t.Run("the code arrives", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{})
		code, err := sendLoginCode(account.Client(), account.SdkAppID, phone)
		must(t, err)
		message, err := account.WaitForMessage(ctx, smstest.Conditions{Phone: phone})
		must(t, err)
		if message.Code != code {
			t.Fatal(message.Text)
		}
	})

	t.Run("a number that is refused", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{})
		_, err := sendLoginCode(account.Client(), account.SdkAppID, "+86123")
		mustFail(t, err, "InvalidParameterValue.IncorrectPhoneNumber")
	})

	t.Run("a rate limit is waited for", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{})
		must(t, account.SetFaults(ctx, smstest.FaultError("RequestLimitExceeded").Times(1)))
		_, err := sendLoginCode(account.Client(), account.SdkAppID, phone)
		must(t, err)
		calls, err := account.Requests(ctx, "SendSms", "")
		must(t, err)
		if len(calls) != 2 || calls[0].Code != "RequestLimitExceeded" || calls[1].Code != "Ok" {
			t.Fatal(calls)
		}
	})

	t.Run("an error of the service", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{})
		must(t, account.SetFaults(ctx, smstest.FaultError("InternalError.Timeout")))
		_, err := sendLoginCode(account.Client(), account.SdkAppID, phone)
		mustFail(t, err, "InternalError.Timeout")
	})

	t.Run("an answer that is lost", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{})
		must(t, account.SetFaults(ctx, smstest.FaultReset(true).On("SendSms")))
		code, err := sendLoginCode(account.Client(), account.SdkAppID, phone)
		must(t, err)
		messages, err := account.Messages(ctx, smstest.Conditions{})
		must(t, err)
		// One message, and not a second one: the SDK never sends again what may have been sent.
		if len(messages) != 1 || messages[0].Code != code {
			t.Fatal(messages)
		}
	})

	t.Run("ten codes a day, and more on the next", func(t *testing.T) {
		account := service.Account(t, smstest.AccountOptions{Limits: "default"})
		client := account.Client()
		noon := time.Date(2030, 1, 1, 12, 0, 0, 0, time.FixedZone("Beijing", 8*3600))
		for minute := 0; minute < 10; minute++ {
			must(t, account.SetClock(ctx, noon.Add(time.Duration(minute)*time.Minute)))
			_, err := sendLoginCode(client, account.SdkAppID, phone)
			must(t, err)
		}
		must(t, account.SetClock(ctx, noon.Add(time.Hour)))
		_, err := sendLoginCode(client, account.SdkAppID, phone)
		mustFail(t, err, "LimitExceeded.PhoneNumberDailyLimit")
		must(t, account.SetClock(ctx, noon.Add(24*time.Hour)))
		_, err = sendLoginCode(client, account.SdkAppID, phone)
		must(t, err)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustFail(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Fatalf("%s should be told, and not %v", code, err)
	}
}
