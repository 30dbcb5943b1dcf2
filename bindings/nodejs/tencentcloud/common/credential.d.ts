import { ClientConfig, Credential, CredentialResult, DynamicCredential } from "./interface"

/** A key pair. */
export declare class BasicCredential implements Credential {
  /** The id of the key. */
  readonly secretId: string
  /** The key. */
  readonly secretKey: string
  /** The session token of a temporary key. */
  readonly token?: string
  constructor(secretId: string, secretKey: string, token?: string)
}

/** The key pair in TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, for a temporary one, TENCENTCLOUD_SESSION_TOKEN. */
export declare class EnvironmentVariableCredential implements DynamicCredential {
  /** @throws TencentCloudSDKHttpException that names the variable which is absent. */
  getCredential(): Promise<Credential>
}

/** The key pair in the file `~/.tencentcloud/credentials`, or `/etc/tencentcloud/credentials`. */
export declare class ProfileCredential implements DynamicCredential {
  /** @throws TencentCloudSDKHttpException that names the file. */
  getCredential(): Promise<Credential>
}

interface AssumeRoleParams {
  RoleArn: string
  RoleSessionName: string
  [key: string]: any
}

/** A role that a key pair assumes through STS. Clients keep and renew it; many may share one. */
export declare class STSCredential implements DynamicCredential {
  private clientConfig
  private assumeRoleParams
  /** Always null: the core keeps the credential. */
  credentialTask: Promise<CredentialResult> | null
  /**
   * @param clientConfig Who signs the request to STS, the region and endpoint of STS.
   * @param assumeRoleParams RoleArn, RoleSessionName, and if wanted DurationSeconds, Policy and ExternalId.
   */
  constructor(clientConfig: ClientConfig, assumeRoleParams: AssumeRoleParams)
  /** @throws TencentCloudSDKHttpException for a parameter that is not known, and for what STS refuses. */
  getCredential(): Promise<Credential>
}

export { default as CvmRoleCredential } from "./cvm_role_credential"

/** A role that an identity of another provider assumes through STS: that of a pod of TKE, or one that is given. */
export declare class OIDCRoleArnCredential implements DynamicCredential {
  private clientConfig
  private assumeRoleWithWebIdentityParams
  /** The identity of this pod, as TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE and TKE_ROLE_ARN say. */
  constructor()
  /**
   * @param clientConfig The region and endpoint of STS.
   * @param assumeRoleWithWebIdentityParams RoleArn, RoleSessionName, ProviderId, WebIdentityToken, and if wanted DurationSeconds.
   */
  constructor(clientConfig: ClientConfig, assumeRoleWithWebIdentityParams: AssumeRoleParams)
  /** @throws TencentCloudSDKHttpException for what is absent, and for what STS refuses. */
  getCredential(): Promise<Credential>
}

/** The first that is found: the environment, the credentials file, the role of the cloud server, the identity of a pod of TKE. */
export declare class DefaultCredentialProvider implements DynamicCredential {
  constructor()
  /** @throws TencentCloudSDKHttpException that says what was found at each place. */
  getCredential(): Promise<Credential>
}
