// Models as JSON text, for people.

package codec

import (
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
)

// ToJSON gives a model as JSON.
func ToJSON(model interface{}) string {
	// Models hold texts and numbers: there is nothing that could not be written.
	text, _ := json.Marshal(model)
	return string(text)
}

// FromJSON reads a request; a member that is none of known is an error.
func FromJSON(text string, model interface{}, name string, known ...string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return err
	}
	for _, member := range known {
		delete(members, member)
	}
	if len(members) > 0 {
		return errors.NewWithDetails("ClientError.BuildRequestError", name+" has unknown keys!", "",
			errors.Details{Kind: "invalid_request", Delivery: "not_sent"})
	}
	return json.Unmarshal([]byte(text), model)
}

// ReadJSON reads a response.
func ReadJSON(text string, model interface{}) error {
	return json.Unmarshal([]byte(text), model)
}
