// Package about says who this SDK is.
package about

// Version is the version of the SDK, and of the library it is built for.
const Version = "0.1.0"

// RequestClient is how requests name the SDK.
const RequestClient = "SDK_TCSMS_GO_" + Version
