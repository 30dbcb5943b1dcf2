// Signatures by themselves, for programs that make their own requests.
"use strict"

const { URL } = require("url")

const core = require("./core")

Object.defineProperty(exports, "__esModule", { value: true })

class Sign {
  static sign(secretKey, signStr, signMethod) {
    try {
      return core.native.sign(secretKey || "", signStr, String(signMethod))
    } catch (error) {
      throw core.local("config", error.message)
    }
  }

  static sign3({
    method = "POST",
    url = "",
    payload,
    timestamp,
    service,
    secretId,
    secretKey,
    multipart,
    boundary,
    headers = {},
  }) {
    const { hostname, search } = new URL(url)
    const contentType = multipart ? `multipart/form-data; boundary=${boundary}` : headers["Content-Type"]
    const told = [method, search.slice(1), contentType, hostname, service, secretId].join("\n")
    const body = multipart ? form(payload, boundary) : !payload ? "" : Buffer.isBuffer(payload) ? payload : core.stringify(payload)
    return core.native.signTc3(told, timestamp, String(secretKey), body)
  }
}

// The bytes of a form: Buffers and texts, as the documented SDK sends them.
function form(payload, boundary) {
  const pieces = [`--${boundary}`]
  for (const [name, value] of Object.entries(payload)) {
    const type = Buffer.isBuffer(value) ? "\r\nContent-Type: application/octet-stream" : ""
    if (type || typeof value === "string") {
      pieces.push(`\r\nContent-Disposition: form-data; name="${name}"${type}\r\n\r\n`, value, `\r\n--${boundary}`)
    }
  }
  return Buffer.concat([...pieces, "--\r\n"].map((piece) => Buffer.from(piece)))
}

exports.default = Sign
