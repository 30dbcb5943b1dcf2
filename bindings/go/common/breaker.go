// Names of the states of a breaker, which lives in the core: see ClientProfile.DisableRegionBreaker.

package common

type state int

// The states of a breaker.
const (
	StateClosed state = iota
	StateHalfOpen
	StateOpen
)
