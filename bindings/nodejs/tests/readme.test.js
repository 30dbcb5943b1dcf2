// The programs of the READMEs run as they stand there.
"use strict"

const assert = require("assert")
const fs = require("fs")
const path = require("path")
const { after, before, test } = require("node:test")

const { folder, run, service } = require("./support")

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

for (const [name, least] of [
  ["README.md", 8],
]) {
  test(`the programs of ${name}`, async () => {
    const text = fs.readFileSync(path.join(process.env.TCSMS_BINDING, name), "utf8")
    const blocks = [...text.matchAll(/^```(js|mjs)\n([^]*?)^```$/gm)]
    assert(blocks.length >= least, `${blocks.length} programs`)
    for (const [at, [, suffix, program]] of blocks.entries()) {
      const file = path.join(work, `${name}-${at}.${suffix}`)
      fs.writeFileSync(file, program)
      const pair = { TENCENTCLOUD_SECRET_ID: "secretId", TENCENTCLOUD_SECRET_KEY: "secretKey" }
      const { code, err } = await run([process.execPath, file], { env: { ...pair, TCSMS_CONNECT_TO: place.api } })
      assert.deepStrictEqual({ code, err }, { code: 0, err: "" }, program)
    }
  })
}
