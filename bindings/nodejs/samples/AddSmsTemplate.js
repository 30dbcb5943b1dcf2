// Creates a template and hands it in for review. In callback style: an error is told there, and ends nothing else.
const { sms } = require("tcsms")

const client = new sms.v20210111.Client({
  credential: {
    secretId: process.env.TENCENTCLOUD_SECRET_ID || "secretId",
    secretKey: process.env.TENCENTCLOUD_SECRET_KEY || "secretKey",
  },
  region: "ap-guangzhou",
})

const template = {
  TemplateName: "login",
  TemplateContent: "{1} is your login code. It is good for {2} minutes.",
  SmsType: 0,
  International: 1,
  Remark: "for the login page",
}

client.AddSmsTemplate(template, (error, answer) => {
  if (error) {
    console.log(String(error))
    process.exitCode = 1
    return
  }
  console.log(JSON.stringify(answer, null, 2))
})
