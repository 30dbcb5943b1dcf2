// What all clients stand on: the native module, calls by it, and exceptions made of its failures.
"use strict"

const { sdkVersion } = require("./sdk_version")

const native = load()
const SDK = "SDK_TCSMS_NODEJS_" + sdkVersion

function load() {
  const named = process.env.TCSMS_LIBRARY
  const platform = `${process.platform}-${process.arch}`
  const path = named || `${__dirname}/../native/tcsms.${platform}.node`
  const loaded = { exports: {} }
  try {
    process.dlopen(loaded, path)
  } catch (error) {
    if (named) {
      throw new Error(
        `TCSMS_LIBRARY names ${named}, which cannot be loaded as the native module of tcsms for Node.js (${error.message}): name the .node file of an installed package, or unset it`,
      )
    }
    throw new Error(
      `the native module of tcsms cannot be loaded (${error.message}): the package has one for Linux x86-64 with glibc, and this is Node.js ${process.version} on ${platform}. Install the package on the machine that runs it, or let TCSMS_LIBRARY name the file`,
    )
  }
  const version = typeof loaded.exports.version === "function" ? loaded.exports.version() : "unknown"
  if (version !== sdkVersion) {
    throw new Error(`the native module ${path} is of version ${version}, and the package is ${sdkVersion}: install both anew`)
  }
  return loaded.exports
}

// ---------------------------------------------------------------- outcomes

// Who waits for an outcome, by tag. What comes for a tag that is gone is passed over.
const waiting = new Map()
let lastTag = 0

// Log lines come under this tag, and are waited for by nobody.
const LOG = 0

const inbox = native.inbox((batch) => {
  let came = batch.length / 3
  for (let at = 0; at < batch.length; at += 3) {
    came -= batch[at] === LOG ? 1 : 0
  }
  native.came(inbox, came)
  for (let at = 0; at < batch.length; at += 3) {
    const told = waiting.get(batch[at])
    if (told !== undefined) {
      told(batch[at + 1], batch[at + 2])
    }
  }
})

// The outcome of what `begin(tag)` begins: [status, text].
function outcome(begin) {
  return new Promise((resolve, reject) => {
    const tag = ++lastTag
    waiting.set(tag, (status, text) => {
      waiting.delete(tag)
      resolve([status, text])
    })
    try {
      begin(tag)
    } catch (error) {
      waiting.delete(tag)
      reject(error)
    }
  })
}

// ---------------------------------------------------------------- JSON

const MARK = "\u0001tcsms-integer:"
const MARKED = /^\u0001tcsms-integer:(-?[0-9]+)$/

// The value of an answer. Integers that a number cannot hold are BigInts.
function parse(text) {
  if (!text.includes("\\u0001tcsms-integer:")) {
    return JSON.parse(text)
  }
  return JSON.parse(text, (_, value) => {
    const marked = typeof value === "string" && value.startsWith(MARK) && MARKED.exec(value)
    return marked ? BigInt(marked[1]) : value
  })
}

function withoutNulls(_, value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return value
  }
  let kept = value
  for (const name of Object.keys(value)) {
    if (value[name] === null) {
      if (kept === value) {
        kept = { ...value }
      }
      delete kept[name]
    }
  }
  return kept
}

// An escape of half a surrogate pair: JSON.stringify writes whole ones as they are.
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/

// The JSON text of a request: BigInts are written as the integers they are, and members that are null left out. A text
// that was cut within a character is told here: each reader of JSON would make something else of it.
function stringify(value) {
  const text = written(value)
  if (text.includes("\\ud") && HALF.test(text)) {
    throw invalid("a text of the request has half of a surrogate pair: it was cut within a character; nothing was sent")
  }
  return text
}

function written(value) {
  let text
  try {
    text = JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) {
      throw invalid(`the request cannot be written as JSON (${error.message.split("\n")[0]}); nothing was sent`)
    }
    return withIntegers(value)
  }
  if (text === undefined || text[0] !== "{") {
    throw invalid(`the request must be an object, and is ${described(value)}; nothing was sent`)
  }
  return text.includes("null") ? JSON.stringify(value, withoutNulls) : text
}

function withIntegers(value) {
  const mark = `integer:${process.hrtime.bigint()}:${Math.random()}:`
  const text = JSON.stringify(value, (name, value) => (typeof value === "bigint" ? mark + value : withoutNulls(name, value)))
  return text.replace(new RegExp(`"${mark.replace(/\./g, "\\.")}(-?[0-9]+)"`, "g"), "$1")
}

