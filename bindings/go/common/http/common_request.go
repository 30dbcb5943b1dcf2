// Requests by name: any action of any product, with its parameters as JSON.

package common

import (
	"bytes"
	"fmt"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
)

const octetStream = "application/octet-stream"

// CommonRequest is a request by name.
type CommonRequest struct {
	*BaseRequest
	// The parameters: JSON text as it was given, or a map. A map wins.
	text       []byte
	parameters map[string]interface{}
	octets     []byte
	hasOctets  bool
}

// NewCommonRequest makes a request for an action without parameters.
func NewCommonRequest(service, version, action string) (request *CommonRequest) {
	request = &CommonRequest{BaseRequest: &BaseRequest{}}
	request.Init().WithApiInfo(service, version, action)
	return request
}

// SetActionParameters sets the parameters: a JSON object as []byte or string, whose numbers keep all their digits, or a
// map[string]interface{}. Text that is set after other parameters adds to them. nil changes nothing.
func (cr *CommonRequest) SetActionParameters(data interface{}) error {
	switch data := data.(type) {
	case nil:
		return nil
	case []byte:
		return cr.add(append([]byte(nil), data...))
	case string:
		return cr.add([]byte(data))
	case map[string]interface{}:
		cr.parameters, cr.text, cr.hasOctets = data, nil, false
		return nil
	}
	return refused("ClientError.InvalidParameter", fmt.Sprintf(
		"the parameters of %s cannot be a %T; give a JSON object as []byte or string, or a map[string]interface{}", cr.name(), data))
}

// add takes JSON text in, beside parameters that are there already.
func (cr *CommonRequest) add(text []byte) error {
	merged, before := map[string]interface{}{}, cr.parameters
	if before == nil && cr.text != nil {
		if err := decodeExactly(cr.text, &before); err != nil {
			return err
		}
	}
	if err := decodeExactly(text, &merged); err != nil {
		return refused("ClientError.ParseJsonError", fmt.Sprintf(
			"the parameters of %s are no JSON object: %s", cr.name(), err))
	}
	cr.hasOctets = false
	if len(before) == 0 {
		cr.text, cr.parameters = text, nil
		return nil
	}
	for name, value := range before {
		if _, given := merged[name]; !given {
			merged[name] = value
		}
	}
	cr.text, cr.parameters = nil, merged
	return nil
}

func decodeExactly(text []byte, into *map[string]interface{}) error {
	// Decode of a decoder would stop after the first value and not see what follows it.
	var raw json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func (cr *CommonRequest) name() string {
	if cr.BaseRequest == nil || cr.action == "" {
		return "the request"
	}
	return cr.action
}

func refused(code, message string) error {
	return errors.NewWithDetails(code, message, "", errors.Details{Kind: "invalid_request", Delivery: "not_sent"})
}

// IsOctetStream tells whether the request is one of bytes, see SetOctetStreamParameters.
func (cr *CommonRequest) IsOctetStream() bool {
	return cr.hasOctets && cr.GetHeader()["Content-Type"] == octetStream
}

// SetHeader adds these headers to the request; nil changes nothing.
func (cr *CommonRequest) SetHeader(header map[string]string) {
	if header == nil {
		return
	}
	if cr.BaseRequest == nil {
		cr.BaseRequest = &BaseRequest{}
	}
	cr.BaseRequest.SetHeader(header)
}

// GetHeader gives the headers that SetHeader set.
func (cr *CommonRequest) GetHeader() map[string]string {
	if cr.BaseRequest == nil {
		return nil
	}
	return cr.BaseRequest.GetHeader()
}

// SetOctetStreamParameters makes this a request of bytes: body is sent as it is, the parameters go into header, under
// the names that the action documents.
func (cr *CommonRequest) SetOctetStreamParameters(header map[string]string, body []byte) {
	if header == nil {
		header = map[string]string{}
	}
	header["Content-Type"] = octetStream
	cr.SetHeader(header)
	cr.octets, cr.hasOctets = body, true
	cr.text, cr.parameters = nil, nil
}

// GetOctetStreamBody gives the bytes of a request of bytes, nil of any other.
func (cr *CommonRequest) GetOctetStreamBody() []byte {
	if !cr.IsOctetStream() {
		return nil
	}
	return cr.octets
}

// MarshalJSON gives the parameters as JSON.
func (cr *CommonRequest) MarshalJSON() ([]byte, error) {
	if cr.parameters == nil && cr.text != nil {
		return cr.text, nil
	}
	if cr.parameters == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(cr.parameters)
}
