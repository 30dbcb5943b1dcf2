// Counts what an app has sent on one day.
const { sms } = require("tcsms")

const client = new sms.v20210111.Client({
  credential: {
    secretId: process.env.TENCENTCLOUD_SECRET_ID || "secretId",
    secretKey: process.env.TENCENTCLOUD_SECRET_KEY || "secretKey",
  },
  region: "ap-guangzhou",
})

async function main() {
  // Hours in Beijing's time; the last one counts.
  const day = { BeginTime: "2019122400", EndTime: "2019122423" }
  const answer = await client.SendStatusStatistics({ SmsSdkAppId: "1400787878", Limit: 1, Offset: 0, ...day })
  console.log(JSON.stringify(answer, null, 2))
}

main().catch((error) => {
  console.log(String(error))
  process.exitCode = 1
})
