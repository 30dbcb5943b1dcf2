// What all products share.
"use strict"

exports.AbstractClient = require("./abstract_client").AbstractClient

// Loaded when they are asked for.
const later = {
  CommonClient: () => require("./common_client").CommonClient,
  SUPPORT_LANGUAGE_LIST: () => require("./interface").SUPPORT_LANGUAGE_LIST,
  TencentCloudSDKHttpException: () => require("./exception/tencent_cloud_sdk_exception").default,
  SSEResponseModel: () => require("./sse_response_model").SSEResponseModel,
  failedNumbers: () => require("./core").failedNumbers,
  setLogger: () => require("./core").setLogger,
  sdkVersion: () => require("./sdk_version").sdkVersion,
}
for (const name of [
  "BasicCredential",
  "EnvironmentVariableCredential",
  "ProfileCredential",
  "STSCredential",
  "CvmRoleCredential",
  "OIDCRoleArnCredential",
  "DefaultCredentialProvider",
]) {
  later[name] = () => require("./credential")[name]
}
for (const [name, get] of Object.entries(later)) {
  Object.defineProperty(exports, name, { enumerable: true, get })
}

// The names, for those who import them: never run.
0 &&
  (module.exports = {
    AbstractClient,
    CommonClient,
    SUPPORT_LANGUAGE_LIST,
    TencentCloudSDKHttpException,
    SSEResponseModel,
    failedNumbers,
    setLogger,
    sdkVersion,
    BasicCredential,
    EnvironmentVariableCredential,
    ProfileCredential,
    STSCredential,
    CvmRoleCredential,
    OIDCRoleArnCredential,
    DefaultCredentialProvider,
  })
