// What happens to calls when connections, servers, threads and the process come and go.
"use strict"

const assert = require("assert")
const fs = require("fs")
const http = require("http")
const https = require("https")
const { once } = require("events")
const { after, before, test } = require("node:test")
const { Worker } = require("worker_threads")

const { CommonClient, sms } = require("tcsms")

const { MESSAGE, config, rejected, run, service, stage } = require("./support")

const ANSWER = { json: { Response: { RequestId: "r-ok" } } }
const ASK = { SmsSdkAppId: "1400787878", Limit: 1 }

let theatre

before(() => {
  theatre = stage()
})
after(() => theatre.stop())

const common = (host, more) => new CommonClient("sms.tencentcloudapi.com", "2021-01-11", config(host, more))

test("clients with the same settings share their connections", async () => {
  const { host } = await theatre.play([["request", { answer: ANSWER }, "request", { answer: ANSWER }, "close"]])
  await common(host).request("First", {})
  await common(host).request("Second", {})
  const { record } = await theatre.ask("record")
  assert.strictEqual(record.server.connections, 1)
  assert.deepStrictEqual(record.server.faults, [])
})

test("the service may be started anew between two calls", async () => {
  const first = await service()
  const client = new sms.v20210111.Client(config(first.host))
  await client.SendSms(MESSAGE)
  await first.stop()
  const second = await service(first.host.split(":")[1])
  try {
    assert.strictEqual((await client.SendSms(MESSAGE)).SendStatusSet[0].Code, "Ok")
  } finally {
    await second.stop()
  }
})

test("integers of any size go and come whole", async () => {
  const text = '{"Response":{"Id":9007199254740993,"Low":-18446744073709551616,"Safe":9007199254740991,"Half":1.5,"Big":1e300,"In":[12345678901234567890,1],"Text":"5:12345678901234567890","RequestId":"r"}}'
  const { host } = await theatre.play([["request", { answer: { text } }, "request", { answer: ANSWER }, "close"]])
  const client = common(host)
  assert.deepStrictEqual(await client.request("Any", { Id: 18446744073709551615n, Set: [1n, 2], Text: "7n", Gone: null }), {
    Id: 9007199254740993n,
    Low: -18446744073709551616n,
    Safe: 9007199254740991,
    Half: 1.5,
    Big: 1e300,
    In: [12345678901234567890n, 1],
    Text: "5:12345678901234567890",
    RequestId: "r",
  })
  await client.request("Any", { A: null, B: [null, 1], C: { D: null } })
  const { record } = await theatre.ask("record")
  const bodies = record.server.heard.map(({ bytes }) => bytes.split("\r\n\r\n")[1])
  assert.deepStrictEqual(bodies, ['{"Id":18446744073709551615,"Set":[1,2],"Text":"7n"}', '{"B":[null,1],"C":{}}'])
})

test("members that nobody knows stay in a typed answer", async () => {
  const Response = { SendStatusSet: [{ Code: "Ok", New: { a: [1] } }], Other: [null], RequestId: "r" }
  const { host } = await theatre.play([["request", { answer: { json: { Response } } }, "close"]])
  assert.deepStrictEqual(await new sms.v20210111.Client(config(host)).SendSms(MESSAGE), Response)
  await theatre.ask("record")
})

test("a text that looks like a marked integer stays a text", async () => {
  const text = '{"Response":{"A":"\\u0001tcsms-integer:x","B":"\\u0001other","RequestId":"r"}}'
  const { host } = await theatre.play([["request", { answer: { text } }, "close"]])
  assert.deepStrictEqual(await common(host).request("Any", {}), { A: "\u0001tcsms-integer:x", B: "\u0001other", RequestId: "r" })
})

test("bytes that are no UTF-8 are no answer", async () => {
  const hex = Buffer.concat([Buffer.from('{"Response":{"A":"'), Buffer.from([0xff]), Buffer.from('","RequestId":"r"}}')]).toString("hex")
  const { host } = await theatre.play([["request", { answer: { hex } }, "close"]])
  const error = await rejected(common(host).request("Any", {}))
  assert.deepStrictEqual([error.kind, error.delivery], ["invalid_answer", "maybe_sent"])
})

