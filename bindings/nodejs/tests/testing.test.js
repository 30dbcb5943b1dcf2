// The helpers for tests of programs that use the SDK: `tcsms/testing`.
"use strict"

const assert = require("assert")
const { execFileSync, spawn } = require("child_process")
const { once } = require("events")
const fs = require("fs")
const path = require("path")
const { after, afterEach, before, beforeEach, describe, test } = require("node:test")

const { sms } = require("tcsms")
const { LocalService, ServiceError } = require("tcsms/testing")

const { MESSAGE, folder, run } = require("./support")

const PROGRAM = path.join(process.env.TCSMS_PROGRAMS, "tcsms")
const [ONE, OTHER] = ["+8613711112222", "+8613711113333"]

// What became of a message to this number.
async function sendTo(account, phone = ONE, more = {}) {
  const request = { ...MESSAGE, SmsSdkAppId: account.sdkAppId, PhoneNumberSet: [phone], ...more }
  return (await account.client().SendSms(request)).SendStatusSet[0]
}

// What a program of its own prints.
async function told(source, env = {}) {
  const { code, out, err } = await run([process.execPath, "-e", source], { env })
  assert.deepStrictEqual([code, err], [0, ""], source)
  return out
}

const STARTS = `require("tcsms/testing").LocalService.start().then(async (service) => {
  console.log("started")
  await service.stop()
}, (error) => console.log(error.message))`

test("the program is looked for in four places", async () => {
  const nowhere = { PATH: "/nowhere", TCSMS_PROGRAM: "" }
  const message = await told(STARTS, nowhere)
  for (const place of ["option `program`", "TCSMS_PROGRAM", "tcsms-service", "PATH"]) {
    assert(message.includes(place), message)
  }
  const place = folder()
  fs.symlinkSync(PROGRAM, path.join(place, "tcsms"))
  fs.mkdirSync(path.join(place, "tcsms-service"))
  fs.writeFileSync(path.join(place, "tcsms-service", "index.js"), `exports.program = ${JSON.stringify(PROGRAM)}`)
  for (const env of [{ PATH: place }, { TCSMS_PROGRAM: PROGRAM }, { NODE_PATH: place }]) {
    assert.strictEqual(await told(STARTS, { ...nowhere, ...env }), "started\n")
  }
  fs.rmSync(place, { recursive: true })
})

test("a start that fails says why", async () => {
  await assert.rejects(LocalService.start({ program: "/nowhere/tcsms" }), /cannot start the program \/nowhere\/tcsms: .*ENOENT/)
  const config = '[limits]\nprofil = "off"\n'
  await assert.rejects(LocalService.start({ program: PROGRAM, config }), /ended at its start: error: .*\.toml:2:1: unknown key `profil`/)
  const place = folder()
  const program = path.join(place, "tcsms")
  fs.writeFileSync(program, "#!/bin/sh\nexec cat\n", { mode: 0o755 })
  await assert.rejects(LocalService.start({ program, timeout: 0.1 }), /did not start within 0.1 s$/)
  fs.rmSync(place, { recursive: true })
})

test("its log never blocks it, however busy the tests are", async () => {
  const place = folder()
  const [program, written] = ["tcsms", "written"].map((name) => path.join(place, name))
  execFileSync("mkfifo", [written])
  // A pipe that nobody reads holds 64 KiB.
  const script = `#!/bin/sh
    echo '{"api":"http://127.0.0.1:1","control":"http://127.0.0.1:1"}'
    head -c 1000000 /dev/zero >&2
    echo all >${written}
    exec cat`
  fs.writeFileSync(program, script, { mode: 0o755 })
  const service = await LocalService.start({ program })
  assert.strictEqual(String(execFileSync("cat", [written], { timeout: 20000 })), "all\n")
  await service.stop()
  fs.rmSync(place, { recursive: true })
})

test("https", async () => {
  const place = folder()
  const caFile = path.join(place, "ca.pem")
  const service = await LocalService.start({ program: PROGRAM, arguments: ["--tls-self-signed", caFile], caFile })
  assert.match(service.api, /^https:/)
  assert.strictEqual((await sendTo(await service.account())).Code, "Ok")
  await service.stop()
  fs.rmSync(place, { recursive: true })
})

test("no variable of the environment leads elsewhere", async () => {
  const source = `
    require("tcsms/testing").LocalService.start().then(async (service) => {
      const account = await service.account()
      await account.client().DescribeSmsSignList({ SignIdSet: [1], International: 0 })
      console.log((await account.requests())[0].code)
      await service.stop()
    })`
  const elsewhere = "http://127.0.0.1:1"
  assert.strictEqual(await told(source, { TCSMS_PROGRAM: PROGRAM, TCSMS_CONNECT_TO: elsewhere, http_proxy: elsewhere }), "Ok\n")
})

