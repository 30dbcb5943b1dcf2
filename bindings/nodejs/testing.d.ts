/**
 * Tests of a program that sends SMS: a service of their own to talk to, what was "sent", faults on demand, and a clock.
 * An ECMAScript module imports it as `tcsms/testing.js`.
 */
import { ClientConfig } from "./tencentcloud/common/interface"
import { Client } from "./tencentcloud/services/sms/v20210111/sms_client"

/** The configuration of a service that is started without one: the development account, no limits, reports at once. */
export declare const DEFAULT_CONFIG: string

/** The service did not start, cannot be reached, or refused a request of these helpers. */
export declare class ServiceError extends Error {
  /** The HTTP status of the refusal; absent when there was no answer. */
  status?: number
  /** The word of the refusal for programs, such as `NotFound`; absent when there was no answer. */
  code?: string
}

/** How a service is started. */
export interface StartOptions {
  /** The path of `tcsms`. Without it: the variable TCSMS_PROGRAM, the package `tcsms-service`, then `tcsms` on PATH. */
  program?: string
  /** The configuration, the text of a TOML file; `DEFAULT_CONFIG` without it. */
  config?: string
  /** More arguments of `tcsms serve`. */
  arguments?: string[]
  /** Seconds that the start may take; 30 without it. */
  timeout?: number
  /** A PEM file of the authority to trust, for a service with `--tls-self-signed` or the like. */
  caFile?: string
}

/** How a service that runs already is reached. */
export interface ConnectOptions {
  /** The value of its TCSMS_CONTROL_TOKEN, where it has one. */
  token?: string
  /** The URL of its API, when that is another than that of the control API. */
  api?: string
  /** A PEM file of the authority to trust. */
  caFile?: string
}

