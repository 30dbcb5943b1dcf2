// Credentials: what signs a call, or where the core finds it.

package common

import (
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/internal/native"
)

// CredentialIface is what signs a client's calls. One of your own is asked before each call, by GetCredential, and on
// whatever goroutine makes it.
type CredentialIface interface {
	GetSecretId() string
	GetToken() string
	GetSecretKey() string
	// GetCredential gives secret id, secret key and token at once, so that they belong together.
	GetCredential() (string, string, string)
}

// Credential is a key pair, with a token if it is a temporary one. A change takes effect with the next call.
type Credential struct {
	SecretId  string
	SecretKey string
	Token     string
}

// NewCredential makes a credential of a lasting key pair.
func NewCredential(secretId, secretKey string) *Credential {
	return &Credential{SecretId: secretId, SecretKey: secretKey}
}

// NewTokenCredential makes a credential of a temporary key pair.
func NewTokenCredential(secretId, secretKey, token string) *Credential {
	return &Credential{SecretId: secretId, SecretKey: secretKey, Token: token}
}

// GetSecretId gives SecretId.
func (c *Credential) GetSecretId() string { return c.SecretId }

// GetSecretKey gives SecretKey.
func (c *Credential) GetSecretKey() string { return c.SecretKey }

// GetToken gives Token.
func (c *Credential) GetToken() string { return c.Token }

// GetCredential gives all three.
func (c *Credential) GetCredential() (string, string, string) {
	return c.SecretId, c.SecretKey, c.Token
}

// String shows no secret.
func (c *Credential) String() string { return "common.Credential{…}" }

// GoString shows no secret.
func (c *Credential) GoString() string { return c.String() }

// ExpiredTimeout is how many seconds before its end a temporary credential of a cloud server is fetched anew.
const ExpiredTimeout = 300

// found is a credential that the core finds, keeps and fetches anew in time; settings say where.
type found struct {
	settings map[string]interface{}
}

// coreCredential is a credential that the core finds.
type coreCredential interface {
	coreSettings() map[string]interface{}
}

func (f *found) coreSettings() map[string]interface{} { return f.settings }

// now gives what the core would sign with now; nothing if it cannot be had.
func (f *found) now() (string, string, string) {
	pair, err := reveal(f.settings)
	if err != nil {
		return "", "", ""
	}
	return pair.SecretId, pair.SecretKey, pair.Token
}

// reveal has the core find a credential, and gives it.
func reveal(settings map[string]interface{}) (*Credential, error) {
	config := map[string]interface{}{}
	for name, value := range settings {
		config[name] = value
	}
	client, err := nativeClient(config)
	if err != nil {
		return nil, err
	}
	status, text := client.Credential(0)
	if status != native.OK {
		return nil, failure(status, text, nil)
	}
	return parsePair(text)
}

// CvmRoleCredential is the credential of the cloud server's role. The core fetches it, and anew before it ends; use it as
// the credential of a client. Make it with a CvmRoleProvider.
type CvmRoleCredential struct {
	found
}

// GetSecretId gives the present secret id; empty if it cannot be fetched.
func (c *CvmRoleCredential) GetSecretId() string { id, _, _ := c.now(); return id }

// GetToken gives the present token; empty if it cannot be fetched.
func (c *CvmRoleCredential) GetToken() string { _, _, token := c.now(); return token }

// GetSecretKey gives the present secret key; empty if it cannot be fetched.
func (c *CvmRoleCredential) GetSecretKey() string { _, key, _ := c.now(); return key }

// GetCredential gives secret id, secret key and token as they are now; empty if they cannot be fetched.
func (c *CvmRoleCredential) GetCredential() (string, string, string) { return c.now() }

// RoleArnCredential is the credential of a role assumed through STS. The core fetches it, and anew before it ends; use it
// as the credential of a client. Make it with a RoleArnProvider or an OIDCRoleArnProvider.
type RoleArnCredential struct {
	found
}

// GetSecretId gives the present secret id; empty if it cannot be fetched.
func (c *RoleArnCredential) GetSecretId() string { id, _, _ := c.now(); return id }

// GetSecretKey gives the present secret key; empty if it cannot be fetched.
func (c *RoleArnCredential) GetSecretKey() string { _, key, _ := c.now(); return key }

// GetToken gives the present token; empty if it cannot be fetched.
func (c *RoleArnCredential) GetToken() string { _, _, token := c.now(); return token }

// GetCredential gives secret id, secret key and token as they are now; empty if they cannot be fetched.
func (c *RoleArnCredential) GetCredential() (string, string, string) { return c.now() }
