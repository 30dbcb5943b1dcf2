// Package common is what the clients of all products have in common: credentials, and calls through the core.
package common

import (
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// DefaultHttpClient, when it is set, carries the requests of all clients that are made from then on, in place of the
// SDK's own connections. Its CheckRedirect is not used: a redirect is no answer of the API.
var DefaultHttpClient *http.Client

// Client makes calls. It may be used by any number of goroutines, but is to be set up before. It holds no connection
// that would have to be closed.
type Client struct {
	region          string
	profile         *profile.ClientProfile
	httpProfile     *profile.HttpProfile
	credential      CredentialIface
	signMethod      string
	unsignedPayload bool
	debug           bool
	logger          Logger
	requestClient   string
	// httpClient carries requests in place of the core; nil: the core does.
	httpClient *http.Client
	made       *made
}

// made is the client of the core that a client used last.
type made struct {
	last atomic.Value // of *current
	// metas are the descriptions of calls that have nothing of their own, by version and action.
	metas   sync.Map
	proxied proxied
}

type current struct {
	wanted wanted
	client *native.Client
}

// NewCommonClient makes a client for calls by name. A nil profile means the defaults.
func NewCommonClient(cred CredentialIface, region string, clientProfile *profile.ClientProfile) (c *Client) {
	return new(Client).Init(region).WithCredential(cred).WithProfile(clientProfile)
}

// NewClientWithSecretId makes a client of a key pair, with the default profile.
func NewClientWithSecretId(secretId, secretKey, region string) (client *Client, err error) {
	return new(Client).Init(region).WithSecretId(secretId, secretKey), nil
}

// NewClientWithProviders makes a client of the first credential that the providers have; without a provider, those of
// DefaultProviderChain.
func NewClientWithProviders(region string, providers ...Provider) (client *Client, err error) {
	chain := DefaultProviderChain()
	if len(providers) > 0 {
		chain = NewProviderChain(providers)
	}
	return new(Client).Init(region).WithProvider(chain)
}

// Init sets the region and forgets everything else. Constructors call it.
func (c *Client) Init(region string) *Client {
	*c = Client{region: region, logger: newLogger(), made: &made{}}
	c.WithProfile(nil)
	if DefaultHttpClient != nil {
		c.httpClient = carrier(DefaultHttpClient)
	}
	return c
}

// GetRegion gives the region.
func (c *Client) GetRegion() string { return c.region }

// GetCredential gives the credential.
func (c *Client) GetCredential() CredentialIface { return c.credential }

// WithSecretId sets a key pair.
func (c *Client) WithSecretId(secretId, secretKey string) *Client {
	return c.WithCredential(NewCredential(secretId, secretKey))
}

// WithCredential sets the credential.
func (c *Client) WithCredential(cred CredentialIface) *Client {
	c.credential = cred
	return c
}

// WithProvider sets the credential that provider gives now.
func (c *Client) WithProvider(provider Provider) (*Client, error) {
	credential, err := provider.GetCredential()
	if err != nil {
		return nil, err
	}
	return c.WithCredential(credential), nil
}

// WithProfile sets the profile; nil means the defaults.
func (c *Client) WithProfile(clientProfile *profile.ClientProfile) *Client {
	if clientProfile == nil {
		clientProfile = profile.NewClientProfile()
	}
	c.profile, c.httpProfile = clientProfile, clientProfile.HttpProfile
	if c.httpProfile == nil {
		c.httpProfile = profile.NewHttpProfile()
	}
	c.signMethod = clientProfile.SignMethod
	c.unsignedPayload = clientProfile.UnsignedPayload
	return c.WithDebug(clientProfile.Debug)
}

// WithSignatureMethod sets how requests are signed, see ClientProfile.SignMethod.
func (c *Client) WithSignatureMethod(method string) *Client {
	c.signMethod = method
	return c
}

// WithHttpTransport has transport carry the client's requests in place of the SDK's own connections. How they are signed
// and when they are repeated stays the SDK's. What ClientProfile.Settings says of connections is then refused.
func (c *Client) WithHttpTransport(transport http.RoundTripper) *Client {
	base := &http.Client{}
	if c.httpClient != nil {
		base = c.httpClient
	}
	copied := *base
	copied.Transport = transport
	c.httpClient = carrier(&copied)
	return c
}

// WithRequestClient sets a name that requests carry beside the SDK's own: up to 128 letters, digits, blanks and - _ , ; .
// Anything else is ignored, and the logger told so.
func (c *Client) WithRequestClient(rc string) *Client {
	if len(rc) > 128 {
		c.logger.Printf("[WARN] the name %q for RequestClient is longer than 128 characters and was cut", rc)
		rc = rc[:128]
	}
	if !requestClient.MatchString(rc) {
		c.logger.Printf("[WARN] the name %q for RequestClient was ignored: letters, digits, blanks and - _ , ; . may stand in it", rc)
		return c
	}
	c.requestClient = rc
	return c
}

var requestClient = regexp.MustCompile(`^[0-9a-zA-Z\-_ ,;.]+$`)

// WithDebug sets whether the logger is told what happens.
func (c *Client) WithDebug(flag bool) *Client {
	c.debug = flag
	return c
}

// WithLogger sets where lines go, in place of standard error.
func (c *Client) WithLogger(logger Logger) *Client {
	if logger != nil {
		c.logger = logger
	}
	return c
}

// InitBaseRequest readies a request that was not made by its constructor. Clients of products call it.
func (c *Client) InitBaseRequest(req **tchttp.BaseRequest, mod, ver, act string) {
	if *req == nil {
		*req = &tchttp.BaseRequest{}
	}
	if (*req).GetParams() == nil {
		(*req).Init()
	}
	if (*req).GetAction() == "" {
		(*req).WithApiInfo(mod, ver, act)
	}
}

// FindsCredential tells whether ClientProfile.Settings say where the credential comes from. Clients of products call it.
func (c *Client) FindsCredential() bool {
	if c.profile == nil {
		return false
	}
	for _, name := range credentialSettings {
		if _, given := c.profile.Settings[name]; given {
			return true
		}
	}
	return false
}