test("loading it loads no native module", async () => {
  const source = 'require("tcsms/testing"); console.log(Object.keys(require.cache).length)'
  assert.strictEqual(await told(source), "1\n")
})

test("an ECMAScript module imports it by its file", async () => {
  const { LocalService: imported } = await import("tcsms/testing.js")
  assert.strictEqual(imported, LocalService)
})

test("tests that forget to stop it end, and it ends with them, as with those that are killed", async () => {
  const source = (rest) => `
    require("child_process").spawn = ((spawn) => (...words) => {
      const child = spawn(...words)
      console.log(child.pid)
      return child
    })(require("child_process").spawn)
    require("tcsms/testing").LocalService.start().then((service) => { console.log(service.api); ${rest} })`
  for (const rest of ["", "setInterval(() => {}, 1000)"]) {
    const tests = spawn(process.execPath, ["-e", source(rest)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TCSMS_PROGRAM: PROGRAM },
    })
    let out = ""
    for await (const piece of tests.stdout) {
      out += piece
      if (rest && out.includes("http")) tests.kill("SIGKILL")
    }
    const [pid] = out.split("\n")
    await gone(Number(pid))
  }
})

// Resolves when the process, which is no child of this one, has ended.
async function gone(pid) {
  const watch = spawn("tail", [`--pid=${pid}`, "--sleep-interval=0.05", "-f", "/dev/null"], { timeout: 20000 })
  const [code] = await once(watch, "exit")
  assert.strictEqual(code, 0, "the service goes on")
}

test("stop ends it, and again does nothing", async () => {
  const service = await LocalService.start({ program: PROGRAM })
  await service.stop()
  await service.stop()
  await assert.rejects(service.account(), (error) => {
    assert(error instanceof ServiceError)
    return error.message.startsWith(`no control API of tcsms answers at ${service.control}: connect ECONNREFUSED`)
  })
})

test("a service that runs already, with a token and its API elsewhere", async () => {
  const token = "a-token-for-this-test-0123456789"
  process.env.TCSMS_CONTROL_TOKEN = token
  const service = await LocalService.start({ program: PROGRAM, arguments: ["--control-listen", "127.0.0.1:0"] })
  delete process.env.TCSMS_CONTROL_TOKEN
  await assert.rejects(LocalService.connect(service.control, { token: "wrong" }).account(), { status: 401 })
  const connected = LocalService.connect(`${service.control}/`, { token, api: service.api })
  const account = await connected.account()
  await connected.stop()
  assert.strictEqual((await sendTo(account)).Code, "Ok")
  await account.close()
  await service.stop()
})

