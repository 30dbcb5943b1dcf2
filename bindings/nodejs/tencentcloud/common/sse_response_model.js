// The events that an action answers with.
"use strict"

const { EventEmitter } = require("events")
const { Readable } = require("stream")

const core = require("./core")

// Events of the core as a stream of messages.
class Events extends Readable {
  constructor(source, signal) {
    super({ objectMode: true, highWaterMark: 1 })
    this.source = source
    this.signal = signal
    this.stop = () => this.destroy(core.aborted("maybe_sent"))
    if (signal) {
      signal.addEventListener("abort", this.stop)
    }
  }

  _read() {
    this.source.next().then(
      (event) => this.push(event === undefined ? null : message(event)),
      (error) => this.destroy(error),
    )
  }

  _destroy(error, done) {
    if (this.signal) {
      this.signal.removeEventListener("abort", this.stop)
    }
    this.source.close()
    done(error)
  }
}

function message({ id, event, data, retry_ms: retry }) {
  return { data: data || "", event: event || "", id: id || "", retry: retry === null ? undefined : retry }
}

// Messages of a stream of bytes.
async function* messages(stream) {
  let of = []
  for await (const line of require("readline").createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line !== "") {
      of.push(line)
      continue
    }
    yield parsed(of.splice(0))
  }
  if (of.length > 0) {
    yield parsed(of)
  }
}

function parsed(lines) {
  const found = { data: undefined, event: "", id: "", retry: undefined }
  for (const line of lines) {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) || []
    if (name === "data") {
      found.data = found.data === undefined ? value : `${found.data}\n${value}`
    } else if (name === "retry" && /^[0-9]+$/.test(value)) {
      found.retry = Number(value)
    } else if (name === "event" || name === "id") {
      found[name] = value
    }
  }
  return { ...found, data: found.data || "" }
}

class SSEResponseModel {
  constructor(stream) {
    this.stream = stream
    this.source = stream instanceof Events ? stream : messages(stream)
    this.eventSource = new EventEmitter()
    // Those who listen get the messages from the first listener on; who iterates asks for each.
    this.isTelling = false
  }

  on(event, listener) {
    this.eventSource.on(event, listener)
    if (!this.isTelling) {
      this.isTelling = true
      setImmediate(() => this.tell())
    }
    return this
  }

  removeListener(event, listener) {
    this.eventSource.removeListener(event, listener)
    return this
  }

  async tell() {
    const tell = (...told) => process.nextTick(() => this.eventSource.emit(...told))
    try {
      for await (const message of this.source) {
        tell("message", message)
      }
    } catch (error) {
      tell("error", error)
    }
    tell("close")
  }

  async *[Symbol.asyncIterator]() {
    yield* this.source
  }
}

// Begins a call that may answer with events: a model of them, or the answer that came in their place.
async function opened(client, meta, body, signal) {
  if (signal && signal.aborted) {
    throw core.aborted()
  }
  const told = await core.stream(client, meta, body)
  return told.answer !== undefined ? told.answer : new SSEResponseModel(new Events(told, signal))
}

exports.SSEResponseModel = SSEResponseModel
Object.defineProperty(exports, "opened", { value: opened })
