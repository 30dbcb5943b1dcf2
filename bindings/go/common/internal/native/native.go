// Package native calls the library: bytes in, bytes out. It knows nothing of what they mean.
package native

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"context"
	"fmt"
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/about"
)

// Status values of the library that mean something here.
const (
	OK        = 0
	Timeout   = -4
	Cancelled = -5
)

// What a stream gives.
const (
	StreamNothing = 0
	StreamEvent   = 1
	StreamEnd     = 2
)

// Forever waits without a limit.
const Forever = 0xFFFFFFFF

// maxInside is how many goroutines may be inside the library at a time. Each holds a thread of the system; the rest
// wait for callbacks, which take none.
const maxInside = 256

var inside int32

var (
	loading sync.Once
	loaded  error
)

// Load readies the library. The error says what to do.
func Load() error {
	loading.Do(func() { loaded = load() })
	return loaded
}

func load() error {
	path, err := libraryPath()
	if err != nil {
		return err
	}
	cPath := C.CString(path)
	defer C.free(unsafe.Pointer(cPath))
	problem := make([]C.char, 1000)
	if C.tcsms_go_load(cPath, &problem[0], C.size_t(len(problem))) != 0 {
		return fmt.Errorf("the library of the SDK cannot be loaded: %s; TCSMS_LIBRARY may name another", C.GoString(&problem[0]))
	}
	if found := uint32(C.tcsms_go_abi_version()); found != C.TCSMS_ABI_VERSION {
		where := path
		if where == "" {
			where = "that is linked in"
		}
		return fmt.Errorf("the library %s has interface %d and this SDK needs %d: take the library of version %s",
			where, found, uint32(C.TCSMS_ABI_VERSION), about.Version)
	}
	return nil
}

// Client is a client of the library. It is freed when nothing refers to it any more.
type Client struct {
	handle *C.tcsms_client
}

// NewClient makes a client. With a status that is not 0 the bytes are the error.
func NewClient(config []byte) (*Client, int, []byte) {
	var handle *C.tcsms_client
	var failure C.tcsms_buf
	p, n := pointer(config)
	status := C.tcsms_go_client_new(p, n, &handle, &failure)
	text := take(&failure)
	if status != OK {
		return nil, int(status), text
	}
	client := &Client{handle}
	runtime.SetFinalizer(client, func(client *Client) { C.tcsms_go_client_free(client.handle) })
	return client, OK, nil
}

// Call makes a call and hands its answer, or the error, to use, which must not keep the bytes. ctx ends it.
func (c *Client) Call(ctx context.Context, meta, body []byte, timeoutMs uint32, use func(status int, answer []byte)) {
	if ctx.Done() == nil {
		if atomic.AddInt32(&inside, 1) <= maxInside {
			c.callHere(meta, body, timeoutMs, use)
			atomic.AddInt32(&inside, -1)
			return
		}
		atomic.AddInt32(&inside, -1)
	}
	c.callAside(ctx, meta, body, timeoutMs, use)
}

func (c *Client) callHere(meta, body []byte, timeoutMs uint32, use func(status int, answer []byte)) {
	mp, mn := pointer(meta)
	bp, bn := pointer(body)
	var out C.tcsms_buf
	status := C.tcsms_go_call(c.handle, mp, mn, bp, bn, C.uint32_t(timeoutMs), &out)
	runtime.KeepAlive(c)
	defer C.tcsms_go_buf_free(&out)
	use(int(status), view(out.ptr, out.len))
}

// completion is how a call ended that was not made here.
type completion struct {
	status int
	answer []byte
}

func (c *Client) callAside(ctx context.Context, meta, body []byte, timeoutMs uint32, use func(status int, answer []byte)) {
	done := make(chan completion, 1)
	handle := cgo.NewHandle(done)
	mp, mn := pointer(meta)
	bp, bn := pointer(body)
	var id C.uint64_t
	status := C.tcsms_go_call_async(c.handle, mp, mn, bp, bn, C.uint32_t(timeoutMs), C.uintptr_t(handle), &id)
	if status != OK {
		handle.Delete()
		use(int(status), nil)
		return
	}
	var end completion
	select {
	case end = <-done:
	case <-ctx.Done():
		// The time limit of the context is the call's too, and its end tells more than that it was cancelled.
		if ctx.Err() != context.DeadlineExceeded {
			C.tcsms_go_cancel(c.handle, id)
		}
		end = <-done
	}
	runtime.KeepAlive(c)
	use(end.status, end.answer)
}

//export tcsmsGoDone
func tcsmsGoDone(tag C.uintptr_t, status C.int32_t, p *C.uint8_t, n C.size_t) {
	handle := cgo.Handle(tag)
	done := handle.Value().(chan completion)
	handle.Delete()
	done <- completion{int(status), append([]byte(nil), view(p, n)...)}
}

