// Calls on a network that fails, takes its time, or is the program's own.
package tests

import (
	"context"
	"crypto/tls"
	stderrors "errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"
)

const accepted = `{"Response":{"SendStatusSet":[{"SerialNo":"1:2","PhoneNumber":"+8613711112222","Fee":1,"SessionContext":"","Code":"Ok","Message":"","IsoCode":"CN"}],"RequestId":"r"}}`

func answer(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

// server answers every request; before, if it is given, is called first.
func server(t testing.TB, before func(*http.Request)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if before != nil {
			before(r)
		}
		answer(w, accepted)
	}))
	t.Cleanup(s.Close)
	return s
}

func at(s *httptest.Server) string {
	return s.Listener.Addr().String()
}

func TestTheEndOfAContextEndsTheCall(t *testing.T) {
	arrived := make(chan struct{}, 1)
	held := make(chan struct{})
	s := server(t, func(r *http.Request) {
		arrived <- struct{}{}
		<-held
	})
	defer close(held)
	client := newClient(t, plain(at(s)))

	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := client.SendSmsWithContext(ctx, message("+8613711112222"))
	known := failed(t, err)
	if !stderrors.Is(err, context.Canceled) || known.GetKind() != "cancelled" || known.GetDelivery() != "maybe_sent" ||
		known.GetCode() != "ClientError.NetworkError" {
		t.Fatalf("%v %+v", err, known.GetDetails())
	}

	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	_, err = client.SendSmsWithContext(ctx, message("+8613711112222"))
	known = failed(t, err)
	if !stderrors.Is(err, context.DeadlineExceeded) || known.GetKind() != "timeout" || known.GetDelivery() != "maybe_sent" {
		t.Fatalf("%v %+v", err, known.GetDetails())
	}
	if took := time.Since(started); took < 40*time.Millisecond || took > 5*time.Second {
		t.Fatal(took)
	}

	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	_, err = client.SendSmsWithContext(ctx, message("+8613711112222"))
	if known := failed(t, err); !stderrors.Is(err, context.Canceled) {
		t.Fatalf("%v %+v", err, known.GetDetails())
	}
}

func TestTheTimeLimitOfTheProfileIsInSeconds(t *testing.T) {
	held := make(chan struct{})
	s := server(t, func(*http.Request) { <-held })
	defer close(held)
	p := plain(at(s))
	p.HttpProfile.ReqTimeout = 1
	started := time.Now()
	_, err := newClient(t, p).SendSms(message("+8613711112222"))
	if known := failed(t, err); known.GetKind() != "timeout" || known.GetAttempts() != 1 {
		t.Fatalf("%v %+v", err, known.GetDetails())
	}
	if took := time.Since(started); took < 900*time.Millisecond || took > 10*time.Second {
		t.Fatal(took)
	}
}

// threads gives how many threads this process has.
func threads(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(entries)
}

func TestTenThousandGoroutinesNeedNotTenThousandThreads(t *testing.T) {
	const callers = 10000
	var waiting int32
	release := make(chan struct{})
	s := server(t, func(*http.Request) {
		if atomic.AddInt32(&waiting, 1) == 300 {
			close(release)
		}
		<-release
	})
	p := plain(at(s))
	p.Settings = map[string]interface{}{"max_connections": 400}
	client := newClient(t, p)
	before := threads(t)
	var all sync.WaitGroup
	var wrong atomic.Value
	for caller := 0; caller < callers; caller++ {
		all.Add(1)
		go func() {
			defer all.Done()
			if _, err := client.SendSms(message("+8613711112222")); err != nil {
				wrong.Store(err)
			}
		}()
	}
	<-release
	most := threads(t)
	all.Wait()
	if err := wrong.Load(); err != nil {
		t.Fatal(err)
	}
	if most-before > 350 {
		t.Fatalf("%d threads for %d calls", most-before, callers)
	}
}

func TestClientsOfTheSameSettingsShareConnections(t *testing.T) {
	var connections int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, accepted) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			atomic.AddInt32(&connections, 1)
		}
	}
	s.Start()
	defer s.Close()
	for call := 0; call < 20; call++ {
		if _, err := newClient(t, plain(at(s))).SendSms(message("+8613711112222")); err != nil {
			t.Fatal(err)
		}
	}
	if connections != 1 {
		t.Fatal(connections)
	}
}

