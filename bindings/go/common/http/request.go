// Package common holds what a request and a response are to a client, and those of calls by name. It is usually
// imported as tchttp.
package common

import (
	"context"
	"io"
	"math/rand"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/about"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/json"
)

// Methods, schemes, and where requests go by default.
const (
	POST = "POST"
	GET  = "GET"

	HTTP  = "http"
	HTTPS = "https"

	RootDomain = "tencentcloudapi.com"
	Path       = "/"
)

// Request is what a client can send. BaseRequest has all of it; a request embeds that.
type Request interface {
	GetAction() string
	GetBodyReader() io.Reader
	GetScheme() string
	GetRootDomain() string
	GetServiceDomain(string) string
	GetDomain() string
	GetHttpMethod() string
	GetParams() map[string]string
	GetBody() []byte
	GetPath() string
	GetService() string
	GetUrl() string
	GetVersion() string
	GetContentType() string
	GetContext() context.Context
	GetHeader() map[string]string
	GetSkipSign() bool
	SetScheme(string)
	SetRootDomain(string)
	SetDomain(string)
	SetHttpMethod(string)
	SetPath(string)
	SetContentType(string)
	SetBody([]byte)
	SetContext(context.Context)
	SetHeader(header map[string]string)
	SetSkipSign(skip bool)
}

// BaseRequest is which action a request is for, and what is to be otherwise than the client says. A request may be sent
// again, but is not to be changed while it is sent.
type BaseRequest struct {
	context     context.Context
	httpMethod  string
	scheme      string
	rootDomain  string
	domain      string
	path        string
	skipSign    bool
	params      map[string]string
	header      map[string]string
	service     string
	version     string
	action      string
	contentType string
	body        []byte
}

// GetAction gives the action's name.
func (r *BaseRequest) GetAction() string { return r.action }

// GetHttpMethod gives the method of this request; empty means the client's.
func (r *BaseRequest) GetHttpMethod() string { return r.httpMethod }

// GetParams gives the parameters that ConstructParams and CompleteCommonParams collected. The client does not use them.
func (r *BaseRequest) GetParams() map[string]string { return r.params }

// GetPath gives the path; empty and "/" mean that of the endpoint.
func (r *BaseRequest) GetPath() string { return r.path }

// GetDomain gives the host of this request; empty means the client's.
func (r *BaseRequest) GetDomain() string { return r.domain }

// GetScheme gives the scheme of this request; empty means the client's.
func (r *BaseRequest) GetScheme() string { return r.scheme }

// GetRootDomain gives the root domain of this request; empty means the client's.
func (r *BaseRequest) GetRootDomain() string { return r.rootDomain }

// GetServiceDomain gives the host of a product below the request's root domain.
func (r *BaseRequest) GetServiceDomain(service string) (domain string) {
	if r.rootDomain == "" {
		return GetServiceDomain(service)
	}
	return service + "." + r.rootDomain
}

// GetBody gives the bytes of a request whose content type is application/octet-stream.
func (r *BaseRequest) GetBody() []byte { return r.body }

// SetBody sets the bytes of a request whose content type is application/octet-stream.
func (r *BaseRequest) SetBody(body []byte) { r.body = body }

// GetContentType gives the content type that was set.
func (r *BaseRequest) GetContentType() string { return r.contentType }

// SetContentType sets the content type: application/octet-stream sends GetBody as it is, with the request's members as
// headers. Otherwise the content type follows from the method.
func (r *BaseRequest) SetContentType(contentType string) { r.contentType = contentType }

// SetDomain sends this request to another host, and signs it for that.
func (r *BaseRequest) SetDomain(domain string) { r.domain = domain }

// SetScheme sends this request by "http" or "https"; anything else means https.
func (r *BaseRequest) SetScheme(scheme string) {
	if r.scheme = HTTPS; strings.EqualFold(scheme, HTTP) {
		r.scheme = HTTP
	}
}

// SetRootDomain sends this request to the product's host below another domain.
func (r *BaseRequest) SetRootDomain(rootDomain string) { r.rootDomain = rootDomain }

// SetHttpMethod sends this request by "POST" or "GET"; anything else means GET.
func (r *BaseRequest) SetHttpMethod(method string) {
	if r.httpMethod = GET; strings.EqualFold(method, POST) {
		r.httpMethod = POST
	}
}

// SetPath sends this request to another path. It is not part of the signature.
func (r *BaseRequest) SetPath(path string) { r.path = path }

