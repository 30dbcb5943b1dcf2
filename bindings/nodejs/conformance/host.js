// Plays one conformance case after the other, each in a thread of Node's of its own: host.js WAY FILE. Node takes longer to
// start than a case takes. `play` brings the cases: it says its process id, and input, output, environment and folder are
// those of that process. FILE gets the port it comes to, and so does standard output.
"use strict"

const fs = require("fs")
const net = require("net")
const path = require("path")
const { SHARE_ENV, Worker } = require("worker_threads")

const [, , WAY, FILE] = process.argv
// For so long nobody came: the cases are over.
const IDLE_MS = 10000

let turn = Promise.resolve()
let idle

const server = net.createServer((socket) => {
  clearTimeout(idle)
  // The environment is that of the whole process, so there is one case at a time.
  turn = turn.then(() => played(socket)).catch((error) => socket.end(`${error.stack}\n`))
  turn.then(() => {
    clearTimeout(idle)
    idle = setTimeout(() => process.exit(), IDLE_MS)
  })
})
server.listen(0, "127.0.0.1", () => {
  // Whole or not there, for those who look for it.
  fs.writeFileSync(`${FILE}.new`, `${server.address().port}\n`)
  fs.renameSync(`${FILE}.new`, FILE)
  console.log(server.address().port)
})

async function played(socket) {
  let gone = false
  socket.on("error", () => {}).on("close", () => (gone = true))
  const of = `/proc/${await line(socket)}`
  socket.write("began\n")
  for (const name of Object.keys(process.env)) {
    delete process.env[name]
  }
  for (const entry of fs.readFileSync(`${of}/environ`, "utf8").split("\0").filter(Boolean)) {
    const at = entry.indexOf("=")
    process.env[entry.slice(0, at)] = entry.slice(at + 1)
  }
  process.chdir(fs.readlinkSync(`${of}/cwd`))
  const worker = new Worker(path.join(__dirname, "driver.js"), { argv: [WAY], env: SHARE_ENV, stdin: true, stdout: true, stderr: true })
  const input = fs.createReadStream(`${of}/fd/0`)
  input.pipe(worker.stdin)
  worker.stdout.pipe(fs.createWriteStream(`${of}/fd/1`, { flags: "a" }))
  worker.stderr.pipe(fs.createWriteStream(`${of}/fd/2`, { flags: "a" }))
  // Who brought the case may be ended because it took too long.
  socket.on("close", () => worker.terminate())
  if (gone) {
    worker.terminate()
  }
  let failure = ""
  worker.on("error", (error) => (failure = String(error && error.stack)))
  const code = await new Promise((resolve) => worker.on("exit", resolve))
  input.destroy()
  socket.end(failure || code !== 0 ? `the driver ended with ${code}: ${failure.split("\n").join(" | ")}\n` : "over\n")
}

function line(socket) {
  return new Promise((resolve, reject) => {
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (piece) => {
      text += piece
      if (text.endsWith("\n")) resolve(text.trim())
    })
    socket.on("close", () => reject(new Error("nobody there any more")))
  })
}