test("an answer of 10 MB comes whole", async () => {
  const long = "中".repeat(3 << 20)
  const { host } = await theatre.play([["request", { answer: { json: { Response: { Long: long, RequestId: "r" } } } }, "close"]])
  assert.strictEqual((await common(host).request("Any", {})).Long, long)
})

test("a call that is aborted before it began sends nothing", async () => {
  const { host } = await theatre.play([])
  const controller = new AbortController()
  controller.abort()
  for (const more of [{}, { profile: { httpProfile: { agent: new http.Agent() } } }]) {
    const error = await rejected(common(host, more).request("Any", {}, { signal: controller.signal }))
    assert.deepStrictEqual([error.kind, error.delivery], ["cancelled", "not_sent"])
  }
  assert.strictEqual((await theatre.ask("record")).record.server.connections, 0)
})

test("a call that is aborted under way ends at once, and says that it may have been sent", async () => {
  const agent = new http.Agent()
  for (const more of [{}, { profile: { httpProfile: { agent } } }]) {
    const controller = new AbortController()
    // It never answers.
    const server = http.createServer(() => controller.abort()).listen(0, "127.0.0.1")
    await once(server, "listening")
    const call = common(`127.0.0.1:${server.address().port}`, more).request("Any", {}, { signal: controller.signal })
    const error = await rejected(call)
    assert.deepStrictEqual([error.kind, error.delivery], ["cancelled", "maybe_sent"])
    server.close()
    await once(server, "close")
  }
})

test("the limits of a client and of a call hold", async () => {
  const { host } = await theatre.play([["request", "wait_close"], ["request", "wait_close"]])
  const byClient = await rejected(common(host, { profile: { httpProfile: { reqTimeout: 0.1 } } }).request("Any", {}))
  const byCall = await rejected(common(host).request("Any", {}, { reqTimeout: 0.1 }))
  for (const error of [byClient, byCall]) {
    assert.deepStrictEqual([error.kind, error.delivery, error.step], ["timeout", "maybe_sent", "wait"])
  }
  await theatre.ask("record")
})

test("nobody there, and no such host", async () => {
  const { servers } = await theatre.ask({ servers: { server: { closed: true } } })
  for (const more of [{}, { profile: { httpProfile: { agent: new http.Agent() } } }]) {
    const error = await rejected(common(servers.server, more).request("Any", {}))
    assert.deepStrictEqual([error.kind, error.delivery, error.code], ["connect", "not_sent", undefined])
  }
  await theatre.ask("record")
})

test("an agent carries the requests, signed by the core and kept by the agent", async () => {
  const { host } = await theatre.play([["request", { answer: ANSWER }, "request", { answer: ANSWER }, "close"]])
  const agent = new http.Agent({ keepAlive: true })
  const client = common(host, { profile: { httpProfile: { agent } } })
  assert.deepStrictEqual(await client.request("Any", { A: "中" }), { RequestId: "r-ok" })
  client.profile.httpProfile.reqMethod = "GET"
  assert.deepStrictEqual(await client.request("Any", { A: "中" }), { RequestId: "r-ok" })
  agent.destroy()
  const { record } = await theatre.ask("record")
  assert.strictEqual(record.server.connections, 1)
  assert.match(record.server.heard[0].bytes, /^POST \/ HTTP\/1\.1\r\n/)
  assert.match(record.server.heard[1].bytes, /^GET \/\?A=%E4%B8%AD HTTP\/1\.1\r\n/)
})

test("an agent's requests are answered by the service as all others", async () => {
  const place = await service()
  try {
    const agent = new http.Agent()
    const client = new sms.v20210111.Client(config(place.host, { profile: { httpProfile: { agent } } }))
    assert.strictEqual((await client.SendSms(MESSAGE)).SendStatusSet[0].Code, "Ok")
    assert.strictEqual((await rejected(client.SendSms({}))).code, "MissingParameter")
  } finally {
    await place.stop()
  }
})

test("an agent decides who is trusted", async () => {
  const connections = [
    [{ tls: {} }, "request", { answer: ANSWER }, "close"],
    [{ tls: {} }, "ignore"],
  ]
  const { host, ca } = await theatre.play(connections)
  const through = (agent) => common(host, { profile: { httpProfile: { protocol: "https://", agent } } })
  const trusting = new https.Agent({ ca: fs.readFileSync(ca) })
  assert.deepStrictEqual(await through(trusting).request("Any", {}), { RequestId: "r-ok" })
  trusting.destroy()
  const error = await rejected(through(new https.Agent()).request("Any", {}))
  assert.deepStrictEqual([error.kind, error.delivery], ["tls", "not_sent"])
  await theatre.ask("record")
})

