// Tests of a program that sends SMS: a service of their own to talk to, what was "sent", faults on demand, and a clock.
// What everything means stands in testing.d.ts. The native module is loaded by Account.client alone.
"use strict"

const { AssertionError } = require("assert")
const { spawn } = require("child_process")
const { once } = require("events")
const fs = require("fs")
const http = require("http")
const https = require("https")
const os = require("os")
const path = require("path")
const readline = require("readline")

const DEFAULT_CONFIG = `[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
`

class ServiceError extends Error {
  constructor(message, status, code) {
    super(code ? `${message} (${code})` : message)
    this.name = "ServiceError"
    this.status = status
    this.code = code
  }
}

// The way to a service.
class Door {
  constructor(control, { token, api = control, caFile } = {}) {
    this.api = api.replace(/\/+$/, "")
    this.control = control.replace(/\/+$/, "")
    this.token = token
    this.caFile = caFile
  }

  // A request of the control API. `wait` is how many seconds it may take beside the usual time.
  call(method, rest, { query = {}, body, wait = 0 } = {}) {
    const url = new URL(`${this.control}/_tcsms/v1/${rest}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    const headers = this.token ? { Authorization: `Bearer ${this.token}` } : {}
    const ca = this.caFile && fs.readFileSync(this.caFile)
    // A connection for each call, which goes past every proxy: the service is near.
    const options = { method, headers, ca, agent: false, timeout: (wait + 10) * 1000 }
    return new Promise((resolve, reject) => {
      const lost = (error) => reject(new ServiceError(`no control API of tcsms answers at ${this.control}: ${error.message}`))
      const request = (url.protocol === "https:" ? https : http).request(url, options, async (answer) => {
        try {
          let text = ""
          for await (const piece of answer.setEncoding("utf8")) text += piece
          const told = JSON.parse(text)
          if (answer.statusCode === 200) resolve(told)
          else reject(new ServiceError(told.error.message, answer.statusCode, told.error.code))
        } catch (error) {
          lost(error)
        }
      })
      request.on("timeout", () => request.destroy(new Error(`nothing came for ${wait + 10} s`)))
      request.on("error", lost)
      request.end(body && JSON.stringify(body))
    })
  }
}

class LocalService {
  #door
  #child

  constructor(door, child) {
    this.#door = door
    this.#child = child
    this.api = door.api
    this.control = door.control
  }

  static async start({ program = findProgram(), config = DEFAULT_CONFIG, arguments: more = [], timeout = 30, caFile } = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcsms-"))
    // A file, because a pipe would block the service while the tests keep Node.js busy.
    const log = fs.openSync(path.join(folder, "log"), "a+")
    try {
      const file = path.join(folder, "service.toml")
      fs.writeFileSync(file, config)
      const words = ["serve", "--listen", "127.0.0.1:0", "--stop-with-stdin", "--config", file, ...more]
      // In a session of its own control-C does not reach it, so that the tests can still tidy up.
      const child = spawn(program, words, { stdio: ["pipe", "pipe", log], detached: true })
      const line = await firstLine(child, timeout).catch((error) => {
        child.kill("SIGKILL")
        throw new ServiceError([error.message, end(log)].filter(Boolean).join(": "))
      })
      const { api, control } = JSON.parse(line)
      // Tests that forget it end all the same, and it ends with them.
      for (const held of [child, child.stdin, child.stdout]) held.unref()
      return new LocalService(new Door(control, { api, caFile }), child)
    } finally {
      fs.closeSync(log)
      fs.rmSync(folder, { recursive: true })
    }
  }

  static connect(url, options) {
    return new LocalService(new Door(url, options))
  }

  async account({ like, limits = "off", ttl = "10m", statusUrl, replyUrl } = {}) {
    const body = { like, limits, ttl, statusUrl, replyUrl }
    return new Account(this.#door, await this.#door.call("POST", "accounts", { body }))
  }

  async stop() {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const timer = setTimeout(() => child.kill("SIGKILL"), 10000)
    child.ref()
    child.stdin.end()
    await once(child, "exit")
    clearTimeout(timer)
  }
}

class Account {
  #door

  constructor(door, { id, secretId, secretKey, sdkAppId, signs, templates }) {
    this.#door = door
    Object.assign(this, { id, secretId, secretKey, sdkAppId, signs, templates })
  }

  client(Client = require("./tencentcloud").sms.v20210111.Client) {
    const { api, caFile } = this.#door
    return new Client({
      credential: { secretId: this.secretId, secretKey: this.secretKey },
      region: "ap-guangzhou",
      profile: { settings: { connect_to: api, allow_plain_http: true, ...(caFile && { ca_file: caFile }) } },
    })
  }

  async messages({ phone, status, q, app, limit } = {}) {
    return (await this.#call("GET", "messages", { query: { phone, status, q, app, limit } })).messages
  }

  async waitForMessage(conditions) {
    return (await this.waitForMessages(1, conditions)).pop()
  }

  async waitForMessages(count, { phone, status, q, app, timeout = 10 } = {}) {
    const conditions = { phone, status, q, app }
    const query = { ...conditions, count, wait: `${Math.round(timeout * 1000)}ms` }
    const told = await this.#call("GET", "messages", { query, wait: timeout })
    if (!told.matched) throw new AssertionError({ message: missed(told, count, conditions, timeout) })
    return told.messages
  }

  message(serial) {
    return this.#door.call("GET", `messages/${encodeURIComponent(serial)}`)
  }

  async clear() {
    await this.#call("DELETE", "messages")
  }

  async setFaults(rules, seed) {
    await this.#call("PUT", "faults", { body: { faults: rules, seed } })
  }

  async faults() {
    return (await this.#call("GET", "faults")).faults
  }

  async clearFaults() {
    await this.#call("DELETE", "faults")
  }

  clock() {
    return this.#call("GET", "clock")
  }

  async moveClock(offset) {
    await this.#call("PUT", "clock", { body: { offset } })
  }

  async setClock(now) {
    await this.#call("PUT", "clock", { body: { now } })
  }

  async resetClock() {
    await this.#call("PUT", "clock", { body: {} })
  }

  async reply(phone, text) {
    await this.#door.call("POST", "replies", { body: { account: this.id, phone, text } })
  }

  async report(serial, status, word) {
    await this.#door.call("POST", "reports", { body: { serial, status, word } })
  }

  async reviewSign(id, status, reply) {
    await this.#call("POST", `signs/${encodeURIComponent(id)}/review`, { body: { status, reply } })
  }

  async reviewTemplate(id, status, reply) {
    await this.#call("POST", `templates/${encodeURIComponent(id)}/review`, { body: { status, reply } })
  }

  async requests({ action, code, limit } = {}) {
    return (await this.#call("GET", "requests", { query: { action, code, limit } })).requests
  }

  async close() {
    try {
      await this.#door.call("DELETE", `accounts/${this.id}`)
    } catch (error) {
      if (error.status !== 404) throw error
    }
  }

  #call(method, rest, { query, ...more } = {}) {
    return this.#door.call(method, rest, { query: { account: this.id, ...query }, ...more })
  }
}

// For `await using`, where the language has it.
if (Symbol.asyncDispose) {
  LocalService.prototype[Symbol.asyncDispose] = LocalService.prototype.stop
  Account.prototype[Symbol.asyncDispose] = Account.prototype.close
}

// Where the program is, when nobody says it.
function findProgram() {
  if (process.env.TCSMS_PROGRAM) return process.env.TCSMS_PROGRAM
  try {
    return require("tcsms-service").program
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error
  }
  for (const folder of (process.env.PATH || "").split(path.delimiter)) {
    const file = path.join(folder, "tcsms")
    if (folder && fs.existsSync(file)) return file
  }
  throw new ServiceError(
    "the program tcsms is not found: the option `program` and the variable TCSMS_PROGRAM name none, the package " +
      "tcsms-service is not installed, and there is no tcsms on PATH; install tcsms-service with npm, or let " +
      "TCSMS_PROGRAM name the program",
  )
}

// The first line that the service writes.
function firstLine(child, timeout) {
  let timer
  const line = new Promise((resolve, reject) => {
    const failed = (what) => reject(new Error(what))
    timer = setTimeout(() => failed(`the service did not start within ${timeout} s`), timeout * 1000)
    child.on("error", (error) => failed(`cannot start the program ${child.spawnfile}: ${error.message}`))
    child.on("exit", () => failed("the service ended at its start"))
    readline.createInterface({ input: child.stdout }).once("line", resolve)
  })
  return line.finally(() => clearTimeout(timer))
}

// The last that was written to a file.
function end(file) {
  const { size } = fs.fstatSync(file)
  const text = Buffer.alloc(Math.min(size, 4096))
  fs.readSync(file, text, 0, text.length, size - text.length)
  return String(text).trim()
}

// What was waited for, and what nearly fitted.
function missed({ messages, nearMisses }, count, conditions, timeout) {
  const asked = Object.entries(conditions).filter(([, value]) => value !== undefined)
  const wanted = asked.map((pair) => pair.join(" ")).join(", ") || "any content"
  const near = nearMisses.map(({ phone, text, differs }) => {
    const differences = differs.map((one) => `${one.member} is ${one.found}, wanted ${one.wanted}`)
    return `\n  near: to ${phone}, "${text}": ${differences.join(", ")}`
  })
  const found = count === 1 ? "no message" : `${messages.length} of ${count} messages`
  return `${found} with ${wanted} within ${timeout} s${near.join("")}`
}

module.exports = { Account, DEFAULT_CONFIG, LocalService, ServiceError }
