// Package codec reads and writes the JSON of generated models: each byte once, and without reflection.
package codec

import (
	"strconv"
	"unicode/utf8"
)

// Writer writes one object. Members that are nil are left out; keys come with quotes and colon.
type Writer struct {
	out   []byte
	begun bool
}

// Begin begins an object behind out.
func Begin(out []byte) Writer {
	return Writer{out: append(out, '{')}
}

// End ends the object.
func (w *Writer) End() []byte {
	return append(w.out, '}')
}

func (w *Writer) key(key string) {
	if w.begun {
		w.out = append(w.out, ',')
	}
	w.begun = true
	w.out = append(w.out, key...)
}

// Text writes a text.
func (w *Writer) Text(key string, value *string) {
	if value != nil {
		w.key(key)
		w.out = appendText(w.out, *value)
	}
}

// Unsigned writes a number.
func (w *Writer) Unsigned(key string, value *uint64) {
	if value != nil {
		w.key(key)
		w.out = strconv.AppendUint(w.out, *value, 10)
	}
}

// Integer writes a number that may be negative.
func (w *Writer) Integer(key string, value *int64) {
	if value != nil {
		w.key(key)
		w.out = strconv.AppendInt(w.out, *value, 10)
	}
}

// Texts writes a list of texts.
func (w *Writer) Texts(key string, values []*string) {
	list(w, key, values, func(out []byte, value *string) []byte { return appendText(out, *value) })
}

// Unsigneds writes a list of numbers.
func (w *Writer) Unsigneds(key string, values []*uint64) {
	list(w, key, values, func(out []byte, value *uint64) []byte { return strconv.AppendUint(out, *value, 10) })
}

// Integers writes a list of numbers that may be negative.
func (w *Writer) Integers(key string, values []*int64) {
	list(w, key, values, func(out []byte, value *int64) []byte { return strconv.AppendInt(out, *value, 10) })
}

// WriteObject writes an object.
func WriteObject[T any](w *Writer, key string, value *T, write func(*T, []byte) []byte) {
	if value != nil {
		w.key(key)
		w.out = write(value, w.out)
	}
}

// WriteObjects writes a list of objects.
func WriteObjects[T any](w *Writer, key string, values []*T, write func(*T, []byte) []byte) {
	list(w, key, values, func(out []byte, value *T) []byte { return write(value, out) })
}

func list[T any](w *Writer, key string, values []*T, write func([]byte, *T) []byte) {
	if values == nil {
		return
	}
	w.key(key)
	w.out = append(w.out, '[')
	for place, value := range values {
		if place > 0 {
			w.out = append(w.out, ',')
		}
		if value == nil {
			w.out = append(w.out, "null"...)
			continue
		}
		w.out = write(w.out, value)
	}
	w.out = append(w.out, ']')
}

const hex = "0123456789abcdef"

// appendText writes a text as it is but for what must be escaped. Bytes that are no UTF-8 stay: they are refused where
// the request is checked, while a replacement would be sent.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	from := 0
	for at := 0; at < len(text); at++ {
		char := text[at]
		if char >= utf8.RuneSelf || char >= ' ' && char != '"' && char != '\\' {
			continue
		}
		out = append(out, text[from:at]...)
		from = at + 1
		switch char {
		case '"', '\\':
			out = append(out, '\\', char)
		case '\b':
			out = append(out, '\\', 'b')
		case '\f':
			out = append(out, '\\', 'f')
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		default:
			out = append(out, '\\', 'u', '0', '0', hex[char>>4], hex[char&15])
		}
	}
	out = append(out, text[from:]...)
	return append(out, '"')
}
