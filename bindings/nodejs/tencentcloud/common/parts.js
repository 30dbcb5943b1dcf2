// The binary parts of a request that travels as multipart/form-data.
"use strict"

const core = require("./core")

// Moves the binary parameters of a request into the description of its call. Gives the others.
async function taken(req, meta) {
  const others = {}
  const parts = {}
  for (const [name, value] of Object.entries(req)) {
    const bytes = await content(name, value)
    if (bytes === undefined) {
      others[name] = value
    } else {
      parts[name] = { base64: bytes.toString("base64") }
    }
  }
  if (Object.keys(parts).length === 0) {
    throw core.invalid("multipart needs a binary parameter: a Buffer or a readable stream; nothing was sent")
  }
  meta.parts = parts
  return others
}

// The bytes of a value, or undefined when it is none that is sent as a part.
async function content(name, value) {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  if (value === null || typeof value !== "object" || typeof value.pipe !== "function") {
    return undefined
  }
  const pieces = []
  try {
    for await (const piece of value) {
      pieces.push(Buffer.from(piece))
    }
  } catch (error) {
    throw core.invalid(`the stream of ${name} cannot be read (${error.message}); nothing was sent`)
  }
  return Buffer.concat(pieces)
}

// Parts that are given by themselves.
function encoded(parts) {
  const told = {}
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value !== "string" && !ArrayBuffer.isView(value)) {
      throw core.invalid(`the part ${name} must be a text or a view of bytes; nothing was sent`)
    }
    const bytes = typeof value === "string" ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    told[name] = typeof bytes === "string" ? bytes : { base64: bytes.toString("base64") }
  }
  return told
}

exports.encoded = encoded
exports.taken = taken
