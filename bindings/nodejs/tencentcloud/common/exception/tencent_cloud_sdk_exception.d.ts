/** What a call is rejected with, and what a callback gets in place of an answer. */
export default class TencentCloudSDKHttpException extends Error {
  /** The service's id of the call; empty when no answer came. */
  requestId: string
  /** The id under which the call is traced. */
  traceId: string
  /** The HTTP status of an answer that is none of the API. */
  httpCode?: number
  /** The service's error code, such as `LimitExceeded.PhoneNumberDailyLimit`; absent when the service gave none. */
  code?: string
  /**
   * What kind of failure it is: `service` (it answered with an error), `config`, `credential`, `invalid_request`,
   * `resolve`, `connect`, `proxy`, `tls`, `timeout`, `network`, `invalid_answer`, `cancelled`, `shut_down` or `panic`.
   */
  kind?: string
  /** Whether the service may have acted on the call: `not_sent`, `maybe_sent` or `answered`. */
  delivery?: "not_sent" | "maybe_sent" | "answered"
  /** How many requests were begun. */
  attempts?: number
  /** Whether the same call may succeed later without doing harm. */
  retryable?: boolean
  /** What to look at beside the service's own words, such as a clock that is wrong. */
  hint?: string
  /** Where it failed: `resolve`, `connect`, `proxy`, `tls`, `write`, `wait` or `read`. */
  step?: string
  /** Host and port of the last attempt. */
  endpoint?: string
  /**
   * @param error What happened.
   * @param requestId The service's id of the call.
   * @param traceId The id under which the call is traced.
   */
  constructor(error: string, requestId?: string, traceId?: string)
  /** The same as `message`. */
  getMessage(): string
  /** The same as `requestId`. */
  getRequestId(): string
  /** The same as `traceId`. */
  getTraceId(): string
  /** All of it in one line, with the code. */
  toString(): string
  /** The same as `toString`. */
  toLocaleString(): string
}
