package smstest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	old "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20190711"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

const one, other = "+8613711112222", "+8613711113333"

var ctx = context.Background()

// TestMain is the program of a test that starts a service and is killed, when it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("SMSTEST_STARTS") == "" {
		os.Exit(m.Run())
	}
	service, err := StartService(Options{})
	fmt.Println(strings.TrimPrefix(service.API, "http://"), err)
	select {}
}

// send gives what became of a message, or the code of the error.
func send(t *testing.T, account *Account, phone, sign, code string) *sms.SendStatus {
	t.Helper()
	request := sms.NewSendSmsRequest()
	request.PhoneNumberSet = common.StringPtrs([]string{phone})
	request.SmsSdkAppId = common.StringPtr(account.SdkAppID)
	request.SignName = common.StringPtr(sign)
	request.TemplateId = common.StringPtr("449739")
	request.TemplateParamSet = common.StringPtrs([]string{code})
	answer, err := account.Client().SendSms(request)
	if err != nil {
		var known *sdk.TencentCloudSDKError
		if !errors.As(err, &known) {
			t.Fatal(err)
		}
		return &sms.SendStatus{Code: &known.Code}
	}
	return answer.Response.SendStatusSet[0]
}

// expectSent sends a message that must get this code.
func expectSent(t *testing.T, account *Account, code string) string {
	t.Helper()
	status := send(t, account, one, "xxx", "2468")
	if *status.Code != code {
		t.Fatalf("%s in place of %s", *status.Code, code)
	}
	if status.SerialNo == nil {
		return ""
	}
	return *status.SerialNo
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expectError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("there should be an error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("%q is not in %q", part, err)
		}
	}
}

func TestTheProgramIsLookedForInThreePlaces(t *testing.T) {
	program, folder := os.Getenv("TCSMS_PROGRAM"), t.TempDir()
	if program == "" {
		t.Fatal("TCSMS_PROGRAM does not name the program tcsms; bindings/go/run-tests sets it")
	}
	t.Setenv("TCSMS_PROGRAM", "")
	t.Setenv("PATH", folder)
	_, err := StartService(Options{})
	expectError(t, err, "Options.Program", "TCSMS_PROGRAM", "PATH", "tcsms-service")
	must(t, os.Symlink(program, filepath.Join(folder, "tcsms")))
	service, err := StartService(Options{})
	must(t, err)
	service.Stop()
	t.Setenv("PATH", "")
	service, err = StartService(Options{Program: program})
	must(t, err)
	service.Stop()
}

func TestAStartThatFailsSaysWhy(t *testing.T) {
	_, err := StartService(Options{Program: "/nowhere/tcsms"})
	expectError(t, err, "cannot start the program /nowhere/tcsms", "no such file")
	_, err = StartService(Options{Config: "[limits]\nprofil = \"off\"\n"})
	expectError(t, err, "ended at its start: error: ", ".toml:2:1: unknown key `profil`")
	program := filepath.Join(t.TempDir(), "tcsms")
	must(t, os.WriteFile(program, []byte("#!/bin/sh\nexec cat\n"), 0o700))
	_, err = StartService(Options{Program: program, Timeout: 100 * time.Millisecond})
	expectError(t, err, "did not start within 100ms: it gave no reason")
}

func TestItsLogNeverBlocksIt(t *testing.T) {
	folder := t.TempDir()
	program, told := filepath.Join(folder, "tcsms"), filepath.Join(folder, "told")
	must(t, syscall.Mkfifo(told, 0o600))
	// A pipe that nobody reads holds 64 KiB.
	must(t, os.WriteFile(program, []byte(`#!/bin/sh
echo '{"api":"http://127.0.0.1:1","control":"http://127.0.0.1:1"}'
head -c 1000000 /dev/zero >&2
echo written >`+told+`
exec cat
`), 0o700))
	service, err := StartService(Options{Program: program})
	must(t, err)
	t.Cleanup(service.Stop)
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(limited, "cat", told).Output(); err != nil || string(out) != "written\n" {
		t.Fatalf("%s %v", out, err)
	}
}

