/** One entry of a sending's answer. */
export interface NumberStatus {
  /** `Ok`, or why the number was refused. */
  Code?: string
  /** The number. */
  PhoneNumber?: string
  /** The refusal in words. */
  Message?: string
}

/** The numbers of a sending's answer that were not accepted: an answer without an error does not mean that all were. */
export declare function failedNumbers<T extends NumberStatus>(answer: {
  SendStatusSet?: T[]
  SendMultiStatusSet?: T[]
}): T[]

/** A level of log lines. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug" | "trace"

/**
 * Has the log lines of the SDK told to a function, from now on and up to a level. Secrets and phone numbers are masked. The
 * last one who asks gets the lines of the whole process.
 */
export declare function setLogger(level: LogLevel, logger?: (level: LogLevel, line: string) => void): void
