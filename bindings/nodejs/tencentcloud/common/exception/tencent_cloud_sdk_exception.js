// What a call is rejected with.
"use strict"

Object.defineProperty(exports, "__esModule", { value: true })

class TencentCloudSDKHttpException extends Error {
  constructor(error, requestId = "", traceId = "") {
    super(error)
    this.requestId = requestId || ""
    this.traceId = traceId || ""
  }

  getMessage() {
    return this.message
  }

  getRequestId() {
    return this.requestId
  }

  getTraceId() {
    return this.traceId
  }

  toString() {
    const code = this.code ? `code:${this.code} ` : ""
    const hint = this.hint ? `  ${this.hint}` : ""
    return `[TencentCloudSDKException]${code}message:${this.message}  requestId:${this.requestId}  traceId:${this.traceId}${hint}`
  }

  toLocaleString() {
    return this.toString()
  }
}

exports.default = TencentCloudSDKHttpException
