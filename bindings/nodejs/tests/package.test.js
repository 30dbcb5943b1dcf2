// The package as it is installed: names, deep imports, types, both kinds of modules, and the native module.
"use strict"

const assert = require("assert")
const fs = require("fs")
const path = require("path")
const { test } = require("node:test")

const tcsms = require("tcsms")

const { folder, run } = require("./support")

const NAMES = [
  "AbstractClient",
  "BasicCredential",
  "CommonClient",
  "CvmRoleCredential",
  "DefaultCredentialProvider",
  "EnvironmentVariableCredential",
  "OIDCRoleArnCredential",
  "ProfileCredential",
  "SSEResponseModel",
  "STSCredential",
  "SUPPORT_LANGUAGE_LIST",
  "TencentCloudSDKHttpException",
  "failedNumbers",
  "sdkVersion",
  "setLogger",
  "sms",
]

test("all names are there, for those who require and for those who import", async () => {
  assert.deepStrictEqual(Object.keys(tcsms).sort(), NAMES)
  const imported = await import("tcsms")
  assert.deepStrictEqual(Object.keys(imported).filter((name) => name !== "default" && name !== "module.exports").sort(), NAMES)
  for (const name of NAMES) {
    assert.strictEqual(imported[name], tcsms[name], name)
    assert.strictEqual(imported.default[name], tcsms[name], name)
  }
})

test("deep imports lead to the same things", () => {
  const common = require("tcsms/tencentcloud/common")
  assert.strictEqual(common.AbstractClient, tcsms.AbstractClient)
  assert.strictEqual(require("tcsms/tencentcloud/common/abstract_client").AbstractClient, tcsms.AbstractClient)
  assert.strictEqual(require("tcsms/tencentcloud/common/cvm_role_credential").default, tcsms.CvmRoleCredential)
  const exception = require("tcsms/tencentcloud/common/exception/tencent_cloud_sdk_exception").default
  assert.strictEqual(exception, tcsms.TencentCloudSDKHttpException)
  assert.strictEqual(require("tcsms/tencentcloud/services/sms/v20210111/sms_client").Client, tcsms.sms.v20210111.Client)
  assert.strictEqual(require("tcsms/tencentcloud/services").sms, tcsms.sms)
  assert.strictEqual(require("tcsms/tencentcloud").sms, tcsms.sms)
  assert.deepStrictEqual(Object.keys(tcsms.sms.v20190711.Models), [])
  const codes = require("tcsms/tencentcloud/services/sms/v20210111/sms_error_codes")
  assert.strictEqual(codes.LIMITEXCEEDED_PHONENUMBERDAILYLIMIT, "LimitExceeded.PhoneNumberDailyLimit")
})

test("credentials say themselves, and are fetched by the core", async () => {
  const home = folder()
  fs.mkdirSync(path.join(home, ".tencentcloud"))
  fs.writeFileSync(path.join(home, ".tencentcloud", "credentials"), "[default]\nsecret_id = AKIDfile\nsecret_key = SKfile\n")
  const program = `
    const t = require("tcsms")
    const told = (name) => new t[name]().getCredential().then((pair) => JSON.stringify(pair), (error) => error.kind)
    Promise.all(["EnvironmentVariableCredential", "ProfileCredential", "DefaultCredentialProvider"].map(told))
      .then((all) => console.log(all.join("\\n")))`
  const none = { TENCENTCLOUD_SECRET_ID: "", TENCENTCLOUD_SECRET_KEY: "", TENCENTCLOUD_CREDENTIALS_FILE: "" }
  const ran = await run([process.execPath, "-e", program], {
    env: { ...none, HOME: home, TENCENTCLOUD_SECRET_ID: "AKIDenv", TENCENTCLOUD_SECRET_KEY: "SKenv", TENCENTCLOUD_SESSION_TOKEN: "t" },
  })
  const environment = '{"secretId":"AKIDenv","secretKey":"SKenv","token":"t"}'
  assert.deepStrictEqual(ran.out.trim().split("\n"), [environment, '{"secretId":"AKIDfile","secretKey":"SKfile"}', environment])
  const basic = new tcsms.BasicCredential("a", "b", "c")
  assert.deepStrictEqual({ ...basic }, { secretId: "a", secretKey: "b", token: "c" })
  const unknown = new tcsms.STSCredential({ credential: basic }, { RoleArn: "r", RoleSessionName: "s", Colour: "red" })
  await assert.rejects(async () => unknown.getCredential(), /Colour/)
  fs.rmSync(home, { recursive: true })
})

test("signatures by themselves are those of the documentation", () => {
  const Sign = require("tcsms/tencentcloud/common/sign").default
  const text =
    "GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE&Timestamp=1465185768&Version=2017-03-12"
  assert.strictEqual(Sign.sign("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", text, "HmacSHA1"), "EliP9YW3pW28FpsEdkXt/+WcGeI=")
  assert.throws(() => Sign.sign("k", "t", "MD5"), /HmacSHA1, HmacSHA256/)
  const told = {
    method: "POST",
    url: "https://cvm.tencentcloudapi.com/",
    payload: Buffer.from('{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'),
    timestamp: 1551113065,
    service: "cvm",
    secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    multipart: false,
    boundary: "",
    headers: { "Content-Type": "application/json; charset=utf-8" },
  }
  assert.match(Sign.sign3(told), /SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168$/)
})

test("a model of events reads bytes too", async () => {
  const { Readable } = require("stream")
  const model = new tcsms.SSEResponseModel(Readable.from([Buffer.from("id: 1\ndata: a\nda"), Buffer.from("ta: b\n\n: no\nevent: x\n")]))
  const events = []
  for await (const event of model) {
    events.push(event)
  }
  assert.deepStrictEqual(events, [
    { id: "1", event: "", data: "a\nb", retry: undefined },
    { id: "", event: "x", data: "", retry: undefined },
  ])
})

test("a native module that does not fit is told in a sentence", async () => {
  const place = folder()
  const text = path.join(place, "text.node")
  fs.writeFileSync(text, "no library")
  const load = [process.execPath, "-e", 'require("tcsms").AbstractClient']
  const named = await run(load, { env: { TCSMS_LIBRARY: text } })
  assert.match(named.err, /TCSMS_LIBRARY names .*text\.node, which cannot be loaded as the native module .* or unset it/)
  const root = path.dirname(require.resolve("tcsms/package.json"))
  const copy = path.join(place, "node_modules", "tcsms")
  fs.cpSync(root, copy, { recursive: true })
  const version = path.join(copy, "tencentcloud", "common", "sdk_version.js")
  fs.writeFileSync(version, fs.readFileSync(version, "utf8").replace("0.1.0", "9.9.9"))
  const elsewhere = { cwd: place, env: { NODE_PATH: "" } }
  assert.match((await run(load, elsewhere)).err, /is of version 0\.1\.0, and the package is 9\.9\.9: install both anew/)
  fs.rmSync(path.join(copy, "tencentcloud", "native"), { recursive: true })
  assert.match((await run(load, elsewhere)).err, /Linux x86-64 with glibc, and this is Node\.js v.* on .*TCSMS_LIBRARY/)
  fs.rmSync(place, { recursive: true })
})