// GetService gives the product's short name, such as "sms".
func (r *BaseRequest) GetService() string { return r.service }

// GetUrl gives the URL that the request's own settings and parameters make; empty as long as it has no method.
func (r *BaseRequest) GetUrl() string {
	switch r.httpMethod {
	case GET:
		return r.scheme + "://" + r.domain + r.path + "?" + GetUrlQueriesEncoded(r.params)
	case POST:
		return r.scheme + "://" + r.domain + r.path
	}
	return ""
}

// GetVersion gives the version of the API, such as "2021-01-11".
func (r *BaseRequest) GetVersion() string { return r.version }

// GetContext gives the context of the call, context.Background() if none was set.
func (r *BaseRequest) GetContext() context.Context {
	if r.context == nil {
		return context.Background()
	}
	return r.context
}

// SetContext sets the context of the call: its end ends the call.
func (r *BaseRequest) SetContext(ctx context.Context) { r.context = ctx }

// GetHeader gives the headers that SetHeader set.
func (r *BaseRequest) GetHeader() map[string]string { return r.header }

// SetHeader adds these headers to the request; nil changes nothing.
func (r *BaseRequest) SetHeader(header map[string]string) {
	if header != nil {
		r.header = header
	}
}

// GetSkipSign gives whether the request goes without a signature.
func (r *BaseRequest) GetSkipSign() bool { return r.skipSign }

// SetSkipSign sends the request without a signature, which few actions allow.
func (r *BaseRequest) SetSkipSign(skip bool) { r.skipSign = skip }

// GetBodyReader gives the request's parameters as a form, or nothing if it goes by GET.
func (r *BaseRequest) GetBodyReader() io.Reader {
	if r.httpMethod == POST {
		return strings.NewReader(GetUrlQueriesEncoded(r.params))
	}
	return strings.NewReader("")
}

// Init forgets parameters and host. Constructors call it.
func (r *BaseRequest) Init() *BaseRequest {
	r.domain = ""
	r.path = Path
	r.params = make(map[string]string)
	return r
}

// WithApiInfo sets product, version and action.
func (r *BaseRequest) WithApiInfo(service, version, action string) *BaseRequest {
	r.service, r.version, r.action = service, version, action
	return r
}

// WithContentType is SetContentType, for chains.
func (r *BaseRequest) WithContentType(contentType string) *BaseRequest {
	r.contentType = contentType
	return r
}

// GetUrlQueriesEncoded gives params as a query, sorted by name.
func GetUrlQueriesEncoded(params map[string]string) string {
	values := make(url.Values, len(params))
	for name, value := range params {
		values.Set(name, value)
	}
	return values.Encode()
}

// GetServiceDomain gives the host of a product below the usual root domain.
func GetServiceDomain(service string) (domain string) {
	return service + "." + RootDomain
}

// CompleteCommonParams puts the common parameters of the older form into the request's parameters, without credential
// and signature. The client does not need it.
func CompleteCommonParams(request Request, region string, requestClient string) {
	params := request.GetParams()
	params["Region"] = region
	if version := request.GetVersion(); version != "" {
		params["Version"] = version
	}
	params["Action"] = request.GetAction()
	params["Timestamp"] = strconv.FormatInt(time.Now().Unix(), 10)
	params["Nonce"] = strconv.Itoa(rand.Int())
	params["RequestClient"] = about.RequestClient
	if requestClient != "" {
		params["RequestClient"] += "; " + requestClient
	}
}

// ConstructParams puts the members of a request into its parameters as the older form names them, such as
// PhoneNumberSet.0. The client does not need it.
func ConstructParams(req Request) (err error) {
	text, err := json.Marshal(req)
	if err != nil {
		return err
	}
	var members map[string]interface{}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		return err
	}
	for name, value := range members {
		flatten(name, value, req.GetParams())
	}
	return nil
}

func flatten(name string, value interface{}, params map[string]string) {
	switch value := value.(type) {
	case nil:
	case map[string]interface{}:
		for member, inner := range value {
			flatten(name+"."+member, inner, params)
		}
	case []interface{}:
		for place, inner := range value {
			flatten(name+"."+strconv.Itoa(place), inner, params)
		}
	case bool:
		params[name] = strconv.FormatBool(value)
	case json.Number:
		params[name] = value.String()
	case string:
		params[name] = value
	}
}
