// A program against the types: it is compiled strictly, and never run.
import { AbstractClient, ClientConfig, CommonClient, Credential, RequestOptions, ResponseCallback, SSEResponseModel } from "tcsms"
import { STSCredential, TencentCloudSDKHttpException, failedNumbers, setLogger, sms } from "tcsms"
import * as everything from "tcsms"
import Exception from "tcsms/tencentcloud/common/exception/tencent_cloud_sdk_exception"
import { Client as Older } from "tcsms/tencentcloud/services/sms/v20190711/sms_client"
import { SendSmsRequest, SendSmsResponse } from "tcsms/tencentcloud/services/sms/v20210111/sms_models"
import { Account, LocalService, Message, ServiceError } from "tcsms/testing"
import { LIMITEXCEEDED_PHONENUMBERDAILYLIMIT } from "tcsms/tencentcloud/services/sms/v20210111/sms_error_codes"

const config: ClientConfig = {
  credential: { secretId: "id", secretKey: "key" },
  region: "ap-guangzhou",
  profile: {
    signMethod: "HmacSHA256",
    language: "zh-CN",
    httpProfile: { reqMethod: "POST", reqTimeout: 30, endpoint: "sms.tencentcloudapi.com", proxy: "http://127.0.0.1:1" },
    settings: { retry: { policy: "never" }, ca_file: "/etc/ca.pem", breaker: { failures: 5, window_ms: 1, pause_ms: 1 } },
  },
}
const client = new sms.v20210111.Client(config)
const request: SendSmsRequest = { PhoneNumberSet: ["+8613711112222"], SmsSdkAppId: "1400787878", TemplateId: "449739", SignName: "xxx" }
const answer: Promise<SendSmsResponse> = client.SendSms(request)
client.SendSms(request, (error, answer) => console.log(error, answer.SendStatusSet?.[0].Code))
client.SendSms(request, { signal: new AbortController().signal, reqTimeout: 1, retry: { attempts: 1 } }, (_, answer) => failedNumbers(answer))
client.DescribeSmsSignList({ International: 0, SignIdSet: [1, BigInt(2)] })
new Older(config).SendSms({ PhoneNumberSet: [], TemplateID: "1", SmsSdkAppid: "1" })

class Other extends AbstractClient {
  constructor(config: ClientConfig) {
    super("cvm.tencentcloudapi.com", "2017-03-12", config)
  }
  async DescribeZones(req: object, cb?: ResponseCallback): Promise<any> {
    return this.request("DescribeZones", req, cb)
  }
}
const options: RequestOptions = { headers: { "X-TC-TraceId": "id" }, multipart: true, skipSign: true }
new CommonClient("cvm.tencentcloudapi.com", "2017-03-12", config).request("DescribeZones", {}, options)
const role: Promise<Credential> = new STSCredential(config, { RoleArn: "arn", RoleSessionName: "name" }).getCredential()
answer.catch((error: TencentCloudSDKHttpException) => [error.code, error.delivery, error.getRequestId(), error instanceof Exception])
setLogger("debug", (level, line) => console.log(level, line))
async function events(model: SSEResponseModel) {
  for await (const { id, data, retry } of model.on("close", () => {})) {
    console.log(id, data, retry)
  }
}
async function helped(): Promise<Message> {
  const service: LocalService = await LocalService.start({ program: "tcsms", arguments: ["--log", "error"] })
  const account: Account = await service.account({ limits: "default" })
  await account.setFaults([{ match: { action: "SendSms" }, times: 1, do: { error: { code: "InternalError.Timeout" } } }], 1)
  const sent: Promise<SendSmsResponse> = account.client().SendSms(request)
  const older: Older = account.client(Older)
  await sent.catch((error: ServiceError) => [error.status, error.code, older])
  // @ts-expect-error: a fault that does nothing
  await account.setFaults([{ times: 1 }])
  // @ts-expect-error: there are no such limits
  await service.account({ limits: "none" })
  return account.waitForMessage({ phone: "+8613711112222", status: "delivered", timeout: 5 })
}
// @ts-expect-error: the name is misspelt
client.SendSms({ ...request, SmsSdkAppID: "1" })
// @ts-expect-error: a text in place of a list
client.SendSms({ ...request, PhoneNumberSet: "+86" })
// @ts-expect-error: there is no such language
new sms.v20210111.Client({ ...config, profile: { language: "de" } })
console.log(everything, Other, role, events, helped, LIMITEXCEEDED_PHONENUMBERDAILYLIMIT)
