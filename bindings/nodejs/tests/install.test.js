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
  for (const module of [["--module", "commonjs", "--moduleResolution", "node"], ["--module", "node16"]]) {
    const { code, out } = await run([...compiler, "--esModuleInterop", ...module, "types.ts"], { cwd: where })
    assert.strictEqual(code, 0, out)
  }
  fs.rmSync(where, { recursive: true })
})

test("the official package of another product runs on it unchanged", async () => {
  const { version } = require(path.join(TOOLS, "tencentcloud-sdk-nodejs-cvm", "package.json"))
  const where = await installed({
    dependencies: { "tencentcloud-sdk-nodejs-common": `file:${PACKAGE}`, "tencentcloud-sdk-nodejs-cvm": version },
    overrides: { "tencentcloud-sdk-nodejs-common": "$tencentcloud-sdk-nodejs-common" },
  }, ["--prefer-offline"])
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
