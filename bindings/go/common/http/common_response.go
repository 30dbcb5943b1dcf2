// Responses of calls by name.

package common

import "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"

// CommonResponse is whatever the service answered.
type CommonResponse struct {
	*BaseResponse
	text []byte
}

// NewCommonResponse makes an empty response.
func NewCommonResponse() (response *CommonResponse) {
	return &CommonResponse{BaseResponse: &BaseResponse{}}
}

// UnmarshalJSON takes a whole answer in, as it is.
func (r *CommonResponse) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	r.text = append([]byte(nil), data...)
	return nil
}

// GetBody gives the answer as JSON: {"Response": …}, with every digit of its numbers. {} as long as there is none.
func (r *CommonResponse) GetBody() []byte {
	if r.text == nil {
		return []byte("{}")
	}
	return r.text
}
