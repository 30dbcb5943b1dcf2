// Takes the delivery reports that wait for an app. What was taken is gone from the queue: keep it before taking more.
const { sms } = require("tcsms")

const client = new sms.v20210111.Client({
  credential: {
    secretId: process.env.TENCENTCLOUD_SECRET_ID || "secretId",
    secretKey: process.env.TENCENTCLOUD_SECRET_KEY || "secretKey",
  },
  region: "ap-guangzhou",
})

async function main() {
  const answer = await client.PullSmsSendStatus({ SmsSdkAppId: "1400787878", Limit: 10 })
  console.log(JSON.stringify(answer, null, 2))
}

main().catch((error) => {
  console.log(String(error))
  process.exitCode = 1
})
