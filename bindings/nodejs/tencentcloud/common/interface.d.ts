import { Agent } from "http"

/** What a client is made with. */
export interface ClientConfig {
  /** Who signs: a key pair, one of the SDK's credential classes, or anything with a `getCredential` of its own. */
  credential: Credential | DynamicCredential
  /** The region, such as `ap-guangzhou`. */
  region?: string
  /** How calls are made. */
  profile?: ClientProfile
}

/** How calls are made. It may be changed between calls. */
export interface ClientProfile {
  /** How requests are signed; `TC3-HMAC-SHA256` by default. */
  signMethod?: "TC3-HMAC-SHA256" | "HmacSHA256" | "HmacSHA1"
  /** How requests travel. */
  httpProfile?: HttpProfile
  /** The language of the service's messages; the service's own choice by default. */
  language?: "zh-CN" | "en-US"
  /** Settings of the core by their names, over all others: what the documented SDK has no member for. */
  settings?: CoreSettings
}

/** How requests travel. */
export interface HttpProfile {
  /** `POST` by default. `GET` cannot carry more than 32 KB. */
  reqMethod?: "POST" | "GET"
  /** The host, with a port if it is not the usual one: `sms.tencentcloudapi.com` by default for SMS. */
  endpoint?: string
  /** `https://` by default, or `http://`. */
  protocol?: string
  /** The limit of one attempt in seconds, 60 by default; 0 is none. */
  reqTimeout?: number
  /** Headers of every request. `X-TC-TraceId` names all calls; each one has a fresh id without it. */
  headers?: Record<string, string>
  /** Has Node's own HTTP client carry the requests, with this agent. It goes before `proxy`. */
  agent?: Agent
  /** The URL of a proxy: `http://user:password@host:port`, `https://` or `socks5://`. Without it the environment's counts. */
  proxy?: string
}

/** When a failed call is made again. */
export interface Retry {
  /**
   * `never`; `safe`, the default: what was not sent, and what a rate limit refused; `idempotent`: also what may have been
   * sent, where repeating changes nothing; `any`: also a message that may have been sent.
   */
  policy?: "never" | "safe" | "idempotent" | "any"
  /** How many attempts are made in all. */
  attempts?: number
  /** The first pause in milliseconds; each further one is twice as long. */
  pause_ms?: number
  /** The longest pause. */
  longest_pause_ms?: number
  /** By how much a pause is moved at random. */
  jitter_percent?: number
}

/** Settings of the core. What is absent stays as the other members say. */
export interface CoreSettings {
  /** The section of the credentials file. */
  profile?: string
  /** The credential is the role of the cloud server. */
  cvm_role?: { role?: string; connect_to?: string }
  /** The credential is a role assumed through STS. */
  assume_role?: {
    role_arn: string
    session_name?: string
    policy?: string
    external_id?: string
    duration_seconds?: number
    region?: string
    endpoint?: string
    connect_to?: string
  }
  /** The credential is a role that the identity of a pod assumes through STS. */
  web_identity?: {
    role_arn: string
    provider_id: string
    token_file?: string
    token?: string
    session_name?: string
    duration_seconds?: number
    region?: string
    endpoint?: string
    connect_to?: string
  }
  /** The product that is signed for. */
  service?: string
  /** The endpoint: a host, `host:port`, or a URL. */
  endpoint?: string
  /** The domain below which the endpoint lies. */
  root_domain?: string
  /** The API gateway that requests go to. */
  api_gateway?: string
  /** Where connections go in place of the endpoint, which stays what is signed and shown. */
  connect_to?: string
  /** Whether plain http may leave the machine. */
  allow_plain_http?: boolean
  /** Endpoints to go to when those before fail. */
  backup_endpoints?: string[]
  /** After so many failures within a time an endpoint is left out for a while. */
  breaker?: { failures: number; window_ms: number; pause_ms: number }
  /** A PEM file of authorities that are trusted beside the system's. */
  ca_file?: string
  /** The same as PEM text. */
  ca_pem?: string
  /** The files of the certificate that is shown to servers that ask for one. */
  client_certificate_files?: { certificate: string; key: string }
  /** The same as PEM texts. */
  client_certificate_pem?: { certificate: string; key: string }
  /** The oldest version of TLS. */
  min_tls_version?: "1.2" | "1.3"
  /** True takes any certificate: for tests only. */
  danger_accept_invalid_certificates?: boolean
  /** True: no proxy, whatever the environment says. */
  no_proxy?: boolean
  /** Whether the body is left out of the signature. */
  unsigned_payload?: boolean
  /** A name beside the SDK's own in RequestClient. */
  request_client?: string
  /** Time limits in milliseconds; 0 is none. */
  timeouts?: { connect_ms?: number; attempt_ms?: number; total_ms?: number; idle_ms?: number }
  /** When a failed call is made again. */
  retry?: Retry
  /** How many repeats there may be while nothing succeeds; 0 sets no limit. */
  retry_budget?: number
  /** How many attempts start in a second, of all actions without a rate of their own. */
  call_rate?: number
  /** The same for single actions. */
  action_rates?: Record<string, number>
  /** How large an answer may be. */
  max_answer_bytes?: number
  /** Whether compressed answers are asked for. */
  compression?: boolean
  /** How many connections there are at most. */
  max_connections?: number
  /** Every further setting of the core. */
  [name: string]: unknown
}

/** The languages of the service's messages. */
export declare const SUPPORT_LANGUAGE_LIST: string[]

/** A key pair. */
export interface Credential {
  /** The id of the key. */
  secretId?: string
  /** The key. */
  secretKey?: string
  /** The session token of a temporary key. */
  token?: string
}

/** Whatever gives a key pair when it is asked, before each call. */
export interface DynamicCredential {
  getCredential(): Promise<Credential>
}

/** A temporary key as STS gives it. */
export interface CredentialResult {
  /** The id of the key. */
  TmpSecretId: string
  /** The key. */
  TmpSecretKey: string
  /** When it ends, in Unix time. */
  ExpiredTime: number
  /** The same as a text. */
  Expiration: string
  /** The session token. */
  Token: string
}
