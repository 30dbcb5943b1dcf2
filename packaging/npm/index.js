// The program tcsms as an npm package: says where it is; the command `tcsms` is the program itself.
"use strict"

const path = require("node:path")

exports.program = path.join(__dirname, "bin", "tcsms")
