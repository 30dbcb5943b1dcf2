// Tokens by which a service recognises that a request is a repeat.

package common

import (
	"crypto/rand"
	"encoding/hex"
)

// newToken gives 32 random hexadecimal digits.
func newToken() string {
	bytes := make([]byte, 16)
	// It fails on no system that Go supports; an empty token would be left out.
	if _, err := rand.Read(bytes); err != nil {
		return ""
	}
	return hex.EncodeToString(bytes)
}
