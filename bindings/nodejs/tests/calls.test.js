// Calls to the service: answers, refusals, and what is wrong with a call before it is sent.
"use strict"

const assert = require("assert")
const { after, before, test } = require("node:test")

const { CommonClient, TencentCloudSDKHttpException, failedNumbers, setLogger, sms } = require("tcsms")

const { MESSAGE, config, rejected, run, service } = require("./support")

let place
let client

before(async () => {
  place = await service()
  client = new sms.v20210111.Client(config(place.host))
})
after(() => place.stop())

test("a message is sent and its answer is a plain object", async () => {
  const answer = await client.SendSms(MESSAGE)
  assert.strictEqual(answer.SendStatusSet[0].Code, "Ok")
  assert.deepStrictEqual(Object.keys(answer).sort(), ["RequestId", "SendStatusSet"])
  assert.deepStrictEqual(failedNumbers(answer), [])
})

test("numbers that were not accepted are told", async () => {
  const answer = await client.SendSms({ ...MESSAGE, PhoneNumberSet: ["+8613711112222", "12345"] })
  const refused = failedNumbers(answer)
  assert.strictEqual(refused.length, 1)
  assert.strictEqual(refused[0].Code, "InvalidParameterValue.IncorrectPhoneNumber")
})

test("the other version has the names of its own", async () => {
  const older = new sms.v20190711.Client(config(place.host))
  const { SmsSdkAppId, SignName, TemplateId, ...rest } = MESSAGE
  const answer = await older.SendSms({ SmsSdkAppid: SmsSdkAppId, Sign: SignName, TemplateID: TemplateId, ...rest })
  assert.strictEqual(answer.SendStatusSet[0].Code, "Ok")
})

test("a refusal is the SDK's exception, with the code in its line", async () => {
  const error = await rejected(client.SendSms({ ...MESSAGE, SmsSdkAppId: "1" }))
  assert(error instanceof TencentCloudSDKHttpException)
  assert(error instanceof Error)
  assert.strictEqual(error.code, "InvalidParameterValue.SdkAppIdNotExist")
  assert.strictEqual(error.kind, "service")
  assert.strictEqual(error.delivery, "answered")
  assert.strictEqual(error.attempts, 1)
  assert.strictEqual(error.getRequestId(), error.requestId)
  assert.match(error.requestId, /^[0-9a-f-]{36}$/)
  assert.match(error.traceId, /^[0-9a-f-]{36}$/)
  assert.strictEqual(error.getMessage(), error.message)
  assert.strictEqual(error.toString(), error.toLocaleString())
  assert.match(error.toString(), /^\[TencentCloudSDKException\]code:InvalidParameterValue\.\S+ message:.+ {2}requestId:\S+ {2}traceId:\S+/)
  assert.match(error.stack, /at async/)
})

test("a callback gets the answer", (t, done) => {
  client.SendSms(MESSAGE, (error, answer) => {
    assert.strictEqual(error, null)
    assert.strictEqual(answer.SendStatusSet[0].Code, "Ok")
    done()
  })
})

test("a callback gets the error once, and the promise has it too", async () => {
  const told = []
  const promise = client.SendSms({ ...MESSAGE, SmsSdkAppId: "1" }, (error, answer) => told.push([error, answer]))
  const error = await rejected(promise)
  await new Promise(setImmediate)
  assert.deepStrictEqual(told, [[error, null]])
})

const CHILD = `
const { CommonClient, AbstractClient, sms } = require("tcsms")
const config = JSON.parse(process.argv[1])
const client = new sms.v20210111.Client(config)
class Other extends AbstractClient {
  constructor(config) { super("sms.tencentcloudapi.com", "2021-01-11", config) }
  async SendSms(req, cb) { return this.request("SendSms", req, cb) }
}
`

test("an API error in callback style never ends the process", async () => {
  const program = `${CHILD}
    let left = 3
    const told = (error) => { if (error.code && --left === 0) console.log("told") }
    client.SendSms({}, told)
    new CommonClient("sms.tencentcloudapi.com", "2021-01-11", config).request("SendSms", {}, told)
    new Other(config).SendSms({}, told)`
  const { code, out, err } = await run([process.execPath, "-e", program, JSON.stringify(config(place.host))])
  assert.deepStrictEqual([code, out, err], [0, "told\n", ""])
})

test("what a callback throws is its own, and is not told to it again", async () => {
  const program = `${CHILD}
    process.on("uncaughtException", (error) => console.log("uncaught", error.message))
    let times = 0
    client.PullSmsSendStatus({ SmsSdkAppId: "1400787878", Limit: 1 }, () => { throw new Error("mine " + ++times) })`
  const { code, out } = await run([process.execPath, "-e", program, JSON.stringify(config(place.host))])
  assert.deepStrictEqual([code, out], [0, "uncaught mine 1\n"])
})