test("a failed request of an agent's is never sent twice when it may have arrived", async () => {
  const { host } = await theatre.play([["request", "reset"]])
  const client = new sms.v20210111.Client(config(host, { profile: { httpProfile: { agent: new http.Agent() } } }))
  const error = await rejected(client.SendSms(MESSAGE))
  assert.deepStrictEqual([error.kind, error.delivery, error.attempts], ["network", "maybe_sent", 1])
  await theatre.ask("record")
})

test("a setting about connections beside an agent is told", async () => {
  const more = { profile: { httpProfile: { agent: new http.Agent() }, settings: { ca_file: "/x.pem" } } }
  assert.match((await rejected(common("127.0.0.1:1", more).request("Any", {}))).message, /ca_file/)
})

test("events are iterated over or listened to", async () => {
  const answer = { headers: { "Content-Type": "text/event-stream" }, text: "id: 1\ndata: a\n\nevent: x\ndata: b\nretry: 5\n\n" }
  const { host } = await theatre.play([["request", { answer }, "close"], ["request", { answer }, "close"]])
  const expected = [
    { id: "1", event: "", data: "a", retry: undefined },
    { id: "", event: "x", data: "b", retry: 5 },
  ]
  const events = []
  for await (const event of await common(host).request("Chat", { Stream: true })) {
    events.push(event)
  }
  assert.deepStrictEqual(events, expected)
  const model = await common(host).request("Chat", {}, { stream: true })
  const heard = []
  await new Promise((resolve, reject) => model.on("message", (event) => heard.push(event)).on("error", reject).on("close", resolve))
  assert.deepStrictEqual(heard, expected)
  await theatre.ask("record")
})

test("leaving the loop closes the connection", async () => {
  const write = { write: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n" }
  const { host } = await theatre.play([["request", write, "wait_close"]])
  for await (const event of await common(host).request("Chat", { Stream: true })) {
    assert.strictEqual(event.data, "a")
    break
  }
  const { record } = await theatre.ask("record")
  assert.deepStrictEqual(record.server.faults, [])
})

test("bytes and forms travel as they are", async () => {
  const { host } = await theatre.play([[...Array(3).fill(["request", { answer: ANSWER }]).flat(), "close"]])
  const client = common(host)
  await client.requestOctetStream("Any", Buffer.from("bytes"))
  await client.requestOctetStream("Any", new Uint8Array([65, 66]), { headers: { "X-Mine": "1" } })
  const { Readable } = require("stream")
  await client.request("Any", { File: Readable.from([Buffer.from("in"), Buffer.from("side")]), Name: "n" }, { multipart: true })
  const { record } = await theatre.ask("record")
  const [first, second, third] = record.server.heard.map(({ bytes }) => bytes)
  assert(first.endsWith("\r\n\r\nbytes"))
  assert.match(first, /content-type: application\/octet-stream/i)
  assert(second.endsWith("\r\n\r\nAB") && /x-mine: 1/i.test(second))
  assert.match(third, /content-type: multipart\/form-data; boundary=/i)
  assert(third.includes("inside") && third.includes('name="Name"'))
})

test("threads of Node's have clients of their own, and may end at any time", async () => {
  const place = await service()
  try {
    const program = `
      const { parentPort, workerData } = require("worker_threads")
      const { sms } = require(workerData.tcsms)
      const client = new sms.v20210111.Client(workerData.config)
      Promise.all(Array.from({ length: 20 }, () => client.SendSms(workerData.message)))
        .then((answers) => parentPort.postMessage(answers.length))`
    const workerData = { tcsms: require.resolve("tcsms"), config: config(place.host), message: MESSAGE }
    const workers = Array.from({ length: 4 }, () => new Worker(program, { eval: true, workerData }))
    const counts = await Promise.all(
      workers.map((worker) => new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject))),
    )
    assert.deepStrictEqual(counts, [20, 20, 20, 20])
    await Promise.all(workers.map((worker) => worker.terminate()))
  } finally {
    await place.stop()
  }
})

