// What a response is to a client, and how an answer is read into one.

package common

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
)

// Response is what an answer is read into. BaseResponse has all of it; a response embeds that.
type Response interface {
	ParseErrorFromHTTPResponse(body []byte) error
}

// BaseResponse is what all responses have in common.
type BaseResponse struct {
}

// ErrorResponse is an answer that says why the service refused.
type ErrorResponse struct {
	Response struct {
		Error struct {
			Code    string `json:"Code"`
			Message string `json:"Message"`
		} `json:"Error,omitempty"`
		RequestId string `json:"RequestId"`
	} `json:"Response"`
}

// DeprecatedAPIErrorResponse is the same in the form of the API before this one.
type DeprecatedAPIErrorResponse struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	CodeDesc string `json:"codeDesc"`
}

// ParseErrorFromHTTPResponse gives the error that an answer holds, nil if it holds none.
func (r *BaseResponse) ParseErrorFromHTTPResponse(body []byte) (err error) {
	return ParseErrorFromHTTPResponse(body)
}

// ParseErrorFromHTTPResponse gives the error that an answer holds, nil if it holds none.
func ParseErrorFromHTTPResponse(body []byte) (err error) {
	var answer struct {
		ErrorResponse
		DeprecatedAPIErrorResponse
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return unreadable(err)
	}
	if refusal := answer.Response.Error; refusal.Code != "" {
		return errors.NewTencentCloudSDKError(refusal.Code, refusal.Message, answer.Response.RequestId)
	}
	if answer.Code != 0 {
		return errors.NewTencentCloudSDKError(answer.CodeDesc, answer.Message, "")
	}
	return nil
}

// TryReadErr gives the error that the answer of an HTTP client of your own holds, and leaves its body to be read again.
func TryReadErr(resp *http.Response) (err error) {
	switch resp.Header.Get("Content-Type") {
	case "text/event-stream", octetStream:
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return errors.NewTencentCloudSDKError("ClientError.IOError", fmt.Sprintf("the answer broke off: %s", err), "")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return ParseErrorFromHTTPResponse(body)
}

// ParseFromHttpResponse reads the answer of an HTTP client of your own into resp, or gives the error it holds. Events are
// read by calls of the client only.
func ParseFromHttpResponse(hr *http.Response, resp Response) error {
	defer hr.Body.Close()
	body, err := io.ReadAll(hr.Body)
	if err != nil {
		return errors.NewTencentCloudSDKError("ClientError.IOError", fmt.Sprintf("the answer broke off: %s", err), "")
	}
	if hr.StatusCode != http.StatusOK {
		return errors.NewTencentCloudSDKError("ClientError.HttpStatusCodeError",
			fmt.Sprintf("the answer has status %s, which no answer of the API has", hr.Status), "")
	}
	if err := resp.ParseErrorFromHTTPResponse(body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, resp); err != nil {
		return unreadable(err)
	}
	return nil
}

func unreadable(err error) error {
	return errors.NewTencentCloudSDKError("ClientError.ParseJsonError", fmt.Sprintf("the answer cannot be read: %s", err), "")
}