test("a rejection that nobody takes is the program's", async () => {
  const program = `${CHILD} client.SendSms({})`
  const { code, err } = await run([process.execPath, "-e", program, JSON.stringify(config(place.host))])
  assert.strictEqual(code, 1)
  assert.match(err, /TencentCloudSDKException|TencentCloudSDKHttpException|MissingParameter/)
})

test("a call by name, with its parameters as an object or as their JSON text", async () => {
  const common = new CommonClient("sms.tencentcloudapi.com", "2021-01-11", config(place.host))
  for (const told of [MESSAGE, JSON.stringify(MESSAGE)]) {
    assert.strictEqual((await common.request("SendSms", told)).SendStatusSet[0].Code, "Ok")
  }
})

test("what is wrong with a request is told before anything is sent", async () => {
  const round = {}
  round.round = round
  for (const [req, words] of [
    [[1], /an array/],
    [7, /a number/],
    [() => 1, /a function/],
    [round, /circular/i],
    [{ a: { toJSON: () => { throw new Error("no") } } }, /no/],
    ["{", /JSON/],
  ]) {
    const error = await rejected(client.SendSms(req))
    assert.strictEqual(error.kind, "invalid_request", String(error))
    assert.strictEqual(error.delivery, "not_sent")
    assert.match(error.message, words)
  }
})

test("wrong types are the service's to refuse, and reach it as they are", async () => {
  const error = await rejected(client.SendSms({ ...MESSAGE, PhoneNumberSet: "+8613711112222" }))
  assert.strictEqual(error.kind, "service")
  assert.match(error.code, /^InvalidParameter/)
})

test("no request and members that are null are as if they were absent", async () => {
  for (const nothing of [undefined, null, {}]) {
    assert.strictEqual((await rejected(client.SendSms(nothing))).code, "MissingParameter")
  }
  const answer = await client.SendSms({ ...MESSAGE, SessionContext: null, ExtendCode: undefined })
  assert.strictEqual(answer.SendStatusSet[0].Code, "Ok")
})

test("an option that there is not is told", async () => {
  const error = await rejected(client.SendSms(MESSAGE, { timeout: 1 }))
  assert.match(error.message, /"timeout"/)
})

test("settings that cannot be used are told at the call, and the language at once", async () => {
  assert.throws(() => new sms.v20210111.Client(config(place.host, { profile: { language: "de" } })), /zh-CN\|en-US/)
  for (const [profile, words] of [
    [{ signMethod: "MD5" }, /MD5/],
    [{ httpProfile: { reqMethod: "PUT" } }, /PUT/],
    [{ httpProfile: { reqTimeout: "soon" } }, /reqTimeout/],
    [{ settings: { nonsense: 1 } }, /nonsense/],
    [{ settings: { ca_file: "/nowhere.pem" } }, /nowhere\.pem/],
  ]) {
    const error = await rejected(new sms.v20210111.Client(config(place.host, { profile })).SendSms(MESSAGE))
    assert.strictEqual(error.kind, "config", String(error))
    assert.match(error.message, words)
  }
})

test("a profile may be changed between calls", async () => {
  const changing = new sms.v20210111.Client(config(place.host))
  await changing.PullSmsSendStatus({ SmsSdkAppId: "1400787878", Limit: 1 })
  changing.credential.secretKey = "wrong"
  const wrong = await rejected(changing.PullSmsSendStatus({ SmsSdkAppId: "1400787878", Limit: 1 }))
  assert.strictEqual(wrong.code, "AuthFailure.SignatureFailure")
  changing.credential.secretKey = "secretKey"
  changing.profile.signMethod = "HmacSHA256"
  changing.profile.httpProfile.reqMethod = "GET"
  const { RequestId } = await changing.PullSmsSendStatus({ SmsSdkAppId: "1400787878", Limit: 1 })
  const noted = (await place.control("requests?limit=5")).requests.find((entry) => entry.id === RequestId)
  assert.deepStrictEqual([noted.method, noted.scheme], ["GET", "HmacSHA256"])
})

test("a call without a key pair is sent, and the service says what is missing", async () => {
  for (const signMethod of ["TC3-HMAC-SHA256", "HmacSHA256"]) {
    const credential = { secretId: undefined, secretKey: undefined }
    const nobody = new sms.v20210111.Client(config(place.host, { credential, profile: { signMethod } }))
    const error = await rejected(nobody.SendSms(MESSAGE))
    assert.strictEqual(error.kind, "service", String(error))
  }
})

