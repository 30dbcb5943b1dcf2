// Package smstest helps to test programs that send SMS: it starts the service tcsms on this machine, gives each test an
// account of its own, shows what was "sent", and has faults on demand and a clock.
//
//	service := smstest.Start(t)
//	account := service.Account(t, smstest.AccountOptions{})
//	code, err := SendLoginCode(account.Client(), account.SdkAppID, "+8613711112222")
//	...
//	message, err := account.WaitForMessage(ctx, smstest.Conditions{Phone: "+8613711112222"})
//	if err != nil || message.Code != code {
//		t.Fatal(message, err)
//	}
package smstest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// DefaultConfig is the configuration of a service that is started without one: the development account, no limits,
// reports at once.
const DefaultConfig = `[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
`

// usual is how long a request of the control API may take that waits for nothing.
const usual = 10 * time.Second

// ServiceError is a refusal of the control API.
type ServiceError struct {
	// Status is the HTTP status.
	Status int `json:"-"`
	// Code is a word for programs, such as "NotFound".
	Code string `json:"code"`
	// Message says what happened, and what to do.
	Message string `json:"message"`
}

// Error gives the message and the code.
func (e *ServiceError) Error() string { return e.Message + " (" + e.Code + ")" }

// Options say how a service is started.
type Options struct {
	// Program is the path of tcsms. Without it: the variable TCSMS_PROGRAM, then tcsms on PATH.
	Program string
	// Config is the configuration, the text of a TOML file; DefaultConfig without it.
	Config string
	// Arguments are more arguments of "tcsms serve".
	Arguments []string
	// Timeout is how long the start may take; 30 seconds without it.
	Timeout time.Duration
	// CAFile is a PEM file of the authority to trust, for a service with --tls-self-signed or the like.
	CAFile string
}

// ConnectOptions say how a service that runs already is reached.
type ConnectOptions struct {
	// Token is the value of its TCSMS_CONTROL_TOKEN, where it has one.
	Token string
	// API is the URL of its API, when that is another than that of its control API.
	API string
	// CAFile is a PEM file of the authority to trust.
	CAFile string
}

// LocalService is the service "tcsms serve": started for these tests, or one that runs already. Any number of goroutines
// may use one.
type LocalService struct {
	// API is the URL of the API, for clients.
	API string
	// Control is the URL of the control API, which this package uses.
	Control string

	token  string
	caFile string
	http   *http.Client
	stop   func()
}

// Start gives a test a service that ends with it; the subtests of a test can share it. When TCSMS_SERVICE is the URL of the
// control API of a service that runs already, it is that one; then TCSMS_CONTROL_TOKEN has its token, and TCSMS_CONNECT_TO
// the URL of its API where that is another.
func Start(t testing.TB) *LocalService {
	t.Helper()
	var service *LocalService
	var err error
	if running := os.Getenv("TCSMS_SERVICE"); running != "" {
		service, err = Connect(running, ConnectOptions{
			Token: os.Getenv("TCSMS_CONTROL_TOKEN"), API: os.Getenv("TCSMS_CONNECT_TO"), CAFile: os.Getenv("TCSMS_CA_FILE")})
	} else {
		service, err = StartService(Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Stop)
	return service
}

// StartService starts a service on a free port, as a TestMain does that shares it among all tests. It ends with Stop, and
// whenever this process ends.
func StartService(options Options) (*LocalService, error) {
	program, err := findProgram(options.Program)
	if err != nil {
		return nil, err
	}
	config, timeout := options.Config, options.Timeout
	if config == "" {
		config = DefaultConfig
	}
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	file, err := os.CreateTemp("", "tcsms-*.toml")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(config)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}

	arguments := []string{"serve", "--listen", "127.0.0.1:0", "--stop-with-stdin", "--config", file.Name()}
	process := exec.Command(program, append(arguments, options.Arguments...)...)
	log := &lastWords{}
	process.Stderr = log
	// In a group of its own control-C does not reach it, so that the tests can still tidy up.
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the program %s: %w", program, err)
	}
	first := make(chan []byte, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadBytes('\n')
		first <- line
	}()
	var listening struct{ API, Control string }
	what := "ended at its start"
	select {
	case line := <-first:
		err = json.Unmarshal(line, &listening)
	case <-time.After(timeout):
		what, err = fmt.Sprintf("did not start within %s", timeout), context.DeadlineExceeded
		_ = process.Process.Kill()
	}
	if err != nil {
		_ = in.Close()
		_ = process.Wait()
		return nil, fmt.Errorf("the service %s: %s", what, log)
	}
	service, err := Connect(listening.Control, ConnectOptions{API: listening.API, CAFile: options.CAFile})
	var once sync.Once
	stop := func() {
		once.Do(func() {
			_ = in.Close()
			late := time.AfterFunc(usual, func() { _ = process.Process.Kill() })
			_ = process.Wait()
			late.Stop()
		})
	}
	if err != nil {
		stop()
		return nil, err
	}
	service.stop = stop
	return service, nil
}