function described(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`
}

// ---------------------------------------------------------------- exceptions

function exceptionClass() {
  return require("./exception/tencent_cloud_sdk_exception").default
}

// The exception for an error of the core as JSON.
function exception(text) {
  const told = JSON.parse(text)
  const isAnswer = told.kind === "service"
  const error = new (exceptionClass())(isAnswer ? told.message : told.text || told.message, told.requestId, told.traceId)
  const extra = { code: told.code, httpCode: told.httpStatus, step: told.step, endpoint: told.endpoint }
  for (const [name, value] of Object.entries(extra)) {
    if (value !== null && value !== undefined) {
      error[name] = value
    }
  }
  // What a person should know beside the service's own words stands at the end of the text.
  const known = `${told.code}: ${told.message}${told.requestId ? ` (request id ${told.requestId})` : ""}`
  if (isAnswer && told.text && told.text.startsWith(known) && told.text.length > known.length) {
    error.hint = told.text.slice(known.length).replace(/^[\s;,:.]+/, "")
  }
  error.kind = told.kind
  error.delivery = told.delivery
  error.attempts = told.attempts || 0
  error.retryable = Boolean(told.retryable)
  return error
}

function local(kind, message, delivery = "not_sent") {
  return exception(JSON.stringify({ kind, message, delivery }))
}

function invalid(message) {
  return local("invalid_request", message)
}

// What the native module threw, as the SDK's exception where it is a failure of the core.
function thrown(error) {
  return typeof error.message === "string" && error.message.startsWith("{") ? exception(error.message) : error
}

// ---------------------------------------------------------------- native clients

// By their settings and the environment they were made in: clients with the same settings share their connections.
const clients = new Map()
const MOST_CLIENTS = 64
const READ = /^(TCSMS_|TENCENTCLOUD_|TKE_)|^(https?|all|no)_proxy$|^HOME$/i

// The native client with these settings.
function clientOf(settings) {
  const text = JSON.stringify(settings)
  let key = text
  for (const name of Object.keys(process.env)) {
    if (READ.test(name)) {
      key += `\n${name}=${process.env[name]}`
    }
  }
  let client = clients.get(key)
  if (client === undefined) {
    try {
      client = native.client(text)
    } catch (error) {
      throw thrown(error)
    }
    if (clients.size >= MOST_CLIENTS) {
      // Calls under way keep what they need.
      clients.delete(clients.keys().next().value)
    }
  } else {
    clients.delete(key)
  }
  clients.set(key, client)
  return client
}

// Both, where `more` wins, member by member also in what they hold.
function merged(settings, more) {
  const both = { ...settings }
  for (const [name, value] of Object.entries(more)) {
    if (value === null || value === undefined) {
      delete both[name]
    } else if (isPlain(value) && isPlain(both[name])) {
      both[name] = { ...both[name], ...value }
    } else {
      both[name] = value
    }
  }
  return both
}

function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

// ---------------------------------------------------------------- calls

const MOST_MS = 0xffffffff

// Makes a call in the background. Gives its answer, or throws the SDK's exception.
async function call(client, meta, body, timeoutMs, signal) {
  let id = 0
  const abort = () => native.cancel(client, id)
  if (signal) {
    if (signal.aborted) {
      throw aborted()
    }
    signal.addEventListener("abort", abort)
  }
  let told
  try {
    told = await outcome((tag) => {
      id = native.submit(client, inbox, tag, meta, body, Math.min(timeoutMs, MOST_MS))
    })
  } finally {
    if (signal) {
      signal.removeEventListener("abort", abort)
    }
  }
  if (told[0] !== 0) {
    throw exception(told[1])
  }
  return parse(told[1])
}

// The exception of a call that its caller broke off.
function aborted(delivery = "not_sent") {
  const open = "the request may have reached the service: look before sending it again"
  return local("cancelled", `the call was cancelled; ${delivery === "not_sent" ? "nothing was sent" : open}`, delivery)
}

// The credential that a call with these settings would be signed with now.
async function credential(settings) {
  const client = clientOf(settings)
  const [status, text] = await outcome((tag) => native.credential(client, inbox, tag))
  if (status !== 0) {
    throw exception(text)
  }
  const told = JSON.parse(text)
  const pair = { secretId: told.secret_id, secretKey: told.secret_key }
  return told.token ? { ...pair, token: told.token } : pair
}

const OPENED = 100
const EVENT = 101

// Begins a call that may answer with events. Gives { answer }, or { next, close }: `next` gives an event, or undefined
// at the end.
async function stream(client, meta, body) {
  const tag = ++lastTag
  let done
  const outcomes = () => new Promise((resolve) => (done = resolve))
  waiting.set(tag, (status, text) => done([status, text]))
  const first = outcomes()
  let events
  try {
    events = native.stream(client, inbox, tag, meta, body)
  } catch (error) {
    waiting.delete(tag)
    throw error
  }
  const [status, text] = await first
  if (status !== OPENED) {
    waiting.delete(tag)
    if (status !== 0) {
      throw exception(text)
    }
    return { answer: parse(text) }
  }
  let isOver = false
  return {
    async next() {
      if (isOver) {
        return undefined
      }
      const next = outcomes()
      native.want(events, inbox)
      const [status, text] = await next
      if (status === EVENT) {
        return JSON.parse(text)
      }
      isOver = true
      waiting.delete(tag)
      if (status < EVENT) {
        throw exception(text)
      }
      return undefined
    },
    close() {
      native.close(events)
    },
  }
}

// Whether the SDK's log lines up to a level are told to a function.
function setLogger(level, logger) {
  const levels = ["off", "error", "warn", "info", "debug", "trace"]
  const number = levels.indexOf(level)
  if (number < 0) {
    throw invalid(`there is no log level ${JSON.stringify(level)}: it is one of ${levels.join(", ")}`)
  }
  if (number > 0 && typeof logger !== "function") {
    throw invalid("the logger must be a function of the level and the line")
  }
  // A program that throws here throws from the event loop, as from any callback.
  waiting.set(LOG, (level, line) => logger && logger(levels[level], line))
  native.setLog(inbox, LOG, number)
}

// The numbers of a sending's answer that were not accepted: an answer without an error does not mean that all were.
function failedNumbers(answer) {
  const set = (answer && (answer.SendStatusSet || answer.SendMultiStatusSet)) || []
  return set.filter((status) => status.Code !== "Ok")
}

module.exports = {
  SDK,
  aborted,
  call,
  clientOf,
  credential,
  exception,
  exceptionClass,
  failedNumbers,
  invalid,
  local,
  merged,
  native,
  parse,
  setLogger,
  stream,
  stringify,
  thrown,
}
