// Where a client writes what it does.

package common

import (
	"log"
	"os"
	"reflect"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
)

// Logger is what takes a client's lines; *log.Logger is one. It may be called on any goroutine.
type Logger interface {
	Printf(format string, args ...interface{})
}

// levelAll is the core's number for everything: requests and answers as they are on the wire, masked.
const levelAll = 5

var levels = [...]string{"", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"}

var listeners struct {
	sync.RWMutex
	all []Logger
}

func newLogger() Logger {
	return log.New(os.Stderr, "", log.LstdFlags)
}

// listen makes logger hear the core's lines, once. They are of all clients: the core does not tell whose they are.
func listen(logger Logger) {
	if logger == nil || heard(logger) {
		return
	}
	listeners.Lock()
	first := len(listeners.all) == 0
	listeners.all = append(listeners.all, logger)
	listeners.Unlock()
	if first && native.Load() == nil {
		native.SetLog(levelAll, spread)
	}
}

func heard(logger Logger) bool {
	listeners.RLock()
	defer listeners.RUnlock()
	for _, one := range listeners.all {
		if reflect.TypeOf(one) == reflect.TypeOf(logger) && (!reflect.TypeOf(one).Comparable() || one == logger) {
			return true
		}
	}
	return false
}

func spread(level int, line string) {
	word := levels[len(levels)-1]
	if level >= 0 && level < len(levels) {
		word = levels[level]
	}
	listeners.RLock()
	all := listeners.all
	listeners.RUnlock()
	for _, logger := range all {
		logger.Printf("[%s] %s", word, line)
	}
}