// secure is a server with a certificate that nobody vouches for.
func secure(t *testing.T, heard *http.Header) *httptest.Server {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*heard = r.Header.Clone()
		heard.Set("Host", r.Host)
		answer(w, accepted)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestATransportOfTheProgramCarriesRequests(t *testing.T) {
	var heard http.Header
	s := secure(t, &heard)
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint = at(s)
	client := newClient(t, p)
	if _, err := client.SendSms(message("+8613711112222")); failed(t, err).GetKind() != "tls" {
		t.Fatal(err)
	}
	client.WithHttpTransport(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}})
	answer, err := client.SendSms(message("+8613711112222"))
	if err != nil || *answer.Response.SendStatusSet[0].Code != "Ok" {
		t.Fatal(err)
	}
	if !strings.HasPrefix(heard.Get("Authorization"), "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/") || heard.Get("Host") != at(s) ||
		heard.Get("X-Tc-Requestclient") != "SDK_TCSMS_GO_0.1.0" || heard.Get("X-Tc-Language") != "zh-CN" {
		t.Fatal(heard)
	}
	p.Settings = map[string]interface{}{"ca_file": "/nowhere"}
	if _, err := client.SendSms(message("+8613711112222")); failed(t, err).GetKind() != "config" || !strings.Contains(err.Error(), "ca_file") {
		t.Fatal(err)
	}
}

func TestTheDefaultClientOfTheProgramCarriesRequests(t *testing.T) {
	var heard http.Header
	s := secure(t, &heard)
	common.DefaultHttpClient = s.Client()
	defer func() { common.DefaultHttpClient = nil }()
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint = at(s)
	client := newClient(t, p)
	common.DefaultHttpClient = nil
	if _, err := client.SendSms(message("+8613711112222")); err != nil {
		t.Fatal(err)
	}
	if timeout := s.Client().Timeout; timeout != 0 || s.Client().CheckRedirect != nil {
		t.Fatal("the program's client was changed")
	}
}

// broken is a transport that fails.
type broken struct {
	calls int32
	err   error
}

func (b *broken) RoundTrip(*http.Request) (*http.Response, error) {
	atomic.AddInt32(&b.calls, 1)
	return nil, b.err
}

func TestWhatATransportOfTheProgramMayHaveSentIsNotSentAgain(t *testing.T) {
	for _, fault := range []struct {
		transport http.RoundTripper
		kind      string
		delivery  string
		attempts  int
	}{
		{&broken{err: stderrors.New("something")}, "network", "maybe_sent", 1},
		{&broken{err: &net.OpError{Op: "dial", Err: stderrors.New("refused")}}, "connect", "not_sent", 3},
		{&broken{err: &net.DNSError{Err: "no such host"}}, "resolve", "not_sent", 3},
	} {
		client := newClient(t, profile.NewClientProfile())
		client.WithHttpTransport(fault.transport)
		_, err := client.SendSms(message("+8613711112222"))
		known := failed(t, err)
		if known.GetKind() != fault.kind || known.GetDelivery() != fault.delivery || known.GetAttempts() != fault.attempts ||
			int(fault.transport.(*broken).calls) != fault.attempts {
			t.Errorf("%v: %s %+v", fault.transport.(*broken).err, err, known.GetDetails())
		}
	}
	// A connection that breaks after the request: it may have arrived.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var connections int32
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			atomic.AddInt32(&connections, 1)
			_, _ = connection.Read(make([]byte, 65536))
			connection.Close()
		}
	}()
	client := newClient(t, plain(listener.Addr().String()))
	client.WithHttpTransport(&http.Transport{})
	_, err = client.SendSms(message("+8613711112222"))
	if known := failed(t, err); known.GetDelivery() != "maybe_sent" || known.GetAttempts() != 1 || atomic.LoadInt32(&connections) != 1 {
		t.Fatalf("%s %+v", err, known.GetDetails())
	}
}