// Connect uses a service that runs already, and goes on running. The control API of it is at this URL.
func Connect(control string, options ConnectOptions) (*LocalService, error) {
	service := &LocalService{
		API:     strings.TrimRight(options.API, "/"),
		Control: strings.TrimRight(control, "/"),
		token:   options.Token,
		caFile:  options.CAFile,
		stop:    func() {},
	}
	if service.API == "" {
		service.API = service.Control
	}
	// Without a proxy, whatever the environment says: the service is near.
	transport := &http.Transport{}
	if options.CAFile != "" {
		text, err := os.ReadFile(options.CAFile)
		if err != nil {
			return nil, err
		}
		authorities := x509.NewCertPool()
		if !authorities.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", options.CAFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: authorities}
	}
	service.http = &http.Client{Transport: transport}
	return service, nil
}

// Stop ends the service when StartService started it. Again, it does nothing.
func (s *LocalService) Stop() {
	s.http.CloseIdleConnections()
	s.stop()
}

// call makes a request of the control API, which may take wait longer than usual, and reads the answer into told.
func (s *LocalService) call(ctx context.Context, wait time.Duration, method, path string, query url.Values, body, told interface{}) error {
	ctx, cancel := context.WithTimeout(ctx, wait+usual)
	defer cancel()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	target := s.Control + "/_tcsms/v1/" + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, target, sent)
	if err != nil {
		return err
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return fmt.Errorf("no control API of tcsms answers at %s: %w", s.Control, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		refused := struct{ Error ServiceError }{ServiceError{Status: answer.StatusCode}}
		if err := json.NewDecoder(answer.Body).Decode(&refused); err != nil || refused.Error.Code == "" {
			return fmt.Errorf("no control API of tcsms answers at %s: what came is HTTP status %s", s.Control, answer.Status)
		}
		return &refused.Error
	}
	if told == nil {
		told = &struct{}{}
	}
	if err := json.NewDecoder(answer.Body).Decode(told); err != nil {
		return fmt.Errorf("no control API of tcsms answers at %s: %w", s.Control, err)
	}
	return nil
}

// findProgram says where the program is.
func findProgram(program string) (string, error) {
	if program == "" {
		program = os.Getenv("TCSMS_PROGRAM")
	}
	if program == "" {
		program, _ = exec.LookPath("tcsms")
	}
	if program == "" {
		return "", fmt.Errorf("the program tcsms is not found: neither Options.Program nor the variable TCSMS_PROGRAM names one, " +
			"and there is no tcsms on PATH; install the package tcsms-service with pip or npm, or let TCSMS_PROGRAM name the program")
	}
	return program, nil
}

// lastWords keeps the end of what is written to it.
type lastWords struct {
	lock sync.Mutex
	text []byte
}

func (l *lastWords) Write(text []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.text = append(l.text, text...)
	if over := len(l.text) - 4096; over > 0 {
		l.text = append([]byte{}, l.text[over:]...)
	}
	return len(text), nil
}

func (l *lastWords) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	if text := strings.TrimSpace(string(l.text)); text != "" {
		return text
	}
	return "it gave no reason"
}
