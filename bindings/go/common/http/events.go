// Responses that come as server-sent events.

package common

import "bufio"

// SSEScannerBufferMaxBytes is kept for programs that set it. How large an event may be is the setting max_answer_bytes of
// the profile's Settings, 32 MiB by default.
var SSEScannerBufferMaxBytes = bufio.MaxScanTokenSize

// SSEResponse is a response that can take events. BaseSSEResponse has all of it.
type SSEResponse interface {
	Response
	setEventsChannel(ch chan SSEvent)
}

// SSEvent is one event. The channel is closed after the last; an event with Err ends a stream that broke.
type SSEvent struct {
	Event string
	Data  []byte
	Id    string
	// Retry is how long to wait before connecting again, in milliseconds, if the service said so.
	Retry int64
	Err   error
}

// BaseSSEResponse is what responses of events have in common.
type BaseSSEResponse struct {
	BaseResponse
	// Events has the events in their order; nil when the service answered without any. Read it to its end, or end the
	// call's context.
	Events chan SSEvent
}

func (r *BaseSSEResponse) setEventsChannel(ch chan SSEvent) {
	r.Events = ch
}

// OpenEvents gives response a new channel for its events. The client calls it.
func OpenEvents(response SSEResponse) chan<- SSEvent {
	events := make(chan SSEvent)
	response.setEventsChannel(events)
	return events
}
