// The client that all clients are: it says its members in the words of the core, and makes calls.
"use strict"

const core = require("./core")

// How a credential of the SDK's own says itself in the words of the core.
const CORE = Symbol.for("tcsms.credential")
// What the constructor was given and what was made of the present settings.
const STATE = Symbol("tcsms.state")
// Set where methods hand on the promise they get.
const HANDS_ON = Symbol("tcsms.handsOn")

const ROOT_DOMAIN = "tencentcloudapi.com"
const TRACE_ID = "x-tc-traceid"

class AbstractClient {
  constructor(endpoint, version, { credential, region, profile = {} } = {}) {
    profile = profile || {}
    this.path = "/"
    if (credential && "getCredential" in credential) {
      this.credential = credential
    } else {
      this.credential = Object.assign({ secretId: null, secretKey: null, token: null }, credential)
    }
    this.region = region || null
    this.sdkVersion = core.SDK
    this.apiVersion = version
    this.endpoint = (profile.httpProfile && profile.httpProfile.endpoint) || endpoint
    this.profile = {
      signMethod: profile.signMethod || "TC3-HMAC-SHA256",
      httpProfile: Object.assign(
        { reqMethod: "POST", endpoint: null, protocol: "https://", reqTimeout: 60 },
        profile.httpProfile,
      ),
      language: profile.language,
    }
    if (profile.settings) {
      this.profile.settings = profile.settings
    }
    const { language } = profile
    if (language && language !== "zh-CN" && language !== "en-US") {
      const choices = require("./interface").SUPPORT_LANGUAGE_LIST
      throw core.local("config", `Language invalid, choices: ${choices.join("|")}`)
    }
    Object.defineProperty(this, STATE, { value: { service: String(endpoint).split(".")[0], metas: new Map() } })
  }

  async getCredential() {
    if ("getCredential" in this.credential) {
      return await this.credential.getCredential()
    }
    return this.credential
  }

  request(action, req, options, cb) {
    return begun(this, action, req, options, cb, false)
  }

  requestOctetStream(action, req, options, cb) {
    if (typeof options === "function") {
      cb = options
      options = undefined
    }
    return begun(this, action, req, { ...options, octets: true }, cb, false)
  }
}

// A client whose actions are known: their answers are held against the definition.
class TypedClient extends AbstractClient {
  typed(action, req, options, cb) {
    return begun(this, action, req, options, cb, true)
  }
}
TypedClient.prototype[HANDS_ON] = true

// Begins a call. A callback is called apart from the promise: what it throws is its own, and an error that it gets is told.
function begun(client, action, req, options, cb, isTyped) {
  if (typeof options === "function") {
    cb = options
    options = undefined
  }
  const promise = made(client, action, req, options, isTyped)
  if (typeof cb !== "function") {
    return promise
  }
  const told = promise.then(
    (answer) => process.nextTick(cb, null, answer),
    (error) => process.nextTick(cb, error, null),
  )
  // Methods of other packages wrap the promise once more, and a wrapped rejection would be nobody's.
  return client[HANDS_ON] ? promise : told.then(() => promise).catch(() => undefined)
}

async function made(client, action, req, options, isTyped) {
  let ready = readied(client)
  if (ready instanceof Promise) {
    ready = await ready
  }
  const call = described(client, ready, action, options, isTyped)
  let body = req === null || req === undefined ? {} : req
  if (call.parts) {
    body = await require("./parts").taken(body, call.meta)
  }
  if (call.octets && ArrayBuffer.isView(body)) {
    body = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  } else if (typeof body !== "string") {
    body = core.stringify(body)
  }
  if (ready.perCall && !call.meta.skip_sign) {
    call.meta.credential = pair(await client.credential.getCredential())
  }
  const meta = call.text || JSON.stringify(call.meta)
  if (ready.agent) {
    return require("./carry").call(ready, meta, body, call.timeoutMs, call.signal)
  }
  if (call.stream || (!isTyped && !options && req && req.Stream === true)) {
    return require("./sse_response_model").opened(ready.native, meta, body, call.signal)
  }
  return core.call(ready.native, meta, body, call.timeoutMs, call.signal)
}

// ---------------------------------------------------------------- one call

const OPTIONS = {
  region: "region",
  language: "language",
  signMethod: "sign_method",
  reqMethod: "http_method",
  unsignedPayload: "unsigned_payload",
  skipSign: "skip_sign",
  traceId: "trace_id",
  idempotencyKey: "idempotency_key",
  idempotent: "idempotent",
  retry: "retry",
}
const OTHERS = new Set(["headers", "multipart", "octets", "parameters", "parts", "reqTimeout", "signal", "stream"])

// What the core is told of a call beside its body. The text of the plain ones is kept.
function described(client, ready, action, options, isTyped) {
  const call = { meta: undefined, text: undefined, timeoutMs: 0, signal: undefined, octets: false, parts: false, stream: false }
  if (!options && !ready.perCall) {
    const { metas } = client[STATE]
    const key = isTyped ? action : `${action}\n`
    call.text = metas.get(key)
    if (call.text === undefined) {
      call.text = JSON.stringify(described(client, { ...ready, perCall: true }, action, options, isTyped).meta)
      metas.set(key, call.text)
    }
    call.meta = {}
    return call
  }
  const meta = { version: client.apiVersion, action }
  if (isTyped) {
    meta.typed = true
  }
  if (ready.skipSign) {
    meta.skip_sign = true
  }
  if (ready.traceId) {
    meta.trace_id = ready.traceId
  }
  call.meta = meta
  for (const [name, value] of Object.entries(options || {})) {
    if (OPTIONS[name] !== undefined) {
      if (value !== null && value !== undefined) {
        meta[OPTIONS[name]] = value
      }
    } else if (!OTHERS.has(name)) {
      throw core.invalid(`there is no option ${JSON.stringify(name)} for a call; nothing was sent`)
    }
  }
  if (!options) {
    return call
  }
  const [headers, traceId] = parted(options.headers)
  if (traceId !== undefined) {
    meta.trace_id = traceId
  }
  if (headers !== undefined) {
    meta.headers = headers
  }
  if (options.octets) {
    meta.octets = true
    if (options.parameters) {
      meta.parameters = options.parameters
    }
    call.octets = true
  }
  if (options.parts) {
    meta.parts = require("./parts").encoded(options.parts)
  }
  call.parts = Boolean(options.multipart)
  call.stream = Boolean(options.stream)
  call.signal = options.signal
  call.timeoutMs = options.reqTimeout === undefined ? 0 : milliseconds(options.reqTimeout)
  return call
}

