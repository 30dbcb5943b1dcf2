// Makes the calls of a conformance case with the official SDK for Node.js: driver.js
//
// The protocol is in conformance/README.md; a further line of settings replaces those before. It knows what the interop
// cases and check.py need, and refuses other settings.
//
// This SDK takes the first label of its endpoint as the service it signs for, "127" here, and leaves the port out of the
// signed host: a service that means to serve it must take both.
"use strict"

const readline = require("node:readline")

const { sms } = require("tencentcloud-sdk-nodejs-sms")

const KNOWN = ["secret_id", "secret_key", "region", "connect_to", "sign_method", "http_method"]

async function make(settings, call) {
  // This SDK takes a setting that is undefined for one that was made.
  const { sign_method: signMethod = "TC3-HMAC-SHA256", http_method: reqMethod = "POST" } = settings
  const [protocol, endpoint] = settings.connect_to.split(/(?<=:\/\/)/)
  const client = new sms["v" + call.version.replaceAll("-", "")].Client({
    credential: { secretId: settings.secret_id, secretKey: settings.secret_key },
    region: settings.region,
    profile: { signMethod, httpProfile: { protocol, endpoint, reqMethod } },
  })
  return client[call.action](call.parameters)
}

async function main() {
  let settings
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const read = JSON.parse(line)
    if (!("action" in read)) {
      const isSet = ([, value]) => value !== null && !(typeof value === "object" && Object.keys(value).length === 0)
      settings = Object.fromEntries(Object.entries(read).filter(isSet))
      const others = Object.keys(settings).filter((name) => !KNOWN.includes(name))
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