test("a thread of Node's that ends within its calls takes nothing with it", async () => {
  // It never answers; the first request says that the calls are under way.
  const server = http.createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const program = `
    const { workerData } = require("worker_threads")
    const { CommonClient } = require(workerData.tcsms)
    const client = new CommonClient("sms.tencentcloudapi.com", "2021-01-11", workerData.config)
    for (let i = 0; i < 50; i++) client.request("Any", {}).catch(() => {})
    client.request("Any", { Stream: true }).catch(() => {})`
  const told = config(`127.0.0.1:${server.address().port}`)
  const worker = new Worker(program, { eval: true, workerData: { tcsms: require.resolve("tcsms"), config: told } })
  await Promise.race([once(server, "request"), once(worker, "error").then(([error]) => Promise.reject(error))])
  await worker.terminate()
  // The connections are those of calls that nobody waits for any more.
  server.close()
  server.closeAllConnections()
  const next = await theatre.play([["request", { answer: ANSWER }, "close"]])
  assert.deepStrictEqual(await common(next.host).request("Any", {}), { RequestId: "r-ok" })
  await theatre.ask("record")
})

test("a process ends when its calls are over", async () => {
  const place = await service()
  try {
    const program = `
      const { CommonClient } = require("tcsms")
      const client = new CommonClient("sms.tencentcloudapi.com", "2021-01-11", JSON.parse(process.argv[1]))
      client.request("PullSmsSendStatus", ${JSON.stringify(ASK)}).then(() => console.log("over"))`
    const ended = await run([process.execPath, "-e", program, JSON.stringify(config(place.host))])
    assert.deepStrictEqual(ended, { code: 0, out: "over\n", err: "" })
  } finally {
    await place.stop()
  }
})

// Each is told by an event: `asked` is called when a request has reached the server that the process is itself, with what
// answers it.
const EXITS = {
  "in the line after its calls began": `begin(5); exit()`,
  "when a request has left": `asked = exit; begin(5)`,
  "within a callback, while other calls run": `
    let mine
    asked = (answer, { headers }) => {
      mine = headers["x-tc-action"] === "Mine" ? answer : mine
      if (requests === 5) mine.end(OK)
    }
    begin(4)
    client.request("Mine", {}, exit)`,
  "within what follows a promise": `asked = (answer) => answer.end(OK); client.request("Any", {}).then(exit)`,
  "in the middle of events": `
    asked = (answer) => answer.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: a\\n\\n")
    client.request("Chat", { Stream: true }).then((model) => model.on("message", exit))`,
  "while an agent carries its request": `
    asked = exit
    client.profile.httpProfile.agent = new http.Agent()
    begin(5)`,
  "while a credential is fetched": `
    asked = exit
    process.env.TCSMS_METADATA_CONNECT_TO = "http://" + host
    new CvmRoleCredential().getCredential().catch(() => {})`,
  "at a log line": `setLogger("trace", exit); begin(5)`,
  "by what nobody caught": `
    process.on("uncaughtException", exit)
    asked = (answer) => answer.end(OK)
    client.request("Any", {}, () => { throw new Error("mine") })`,
  "by a thread of its own that ends it": `
    const { Worker } = require("worker_threads")
    asked = exit
    new Worker("require(" + JSON.stringify(require.resolve("tcsms")) + ").AbstractClient", { eval: true }).on("exit", () => begin(5))`,
}

for (const [when, what] of Object.entries(EXITS)) {
  test(`a process may end ${when}`, async () => {
    const program = `
      const http = require("http")
      const { CommonClient, CvmRoleCredential, setLogger } = require("tcsms")
      const OK = '{"Response":{"RequestId":"r-ok"}}'
      const exit = () => process.exit(7)
      let asked = () => {}
      let requests = 0
      const server = http.createServer((request, answer) => { requests += 1; asked(answer, request) }).listen(0, "127.0.0.1", () => {
        const host = "127.0.0.1:" + server.address().port
        const httpProfile = { protocol: "http://", endpoint: host }
        const credential = { secretId: "secretId", secretKey: "secretKey" }
        const client = new CommonClient("sms.tencentcloudapi.com", "2021-01-11", { credential, region: "r", profile: { httpProfile } })
        const begin = (count) => { while (count--) client.request("Any", {}).catch(() => {}) }
        ${what}
      })`
    assert.deepStrictEqual(await run([process.execPath, "-e", program]), { code: 7, out: "", err: "" })
  })
}
