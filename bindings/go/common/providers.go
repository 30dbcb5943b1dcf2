// Providers: places where a credential may be found.

package common

import (
	stderrors "errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

const credentialError = "ClientError.CredentialError"

// EnvCredentialFile is the environment variable that names the credentials file, in place of
// ~/.tencentcloud/credentials.
const EnvCredentialFile = "TENCENTCLOUD_CREDENTIALS_FILE"

// Provider is a place where a credential may be found.
type Provider interface {
	// GetCredential gives the credential, or why there is none.
	GetCredential() (CredentialIface, error)
}

// absent is the error of a place that has no credential at all, so that the next place is asked.
var absent = stderrors.New("there is no credential here")

func noCredential(cause error, format string, args ...interface{}) error {
	return errors.NewWithDetails(credentialError, fmt.Sprintf(format, args...), "",
		errors.Details{Kind: "credential", Delivery: "not_sent", Cause: cause})
}

// EnvProvider finds a credential in two environment variables.
type EnvProvider struct {
	idName, keyName string
}

// DefaultEnvProvider looks at TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and at TENCENTCLOUD_SESSION_TOKEN.
func DefaultEnvProvider() *EnvProvider {
	return NewEnvProvider("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
}

// NewEnvProvider looks at the variables of these names.
func NewEnvProvider(secretIdEnvName, secretKeyEnvName string) *EnvProvider {
	return &EnvProvider{idName: secretIdEnvName, keyName: secretKeyEnvName}
}

// GetCredential gives what the variables hold now.
func (p *EnvProvider) GetCredential() (CredentialIface, error) {
	id, hasId := os.LookupEnv(p.idName)
	key, hasKey := os.LookupEnv(p.keyName)
	if !hasId || !hasKey {
		return nil, noCredential(absent, "the environment variables %s and %s are not both set", p.idName, p.keyName)
	}
	if id == "" || key == "" {
		return nil, noCredential(nil, "the environment variable %s or %s is empty", p.idName, p.keyName)
	}
	if p.idName == "TENCENTCLOUD_SECRET_ID" {
		return NewTokenCredential(id, key, os.Getenv("TENCENTCLOUD_SESSION_TOKEN")), nil
	}
	return NewCredential(id, key), nil
}

// ProfileProvider finds a credential in the section [default] of the credentials file.
type ProfileProvider struct {
}

// DefaultProfileProvider looks at the file that TENCENTCLOUD_CREDENTIALS_FILE names, else at ~/.tencentcloud/credentials.
func DefaultProfileProvider() *ProfileProvider {
	return &ProfileProvider{}
}

// GetCredential gives what the file holds now.
func (p *ProfileProvider) GetCredential() (CredentialIface, error) {
	path, named := os.LookupEnv(EnvCredentialFile)
	if !named {
		home, _ := os.UserHomeDir()
		path = home + "/.tencentcloud/credentials"
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return nil, noCredential(absent, "there is no credentials file %s", path)
		}
	}
	if path == "" {
		return nil, noCredential(nil, "the environment variable %s is empty; it names the credentials file", EnvCredentialFile)
	}
	pair, err := reveal(map[string]interface{}{"credential_chain": []string{"profile"}})
	if err != nil {
		return nil, err
	}
	return pair, nil
}

// CvmRoleProvider finds the credential of the cloud server's role.
type CvmRoleProvider struct {
	roleName string
}

// NewCvmRoleProvider takes the role of this name; empty: the metadata service is asked for the name.
func NewCvmRoleProvider(roleName string) *CvmRoleProvider {
	return &CvmRoleProvider{roleName: roleName}
}

// DefaultCvmRoleProvider asks the metadata service for the role's name.
func DefaultCvmRoleProvider() *CvmRoleProvider {
	return NewCvmRoleProvider("")
}

// GetCredential fetches the credential, and gives one that the core keeps fresh.
func (r *CvmRoleProvider) GetCredential() (CredentialIface, error) {
	role := map[string]interface{}{}
	if r.roleName != "" {
		role["role"] = r.roleName
	}
	credential := &CvmRoleCredential{found{map[string]interface{}{"cvm_role": role}}}
	if _, err := reveal(credential.settings); err != nil {
		if r.roleName == "" {
			return nil, noCredential(absent, "the cloud server's role cannot be had: %s", message(err))
		}
		return nil, err
	}
	return credential, nil
}

const (
	sessionName        = "tcsms-go-"
	defaultDuration    = 7200
	longestDuration    = 43200
	durationOutOfRange = "the credential of the role %s cannot last %d seconds: from 1 to %d"
)

// RoleArnProvider assumes a role through STS.
type RoleArnProvider struct {
	secretId, secretKey, roleArn, sessionName string
	duration                                  int64
	// Endpoint is the host of STS; empty means the usual one.
	Endpoint string
}

// NewRoleArnProvider assumes the role for duration seconds, signed for by a key pair.
func NewRoleArnProvider(secretId, secretKey, roleArn, sessionName string, duration int64) *RoleArnProvider {
	return &RoleArnProvider{secretId: secretId, secretKey: secretKey, roleArn: roleArn, sessionName: sessionName, duration: duration}
}

// DefaultRoleArnProvider assumes the role for two hours, under a session name of its own.
func DefaultRoleArnProvider(secretId, secretKey, roleArn string) *RoleArnProvider {
	return NewRoleArnProvider(secretId, secretKey, roleArn, newSessionName(), defaultDuration)
}

func newSessionName() string {
	return sessionName + strconv.FormatInt(time.Now().UnixNano()/1000, 10)
}

// GetCredential assumes the role, and gives a credential that the core keeps fresh.
func (r *RoleArnProvider) GetCredential() (CredentialIface, error) {
	if r.duration <= 0 || r.duration > longestDuration {
		return nil, noCredential(nil, durationOutOfRange, r.roleArn, r.duration, longestDuration)
	}
	role := map[string]interface{}{"role_arn": r.roleArn, "duration_seconds": r.duration}
	put(role, "session_name", r.sessionName)
	put(role, "endpoint", r.Endpoint)
	return assumed(map[string]interface{}{"secret_id": r.secretId, "secret_key": r.secretKey, "assume_role": role})
}

func assumed(settings map[string]interface{}) (CredentialIface, error) {
	credential := &RoleArnCredential{found{settings}}
	if _, err := reveal(settings); err != nil {
		return nil, err
	}
	return credential, nil
}

// OIDCRoleArnProvider assumes a role through STS by a web identity token.
type OIDCRoleArnProvider struct {
	region, providerId, token, roleArn, sessionName string
	duration                                        int64
	fromPod                                         bool
	// Endpoint is the host of STS; empty means the usual one.
	Endpoint string
}

// NewOIDCRoleArnProvider assumes the role for durationSeconds by the token itself.
func NewOIDCRoleArnProvider(region, providerId, webIdentityToken, roleArn, roleSessionName string, durationSeconds int64) *OIDCRoleArnProvider {
	return &OIDCRoleArnProvider{
		region: region, providerId: providerId, token: webIdentityToken, roleArn: roleArn, sessionName: roleSessionName,
		duration: durationSeconds,
	}
}

// DefaultTkeOIDCRoleArnProvider assumes the role of a pod: what TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE
// and TKE_ROLE_ARN say, for two hours. The token's file is read anew each time.
func DefaultTkeOIDCRoleArnProvider() (*OIDCRoleArnProvider, error) {
	provider := &OIDCRoleArnProvider{fromPod: true, duration: defaultDuration}
	return provider, provider.readPod()
}

func (r *OIDCRoleArnProvider) readPod() error {
	names := [...]string{"TKE_REGION", "TKE_PROVIDER_ID", "TKE_ROLE_ARN", "TKE_WEB_IDENTITY_TOKEN_FILE"}
	values := [len(names)]string{}
	for place, name := range names {
		if values[place] = os.Getenv(name); values[place] == "" {
			return noCredential(absent, "the environment variable %s is not set, which a pod with a role has", name)
		}
	}
	if _, err := os.Stat(values[3]); err != nil {
		return noCredential(err, "the file of the pod's token cannot be read: %s", err)
	}
	r.region, r.providerId, r.roleArn, r.sessionName = values[0], values[1], values[2], newSessionName()
	return nil
}

// GetCredential assumes the role, and gives a credential that the core keeps fresh.
func (r *OIDCRoleArnProvider) GetCredential() (CredentialIface, error) {
	if r.fromPod {
		if err := r.readPod(); err != nil {
			return nil, err
		}
	}
	if r.duration <= 0 || r.duration > longestDuration {
		return nil, noCredential(nil, durationOutOfRange, r.roleArn, r.duration, longestDuration)
	}
	identity := map[string]interface{}{"role_arn": r.roleArn, "provider_id": r.providerId, "duration_seconds": r.duration}
	put(identity, "region", r.region)
	put(identity, "session_name", r.sessionName)
	put(identity, "endpoint", r.Endpoint)
	if r.fromPod {
		identity["token_file"] = os.Getenv("TKE_WEB_IDENTITY_TOKEN_FILE")
	} else {
		identity["token"] = r.token
	}
	return assumed(map[string]interface{}{"web_identity": identity})
}

// ProviderChain asks its providers in turn.
type ProviderChain struct {
	Providers []Provider
}

// NewProviderChain asks these providers in turn.
func NewProviderChain(providers []Provider) Provider {
	return &ProviderChain{Providers: providers}
}

// DefaultProviderChain looks at the environment, the credentials file and the cloud server's role.
func DefaultProviderChain() Provider {
	return NewProviderChain([]Provider{DefaultEnvProvider(), DefaultProfileProvider(), DefaultCvmRoleProvider()})
}

// GetCredential gives the first credential that is found. A place that has one which cannot be used ends the search.
func (c *ProviderChain) GetCredential() (CredentialIface, error) {
	looked := ""
	for _, provider := range c.Providers {
		credential, err := provider.GetCredential()
		if err == nil {
			return credential, nil
		}
		if !stderrors.Is(err, absent) {
			return nil, err
		}
		looked += "; " + message(err)
	}
	return nil, noCredential(nil, "no provider has a credential%s", looked)
}

// message gives the text of an error without its code.
func message(err error) string {
	var known *errors.TencentCloudSDKError
	if stderrors.As(err, &known) {
		return known.Message
	}
	return err.Error()
}

func put(into map[string]interface{}, name, value string) {
	if value != "" {
		into[name] = value
	}
}
