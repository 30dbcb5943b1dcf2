// Calls that an HTTP client of the program carries: the core says what to send, and is told what came.

package common

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	stderrors "errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
)

// The steps of an attempt by the core's numbers.
const (
	stepResolve  = 0
	stepConnect  = 1
	stepTLS      = 3
	stepWrite    = 4
	stepWait     = 5
	stepRead     = 6
	stepTimedOut = 16
)

// carrier gives a client that hands back what it gets: whether it is an answer is for the core to say.
func carrier(client *http.Client) *http.Client {
	copied := *client
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	// The limit of each request is the core's.
	copied.Timeout = 0
	return &copied
}

// head is what the core wants done.
type head struct {
	Send *struct {
		Method  string      `json:"method"`
		URL     string      `json:"url"`
		Headers [][2]string `json:"headers"`
		LimitMs int64       `json:"limit_ms"`
	} `json:"send"`
	WaitMs *int64 `json:"wait_ms"`
	Done   *int   `json:"done"`
}

// cancelled is the error of a call that its context ended; sent: some of its request may have left.
func cancelled(cause error, sent bool) error {
	kind, delivery, rest := "cancelled", "not_sent", "nothing was sent"
	if cause == context.DeadlineExceeded {
		kind = "timeout"
	}
	if sent {
		delivery, rest = "maybe_sent", "the request may have reached the service: look before sending it again"
	}
	return errors.NewWithDetails(codes[kind], "the call was ended by its context ("+cause.Error()+"); "+rest, "",
		errors.Details{Kind: kind, Delivery: delivery, Cause: cause})
}

func (c *Client) carry(one *call) error {
	if _, ok := one.response.(tchttp.SSEResponse); ok {
		return misused("InvalidParameter", "config",
			"events cannot be read through an HTTP client of the program: make a client without WithHttpTransport")
	}
	ctx := one.ctx
	exchange, status, text := one.client.NewExchange(one.meta, one.body)
	if exchange == nil {
		return one.ended(status, text)
	}
	defer exchange.Free()
	sent := false
	for {
		status, step := exchange.Next()
		if status != native.OK {
			return failure(status, step, nil)
		}
		line, body, _ := cut(step)
		var todo head
		if err := json.Unmarshal(line, &todo); err != nil {
			return misused("InternalError", "panic", "the core's step cannot be read: %s", err)
		}
		if err := ctx.Err(); err != nil && (todo.Done == nil || *todo.Done != native.OK) {
			return cancelled(err, sent)
		}
		switch {
		case todo.Done != nil:
			return one.ended(*todo.Done, body)
		case todo.WaitMs != nil:
			timer := time.NewTimer(time.Duration(*todo.WaitMs) * time.Millisecond)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
			timer.Stop()
		case todo.Send != nil:
			// What the core goes on from has not arrived: only the last attempt counts.
			sent = c.exchange(ctx, exchange, &todo, body)
		}
	}
}

// cut parts a step at its first line's end.
func cut(step []byte) (line, body []byte, found bool) {
	at := bytes.IndexByte(step, '\n')
	if at < 0 {
		return step, nil, false
	}
	return step[:at], step[at+1:], true
}

// exchange sends one request, reports what came of it, and tells whether any of it may have left.
func (c *Client) exchange(ctx context.Context, exchange *native.Exchange, todo *head, body []byte) (sent bool) {
	if todo.Send.LimitMs > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(todo.Send.LimitMs)*time.Millisecond)
		defer cancel()
	}
	progress := &progress{}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, progress.trace()),
		todo.Send.Method, todo.Send.URL, bytes.NewReader(body))
	if err != nil {
		exchange.Failed(stepConnect, false, err.Error())
		return false
	}
	for _, header := range todo.Send.Headers {
		switch http.CanonicalHeaderKey(header[0]) {
		case "Host":
			request.Host = header[1]
		case "Content-Length":
		default:
			request.Header.Set(header[0], header[1])
		}
	}
	response, err := c.carrierNow().Do(request)
	if err != nil {
		step, maybeSent := progress.failed(err)
		exchange.Failed(step, maybeSent, plainly(err))
		return maybeSent
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		step := stepRead
		if isTimeout(err) {
			step |= stepTimedOut
		}
		exchange.Failed(step, true, plainly(err))
		return true
	}
	var headers [][2]string
	for name, values := range response.Header {
		for _, value := range values {
			headers = append(headers, [2]string{name, value})
		}
	}
	// Texts in lists: there is nothing that could not be written.
	text, _ := json.Marshal(headers)
	exchange.Answer(response.StatusCode, text, answer)
	return true
}

