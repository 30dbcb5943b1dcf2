import { ClientConfig, ClientProfile, Credential, DynamicCredential, HttpProfile, Retry } from "./interface"

/**
 * What is called with the outcome of a call: an error, which is a `TencentCloudSDKHttpException`, or an answer; the other one
 * is null.
 */
export type ResponseCallback<TReuslt = any> = (error: string, rep: TReuslt) => void

/** What one call has in place of the client's own. */
export interface RequestOptions extends Partial<Pick<HttpProfile, "headers">> {
  /** Buffers and readable streams among the parameters travel as parts of `multipart/form-data`. */
  multipart?: boolean
  /** Parts by themselves, in place of `multipart`: texts or bytes. */
  parts?: Record<string, string | Uint8Array>
  /** Ends the call; whether the request had left stands in the error's `delivery`. */
  signal?: AbortSignal
  /** True: the call goes without a signature. */
  skipSign?: boolean
  /** True: server-sent events are taken as the answer. The parameter `Stream: true` says the same. */
  stream?: boolean
  /** The limit of the call with all its attempts, in seconds. */
  reqTimeout?: number
  /** The id under which the service traces the call. */
  traceId?: string
  /** The key by which a repetition is recognised. */
  idempotencyKey?: string
  /** Whether carrying it out twice does no harm; known for the actions of SMS. */
  idempotent?: boolean
  /** When the call is made again. */
  retry?: Retry
  /** The region. */
  region?: string
  /** The language of the service's messages. */
  language?: "zh-CN" | "en-US"
  /** How the request is signed. */
  signMethod?: "TC3-HMAC-SHA256" | "HmacSHA256" | "HmacSHA1"
  /** The HTTP method. */
  reqMethod?: "POST" | "GET"
  /** Whether the body is left out of the signature. */
  unsignedPayload?: boolean
  /** The parameters beside a body of bytes, for `requestOctetStream`. */
  parameters?: Record<string, any>
}

type ResponseData = any

/** What all clients are. The members may be changed between calls. */
export declare class AbstractClient {
  /** How the SDK names itself to the service. */
  sdkVersion: string
  /** The path of requests. */
  path: string
  /** Who signs. */
  credential: Credential | DynamicCredential
  /** The region, or null. */
  region: string
  /** The version of the API. */
  apiVersion: string
  /** The host that is called. */
  endpoint: string
  /** How calls are made. */
  profile: ClientProfile
  /**
   * @param endpoint The host of the product, such as `cvm.tencentcloudapi.com`; its first label is the product.
   * @param version The version of its API, such as `2017-03-12`.
   * @param config Who signs, the region, and how calls are made.
   * @throws TencentCloudSDKHttpException for a language that there is not.
   */
  constructor(endpoint: string, version: string, { credential, region, profile }: ClientConfig)
  /** The key pair that calls are signed with now. */
  getCredential(): Promise<Credential>
  /**
   * Makes a call by its name.
   *
   * @param action The action, such as `SendSms`.
   * @param req Its parameters, or the JSON text of them. BigInts are sent as integers, and members that are null are left out.
   * @param options What this call has in place of the client's own, or the callback.
   * @param cb Called with the outcome. An error is then told there and never ends the process.
   * @returns The answer, without its envelope. Integers beyond 2^53 are BigInts.
   * @throws TencentCloudSDKHttpException, by the promise.
   */
  request(action: string, req: any, options?: ResponseCallback | RequestOptions, cb?: ResponseCallback): Promise<ResponseData>
  /**
   * Makes a call whose body is bytes.
   *
   * @param action The action.
   * @param req The body: a Buffer or another view of bytes; anything else is sent as JSON text.
   * @param options What this call has in place of the client's own, or the callback.
   * @param cb Called with the outcome.
   * @returns The answer, without its envelope.
   */
  requestOctetStream(action: string, req: any, options?: ResponseCallback | RequestOptions, cb?: ResponseCallback): Promise<any>
}
export {}
