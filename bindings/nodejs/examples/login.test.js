// How a program that sends login codes is tested: no phone, no network, and the clock is yours. Run it with `node --test`.
"use strict"

const assert = require("assert")
const { randomInt } = require("crypto")
const { after, afterEach, before, beforeEach, test } = require("node:test")

const { LocalService } = require("tcsms/testing")

// Noon in Beijing, on the first day of 2030.
const NOON = 1893470400

// ---------------------------------------------------------------- the program

// Sends a new code to a phone and resolves to it. When the person gets none, the error says why.
async function sendLoginCode(client, sdkAppId, phone) {
  const code = String(randomInt(1000000)).padStart(6, "0")
  const request = {
    SmsSdkAppId: sdkAppId,
    SignName: "腾讯云",
    TemplateId: "449739",
    TemplateParamSet: [code],
    PhoneNumberSet: [phone],
  }
  try {
    const [{ Code }] = (await client.SendSms(request)).SendStatusSet
    if (Code !== "Ok") throw new Error(`no code was sent: ${Code}`)
  } catch (error) {
    // What may be on its way is not sent again. The person asks for another when it does not come.
    if (error.delivery !== "maybe_sent") throw error
  }
  return code
}

// ---------------------------------------------------------------- its tests

let service
let account

before(async () => (service = await LocalService.start()))
after(() => service.stop())
beforeEach(async () => (account = await service.account()))
afterEach(() => account.close())

test("the code arrives", async () => {
  const code = await sendLoginCode(account.client(), account.sdkAppId, "+8613711112222")
  assert.strictEqual((await account.waitForMessage({ phone: "+8613711112222" })).code, code)
})

test("a number that is refused", async () => {
  await assert.rejects(sendLoginCode(account.client(), account.sdkAppId, "+86123"), /InvalidParameterValue.IncorrectPhoneNumber/)
})

test("a rate limit is waited for", async () => {
  await account.setFaults([{ times: 1, do: { error: { code: "RequestLimitExceeded" } } }])
  await sendLoginCode(account.client(), account.sdkAppId, "+8613711112222")
  assert.deepStrictEqual((await account.requests()).map(({ code }) => code), ["RequestLimitExceeded", "Ok"])
})

test("an error of the service", async () => {
  await account.setFaults([{ do: { error: { code: "InternalError.Timeout" } } }])
  await assert.rejects(sendLoginCode(account.client(), account.sdkAppId, "+8613711112222"), { code: "InternalError.Timeout" })
  assert.deepStrictEqual(await account.messages(), [])
})

test("an answer that is lost", async () => {
  await account.setFaults([{ match: { action: "SendSms" }, do: { reset: { after: true } } }])
  const code = await sendLoginCode(account.client(), account.sdkAppId, "+8613711112222")
  // One message, and not a second one: the SDK never sends again what may have been sent.
  assert.deepStrictEqual((await account.messages()).map((message) => message.code), [code])
})

test("ten codes a day, and more on the next", async () => {
  const limited = await service.account({ limits: "default" })
  for (let minute = 0; minute < 10; minute++) {
    await limited.setClock(NOON + 60 * minute)
    await sendLoginCode(limited.client(), limited.sdkAppId, "+8613711112222")
  }
  await limited.setClock(NOON + 3600)
  await assert.rejects(sendLoginCode(limited.client(), limited.sdkAppId, "+8613711112222"), /LimitExceeded.PhoneNumberDailyLimit/)
  await limited.setClock(NOON + 24 * 3600)
  await sendLoginCode(limited.client(), limited.sdkAppId, "+8613711112222")
  await limited.close()
})