function pair(credential) {
  const { secretId, secretKey, token } = credential || {}
  const told = { secret_id: secretId || "", secret_key: secretKey || "" }
  return token ? { ...told, token } : told
}

// Headers without the one that has the trace id, and that.
function parted(headers) {
  if (!headers) {
    return [undefined, undefined]
  }
  let traceId
  const others = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === TRACE_ID) {
      traceId = String(value)
    } else {
      others[name] = String(value)
    }
  }
  return [Object.keys(others).length ? others : undefined, traceId]
}

// Seconds as whole milliseconds.
function milliseconds(seconds) {
  const ms = Math.ceil(Number(seconds) * 1000)
  if (!(ms >= 0)) {
    throw core.local("config", `reqTimeout is ${JSON.stringify(seconds)}: it is a number of seconds, and 0 for no limit`)
  }
  return ms
}

// ---------------------------------------------------------------- the present settings

// The native client for the present settings, and what calls with it need. A promise where a credential must be asked
// for first.
function readied(client) {
  const { credential } = client
  if (!("getCredential" in credential)) {
    return kept(client, credential.secretId, credential.secretKey, credential.token, plain(credential))
  }
  if (typeof credential[CORE] !== "function" || !credential[CORE].isOf(credential)) {
    return kept(client, credential, null, null, undefined)
  }
  const told = credential[CORE]()
  return told instanceof Promise
    ? told.then((told) => kept(client, JSON.stringify(told), null, null, told))
    : kept(client, JSON.stringify(told), null, null, told)
}

function plain({ secretId, secretKey, token }) {
  if (!secretId && !secretKey) {
    // As the documented SDK does: the service says what is missing.
    return null
  }
  const told = { secret_id: secretId || "", secret_key: secretKey || "" }
  return token ? { ...told, token } : told
}

// What was made before, while nothing has changed. `told` is the credential in the words of the core: undefined where the
// program gives one for each call, null where there is none.
function kept(client, first, second, third, told) {
  const state = client[STATE]
  const { profile } = client
  const http = profile.httpProfile || {}
  const now = [
    first, second, third, client.region, client.sdkVersion, client.apiVersion, client.endpoint, client.path,
    profile.signMethod, profile.language, http.reqMethod, http.protocol, http.reqTimeout, http.agent, http.proxy,
    http.headers ? JSON.stringify(http.headers) : undefined,
    profile.settings ? JSON.stringify(profile.settings) : undefined,
  ]
  const before = state.now
  if (before !== undefined && now.every((value, at) => value === before[at])) {
    return state.ready
  }
  const ready = anew(client, state.service, http, told)
  state.metas.clear()
  state.ready = ready
  state.now = now
  return ready
}

const CREDENTIAL = ["secret_id", "cvm_role", "assume_role", "web_identity", "profile", "credential_chain"]

function anew(client, service, http, told) {
  const { profile } = client
  const more = profile.settings || {}
  const hasOwn = CREDENTIAL.some((name) => more[name] !== undefined && more[name] !== null)
  const isAbsent = !told && !hasOwn
  const settings = { sdk: client.sdkVersion, trace_ids: true, service, ...(isAbsent ? { credential_per_call: true } : told) }
  Object.assign(settings, host(client, service, http))
  settings.sign_method = profile.signMethod || undefined
  settings.language = profile.language || undefined
  settings.region = client.region || undefined
  settings.http_method = http.reqMethod ? String(http.reqMethod).toUpperCase() : undefined
  if (http.reqTimeout !== undefined && http.reqTimeout !== null) {
    settings.timeouts = { attempt_ms: milliseconds(http.reqTimeout) }
  }
  const [headers, traceId] = parted(http.headers)
  settings.headers = headers
  if (http.agent) {
    settings.foreign_transport = true
  } else if (http.proxy) {
    settings.proxy = http.proxy
  }
  return {
    native: core.clientOf(core.merged(settings, more)),
    // An agent's requests are made on this thread, which must not wait for a credential.
    perCall: (isAbsent && told === undefined) || Boolean(http.agent && told && "getCredential" in client.credential),
    skipSign: isAbsent && told === null,
    agent: http.agent,
    traceId,
  }
}

function host(client, service, http) {
  const protocol = String(http.protocol || "https://").replace(/:?(\/\/)?$/, "").toLowerCase()
  const path = client.path && client.path !== "/" ? client.path : ""
  const endpoint = `${client.endpoint}${path}`
  if (protocol === "https" && endpoint === `${service}.${ROOT_DOMAIN}`) {
    return {}
  }
  return protocol === "https" ? { endpoint } : { endpoint: `${protocol}://${endpoint}`, allow_plain_http: true }
}

exports.AbstractClient = AbstractClient
Object.defineProperty(exports, "TypedClient", { value: TypedClient })
Object.defineProperty(exports, "HANDS_ON", { value: HANDS_ON })
Object.defineProperty(exports, "CORE", { value: CORE })
