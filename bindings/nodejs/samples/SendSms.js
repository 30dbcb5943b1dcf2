// Sends a message to one number, and says for every number what became of it.
const { failedNumbers, sms } = require("tcsms")

const client = new sms.v20210111.Client({
  credential: {
    secretId: process.env.TENCENTCLOUD_SECRET_ID || "secretId",
    secretKey: process.env.TENCENTCLOUD_SECRET_KEY || "secretKey",
  },
  region: "ap-guangzhou",
})

client
  .SendSms({
    SmsSdkAppId: "1400787878",
    SignName: "xxx",
    TemplateId: "449739",
    TemplateParamSet: ["2468"],
    PhoneNumberSet: ["+8613711112222"],
  })
  .then((answer) => {
    console.log(JSON.stringify(answer, null, 2))
    const refused = failedNumbers(answer)
    for (const { PhoneNumber, Code } of refused) {
      console.log(`${PhoneNumber} was refused: ${Code}`)
    }
    process.exitCode = refused.length ? 1 : 0
  })
  .catch((error) => {
    // Whether it may be on its way is in error.delivery: only what is "not_sent" is safe to send again.
    console.log(String(error))
    process.exitCode = 1
  })