func TestACancelledCallThroughATransportOfTheProgramSaysSo(t *testing.T) {
	arrived := make(chan struct{}, 1)
	held := make(chan struct{})
	s := server(t, func(r *http.Request) {
		arrived <- struct{}{}
		<-held
	})
	defer close(held)
	client := newClient(t, plain(at(s)))
	client.WithHttpTransport(&http.Transport{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := client.SendSmsWithContext(ctx, message("+8613711112222"))
	if known := failed(t, err); !stderrors.Is(err, context.Canceled) || known.GetDelivery() != "maybe_sent" {
		t.Fatalf("%s %+v", err, known.GetDetails())
	}
}

func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	var asked int32
	s := server(t, func(r *http.Request) { atomic.AddInt32(&asked, 1) })
	for _, transport := range []http.RoundTripper{nil, &http.Transport{}} {
		client := newClient(t, plain(at(s)))
		if transport != nil {
			client.WithHttpTransport(transport)
		}
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		late, cancel := context.WithTimeout(context.Background(), -1)
		defer cancel()
		for _, ctx := range []context.Context{ended, late} {
			for call := 0; call < 50; call++ {
				_, err := client.SendSmsWithContext(ctx, message("+8613711112222"))
				if known := failed(t, err); !stderrors.Is(err, ctx.Err()) || known.GetDelivery() != "not_sent" {
					t.Fatalf("%s %+v", err, known.GetDetails())
				}
			}
		}
	}
	if atomic.LoadInt32(&asked) != 0 {
		t.Fatalf("%d requests were sent", asked)
	}
}

// own is a credential that the program brings itself.
type own struct {
	asked int32
}

func (o *own) GetSecretId() string  { return secretID }
func (o *own) GetSecretKey() string { return secretKey }
func (o *own) GetToken() string     { return "" }
func (o *own) GetCredential() (string, string, string) {
	return fmt.Sprintf("AKID%d", atomic.AddInt32(&o.asked, 1)), secretKey, "token"
}

func TestACredentialOfTheProgramIsAskedBeforeEachCall(t *testing.T) {
	var ids []string
	s := server(t, func(r *http.Request) {
		id, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "TC3-HMAC-SHA256 Credential="), "/")
		ids = append(ids, id+" "+r.Header.Get("X-TC-Token"))
	})
	client, _ := sms.NewClient(&own{}, "ap-guangzhou", plain(at(s)))
	for call := 0; call < 2; call++ {
		if _, err := client.SendSms(message("+8613711112222")); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(ids, ",") != "AKID1 token,AKID2 token" {
		t.Fatal(ids)
	}
}

func TestTheRoleOfACloudServerIsFetchedOnceByTheCore(t *testing.T) {
	var fetched int32
	metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		atomic.AddInt32(&fetched, 1)
		answer(w, fmt.Sprintf(`{"Code":"Success","TmpSecretId":"AKIDrole","TmpSecretKey":"rolekey","Token":"roletoken","ExpiredTime":%d}`,
			time.Now().Add(time.Hour).Unix()))
	}))
	defer metadata.Close()
	t.Setenv("TCSMS_METADATA_CONNECT_TO", metadata.URL)
	t.Setenv("HOME", t.TempDir())
	os.Unsetenv("TENCENTCLOUD_SECRET_ID")

	credential, err := common.NewProviderChain([]common.Provider{
		common.DefaultEnvProvider(), common.DefaultProfileProvider(), common.NewCvmRoleProvider("worker"),
	}).GetCredential()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := credential.(*common.CvmRoleCredential); !ok {
		t.Fatalf("%T", credential)
	}
	id, key, token := credential.GetCredential()
	if id != "AKIDrole" || key != "rolekey" || token != "roletoken" || credential.GetSecretId() != id {
		t.Fatal(id, key, token)
	}
	if fetched != 1 {
		t.Fatal(fetched)
	}
	var heard string
	s := server(t, func(r *http.Request) { heard = r.Header.Get("Authorization") + r.Header.Get("X-TC-Token") })
	client, _ := sms.NewClient(credential, "ap-guangzhou", plain(at(s)))
	if _, err := client.SendSms(message("+8613711112222")); err != nil || !strings.Contains(heard, "AKIDrole/") || !strings.Contains(heard, "roletoken") {
		t.Fatal(err, heard)
	}
}

func TestAChainSaysWhereItLooked(t *testing.T) {
	t.Setenv("TCSMS_METADATA_CONNECT_TO", "http://127.0.0.1:1")
	t.Setenv("HOME", t.TempDir())
	_, err := common.NewClientWithProviders("ap-guangzhou")
	known := failed(t, err)
	if known.GetKind() != "credential" || known.GetCode() != "ClientError.CredentialError" {
		t.Fatal(err)
	}
	for _, place := range []string{"TENCENTCLOUD_SECRET_ID", "credentials", "role"} {
		if !strings.Contains(err.Error(), place) {
			t.Error(err)
		}
	}
	t.Setenv("TENCENTCLOUD_SECRET_ID", "id")
	t.Setenv("TENCENTCLOUD_SECRET_KEY", "key")
	client, err := common.NewClientWithProviders("ap-guangzhou")
	if err != nil || client.GetCredential().GetSecretKey() != "key" {
		t.Fatal(err)
	}
}

