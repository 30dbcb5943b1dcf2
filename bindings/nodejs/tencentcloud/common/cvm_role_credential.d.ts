import { Credential, CredentialResult, DynamicCredential } from "./interface"

interface CvmRoleCredentialResult extends CredentialResult {
  Code: string
}

/** The credential of the role that is bound to the cloud server. Clients keep and renew it. */
export default class CvmRoleCredential implements DynamicCredential {
  /** What the metadata service told last; the core keeps it. */
  protected credentialTask?: Promise<CvmRoleCredentialResult> | null
  /** @throws TencentCloudSDKHttpException when no role is bound, or the metadata service cannot be reached. */
  getCredential(): Promise<Credential>
}
export {}
