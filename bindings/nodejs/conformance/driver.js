// Makes the calls of a conformance case with this SDK: driver.js promise|callback. The protocol is in conformance/README.md.
//
// The members of the profile say what they can say; what they have no member for goes through profile.settings.
"use strict"

const fs = require("fs")
const path = require("path")
const readline = require("readline")

const { CommonClient, DefaultCredentialProvider, SSEResponseModel, STSCredential, sms } = require("tcsms")

const VERSIONS = { "2021-01-11": "v20210111", "2019-07-11": "v20190711" }
const WAY = process.argv[2]

// JSON with integers of any size, which the cases have.
function parse(text) {
  const marked = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/g, (token) =>
    /^-?[0-9]{16,}$/.test(token) ? `"integer ${token}"` : token,
  )
  return JSON.parse(marked, (_, value) => {
    const found = typeof value === "string" && /^integer (-?[0-9]{16,})$/.exec(value)
    return found ? BigInt(found[1]) : value
  })
}

function stringify(value) {
  const text = JSON.stringify(value, (_, value) => (typeof value === "bigint" ? `integer ${value}` : value))
  return text.replace(/"integer (-?[0-9]+)"/g, "$1")
}

// Without what is absent, at any depth of settings.
function said(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return value
  }
  const present = Object.entries(value).filter(([, held]) => held !== null && held !== undefined)
  return Object.fromEntries(present.map(([name, held]) => [name, said(held)]))
}

function taken(settings, name) {
  const value = settings[name]
  delete settings[name]
  return value
}

function configuration(told) {
  const settings = said(told)
  const pair = { secretId: taken(settings, "secret_id"), secretKey: taken(settings, "secret_key"), token: taken(settings, "token") }
  const { assume_role: role } = settings
  let credential = pair.secretId === undefined ? new DefaultCredentialProvider() : pair
  if (role && pair.secretId !== undefined && !settings.cvm_role) {
    const params = { RoleArn: role.role_arn, RoleSessionName: role.session_name, DurationSeconds: role.duration_seconds }
    credential = new STSCredential({ credential: pair }, { ...params, Policy: role.policy, ExternalId: role.external_id })
    settings.assume_role = role.connect_to ? { connect_to: role.connect_to } : {}
  }
  const httpProfile = { headers: taken(settings, "headers"), proxy: taken(settings, "proxy"), reqMethod: taken(settings, "http_method") }
  if (settings.endpoint && !settings.endpoint.includes("://")) {
    httpProfile.endpoint = taken(settings, "endpoint")
  }
  if (settings.timeouts && settings.timeouts.attempt_ms !== undefined) {
    httpProfile.reqTimeout = taken(settings.timeouts, "attempt_ms") / 1000
  }
  const profile = { httpProfile: said(httpProfile), signMethod: taken(settings, "sign_method"), language: taken(settings, "language") }
  // Cases name the headers that a request may have; trace ids by themselves are no part of them.
  profile.settings = { ...settings, trace_ids: false }
  return { credential, region: taken(settings, "region"), profile }
}

const bytes = (content) => (typeof content === "string" ? Buffer.from(content) : Buffer.from(content.hex, "hex"))

function options(call) {
  return said({
    headers: call.headers,
    traceId: call.trace_id,
    idempotencyKey: call.idempotency_key,
    idempotent: call.idempotent,
    region: call.region,
    language: call.language,
    signMethod: call.sign_method,
    reqMethod: call.http_method,
    unsignedPayload: call.unsigned_payload,
    skipSign: call.skip_sign || undefined,
    retry: call.retry,
    reqTimeout: call.timeout_ms ? call.timeout_ms / 1000 : undefined,
    stream: call.stream || undefined,
  })
}

// A call by a promise or by a callback.
function way(begin) {
  if (WAY === "promise") {
    return begin()
  }
  return new Promise((resolve, reject) => begin((error, answer) => (error ? reject(error) : resolve(answer))))
}

