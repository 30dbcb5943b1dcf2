interface EventSourceMessage {
  /** The id of the event; empty when it has none. */
  id: string
  /** What kind of event it is; empty when it does not say. */
  event: string
  /** Its data. */
  data: string
  /** How long to wait before connecting anew, in milliseconds. */
  retry?: number
}

/** The events that an action answers with: to listen to, or to iterate over. */
export declare class SSEResponseModel {
  private stream
  private source
  private eventSource
  /** @param stream The bytes of an answer of events. */
  constructor(stream: NodeJS.ReadableStream)
  /** Has a function called with each event, at the end, or with the error that ended it. */
  on(event: "message", listener: (message: EventSourceMessage) => void): this
  on(event: "close", listener: () => void): this
  on(event: "error", listener: (err: Error) => void): this
  /** Takes back what `on` did. */
  removeListener(event: "message", listener: (message: EventSourceMessage) => void): this
  removeListener(event: "close", listener: () => void): this
  removeListener(event: "error", listener: (err: Error) => void): this
  /** Each event; leaving the loop closes the connection. */
  [Symbol.asyncIterator](): AsyncIterableIterator<EventSourceMessage>
}
export {}