describe("an account", () => {
  let service
  let account

  before(async () => (service = await LocalService.start({ program: PROGRAM })))
  after(() => service.stop())
  beforeEach(async () => (account = await service.account()))
  afterEach(() => account.close())

  test("shares nothing with another", async () => {
    const other = await service.account()
    await other.setFaults([{ do: { error: { code: "InternalError.Timeout" } } }])
    await other.moveClock("48h")
    const { Code, SerialNo } = await sendTo(account)
    assert.strictEqual(Code, "Ok")
    assert.deepStrictEqual(await other.messages(), [])
    assert.deepStrictEqual((await account.messages()).map(({ serial }) => serial), [SerialNo])
    assert.strictEqual((await account.clock()).offset, "0s")
    await other.close()
    await other.close()
    await assert.rejects(sendTo(other), { code: "AuthFailure.SecretIdNotFound" })
  })

  test("has the message with its code", async () => {
    const { SerialNo } = await sendTo(account, ONE, { SignName: "腾讯云", TemplateParamSet: ["024680"] })
    const message = await account.waitForMessage({ phone: ONE, status: "delivered" })
    const { at, row, ...rest } = message
    assert.deepStrictEqual(rest, {
      serial: SerialNo,
      account: account.id,
      app: account.sdkAppId,
      phone: ONE,
      text: "【腾讯云】您的验证码是024680",
      params: ["024680"],
      code: "024680",
      template: "449739",
      sign: "腾讯云",
      status: "delivered",
      report: "DELIVRD",
      segments: 1,
      fee: 1,
    })
    const [{ id }] = await account.requests({ action: "SendSms" })
    assert.deepStrictEqual(await account.message(SerialNo), { ...message, waiting: null, faults: [], requestId: id })
    await account.clear()
    assert.deepStrictEqual(await account.messages(), [])
  })

  test("waits for messages of later", async () => {
    const waiting = account.waitForMessages(2, { phone: ONE })
    for (const phone of [ONE, OTHER, ONE]) await sendTo(account, phone)
    assert.deepStrictEqual((await waiting).map(({ phone }) => phone), [ONE, ONE])
  })

  test("says what was near when a wait is not met", async () => {
    await sendTo(account, OTHER, { TemplateParamSet: ["1357"] })
    await assert.rejects(account.waitForMessage({ phone: ONE, q: "1357", timeout: 0 }), {
      name: "AssertionError",
      message:
        `no message with phone ${ONE}, q 1357 within 0 s\n` +
        `  near: to ${OTHER}, "【xxx】您的验证码是1357": phone is ${OTHER}, wanted ${ONE}`,
    })
    await assert.rejects(account.waitForMessages(2, { timeout: 0.05 }), /^AssertionError.*: 1 of 2 messages with any content within 0\.05 s/)
  })

  test("tells a refusal with its status, code and message", async () => {
    await assert.rejects(account.messages({ status: "lost" }), { name: "ServiceError", status: 400, code: "BadRequest", message: /status=lost/ })
  })

  test("is struck by a fault once", async () => {
    const fault = { id: "busy", match: { action: "SendSms" }, times: 1, do: { error: { code: "InternalError.Timeout" } } }
    await account.setFaults([fault], 1)
    await assert.rejects(sendTo(account), { code: "InternalError.Timeout" })
    assert.strictEqual((await sendTo(account)).Code, "Ok")
    assert.deepStrictEqual((await account.faults()).map(({ id }) => id), ["busy"])
    assert.deepStrictEqual((await account.requests({ code: "InternalError.Timeout" })).map(({ faults }) => faults), [["busy"]])
    await account.clearFaults()
    assert.deepStrictEqual(await account.faults(), [])
  })

  test("has a next day", async () => {
    const limited = await service.account({ limits: "default" })
    const now = Math.floor(Date.now() / 1000)
    const noon = now - ((now + 8 * 3600) % 86400) + 12 * 3600
    for (let minute = 0; minute < 10; minute++) {
      await limited.setClock(noon + 60 * minute)
      assert.strictEqual((await sendTo(limited)).Code, "Ok")
    }
    await limited.setClock(noon + 3600)
    assert.strictEqual((await limited.clock()).now, noon + 3600)
    assert.strictEqual((await sendTo(limited)).Code, "LimitExceeded.PhoneNumberDailyLimit")
    await limited.moveClock("24h")
    assert.strictEqual((await sendTo(limited)).Code, "Ok")
    await limited.resetClock()
    assert.strictEqual((await limited.clock()).offset, "0s")
    await limited.close()
  })

  test("gets replies and reports", async () => {
    const { SerialNo } = await sendTo(account)
    await account.reply(ONE, "thanks")
    const pulled = await account.client().PullSmsReplyStatus({ SmsSdkAppId: account.sdkAppId, Limit: 10 })
    assert.deepStrictEqual(pulled.PullSmsReplyStatusSet.map(({ ReplyContent }) => ReplyContent), ["thanks"])
    await account.report(SerialNo, "failed", "MX:0003")
    assert.strictEqual((await account.waitForMessage({ status: "failed" })).report, "MX:0003")
  })

  test("gets reviews", async () => {
    const client = account.client()
    await account.reviewTemplate(449739, "rejected", "no such words")
    const templates = await client.DescribeSmsTemplateList({ International: 0, TemplateIdSet: [449739] })
    assert.strictEqual(templates.DescribeTemplateStatusSet[0].ReviewReply, "no such words")
    await account.reviewSign(1, "rejected", "no such name")
    const signs = await client.DescribeSmsSignList({ International: 0, SignIdSet: [1] })
    assert.strictEqual(signs.DescribeSignListStatusSet[0].ReviewReply, "no such name")
  })

  test("explains a failed signature", async () => {
    account.secretKey = "not the key"
    await assert.rejects(sendTo(account), { code: "AuthFailure.SignatureFailure" })
    assert((await account.requests({ limit: 1 }))[0].explanation)
  })

  test("has a client of the version of 2019 too", async () => {
    const client = account.client(sms.v20190711.Client)
    const request = { PhoneNumberSet: [ONE], TemplateID: "449739", SmsSdkAppid: account.sdkAppId, Sign: "xxx", TemplateParamSet: ["1"] }
    assert.strictEqual((await client.SendSms(request)).SendStatusSet[0].Code, "Ok")
  })
})
