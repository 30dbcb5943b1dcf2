//go:build tcsms_shared
// +build tcsms_shared

// The library loaded while the program runs: what TCSMS_LIBRARY names, else libtcsms_c.so beside the program.

package native

// #cgo CFLAGS: -I${SRCDIR}/include -DTCSMS_GO_SHARED
// #cgo linux LDFLAGS: -ldl
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
)

func libraryPath() (string, error) {
	if path := os.Getenv("TCSMS_LIBRARY"); path != "" {
		return path, nil
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("the library of the SDK cannot be found: set TCSMS_LIBRARY to the path of libtcsms_c.so (%s)", err)
	}
	path := filepath.Join(filepath.Dir(program), "libtcsms_c.so")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the library of the SDK is not at %s: put libtcsms_c.so there, or set TCSMS_LIBRARY to its path", path)
	}
	return path, nil
}