// Parameters in the order of the definition. Members are sent as the program wrote them, which is its own affair; the SDKs
// that have models send them in this order, and what is sent is compared to the byte.
function ordered({ version, action, parameters }) {
  if (!parameters) {
    return parameters
  }
  const file = path.join(path.dirname(require.resolve("tcsms")), "services", "sms", VERSIONS[version], "sms_models.d.ts")
  return arranged(fs.readFileSync(file, "utf8"), `${action}Request`, parameters)
}

// A value of a model, and those of models within it; anything else stays as it is.
function arranged(models, model, value) {
  if (Array.isArray(value)) {
    return value.map((item) => arranged(models, model, item))
  }
  const found = new RegExp(`^export interface ${model} \\{\\n([^]*?)^\\}`, "m").exec(models)
  if (!found || value === null || typeof value !== "object") {
    return value
  }
  const sorted = {}
  for (const [, name, type] of found[1].matchAll(/^  (\w+)\??: (?:Array<)?(\w+)/gm)) {
    if (name in value) {
      sorted[name] = arranged(models, type, value[name])
    }
  }
  return { ...sorted, ...Object.fromEntries(Object.entries(value).filter(([name]) => !(name in sorted))) }
}

async function made(clients, call) {
  const more = options(call)
  if (!call.by_name) {
    const client = clients.of(VERSIONS[call.version], (config) => new sms[VERSIONS[call.version]].Client(config))
    const parameters = ordered(call)
    return way((cb) => client[call.action](parameters, more, cb))
  }
  const client = clients.of(call.version, (config) => new CommonClient("sms.tencentcloudapi.com", call.version, config))
  let req = call.parameters_text
  if (req === null || req === undefined) {
    // Members that are null are left out of an object, as the documented SDK does; a text stays as it is.
    const text = stringify(call.parameters)
    req = text.includes("null") ? text : call.parameters
  }
  const parts = Object.entries(call.parts || {}).map(([name, part]) => [name, bytes(part)])
  if (call.octets) {
    if (parts.length) {
      more.parts = Object.fromEntries(parts)
    }
    const { parameters } = call
    return way((cb) => client.requestOctetStream(call.action, bytes(call.octets), { ...more, parameters }, cb))
  }
  if (parts.length && (typeof req === "string" || parts.some(([name]) => name in req))) {
    more.parts = Object.fromEntries(parts)
  } else if (parts.length) {
    req = { ...req, ...Object.fromEntries(parts) }
    more.multipart = true
  }
  const answer = await way((cb) => client.request(call.action, req, more, cb))
  if (!(answer instanceof SSEResponseModel)) {
    return answer
  }
  const events = []
  for await (const { id, event, data, retry } of answer) {
    events.push({ id: id || null, event: event || null, data, retry_ms: retry === undefined ? null : retry })
  }
  return { Events: events }
}

function failure(error) {
  if (error.kind === undefined) {
    throw error
  }
  return {
    error: {
      kind: error.kind,
      code: error.code === undefined ? null : error.code,
      requestId: error.requestId || null,
      delivery: error.delivery,
      attempts: error.attempts,
      step: error.step || null,
      endpoint: error.endpoint || null,
      message: error.toString(),
      shown: [error.stack, JSON.stringify(error), require("util").inspect(error)],
    },
  }
}

async function outcome(clients, call) {
  try {
    return { answer: await made(clients, call) }
  } catch (error) {
    return failure(error)
  }
}

async function main() {
  let clients
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const told = parse(line)
    if (clients === undefined) {
      const config = configuration(told)
      const kept = new Map()
      clients = {
        of(key, make) {
          if (!kept.has(key)) {
            kept.set(key, make(config))
          }
          return kept.get(key)
        },
      }
      continue
    }
    const outcomes = await Promise.all(Array.from({ length: told.at_once || 1 }, () => outcome(clients, told)))
    process.stdout.write(outcomes.map((told) => stringify(told) + "\n").join(""))
  }
}

main()
