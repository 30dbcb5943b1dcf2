//go:build !tcsms_shared
// +build !tcsms_shared

// The library linked into the program: lib/linux_amd64/libtcsms_c.a beside this file, or wherever CGO_LDFLAGS says.

package native

// #cgo CFLAGS: -I${SRCDIR}/include
// #cgo linux,amd64 LDFLAGS: -L${SRCDIR}/lib/linux_amd64
// #cgo LDFLAGS: -ltcsms_c -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
import "C"

// libraryPath is empty: there is nothing to be loaded.
func libraryPath() (string, error) { return "", nil }
