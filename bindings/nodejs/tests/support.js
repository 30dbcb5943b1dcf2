// What the tests share: the service, servers that play answers, and programs of their own.
"use strict"

const { spawn } = require("child_process")
const { once } = require("events")
const fs = require("fs")
const os = require("os")
const path = require("path")
const readline = require("readline")

// The folder with the service and the conformance server.
const PROGRAMS = process.env.TCSMS_PROGRAMS

const CONFIGURATION = `
[[account]]
id = "tests"
[[account.key]]
secret_id = "secretId"
secret_key = "secretKey"
[[account.app]]
sdk_app_id = "1400787878"
[[account.sign]]
id = 1
name = "xxx"
[[account.template]]
id = "449739"
name = "login"
content = "Your code is {1}."
kind = "verification"
[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
`

const MESSAGE = {
  SmsSdkAppId: "1400787878",
  SignName: "xxx",
  TemplateId: "449739",
  TemplateParamSet: ["2468"],
  PhoneNumberSet: ["+8613711112222"],
}

function folder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "tcsms-nodejs-"))
}

// A service on a free port, or the one that is given. `stop` ends it.
async function service(port = 0) {
  const place = folder()
  const configuration = path.join(place, "service.toml")
  fs.writeFileSync(configuration, CONFIGURATION)
  const words = ["serve", "--listen", `127.0.0.1:${port}`, "--config", configuration, "--log", "error"]
  const child = spawn(path.join(PROGRAMS, "tcsms"), words, { stdio: ["ignore", "pipe", "inherit"] })
  const [ready] = await once(readline.createInterface({ input: child.stdout }), "line")
  const { api } = JSON.parse(ready)
  return {
    api,
    host: api.replace("http://", ""),
    control: async (rest) => (await fetch(`${api}/_tcsms/v1/${rest}`)).json(),
    async stop() {
      child.kill("SIGTERM")
      await once(child, "exit")
      fs.rmSync(place, { recursive: true })
    },
  }
}

// Servers that play what they are told, see conformance/README.md.
function stage() {
  const child = spawn(path.join(PROGRAMS, "tcsms-conformance-server"), ["serve"], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (order) => {
    child.stdin.write(JSON.stringify(order) + "\n")
    const answer = JSON.parse((await lines.next()).value)
    if (answer.error) {
      throw new Error(answer.error)
    }
    return answer
  }
  return {
    ask,
    // One server with these connections: its address and the authority that vouches for it.
    async play(connections) {
      const { servers, ca } = await ask({ servers: { server: { connections } } })
      return { host: servers.server, ca }
    },
    async stop() {
      child.stdin.end()
      await once(child, "exit")
    },
  }
}

// The settings of a client of the service.
function config(host, more = {}) {
  const { httpProfile, ...profile } = more.profile || {}
  return {
    credential: { secretId: "secretId", secretKey: "secretKey" },
    region: "ap-guangzhou",
    ...more,
    profile: { ...profile, httpProfile: { protocol: "http://", endpoint: host, ...httpProfile } },
  }
}

// What a call is rejected with.
async function rejected(promise) {
  try {
    const answer = await promise
    throw new Error(`it was answered: ${JSON.stringify(answer)}`)
  } catch (error) {
    return error
  }
}

// Runs a program: its exit code and what it printed.
async function run(words, { env = {}, cwd } = {}) {
  const child = spawn(words[0], words.slice(1), { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  let out = ""
  let err = ""
  child.stdout.on("data", (piece) => (out += piece))
  child.stderr.on("data", (piece) => (err += piece))
  const [code] = await once(child, "close")
  return { code, out, err }
}

module.exports = { MESSAGE, config, folder, rejected, run, service, stage }