// Credential gives what the client would sign with now.
func (c *Client) Credential(timeoutMs uint32) (int, []byte) {
	var out C.tcsms_buf
	status := C.tcsms_go_credential(c.handle, C.uint32_t(timeoutMs), &out)
	runtime.KeepAlive(c)
	return int(status), take(&out)
}

// Stream is an open stream of events, for one goroutine at a time.
type Stream struct {
	handle *C.tcsms_stream
	client *Client
}

// OpenStream begins a call whose answer is a stream. The stream is nil when the bytes are an answer (status 0) or the error.
func (c *Client) OpenStream(meta, body []byte) (*Stream, int, []byte) {
	mp, mn := pointer(meta)
	bp, bn := pointer(body)
	var handle *C.tcsms_stream
	var text C.tcsms_buf
	status := C.tcsms_go_stream_open(c.handle, mp, mn, bp, bn, &handle, &text)
	runtime.KeepAlive(c)
	answer := take(&text)
	if handle == nil {
		return nil, int(status), answer
	}
	return &Stream{handle, c}, int(status), answer
}

// Next gives 1 and an event, 0 when none came within the time, 2 at the clean end, or another status and the error.
func (s *Stream) Next(waitMs uint32) (int, []byte) {
	var out C.tcsms_buf
	status := C.tcsms_go_stream_next(s.handle, C.uint32_t(waitMs), &out)
	return int(status), take(&out)
}

// Close ends the stream.
func (s *Stream) Close() {
	C.tcsms_go_stream_close(s.handle)
	runtime.KeepAlive(s.client)
}

// Exchange is a call that an HTTP client of the program carries, for one goroutine at a time.
type Exchange struct {
	handle *C.tcsms_exchange
	client *Client
}

// NewExchange begins a call. With a status that is not 0 the bytes are the error.
func (c *Client) NewExchange(meta, body []byte) (*Exchange, int, []byte) {
	mp, mn := pointer(meta)
	bp, bn := pointer(body)
	var handle *C.tcsms_exchange
	var failure C.tcsms_buf
	status := C.tcsms_go_exchange_new(c.handle, mp, mn, bp, bn, &handle, &failure)
	runtime.KeepAlive(c)
	text := take(&failure)
	if status != OK {
		return nil, int(status), text
	}
	return &Exchange{handle, c}, OK, nil
}

// Next gives what is to be done now.
func (e *Exchange) Next() (int, []byte) {
	var step C.tcsms_buf
	status := C.tcsms_go_exchange_next(e.handle, &step)
	return int(status), take(&step)
}

// Answer reports an answer.
func (e *Exchange) Answer(httpStatus int, headers, body []byte) {
	hp, hn := pointer(headers)
	bp, bn := pointer(body)
	C.tcsms_go_exchange_answer(e.handle, C.int32_t(httpStatus), hp, hn, bp, bn)
}

// Failed reports that there is no answer.
func (e *Exchange) Failed(step int, maybeSent bool, text string) {
	maybe := C.int32_t(0)
	if maybeSent {
		maybe = 1
	}
	p, n := pointer([]byte(text))
	C.tcsms_go_exchange_failed(e.handle, C.int32_t(step), maybe, p, n)
}

// Free ends the exchange.
func (e *Exchange) Free() {
	C.tcsms_go_exchange_free(e.handle)
	runtime.KeepAlive(e.client)
}

var sink atomic.Value // of func(level int, line string)

// SetLog hands lines up to level (5 is all, 0 none) to line, on any goroutine.
func SetLog(level int, line func(level int, line string)) {
	sink.Store(line)
	C.tcsms_go_set_log(C.int32_t(level))
}

//export tcsmsGoLog
func tcsmsGoLog(level C.int32_t, p *C.uint8_t, n C.size_t) {
	if line, ok := sink.Load().(func(int, string)); ok {
		line(int(level), string(view(p, n)))
	}
}

// pointer gives what C takes for a slice.
func pointer(bytes []byte) (*C.uint8_t, C.size_t) {
	if len(bytes) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&bytes[0])), C.size_t(len(bytes))
}

// view gives bytes of C without copying them.
func view(p *C.uint8_t, n C.size_t) []byte {
	if p == nil || n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n))
}

// take copies a buffer of the library and frees it.
func take(buf *C.tcsms_buf) []byte {
	var bytes []byte
	if buf.ptr != nil {
		bytes = append(bytes, view(buf.ptr, buf.len)...)
	}
	C.tcsms_go_buf_free(buf)
	return bytes
}
