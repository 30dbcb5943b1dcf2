// The bare primitive of the older way to sign, for programs that use it themselves. Calls are signed in the core.

package common

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
)

// The older ways to sign.
const (
	SHA256 = "HmacSHA256"
	SHA1   = "HmacSHA1"
)

// Sign gives the HMAC of s in Base64: with SHA-256 for SHA256, with SHA-1 for any other method.
func Sign(s, secretKey, method string) string {
	kind := func() hash.Hash { return sha1.New() }
	if method == SHA256 {
		kind = sha256.New
	}
	mac := hmac.New(kind, []byte(secretKey))
	mac.Write([]byte(s))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
