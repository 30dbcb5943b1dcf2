// The client for actions by their names, of any product.
"use strict"

const { AbstractClient, HANDS_ON } = require("./abstract_client")

class CommonClient extends AbstractClient {}
CommonClient.prototype[HANDS_ON] = true

exports.CommonClient = CommonClient
