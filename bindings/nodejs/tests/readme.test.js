// The READMEs: both languages show the same programs in the same order, and each program runs as it stands there.
"use strict"

const assert = require("assert")
const fs = require("fs")
const path = require("path")
const { after, before, test } = require("node:test")

const { folder, run, service } = require("./support")

const [ENGLISH, CHINESE] = ["README.md", "README.zh-CN.md"].map((name) => {
  const text = fs.readFileSync(path.join(process.env.TCSMS_BINDING, name), "utf8")
  const blocks = [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, suffix, code]) => ({ suffix, code }))
  // A line of code that begins with # is no heading.
  const headings = text.replace(/^```[^]*?^```$/gm, "").match(/^#+ (?=\S)/gm)
  return { text, blocks, headings }
})
const PROGRAMS = ENGLISH.blocks.filter(({ suffix }) => suffix === "js" || suffix === "mjs")

let place
let work

before(async () => {
  place = await service()
  work = folder()
  fs.symlinkSync(path.join(path.dirname(require.resolve("tcsms/package.json")), ".."), path.join(work, "node_modules"))
})
after(async () => {
  await place.stop()
  fs.rmSync(work, { recursive: true })
})

// What runs of one is what the other shows, so that each is run once.
test("both READMEs have the same code and the same headings, and name each other", () => {
  assert.deepStrictEqual(CHINESE.blocks, ENGLISH.blocks)
  assert.deepStrictEqual(CHINESE.headings, ENGLISH.headings)
  assert(ENGLISH.text.includes("(README.zh-CN.md)") && CHINESE.text.includes("(README.md)"))
  assert.strictEqual(PROGRAMS.length, 9)
})

for (const [at, { suffix, code }] of PROGRAMS.entries()) {
  test(`program ${at + 1} of the READMEs`, async () => {
    const file = path.join(work, `program-${at}.${suffix}`)
    fs.writeFileSync(file, code)
    const pair = { TENCENTCLOUD_SECRET_ID: "secretId", TENCENTCLOUD_SECRET_KEY: "secretKey" }
    const ran = await run([process.execPath, file], { env: { ...pair, TCSMS_CONNECT_TO: place.api } })
    assert.deepStrictEqual([ran.code, ran.err], [0, ""], code)
  })
}
