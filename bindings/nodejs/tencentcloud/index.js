// The package: what tencentcloud-sdk-nodejs exports for SMS, and what tencentcloud-sdk-nodejs-common exports.
"use strict"

exports.sms = require("./services").sms

// What all products share is loaded when it is asked for.
for (const name of [
  "AbstractClient",
  "CommonClient",
  "SUPPORT_LANGUAGE_LIST",
  "TencentCloudSDKHttpException",
  "SSEResponseModel",
  "failedNumbers",
  "setLogger",
  "sdkVersion",
  "BasicCredential",
  "EnvironmentVariableCredential",
  "ProfileCredential",
  "STSCredential",
  "CvmRoleCredential",
  "OIDCRoleArnCredential",
  "DefaultCredentialProvider",
]) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require("./common")[name] })
}

// The names, for those who import them: never run.
0 &&
  (module.exports = {
    sms,
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
