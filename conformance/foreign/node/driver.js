// Makes the calls of a conformance case with the official SDK for Node.js: driver.js
//
// The protocol is in conformance/README.md. It knows the settings and calls of the interop cases, and refuses others.
"use strict"

const readline = require("node:readline")

const { sms } = require("tencentcloud-sdk-nodejs-sms")

const KNOWN = ["secret_id", "secret_key", "region", "connect_to"]

async function make(settings, call) {
  const [protocol, endpoint] = settings.connect_to.split(/(?<=:\/\/)/)
  const client = new sms["v" + call.version.replaceAll("-", "")].Client({
    credential: { secretId: settings.secret_id, secretKey: settings.secret_key },
    region: settings.region,
    profile: { httpProfile: { protocol, endpoint } },
  })
  return client[call.action](call.parameters)
}

async function main() {
  let settings
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const read = JSON.parse(line)
    if (!settings) {
      settings = read
      const isSet = ([, value]) => value !== null && !(typeof value === "object" && Object.keys(value).length === 0)
      const others = Object.entries(settings).filter(isSet).map(([name]) => name).filter((name) => !KNOWN.includes(name))
      if (others.length) throw new Error(`settings that this driver does not know: ${others}`)
      continue
    }
    let told
    try {
      told = { answer: await make(settings, read) }
    } catch (error) {
      told = { error: { kind: "service", code: error.code, requestId: error.requestId, delivery: "answered", attempts: 1, step: null, message: String(error) } }
    }
    console.log(JSON.stringify(told))
  }
}

main()
