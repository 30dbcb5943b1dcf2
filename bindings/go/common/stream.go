// Answers that come as server-sent events.

package common

import (
	"encoding/json"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
)

// lookMs is how often a goroutine that waits for an event looks whether its context has ended.
const lookMs = 100

type event struct {
	Id      *string `json:"id"`
	Event   *string `json:"event"`
	Data    string  `json:"data"`
	RetryMs *int64  `json:"retry_ms"`
}

// stream begins a call whose answer is events, or an answer like any other.
func (one *call) stream(response tchttp.SSEResponse) error {
	stream, status, text := one.client.OpenStream(one.meta, one.body)
	if stream == nil {
		return one.ended(status, text)
	}
	go one.pump(stream, tchttp.OpenEvents(response))
	return nil
}

func (one *call) pump(stream *native.Stream, events chan<- tchttp.SSEvent) {
	defer close(events)
	defer stream.Close()
	wait := uint32(native.Forever)
	if one.ctx.Done() != nil {
		wait = lookMs
	}
	for {
		status, text := stream.Next(wait)
		var next tchttp.SSEvent
		switch status {
		case native.StreamEnd:
			return
		case native.StreamNothing:
			if one.ctx.Err() == nil {
				continue
			}
			next.Err = cancelled(one.ctx.Err(), true)
		case native.StreamEvent:
			next = readEvent(text)
		default:
			next.Err = failure(status, text, one.cause(status))
		}
		select {
		case events <- next:
		case <-one.ctx.Done():
			select {
			case events <- tchttp.SSEvent{Err: cancelled(one.ctx.Err(), true)}:
			default:
			}
			return
		}
		if next.Err != nil {
			return
		}
	}
}

func readEvent(text []byte) tchttp.SSEvent {
	var read event
	if err := json.Unmarshal(text, &read); err != nil {
		return tchttp.SSEvent{Err: misused("InternalError", "invalid_answer", "an event cannot be read: %s", err)}
	}
	next := tchttp.SSEvent{Data: []byte(read.Data)}
	if read.Id != nil {
		next.Id = *read.Id
	}
	if read.Event != nil {
		next.Event = *read.Event
	}
	if read.RetryMs != nil {
		next.Retry = *read.RetryMs
	}
	return next
}
