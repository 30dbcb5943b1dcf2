// Reading of answers.

package codec

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Reader reads one JSON text from its beginning to its end. What goes wrong is noted, and then nothing more is read.
type Reader struct {
	text string
	at   int
	err  error
	// Values that models point to, many in one allocation.
	texts    pool[string]
	unsigned pool[uint64]
	integers pool[int64]
}

// NewReader makes a reader of a copy of the text; the texts it reads are parts of that copy.
func NewReader(text []byte) *Reader {
	return &Reader{text: string(text)}
}

// pool hands out values of arrays that grow from one to the next.
type pool[T any] struct {
	free []T
	last int
}

const firstPool, largestPool = 8, 1024

func (p *pool[T]) next() *T {
	if len(p.free) == 0 {
		switch {
		case p.last == 0:
			p.last = firstPool
		case p.last < largestPool:
			p.last *= 2
		}
		p.free = make([]T, p.last)
	}
	value := &p.free[0]
	p.free = p.free[1:]
	return value
}

// End gives the first thing that went wrong, or that something follows the end.
func (r *Reader) End() error {
	if r.err == nil && r.peek() != 0 {
		r.fail("the JSON goes on after its end")
	}
	return r.err
}

func (r *Reader) fail(format string, args ...interface{}) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	// Whatever looks next finds the end.
	r.at = len(r.text)
}

// Lacks notes that a member is missing.
func (r *Reader) Lacks(structure, member string) {
	r.fail("`%s` lacks its member `%s`", structure, member)
}

// peek gives the next character that is no blank, 0 at the end.
func (r *Reader) peek() byte {
	if r.at < len(r.text) && r.text[r.at] > ' ' {
		return r.text[r.at]
	}
	return r.pass()
}

// pass passes over blanks.
func (r *Reader) pass() byte {
	for ; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
		default:
			return r.text[r.at]
		}
	}
	return 0
}

func (r *Reader) take(char byte) bool {
	if r.peek() != char {
		return false
	}
	r.at++
	return true
}

// null takes a null.
func (r *Reader) null() bool {
	if r.peek() == 'n' && strings.HasPrefix(r.text[r.at:], "null") {
		r.at += len("null")
		return true
	}
	return false
}

// Open begins an object of `what`. False: there is none, or it is empty.
func (r *Reader) Open(what string) bool {
	if !r.take('{') {
		r.expected("an object for", what)
		return false
	}
	return !r.take('}')
}

// More goes on to the next member. False: the object is at its end.
func (r *Reader) More() bool {
	if r.take(',') {
		return true
	}
	if !r.take('}') {
		r.expected("`,` or `}`", "")
	}
	return false
}

// Name reads the name of a member.
func (r *Reader) Name() string {
	name := r.quoted("the name of a member")
	if !r.take(':') {
		r.expected("`:`", "")
	}
	return name
}

func (r *Reader) expected(wanted, owner string) {
	if owner != "" {
		wanted += " `" + owner + "`"
	}
	if r.peek() == 0 {
		r.fail("the JSON ends where it should have %s", wanted)
		return
	}
	r.fail("the JSON should have %s at byte %d and has %q", wanted, r.at, r.text[r.at:r.at+1])
}

// quoted reads a text.
func (r *Reader) quoted(owner string) string {
	if !r.take('"') {
		r.expected("a text for", owner)
		return ""
	}
	text := r.text[r.at:]
	// Texts are short: a call that looks faster for a character costs more.
	for end := 0; end < len(text); end++ {
		switch text[end] {
		case '"':
			r.at += end + 1
			return text[:end]
		case '\\':
			return r.escaped()
		}
	}
	r.fail("the JSON ends within a text")
	return ""
}

// escaped reads a text with escapes in it, from behind its first quote.
func (r *Reader) escaped() string {
	rest := r.text[r.at:]
	for at := 0; at < len(rest); at++ {
		switch rest[at] {
		case '\\':
			at++
		case '"':
			var text string
			if err := json.Unmarshal([]byte(r.text[r.at-1:r.at+at+1]), &text); err != nil {
				r.fail("the JSON has a text that cannot be read: %s", err)
			}
			r.at += at + 1
			return text
		}
	}
	r.fail("the JSON ends within a text")
	return ""
}

