// The version of the package, which that of its native module must equal.
"use strict"

exports.sdkVersion = "0.1.0"