/** The service `tcsms serve`: started for these tests, or one that runs already. */
export declare class LocalService {
  private constructor()
  /** The URL of the API, for clients. */
  readonly api: string
  /** The URL of the control API, which these helpers use. */
  readonly control: string
  /** Starts the service on a free port. It ends with `stop`, and whenever this process ends. */
  static start(options?: StartOptions): Promise<LocalService>
  /** A service that runs already, and goes on running: `url` is that of its control API. */
  static connect(url: string, options?: ConnectOptions): LocalService
  /** Makes an account that shares nothing with others. */
  account(options?: AccountOptions): Promise<Account>
  /** Ends the service when `start` started it. Again, it does nothing. */
  stop(): Promise<void>
  /** As `stop`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** What an account is made like. */
export interface AccountOptions {
  /** The id of the configured account whose signatures and templates it gets; by default the first. */
  like?: string
  /** The limits; `off` without it. */
  limits?: "off" | "default" | "strict"
  /** How long it lives when nobody closes it: `10m` without it, at most `24h`. */
  ttl?: string
  /** Where its delivery reports are pushed to. */
  statusUrl?: string
  /** Where replies to its messages are pushed to. */
  replyUrl?: string
}

/** What became of a message. */
export type MessageStatus = "refused" | "submitted" | "delivered" | "failed"

/** Which messages are meant. */
export interface MessageConditions {
  /** Those to this number. */
  phone?: string
  /** Those of this status. */
  status?: MessageStatus
  /** Those whose text, number or serial number contains this. */
  q?: string
  /** Those of this SdkAppId. */
  app?: string
}

/** A message as the service has it. */
export interface Message {
  /** Its serial number, the `SerialNo` of the sender's answer. */
  serial: string
  /** The id of the account that sent it. */
  account: string
  /** The SdkAppId that sent it. */
  app: string
  /** The number, in E.164 form. */
  phone: string
  /** What the phone shows, signature included. */
  text: string
  /** The values of the template's variables. */
  params: string[]
  /** The login code that was found in the text. */
  code: string | null
  /** The id of the template. */
  template: string
  /** The text of the signature. */
  sign: string
  /** What became of it. */
  status: MessageStatus
  /** The code word of the carrier's report, or the code of the refusal. */
  report: string | null
  /** How many segments it is charged as. */
  segments: number
  /** The `Fee` of the sender's answer. */
  fee: number
  /** When it was accepted, business time, Unix seconds. */
  at: number
  /** Its place among the messages of the service. */
  row: number
}

/** A message with what is only looked up for one. */
export interface WholeMessage extends Message {
  /** What it waits for. */
  waiting: string | null
  /** The ids of the faults that struck it or its call. */
  faults: string[]
  /** The RequestId of the call that sent it. */
  requestId: string
}

/** What a fault does. */
export type FaultEffect =
  | { error: { code: string; message?: string } }
  | { latency: string }
  | { reset: { after?: boolean } }
  | { partial: { bytes: number } }
  | { receipt: { outcome: string; word?: string; delay?: string; copies?: number; attempts?: number } }
  | { callback: { delay?: string; copies?: number; drop?: boolean } }

/** A fault on demand, see `docs/service.md`. */
export interface Fault {
  /** Its name; its place, from 1, without it. */
  id?: string
  /** What it fits; absent members fit everything. */
  match?: { action?: string; phone?: string; app?: string; template?: string }
  /** Strikes only at these counts of what fits, from 1. */
  nth?: number[]
  /** Strikes with this probability, 0 to 1. */
  probability?: number
  /** Strikes at most so often. */
  times?: number
  /** What it does. */
  do: FaultEffect
}

/** How a clock stands. */
export interface Clock {
  /** Business time, Unix seconds. */
  now: number
  /** How far it is from real time; absent while it stands still. */
  offset?: string
  /** Whether it stands still. */
  frozen: boolean
}

/** A call that the service received; more of it stands in `docs/openapi.json`. */
export interface ReceivedCall {
  /** The RequestId. */
  id: string
  /** The action. */
  action: string
  /** `Ok`, or the code of the error. */
  code: string
  /** The message of the error. */
  message: string | null
  /** The ids of the faults that struck it. */
  faults: string[]
  /** Why the check of its signature failed. */
  explanation: string | null
  [member: string]: unknown
}

/** An account for one test: its own key, app, messages, faults and clock. */
export declare class Account {
  private constructor()
  /** The account's id. */
  readonly id: string
  /** The id of its key. */
  readonly secretId: string
  /** Its key. */
  readonly secretKey: string
  /** The SdkAppId of its app. */
  readonly sdkAppId: string
  /** The texts of its approved signatures. */
  readonly signs: string[]
  /** Its approved templates. */
  readonly templates: { id: string; content: string }[]
  /** A client of the SDK, of 2021-01-11, with this account's key that talks to the service. */
  client(): Client
  /** The same of another class, such as `sms.v20190711.Client`. */
  client<T>(Class: new (config: ClientConfig) => T): T
  /** The messages that there are now, the newest last; `limit` of them, 1 to 1000, 100 without it. */
  messages(conditions?: MessageConditions & { limit?: number }): Promise<Message[]>
  /**
   * The newest message that fits, as soon as there is one; `timeout` is how many seconds to wait, 10 without it and at most
   * 300. The AssertionError of a wait that was not met says which messages nearly fitted.
   */
  waitForMessage(conditions?: MessageConditions & { timeout?: number }): Promise<Message>
  /** As `waitForMessage`, as soon as there are so many: all that fit, the newest last. */
  waitForMessages(count: number, conditions?: MessageConditions & { timeout?: number }): Promise<Message[]>
  /** One message by its serial number, with what it waits for and the faults that struck it. */
  message(serial: string): Promise<WholeMessage>
  /** Forgets the account's messages. */
  clear(): Promise<void>
  /** Puts these faults in the place of the present ones; `seed` makes their probabilities repeatable. */
  setFaults(rules: Fault[], seed?: number): Promise<void>
  /** The faults in force. */
  faults(): Promise<Fault[]>
  /** Removes the faults. */
  clearFaults(): Promise<void>
  /** How the account's clock stands. */
  clock(): Promise<Clock>
  /** Sets business time so far from real time: `24h`, `-5m`. Signatures keep real time. */
  moveClock(offset: string): Promise<void>
  /** Stops business time at this Unix second. */
  setClock(now: number): Promise<void>
  /** Sets business time to real time. */
  resetClock(): Promise<void>
  /** The person at this number answers the account's newest message to it. */
  reply(phone: string, text: string): Promise<void>
  /** Decides what became of a message; `word` is the carrier's, `DELIVRD` or `UNDELIV` without it. */
  report(serial: string, status: "delivered" | "failed", word?: string): Promise<void>
  /** Decides about a signature; `pending` is approved, but not yet in force. `reply` has the reviewer's words. */
  reviewSign(id: number, status: "approved" | "rejected" | "reviewing" | "pending", reply?: string): Promise<void>
  /** Decides about a template, as `reviewSign`. */
  reviewTemplate(id: number, status: "approved" | "rejected" | "reviewing" | "pending", reply?: string): Promise<void>
  /** The calls that the account's key signed, the newest last; `limit` of them, 1 to 1000, 100 without it. */
  requests(conditions?: { action?: string; code?: string; limit?: number }): Promise<ReceivedCall[]>
  /** Removes the account with all that belongs to it. Again, or after its time, it does nothing. */
  close(): Promise<void>
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>
}
