// Carries the requests of a call by Node's own HTTP client, for programs that bring an agent.
"use strict"

const { URL } = require("url")

const core = require("./core")

const { native } = core

// Steps of an attempt, as the core counts them.
const [RESOLVE, CONNECT, , TLS, WRITE, WAIT, READ] = [0, 1, 2, 3, 4, 5, 6]
const TIMED_OUT = 16

// Makes a call whose requests go through an agent.
async function call({ native: client, agent }, meta, body, timeoutMs, signal) {
  if (signal && signal.aborted) {
    throw core.aborted()
  }
  const until = timeoutMs > 0 ? Date.now() + timeoutMs : Infinity
  let exchange
  try {
    exchange = native.exchange(client, meta, body)
  } catch (error) {
    throw core.thrown(error)
  }
  let delivery = "not_sent"
  for (;;) {
    const [text, rest] = native.next(exchange)
    const head = JSON.parse(text)
    if (head.done !== undefined) {
      if (head.done !== 0) {
        throw core.exception(rest)
      }
      return core.parse(rest)
    }
    if (head.wait_ms !== undefined) {
      await pause(head.wait_ms, signal)
    } else {
      const limit = Math.min(head.send.limit_ms, Math.max(until - Date.now(), 1))
      const told = await carried(head.send, rest, agent, limit, signal)
      if (told.status === undefined) {
        delivery = told.maybeSent ? "maybe_sent" : delivery
        native.failed(exchange, told.step, told.maybeSent, told.text)
      } else {
        delivery = "maybe_sent"
        native.answer(exchange, told.status, told.headers, told.body)
      }
    }
    if (signal && signal.aborted) {
      throw core.aborted(delivery)
    }
  }
}

// Waits, or until the signal.
function pause(ms, signal) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      if (signal) {
        signal.removeEventListener("abort", over)
      }
      resolve()
    }
    const timer = setTimeout(over, ms)
    if (signal) {
      signal.addEventListener("abort", over)
    }
  })
}

// Sends one request. Tells its answer, or where it failed and whether any of it may have left.
function carried({ method, url, headers }, body, agent, limitMs, signal) {
  return new Promise((resolve) => {
    const parsed = new URL(url)
    const isTls = parsed.protocol === "https:"
    const { request } = isTls ? require("https") : require("http")
    let step = RESOLVE
    let maybeSent = false
    const reached = (next, sent) => {
      step = next
      maybeSent = maybeSent || sent
    }
    let sent
    const over = (told) => {
      clearTimeout(timer)
      if (signal) {
        signal.removeEventListener("abort", stop)
      }
      resolve(told)
    }
    const failed = (text, extra = 0) => over({ step: step + extra, maybeSent, text })
    const stop = () => sent.destroy(new Error("the call was cancelled"))
    const timer = setTimeout(() => {
      failed(`the request took longer than ${limitMs} ms`, TIMED_OUT)
      sent.destroy()
    }, limitMs)
    const outgoing = {}
    for (const [name, value] of headers) {
      outgoing[name] = value
    }
    if (method !== "GET") {
      outgoing["content-length"] = body.length
    }
    try {
      sent = request(parsed, { method, headers: outgoing, agent: typeof agent === "function" ? agent(parsed) : agent })
    } catch (error) {
      failed(`the agent cannot carry the request: ${error.message}`)
      return
    }
    sent.on("socket", (socket) => {
      if (!socket.connecting) {
        // A kept connection, or one that the agent has made ready.
        reached(WRITE, true)
        return
      }
      socket.once("lookup", (error) => error || reached(CONNECT, false))
      socket.once("connect", () => reached(isTls ? TLS : WRITE, !isTls))
      socket.once("secureConnect", () => reached(WRITE, true))
    })
    sent.on("finish", () => maybeSent && step === WRITE && reached(WAIT, true))
    sent.on("error", (error) => {
      if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") {
        step = RESOLVE
      } else if (!maybeSent && step === RESOLVE) {
        step = CONNECT
      }
      failed(error.message)
    })
    sent.on("response", (answer) => {
      reached(READ, true)
      const pieces = []
      answer.on("data", (piece) => pieces.push(piece))
      answer.on("error", (error) => failed(error.message))
      answer.on("aborted", () => failed("the connection ended within the answer"))
      answer.on("end", () => {
        const pairs = []
        for (let at = 0; at < answer.rawHeaders.length; at += 2) {
          pairs.push([answer.rawHeaders[at], answer.rawHeaders[at + 1]])
        }
        over({ status: answer.statusCode, headers: JSON.stringify(pairs), body: Buffer.concat(pieces) })
      })
    })
    if (signal) {
      signal.addEventListener("abort", stop)
    }
    sent.end(body)
  })
}

exports.call = call