// Text reads a text; nil for null.
func (r *Reader) Text(owner string) *string {
	if r.null() {
		return nil
	}
	value := r.texts.next()
	*value = r.quoted(owner)
	return value
}

// digits takes a number.
func (r *Reader) digits() string {
	r.peek()
	from := r.at
	for ; r.at < len(r.text); r.at++ {
		switch char := r.text[r.at]; {
		case char >= '0' && char <= '9', char == '-', char == '+', char == '.', char == 'e', char == 'E':
			continue
		}
		break
	}
	return r.text[from:r.at]
}

// Unsigned reads a whole number from 0; nil for null.
func (r *Reader) Unsigned(owner string) *uint64 {
	if r.null() {
		return nil
	}
	value := r.unsigned.next()
	digits := r.digits()
	number, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		r.noNumber(owner, digits)
	}
	*value = number
	return value
}

// Integer reads a whole number; nil for null.
func (r *Reader) Integer(owner string) *int64 {
	if r.null() {
		return nil
	}
	value := r.integers.next()
	digits := r.digits()
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || digits[0] == '+' {
		r.noNumber(owner, digits)
	}
	*value = number
	return value
}

func (r *Reader) noNumber(owner, digits string) {
	if digits == "" {
		r.expected("a whole number for", owner)
		return
	}
	r.fail("`%s` is %s, which is no whole number that fits", owner, digits)
}

// Texts reads a list of texts; nil for null.
func (r *Reader) Texts(owner string) []*string {
	return values(r, owner, (*Reader).Text)
}

// Unsigneds reads a list of whole numbers from 0; nil for null.
func (r *Reader) Unsigneds(owner string) []*uint64 {
	return values(r, owner, (*Reader).Unsigned)
}

// Integers reads a list of whole numbers; nil for null.
func (r *Reader) Integers(owner string) []*int64 {
	return values(r, owner, (*Reader).Integer)
}

func values[T any](r *Reader, owner string, read func(*Reader, string) *T) []*T {
	var list []*T
	each(r, owner, func() { list = append(list, read(r, owner)) }, func() { list = []*T{} })
	return list
}

// ReadObject reads an object; nil for null.
func ReadObject[T any](r *Reader, read func(*T, *Reader)) *T {
	if r.null() {
		return nil
	}
	value := new(T)
	read(value, r)
	return value
}

// ReadObjects reads a list of objects; nil for null.
func ReadObjects[T any](r *Reader, owner string, read func(*T, *Reader)) []*T {
	var list []*T
	var free pool[T]
	each(r, owner, func() {
		if r.null() {
			list = append(list, nil)
			return
		}
		value := free.next()
		read(value, r)
		list = append(list, value)
	}, func() { list = []*T{} })
	return list
}

// each calls read for every element of a list, and empty if it has none. Of null it does nothing.
func each(r *Reader, owner string, read, empty func()) {
	if r.null() {
		return
	}
	if !r.take('[') {
		r.expected("a list for", owner)
		return
	}
	if r.take(']') {
		empty()
		return
	}
	for r.err == nil {
		read()
		if r.take(',') {
			continue
		}
		if !r.take(']') {
			r.expected("`,` or `]`", "")
		}
		return
	}
}

// Skip reads over a value of any kind.
func (r *Reader) Skip() {
	depth := 0
	for r.err == nil {
		switch char := r.peek(); char {
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			if depth == 0 {
				r.expected("a value", "")
				return
			}
			depth--
			r.at++
		case '"':
			r.quoted("")
		case ',', ':':
			if depth == 0 {
				r.expected("a value", "")
				return
			}
			r.at++
			continue
		case 't', 'f', 'n':
			r.word()
		case 0:
			r.expected("a value", "")
			return
		default:
			if r.digits() == "" {
				r.expected("a value", "")
				return
			}
		}
		if depth <= 0 {
			return
		}
	}
}

func (r *Reader) word() {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.at:], word) {
			r.at += len(word)
			return
		}
	}
	r.expected("a value", "")
}