test("whatever has a getCredential is asked before each call", async () => {
  let asked = 0
  const credential = {
    async getCredential() {
      asked += 1
      if (asked === 3) {
        throw new Error("the vault is shut")
      }
      return { secretId: "secretId", secretKey: asked === 1 ? "secretKey" : "wrong" }
    },
  }
  const own = new sms.v20210111.Client(config(place.host, { credential }))
  assert.strictEqual((await own.SendSms(MESSAGE)).SendStatusSet[0].Code, "Ok")
  assert.strictEqual((await rejected(own.SendSms(MESSAGE))).code, "AuthFailure.SignatureFailure")
  assert.strictEqual((await rejected(own.SendSms(MESSAGE))).message, "the vault is shut")
})

test("any object with a getCredential will do, and what it gives may be anything", async () => {
  class Vault {
    getCredential() {
      return this.given
    }
  }
  const pair = { secretId: "secretId", secretKey: "secretKey" }
  const given = (value) => Object.assign(new Vault(), { given: value })
  const client = (credential) => new sms.v20210111.Client(config(place.host, { credential }))
  for (const credential of [given(pair), given(Promise.resolve(pair)), given({ then: (resolve) => resolve(pair) })]) {
    assert.strictEqual((await client(credential).SendSms(MESSAGE)).SendStatusSet[0].Code, "Ok")
  }
  for (const nothing of [undefined, null, {}, { secretId: null, secretKey: 7 }, "text"]) {
    const error = await rejected(client(given(nothing)).SendSms(MESSAGE))
    assert(error instanceof TencentCloudSDKHttpException, String(error.stack))
  }
  const error = await rejected(client({ getCredential: "no function" }).SendSms(MESSAGE))
  assert.match(String(error), /getCredential/)
})

test("texts of all kinds come back as they went", async () => {
  const context = "a<b>&c/d e+f'~*!()=%中文😀\u2028\u0001\"\\"
  const answer = await client.SendSms({ ...MESSAGE, SessionContext: context })
  assert.strictEqual(answer.SendStatusSet[0].SessionContext, context)
})

test("half of a surrogate pair is told before anything is sent, wherever it stands", async () => {
  for (const more of [{ SessionContext: "a\ud83d" }, { TemplateParamSet: ["\\\udc00a", 1n] }, { ["a\udfff"]: "" }]) {
    const error = await rejected(client.SendSms({ ...MESSAGE, ...more }))
    assert.deepStrictEqual([error.kind, error.delivery], ["invalid_request", "not_sent"])
    assert.match(error.message, /surrogate/)
  }
  // What only looks like one is sent as it is, and so is a whole pair.
  for (const context of ["\\ud83d", "\\\\udc00", "\ud83d\ude00"]) {
    const answer = await client.SendSms({ ...MESSAGE, SessionContext: context })
    assert.strictEqual(answer.SendStatusSet[0].SessionContext, context)
  }
})

test("64 calls at once each get their own answer", async () => {
  const calls = Array.from({ length: 640 }, (_, at) => client.SendSms({ ...MESSAGE, SessionContext: `call ${at}` }))
  const answers = await Promise.all(calls)
  answers.forEach((answer, at) => assert.strictEqual(answer.SendStatusSet[0].SessionContext, `call ${at}`))
})

test("a body of 9 MB is sent, and one of 10 MB is told before", async () => {
  const sent = await client.SendSms({ ...MESSAGE, SessionContext: "x".repeat(9 << 20) }).catch((error) => error)
  assert.notStrictEqual(sent.delivery, "not_sent", String(sent))
  const error = await rejected(client.SendSms({ ...MESSAGE, SessionContext: "x".repeat(10 << 20) }))
  assert.deepStrictEqual([error.kind, error.delivery], ["invalid_request", "not_sent"])
  assert.strictEqual((await client.SendSms(MESSAGE)).SendStatusSet[0].Code, "Ok")
})

test("log lines are told without secrets, until they are turned off", async () => {
  const lines = []
  const ended = new Promise((resolve) =>
    setLogger("trace", (level, line) => {
      lines.push([level, line])
      if (line.startsWith("tcsms::wire: answer")) resolve()
    }),
  )
  await client.SendSms(MESSAGE)
  await ended
  assert(lines.some(([, line]) => line.startsWith("tcsms::wire: request") && line.includes("SendSms")), String(lines))
  for (const [level, line] of lines) {
    assert(["error", "warn", "info", "debug", "trace"].includes(level))
    assert(!line.includes("secretKey") && !line.includes("13711112222"), line)
  }
  assert.throws(() => setLogger("loud", () => {}), /"loud"/)
  assert.throws(() => setLogger("info"), /function/)
  setLogger("off")
  const told = lines.length
  await client.SendSms(MESSAGE)
  await new Promise(setImmediate)
  assert.strictEqual(lines.length, told)
})
