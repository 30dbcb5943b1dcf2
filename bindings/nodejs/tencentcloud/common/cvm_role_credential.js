// The credential of the role that is bound to the cloud server.
"use strict"

Object.defineProperty(exports, "__esModule", { value: true })
exports.default = require("./credential").CvmRoleCredential