// carrierNow gives the client that carries requests, with the profile's proxy where it can have one.
func (c *Client) carrierNow() *http.Client {
	if c.httpProfile.Proxy == "" {
		return c.httpClient
	}
	return c.made.proxied.client(c)
}

// proxied is the program's HTTP client with the proxy of the profile.
type proxied struct {
	sync.Mutex
	proxy string
	of    *http.Client
	made  *http.Client
}

func (p *proxied) client(c *Client) *http.Client {
	p.Lock()
	defer p.Unlock()
	if p.made != nil && p.proxy == c.httpProfile.Proxy && p.of == c.httpClient {
		return p.made
	}
	p.proxy, p.of, p.made = c.httpProfile.Proxy, c.httpClient, c.httpClient
	own := c.httpClient.Transport
	if own == nil {
		own = http.DefaultTransport
	}
	transport, ok := own.(*http.Transport)
	if !ok {
		c.logger.Printf("[WARN] the proxy of the profile is not used: the transport of the program is a %T, which takes none", own)
		return p.made
	}
	transport = transport.Clone()
	transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(c.httpProfile.Proxy) }
	copied := *c.httpClient
	copied.Transport = transport
	p.made = &copied
	return p.made
}

// progress is how far a request came.
type progress struct {
	sync.Mutex
	traced, connected, written, answered bool
}

func (p *progress) trace() *httptrace.ClientTrace {
	note := func(what *bool) {
		p.Lock()
		p.traced = true
		*what = true
		p.Unlock()
	}
	return &httptrace.ClientTrace{
		GetConn:              func(string) { note(&p.traced) },
		GotConn:              func(httptrace.GotConnInfo) { note(&p.connected) },
		WroteRequest:         func(info httptrace.WroteRequestInfo) { note(&p.written) },
		GotFirstResponseByte: func() { note(&p.answered) },
	}
}

// failed gives the step that failed, and whether any of the request may have left. A transport that tells nothing of its
// progress may always have sent.
func (p *progress) failed(err error) (step int, maybeSent bool) {
	p.Lock()
	defer p.Unlock()
	var resolving *net.DNSError
	var dialing *net.OpError
	switch {
	case p.answered:
		step, maybeSent = stepRead, true
	case p.written:
		step, maybeSent = stepWait, true
	case p.connected:
		step, maybeSent = stepWrite, true
	case stderrors.As(err, &resolving):
		step = stepResolve
	case stderrors.As(err, &dialing) && dialing.Op == "dial":
		step = stepConnect
	case isTLS(err):
		step = stepTLS
	default:
		step, maybeSent = stepConnect, !p.traced
		if maybeSent {
			step = stepWait
		}
	}
	if isTimeout(err) {
		step |= stepTimedOut
	}
	return step, maybeSent
}

func isTLS(err error) bool {
	var record tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dialing *net.OpError
	return stderrors.As(err, &record) || stderrors.As(err, &authority) || stderrors.As(err, &host) ||
		stderrors.As(err, &invalid) || stderrors.As(err, &dialing) && dialing.Op == "remote error"
}

func isTimeout(err error) bool {
	var limited net.Error
	return stderrors.As(err, &limited) && limited.Timeout()
}

// plainly gives an error's text without the URL, whose query may hold what is nobody's business.
func plainly(err error) string {
	var located *url.Error
	if stderrors.As(err, &located) {
		return located.Err.Error()
	}
	return err.Error()
}
