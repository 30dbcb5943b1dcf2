// Makes many calls, 64 at a time, and watches the memory: soak.js [--calls 200000]. It fails when the median of the last ten
// samples is more than 5 % above what was resident after a quarter of the calls. `soak` starts it as it must be started.
"use strict"

const { fork } = require("child_process")

if (process.argv[2] === "answers") {
  answers()
} else {
  main()
}

// A server that answers every request alike, in a process of its own.
function answers() {
  const body = JSON.stringify({
    Response: {
      SendStatusSet: [{ SerialNo: "5000:1045710669157053657849499619", PhoneNumber: "+8613711112222", Fee: 1, SessionContext: "", Code: "Ok", Message: "send success", IsoCode: "CN" }],
      RequestId: "a0aabda6-cf91-4f3e-a81f-9198114a2279",
    },
  })
  const server = require("http").createServer((request, response) => {
    request.resume()
    request.on("end", () => response.writeHead(200, { "Content-Type": "application/json" }).end(body))
  })
  server.keepAliveTimeout = 0
  server.listen(0, "127.0.0.1", () => process.send(server.address().port))
  process.on("disconnect", () => process.exit())
}

const resident = () => process.memoryUsage().rss / (1 << 20)

async function main() {
  const at = process.argv.indexOf("--calls")
  const calls = at < 0 ? 200000 : Number(process.argv[at + 1])
  if (!(calls >= 100)) {
    throw new Error("--calls needs a number, 100 at least")
  }
  const { sms } = require("tcsms")
  const server = fork(__filename, ["answers"])
  const port = await new Promise((resolve, reject) => server.on("message", resolve).on("error", reject))
  const client = new sms.v20210111.Client({
    credential: { secretId: "secretId", secretKey: "secretKey" },
    region: "ap-guangzhou",
    profile: { httpProfile: { protocol: "http://", endpoint: `127.0.0.1:${port}` } },
  })
  const message = { SmsSdkAppId: "1400787878", SignName: "xxx", TemplateId: "449739", TemplateParamSet: ["2468"], PhoneNumberSet: ["+8613711112222"] }
  const mark = Math.floor(calls / 4)
  const every = Math.max(1, Math.floor((calls - mark) / 20))
  const began = Date.now()
  const samples = []
  let begun = 0
  let done = 0
  let first
  const chain = async () => {
    while (begun < calls) {
      begun += 1
      if ((await client.SendSms(message)).SendStatusSet[0].Code !== "Ok") {
        throw new Error("a wrong answer")
      }
      done += 1
      if (done === mark) {
        first = resident()
        console.log(`after ${done} calls: ${first.toFixed(1)} MiB`)
      } else if (done > mark && (done - mark) % every === 0) {
        samples.push(resident())
      }
    }
  }
  await Promise.all(Array.from({ length: 64 }, chain))
  const last = samples.slice(-10).sort((a, b) => a - b)[Math.floor(Math.min(10, samples.length) / 2)]
  const growth = (last / first - 1) * 100
  console.log(`at the end: ${last.toFixed(1)} MiB, ${growth.toFixed(1)} %`)
  const told = { calls, seconds: (Date.now() - began) / 1000, rss_50k_mib: first, rss_end_mib: last, growth_percent: growth }
  console.log(JSON.stringify(told))
  server.disconnect()
  process.exitCode = growth > 5 ? 1 : 0
}
