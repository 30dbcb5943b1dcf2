// The values that settings can have.
"use strict"

exports.SUPPORT_LANGUAGE_LIST = ["zh-CN", "en-US"]