func TestACredentialsFileIsReadByTheCore(t *testing.T) {
	file := t.TempDir() + "/credentials"
	if err := os.WriteFile(file, []byte("[default]\nsecret_id = fileid\nsecret_key = filekey\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(common.EnvCredentialFile, file)
	credential, err := common.DefaultProfileProvider().GetCredential()
	if err != nil || credential.GetSecretId() != "fileid" || credential.GetSecretKey() != "filekey" {
		t.Fatal(err)
	}
}

// lines collects what a client writes.
type lines struct {
	sync.Mutex
	all []string
}

func (l *lines) Printf(format string, args ...interface{}) {
	l.Lock()
	defer l.Unlock()
	l.all = append(l.all, fmt.Sprintf(format, args...))
}

func TestALoggerHearsWhatHappensWithoutSecrets(t *testing.T) {
	s := server(t, nil)
	heard := &lines{}
	client := newClient(t, plain(at(s)))
	client.WithLogger(heard)
	client.WithDebug(true)
	if _, err := client.SendSms(message("+8613711112222")); err != nil {
		t.Fatal(err)
	}
	heard.Lock()
	text := strings.Join(heard.all, "\n")
	heard.Unlock()
	if !strings.Contains(text, "SendSms") || strings.Contains(text, secretKey) || strings.Contains(text, "13711112222") {
		t.Fatal(text)
	}
	client.WithRequestClient("a/b")
	heard.Lock()
	defer heard.Unlock()
	if last := heard.all[len(heard.all)-1]; !strings.Contains(last, "a/b") {
		t.Fatal(last)
	}
}

func TestOptionsOfOneCallGoOverTheClients(t *testing.T) {
	var heard http.Header
	s := server(t, func(r *http.Request) { heard = r.Header.Clone() })
	client := newClient(t, plain(at(s)))
	ctx := common.WithCallOptions(context.Background(), map[string]interface{}{"region": "ap-beijing", "trace_id": "t-1"})
	request := message("+8613711112222")
	request.SetHeader(map[string]string{"X-Team": "a"})
	if _, err := client.SendSmsWithContext(ctx, request); err != nil {
		t.Fatal(err)
	}
	if heard.Get("X-TC-Region") != "ap-beijing" || heard.Get("X-TC-TraceId") != "t-1" || heard.Get("X-Team") != "a" {
		t.Fatal(heard)
	}
}

func TestNumbersOfACallByNameKeepTheirDigits(t *testing.T) {
	var sent string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		answer(w, `{"Response":{"Id":9007199254740993,"RequestId":"r"}}`)
	}))
	defer s.Close()
	client := common.NewCommonClient(common.NewCredential(secretID, secretKey), "", plain(at(s)))
	request := tchttp.NewCommonRequest("cvm", "2017-03-12", "Anything")
	if err := request.SetActionParameters(`{"Id":9007199254740993}`); err != nil {
		t.Fatal(err)
	}
	response := tchttp.NewCommonResponse()
	if err := client.Send(request, response); err != nil {
		t.Fatal(err)
	}
	if string(response.GetBody()) != `{"Response":{"Id":9007199254740993,"RequestId":"r"}}` || sent != `{"Id":9007199254740993}` {
		t.Fatal(sent, string(response.GetBody()))
	}
	if err := request.SetActionParameters([]byte(`{"More":9007199254740995}`)); err != nil {
		t.Fatal(err)
	}
	if err := client.Send(request, response); err != nil || sent != `{"Id":9007199254740993,"More":9007199254740995}` {
		t.Fatal(sent, err)
	}
}

// TestMain is also the program of TestAProcessMayEndWhileCallsRun.
func TestMain(m *testing.M) {
	if address := os.Getenv("TCSMS_TEST_EXIT_AT"); address != "" {
		client, err := sms.NewClient(common.NewCredential(secretID, secretKey), "ap-guangzhou", plain(address))
		if err != nil {
			os.Exit(1)
		}
		for caller := 0; caller < 20; caller++ {
			ctx, cancel := context.Background(), func() {}
			if caller%2 == 0 {
				ctx, cancel = context.WithCancel(ctx)
			}
			defer cancel()
			go func() { _, _ = client.SendSmsWithContext(ctx, message("+8613711112222")) }()
		}
		// The server has all of them.
		_, _ = io.ReadAll(os.Stdin)
		os.Exit(7)
	}
	os.Exit(m.Run())
}

func TestAProcessMayEndWhileCallsRun(t *testing.T) {
	var arrived int32
	all := make(chan struct{})
	held := make(chan struct{})
	s := server(t, func(*http.Request) {
		if atomic.AddInt32(&arrived, 1) == 20 {
			close(all)
		}
		<-held
	})
	defer close(held)
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), "TCSMS_TEST_EXIT_AT="+at(s))
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	<-all
	in.Close()
	_ = process.Wait()
	if code := process.ProcessState.ExitCode(); code != 7 {
		t.Fatal(code)
	}
}
