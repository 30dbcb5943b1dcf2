// How requests travel.

package profile

// HttpProfile is how requests travel: method, time limit, and where they go.
type HttpProfile struct {
	// ReqMethod is "POST" or "GET"; anything else counts as GET.
	ReqMethod string

	// ReqTimeout is how long a call may take, in seconds; 0 or less: no limit. With repeats asked for (the MaxRetries of
	// ClientProfile) it is the limit of each attempt. The default of 60 is one attempt's limit, with 120 for the call.
	ReqTimeout int

	// Protocol is the old name of Scheme, which wins.
	Protocol string
	// Scheme is "HTTPS" or "HTTP".
	Scheme string

	// RootDomain is the domain below which the product's endpoint lies; empty means tencentcloudapi.com.
	RootDomain string

	// Endpoint is the host that requests go to and are signed for, such as "sms.ap-shanghai-fsi.tencentcloudapi.com", with a
	// port or a path after it where needed; empty means the product's own.
	Endpoint string

	// ApigwEndpoint is an API gateway that requests go to, while they are signed for Endpoint.
	ApigwEndpoint string

	// Proxy is the URL of a proxy. Empty: what https_proxy, http_proxy, all_proxy and no_proxy say.
	Proxy string
}

// NewHttpProfile makes a profile with the defaults: POST, https, 60 s.
func NewHttpProfile() *HttpProfile {
	return &HttpProfile{ReqMethod: "POST", ReqTimeout: 60, Scheme: "HTTPS"}
}
