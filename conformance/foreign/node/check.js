// The official SDK for Node.js, unchanged, as a client of the local service: check.js PROGRAM
//
// This SDK takes the first label of its endpoint as the service it signs for, "127" here, and leaves the port out of the
// signed host: a service that means to serve it must take both.
"use strict"

const { spawn } = require("node:child_process")
const { once } = require("node:events")
const path = require("node:path")
const readline = require("node:readline")

const { sms } = require("tencentcloud-sdk-nodejs-sms")

const ID = "AKIDforeign000000000000000000000001"
const KEY = "foreignKey000000000000000000001"
const [APP, SIGN, TEMPLATE] = ["1400787878", "腾讯云", "449739"]
const SESSION = "a<b>&c/d e+f'~*!()=%中文😀"
const WAYS = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"].flatMap((sign) => ["POST", "GET"].map((method) => [sign, method]))

let passed = 0
let failed = 0

function check(what, good, seen) {
  if (good) {
    passed += 1
  } else {
    failed += 1
    console.log(`FAILED ${what}:`, seen)
  }
}

function client(host, [signMethod, reqMethod], secretId = ID, secretKey = KEY, version = sms.v20210111) {
  return new version.Client({
    credential: { secretId, secretKey },
    region: "ap-guangzhou",
    profile: {
      signMethod,
      language: "en-US",
      httpProfile: { protocol: "http://", endpoint: host, reqMethod, reqTimeout: 10 },
    },
  })
}

async function control(host, rest) {
  return (await fetch(`http://${host}/_tcsms/v1/${rest}`)).json()
}

// The error code that a call ends with, or what it answered instead.
async function errorOf(call) {
  try {
    return "answered " + JSON.stringify(await call)
  } catch (error) {
    return error.code
  }
}

async function fourCalls(host, way, number) {
  const name = way.join(" ")
  const service = client(host, way)

  const sent = await service.SendSms({
    PhoneNumberSet: [number, "12345"],
    SmsSdkAppId: APP,
    SignName: SIGN,
    TemplateId: TEMPLATE,
    TemplateParamSet: ["666666"],
    SessionContext: SESSION,
    SenderId: "",
  })
  const [first, second] = sent.SendStatusSet
  check(`${name}: SendSms`, first.Code === "Ok" && first.PhoneNumber === number && first.Fee === 1, sent)
  check(`${name}: SessionContext comes back`, first.SessionContext === SESSION, first.SessionContext)
  check(
    `${name}: the bad number is refused alone`,
    second.Code === "InvalidParameterValue.IncorrectPhoneNumber" && second.SerialNo === "",
    second,
  )

  const arrived = await control(host, `messages?phone=${encodeURIComponent(number)}&status=delivered&wait=10s`)
  const text = arrived.messages.length ? arrived.messages[0].text : arrived
  check(`${name}: the phone shows the text`, text === "【腾讯云】您的验证码是666666", text)

  const pulled = await service.PullSmsSendStatus({ SmsSdkAppId: APP, Limit: 100 })
  const reports = pulled.PullSmsSendStatusSet
  check(
    `${name}: PullSmsSendStatus`,
    reports.length === 1 && reports[0].SerialNo === first.SerialNo && reports[0].ReportStatus === "SUCCESS",
    reports,
  )

  const { SendStatusStatistics: counts } = await service.SendStatusStatistics({
    SmsSdkAppId: APP,
    Limit: 5,
    Offset: 0,
    BeginTime: "2026010100",
    EndTime: "2099010100",
  })
  check(
    `${name}: SendStatusStatistics`,
    counts.FeeCount >= 1 && counts.RequestSuccessCount === counts.FeeCount && counts.RequestCount >= counts.FeeCount,
    counts,
  )

  const added = await service.AddSmsTemplate({
    TemplateName: "登录 " + name,
    TemplateContent: "{1}为您的登录验证码",
    SmsType: 3,
    International: 0,
    Remark: "a b+c",
  })
  check(`${name}: AddSmsTemplate`, /^\d+$/.test(added.AddTemplateStatus.TemplateId), added)

  const noted = (await control(host, "requests?limit=20")).requests
  const mine = noted.find((entry) => entry.id === sent.RequestId)
  check(
    `${name}: the service noted the request`,
    mine && mine.action === "SendSms" && mine.method === way[1] && mine.scheme === way[0],
    mine || noted,
  )
}

async function badKeys(host, way) {
  const name = way.join(" ")
  const pull = { SmsSdkAppId: APP, Limit: 1 }
  const wrong = await errorOf(client(host, way, ID, "wrong").PullSmsSendStatus(pull))
  check(`${name}: a wrong key`, wrong === "AuthFailure.SignatureFailure", wrong)
  const unknown = await errorOf(client(host, way, "AKIDnobody").PullSmsSendStatus(pull))
  check(`${name}: an unknown id`, unknown === "AuthFailure.SecretIdNotFound", unknown)
}

async function olderVersion(host, way, number) {
  const sent = await client(host, way, ID, KEY, sms.v20190711).SendSms({
    PhoneNumberSet: [number],
    SmsSdkAppid: APP,
    Sign: SIGN,
    TemplateID: TEMPLATE,
    TemplateParamSet: ["123456"],
  })
  check(`${way.join(" ")}: SendSms of 2019-07-11`, sent.SendStatusSet[0].Code === "Ok", sent)
}

async function main(program) {
  const configuration = path.join(__dirname, "..", "service.toml")
  const service = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--config", configuration, "--log", "warn"], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const ended = once(service, "exit")
  try {
    const [ready] = await once(readline.createInterface({ input: service.stdout }), "line")
    const host = JSON.parse(ready).api.replace("http://", "")
    for (const [index, way] of WAYS.entries()) {
      await fourCalls(host, way, `+861370000010${index}`)
      await badKeys(host, way)
    }
    for (const [index, way] of WAYS.entries()) {
      await olderVersion(host, way, `+861370000020${index}`)
    }
  } finally {
    service.kill("SIGTERM")
  }
  const [code] = await ended
  check("the service ends with 0", code === 0, code)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

main(process.argv[2])
