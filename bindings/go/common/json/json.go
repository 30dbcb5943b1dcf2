// Package json is encoding/json with one more word in the tags of structs: "omitnil" leaves a member out when it is nil,
// and sends it when it is empty. The official packages of all products are written for it.
package json

import (
	"bytes"
	"encoding/json"
	"io"
)

// Names of encoding/json.
type (
	Decoder               = json.Decoder
	Delim                 = json.Delim
	InvalidUnmarshalError = json.InvalidUnmarshalError
	Marshaler             = json.Marshaler
	MarshalerError        = json.MarshalerError
	Number                = json.Number
	RawMessage            = json.RawMessage
	SyntaxError           = json.SyntaxError
	Token                 = json.Token
	UnmarshalTypeError    = json.UnmarshalTypeError
	Unmarshaler           = json.Unmarshaler
	UnsupportedTypeError  = json.UnsupportedTypeError
	UnsupportedValueError = json.UnsupportedValueError
)

// What OmitBehaviour can be.
const (
	OmitNil = iota
	OmitEmpty
)

// OmitBehaviour says what "omitnil" and "omitempty" leave out: OmitNil what is nil, OmitEmpty what is empty too. Set it
// before the first call.
var OmitBehaviour = OmitNil

// Unmarshal is json.Unmarshal.
func Unmarshal(data []byte, v interface{}) error { return json.Unmarshal(data, v) }

// NewDecoder is json.NewDecoder.
func NewDecoder(r io.Reader) *Decoder { return json.NewDecoder(r) }

// Valid is json.Valid.
func Valid(data []byte) bool { return json.Valid(data) }

// Compact is json.Compact.
func Compact(dst *bytes.Buffer, src []byte) error { return json.Compact(dst, src) }

// Indent is json.Indent.
func Indent(dst *bytes.Buffer, src []byte, prefix, indent string) error {
	return json.Indent(dst, src, prefix, indent)
}

// HTMLEscape is json.HTMLEscape.
func HTMLEscape(dst *bytes.Buffer, src []byte) { json.HTMLEscape(dst, src) }

// Marshal gives v as JSON.
func Marshal(v interface{}) ([]byte, error) {
	return encode(nil, v)
}

// MarshalIndent gives v as JSON with line ends and indents.
func MarshalIndent(v interface{}, prefix, indent string) ([]byte, error) {
	text, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, prefix, indent); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
