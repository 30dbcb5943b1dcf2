// The credentials that the core finds, fetches and refreshes.
"use strict"

const core = require("./core")
const { CORE } = require("./abstract_client")

class BasicCredential {
  constructor(secretId, secretKey, token) {
    this.secretId = secretId
    this.secretKey = secretKey
    this.token = token
  }
}

// Lets `told`, a method, say a credential of this class in the words of the core. A class made of it that has a
// getCredential of its own is asked itself.
function byCore(Class, told) {
  const { getCredential } = Class.prototype
  told.isOf = (credential) => credential.getCredential === getCredential
  Object.defineProperty(Class.prototype, CORE, { value: told })
}

// What every one of them gives when it is asked.
async function asked(credential) {
  return core.credential(await credential[CORE]())
}

class EnvironmentVariableCredential {
  getCredential() {
    return asked(this)
  }
}
byCore(EnvironmentVariableCredential, () => ({ credential_chain: ["environment"] }))

class ProfileCredential {
  getCredential() {
    return asked(this)
  }
}
byCore(ProfileCredential, () => ({ credential_chain: ["profile"] }))

class DefaultCredentialProvider {
  getCredential() {
    return asked(this)
  }
}
byCore(DefaultCredentialProvider, () => ({}))

const ASSUMED = {
  RoleArn: "role_arn",
  RoleSessionName: "session_name",
  DurationSeconds: "duration_seconds",
  Policy: "policy",
  ExternalId: "external_id",
}
const IDENTIFIED = {
  RoleArn: "role_arn",
  RoleSessionName: "session_name",
  DurationSeconds: "duration_seconds",
  ProviderId: "provider_id",
  WebIdentityToken: "token",
}

// A role of STS in the words of the core, and where STS is asked.
function role(what, names, params, clientConfig) {
  const told = {}
  for (const [name, value] of Object.entries(params || {})) {
    if (names[name] === undefined) {
      const known = Object.keys(names).join(", ")
      throw core.local("credential", `${what} has no parameter ${JSON.stringify(name)} here: it takes ${known}`)
    }
    if (value !== null && value !== undefined) {
      told[names[name]] = names[name] === "duration_seconds" ? Number(value) : value
    }
  }
  const { region, profile } = clientConfig || {}
  if (region) {
    told.region = region
  }
  const http = (profile && profile.httpProfile) || {}
  if (http.endpoint) {
    told.endpoint = http.protocol ? http.protocol + http.endpoint : http.endpoint
  }
  return told
}

class STSCredential {
  constructor(clientConfig, assumeRoleParams) {
    this.clientConfig = clientConfig
    this.assumeRoleParams = assumeRoleParams
    // The core keeps the credential; there is no task here to wait for.
    this.credentialTask = null
  }

  getCredential() {
    return asked(this)
  }
}
byCore(STSCredential, function () {
  const { credential } = this.clientConfig || {}
  const told = { assume_role: role("AssumeRole", ASSUMED, this.assumeRoleParams, this.clientConfig) }
  const signed = (pair) => ({
    ...told,
    secret_id: pair.secretId || "",
    secret_key: pair.secretKey || "",
    ...(pair.token ? { token: pair.token } : {}),
  })
  if (!credential || !("getCredential" in credential)) {
    return signed(credential || {})
  }
  const chained = typeof credential[CORE] === "function" && credential[CORE].isOf(credential)
  if (chained && !(credential instanceof STSCredential || credential instanceof OIDCRoleArnCredential)) {
    return { ...credential[CORE](), ...told }
  }
  return credential.getCredential().then(signed)
})

class OIDCRoleArnCredential {
  constructor(clientConfig, assumeRoleWithWebIdentityParams) {
    if (clientConfig && assumeRoleWithWebIdentityParams) {
      this.clientConfig = clientConfig
      this.assumeRoleWithWebIdentityParams = assumeRoleWithWebIdentityParams
    }
  }

  getCredential() {
    return asked(this)
  }
}
byCore(OIDCRoleArnCredential, function () {
  const { assumeRoleWithWebIdentityParams: params, clientConfig } = this
  if (!params) {
    // The variables of a pod of TKE.
    return { credential_chain: ["web_identity"] }
  }
  return { web_identity: role("AssumeRoleWithWebIdentity", IDENTIFIED, params, clientConfig) }
})

class CvmRoleCredential {
  getCredential() {
    return asked(this)
  }
}
byCore(CvmRoleCredential, () => ({ cvm_role: {} }))

exports.BasicCredential = BasicCredential
exports.EnvironmentVariableCredential = EnvironmentVariableCredential
exports.ProfileCredential = ProfileCredential
exports.STSCredential = STSCredential
exports.CvmRoleCredential = CvmRoleCredential
exports.OIDCRoleArnCredential = OIDCRoleArnCredential
exports.DefaultCredentialProvider = DefaultCredentialProvider
