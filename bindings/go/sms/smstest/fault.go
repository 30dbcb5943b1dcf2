package smstest

import (
	"fmt"
	"time"
)

// Fault is a fault on demand in the form that docs/service.md shows: the members "match", "times", "nth", "probability" and
// "do". The functions of this file write the common ones.
type Fault map[string]interface{}

// FaultError answers calls with this error; nothing is done.
func FaultError(code string) Fault {
	return Fault{"do": map[string]interface{}{"error": map[string]interface{}{"code": code}}}
}

// FaultLatency makes calls take so much longer.
func FaultLatency(more time.Duration) Fault {
	return Fault{"do": map[string]interface{}{"latency": fmt.Sprintf("%dms", more.Milliseconds())}}
}

// FaultReset breaks connections off without an answer, before the action is done, or after it.
func FaultReset(after bool) Fault {
	return Fault{"do": map[string]interface{}{"reset": map[string]interface{}{"after": after}}}
}

// On makes it strike calls of this action only.
func (f Fault) On(action string) Fault { return f.match("action", action) }

// Phone makes it strike messages to these numbers only; * is for any digits.
func (f Fault) Phone(pattern string) Fault { return f.match("phone", pattern) }

// Times makes it strike so often at most.
func (f Fault) Times(count int) Fault { return f.with("times", count) }

// Nth makes it strike only at these counts of what fits, from 1.
func (f Fault) Nth(counts ...int) Fault { return f.with("nth", counts) }

func (f Fault) match(member, value string) Fault {
	match := map[string]interface{}{member: value}
	if before, ok := f["match"].(map[string]interface{}); ok {
		for name, kept := range before {
			if name != member {
				match[name] = kept
			}
		}
	}
	return f.with("match", match)
}

// with gives a copy, so that one fault can be the beginning of several.
func (f Fault) with(member string, value interface{}) Fault {
	made := Fault{member: value}
	for name, kept := range f {
		if name != member {
			made[name] = kept
		}
	}
	return made
}