func TestHTTPS(t *testing.T) {
	authority := filepath.Join(t.TempDir(), "ca.pem")
	service, err := StartService(Options{Arguments: []string{"--tls-self-signed", authority}, CAFile: "/nowhere/ca.pem"})
	expectError(t, err, "/nowhere/ca.pem")
	service, err = StartService(Options{Arguments: []string{"--tls-self-signed", authority}, CAFile: authority})
	must(t, err)
	t.Cleanup(service.Stop)
	if !strings.HasPrefix(service.API, "https://") {
		t.Fatal(service.API)
	}
	expectSent(t, service.Account(t, AccountOptions{}), "Ok")
}

func TestNoVariableOfTheEnvironmentLeadsElsewhere(t *testing.T) {
	t.Setenv("TCSMS_CONNECT_TO", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	expectSent(t, Start(t).Account(t, AccountOptions{}), "Ok")
}

func TestStopEndsItAndAgainDoesNothing(t *testing.T) {
	service, err := StartService(Options{})
	must(t, err)
	service.Stop()
	service.Stop()
	_, err = service.NewAccount(ctx, AccountOptions{})
	expectError(t, err, "no control API of tcsms answers at "+service.Control, "connection refused")
}

func TestATestThatIsKilledLeavesNoService(t *testing.T) {
	tests := exec.Command(os.Args[0])
	tests.Env = append(os.Environ(), "SMSTEST_STARTS=1")
	out, err := tests.StdoutPipe()
	must(t, err)
	must(t, tests.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	address, _, _ := strings.Cut(line, " ")
	connection, err := net.Dial("tcp", address)
	must(t, err)
	defer connection.Close()
	must(t, tests.Process.Kill())
	_ = tests.Wait()
	// It ends when the service does.
	must(t, connection.SetReadDeadline(time.Now().Add(20*time.Second)))
	if _, err := io.ReadAll(connection); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the service goes on")
	}
	if again, err := net.Dial("tcp", address); err == nil {
		again.Close()
		t.Fatal("the service goes on")
	}
}

func TestAServiceThatRunsAlready(t *testing.T) {
	token := "a-token-for-this-test-0123456789"
	t.Setenv("TCSMS_CONTROL_TOKEN", token)
	running, err := StartService(Options{Arguments: []string{"--control-listen", "127.0.0.1:0"}})
	must(t, err)
	defer running.Stop()
	t.Run("given by the environment", func(t *testing.T) {
		t.Setenv("TCSMS_SERVICE", running.Control+"/")
		t.Setenv("TCSMS_CONNECT_TO", running.API)
		service := Start(t)
		if service.API != running.API || service.Control != running.Control {
			t.Fatal(service)
		}
		expectSent(t, service.Account(t, AccountOptions{}), "Ok")
	})
	// It goes on.
	service, err := Connect(running.Control, ConnectOptions{Token: "wrong", API: running.API})
	must(t, err)
	_, err = service.NewAccount(ctx, AccountOptions{})
	var refused *ServiceError
	if !errors.As(err, &refused) || refused.Status != 401 || refused.Code == "" || refused.Message == "" {
		t.Fatal(err)
	}
}

func TestAccounts(t *testing.T) {
	service := Start(t)

	t.Run("share nothing", func(t *testing.T) {
		account, another := service.Account(t, AccountOptions{}), service.Account(t, AccountOptions{})
		must(t, another.SetFaults(ctx, FaultError("InternalError.Timeout")))
		must(t, another.MoveClock(ctx, 48*time.Hour))
		serial := expectSent(t, account, "Ok")
		messages, err := another.Messages(ctx, Conditions{})
		if err != nil || len(messages) != 0 {
			t.Fatal(messages, err)
		}
		messages, err = account.Messages(ctx, Conditions{})
		if err != nil || len(messages) != 1 || messages[0].Serial != serial {
			t.Fatal(messages, err)
		}
		clock, err := account.Clock(ctx)
		if err != nil || clock.Offset != "0s" {
			t.Fatal(clock, err)
		}
		must(t, another.Close(ctx))
		must(t, another.Close(ctx))
		expectSent(t, another, "AuthFailure.SecretIdNotFound")
	})

	t.Run("have the message with its code", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		sent := send(t, account, one, "腾讯云", "024680")
		message, err := account.WaitForMessage(ctx, Conditions{Phone: one, Status: "delivered"})
		must(t, err)
		expected := Message{
			Serial: *sent.SerialNo, Account: account.ID, App: account.SdkAppID, Phone: one, Text: "【腾讯云】您的验证码是024680",
			Params: []string{"024680"}, Code: "024680", Template: "449739", Sign: "腾讯云", Status: "delivered",
			Report: "DELIVRD", Segments: 1, Fee: 1, At: message.At, Row: message.Row,
		}
		if !reflect.DeepEqual(*message, expected) {
			t.Fatalf("%+v", message)
		}
		calls, err := account.Requests(ctx, "SendSms", "Ok")
		if err != nil || len(calls) != 1 {
			t.Fatal(calls, err)
		}
		message, err = account.Message(ctx, *sent.SerialNo)
		must(t, err)
		expected.Faults, expected.RequestID = []string{}, calls[0].ID
		if !reflect.DeepEqual(*message, expected) {
			t.Fatalf("%+v", message)
		}
		must(t, account.Clear(ctx))
		messages, err := account.Messages(ctx, Conditions{})
		if err != nil || len(messages) != 0 {
			t.Fatal(messages, err)
		}
	})

	t.Run("wait for messages of later", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		waited := make(chan []Message, 1)
		go func() {
			messages, err := account.WaitForMessages(ctx, 2, Conditions{Phone: one})
			if err != nil {
				t.Error(err)
			}
			waited <- messages
		}()
		for _, phone := range []string{one, other, one} {
			send(t, account, phone, "xxx", "1")
		}
		if messages := <-waited; len(messages) != 2 || messages[0].Phone != one || messages[1].Phone != one {
			t.Fatal(messages)
		}
	})

	t.Run("end a wait with its context", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := account.WaitForMessage(ended, Conditions{}); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})

	t.Run("say what was near when a wait is not met", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		send(t, account, other, "xxx", "1357")
		_, err := account.WaitForMessage(ctx, Conditions{Phone: one, Q: "1357", Timeout: time.Millisecond})
		expected := fmt.Sprintf("no message with phone %s, q 1357 within 1ms\n  near: to %s, %q: phone is %s, wanted %s",
			one, other, "【xxx】您的验证码是1357", other, one)
		if err == nil || err.Error() != expected {
			t.Fatal(err)
		}
		_, err = account.WaitForMessages(ctx, 2, Conditions{Timeout: time.Millisecond})
		expectError(t, err, "1 of 2 messages with any content within 1ms")
	})

	t.Run("tell a refusal with its status, code and message", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		_, err := account.Messages(ctx, Conditions{Status: "lost"})
		var refused *ServiceError
		if !errors.As(err, &refused) || refused.Status != 400 || refused.Code != "BadRequest" {
			t.Fatal(err)
		}
		expectError(t, err, "status=lost")
	})

	t.Run("are struck by faults", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		must(t, account.SetFaults(ctx,
			FaultError("InternalError.Timeout").On("SendSms").Phone("*2222").Times(1),
			FaultError("InternalError.OtherError").Nth(2),
			FaultReset(true).On("PullSmsSendStatus"),
			FaultLatency(time.Millisecond)))
		for _, code := range []string{"InternalError.Timeout", "Ok", "InternalError.OtherError", "Ok"} {
			expectSent(t, account, code)
		}
		calls, err := account.Requests(ctx, "SendSms", "InternalError.Timeout")
		if err != nil || len(calls) != 1 || !reflect.DeepEqual(calls[0].Faults, []string{"1"}) {
			t.Fatal(calls, err)
		}
		faults, err := account.Faults(ctx)
		if err != nil || len(faults) != 4 || faults[0]["times"] != 1.0 {
			t.Fatal(faults, err)
		}
		must(t, account.ClearFaults(ctx))
		if faults, err = account.Faults(ctx); err != nil || len(faults) != 0 {
			t.Fatal(faults, err)
		}
	})

	t.Run("have a next day", func(t *testing.T) {
		account := service.Account(t, AccountOptions{Limits: "default"})
		beijing := time.FixedZone("Beijing", 8*3600)
		year, month, day := time.Now().In(beijing).Date()
		noon := time.Date(year, month, day, 12, 0, 0, 0, beijing)
		for minute := range [10]struct{}{} {
			must(t, account.SetClock(ctx, noon.Add(time.Duration(minute)*time.Minute)))
			expectSent(t, account, "Ok")
		}
		must(t, account.SetClock(ctx, noon.Add(time.Hour)))
		if clock, err := account.Clock(ctx); err != nil || clock.Now != noon.Add(time.Hour).Unix() || !clock.Frozen {
			t.Fatal(clock, err)
		}
		expectSent(t, account, "LimitExceeded.PhoneNumberDailyLimit")
		must(t, account.MoveClock(ctx, 24*time.Hour))
		expectSent(t, account, "Ok")
		must(t, account.ResetClock(ctx))
		if clock, err := account.Clock(ctx); err != nil || clock.Offset != "0s" {
			t.Fatal(clock, err)
		}
	})

	t.Run("get replies and reports", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		serial := expectSent(t, account, "Ok")
		must(t, account.Reply(ctx, one, "thanks"))
		request := sms.NewPullSmsReplyStatusRequest()
		request.SmsSdkAppId, request.Limit = &account.SdkAppID, common.Uint64Ptr(10)
		pulled, err := account.Client().PullSmsReplyStatus(request)
		must(t, err)
		if replies := pulled.Response.PullSmsReplyStatusSet; len(replies) != 1 || *replies[0].ReplyContent != "thanks" {
			t.Fatal(pulled.ToJsonString())
		}
		must(t, account.Report(ctx, serial, "failed", "MX:0003"))
		message, err := account.WaitForMessage(ctx, Conditions{Status: "failed"})
		if err != nil || message.Report != "MX:0003" {
			t.Fatal(message, err)
		}
	})

	t.Run("get reviews", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		must(t, account.ReviewTemplate(ctx, 449739, "rejected", "no such words"))
		templates := sms.NewDescribeSmsTemplateListRequest()
		templates.International, templates.TemplateIdSet = common.Uint64Ptr(0), common.Uint64Ptrs([]uint64{449739})
		told, err := account.Client().DescribeSmsTemplateList(templates)
		if err != nil || *told.Response.DescribeTemplateStatusSet[0].ReviewReply != "no such words" {
			t.Fatal(told.ToJsonString(), err)
		}
		must(t, account.ReviewSign(ctx, 1, "rejected", "no such name"))
		signs := sms.NewDescribeSmsSignListRequest()
		signs.International, signs.SignIdSet = common.Uint64Ptr(0), common.Uint64Ptrs([]uint64{1})
		shown, err := account.Client().DescribeSmsSignList(signs)
		if err != nil || *shown.Response.DescribeSignListStatusSet[0].ReviewReply != "no such name" {
			t.Fatal(shown.ToJsonString(), err)
		}
	})

	t.Run("explain a failed signature", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		account.SecretKey = "not the key"
		expectSent(t, account, "AuthFailure.SignatureFailure")
		calls, err := account.Requests(ctx, "", "AuthFailure.SignatureFailure")
		if err != nil || len(calls) != 1 || calls[0].Explanation == "" {
			t.Fatal(calls, err)
		}
	})

	t.Run("have clients of 2019 too", func(t *testing.T) {
		account := service.Account(t, AccountOptions{})
		client, err := old.NewClient(account.Credential(), "ap-guangzhou", account.Profile())
		must(t, err)
		request := old.NewSendSmsRequest()
		request.PhoneNumberSet = common.StringPtrs([]string{one})
		request.TemplateID, request.Sign = common.StringPtr("449739"), common.StringPtr("xxx")
		request.SmsSdkAppid, request.TemplateParamSet = &account.SdkAppID, common.StringPtrs([]string{"1"})
		answer, err := client.SendSms(request)
		if err != nil || *answer.Response.SendStatusSet[0].Code != "Ok" {
			t.Fatal(answer.ToJsonString(), err)
		}
	})
}
