<?php
// Sends a login code to one number, and says what became of it.
require_once '/path/to/vendor/autoload.php';

use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Sms\V20210111\SmsClient;

// The key pair comes from the environment; the placeholders are those of a local service.
$credential = new Credential(getenv('TENCENTCLOUD_SECRET_ID') ?: 'xxx', getenv('TENCENTCLOUD_SECRET_KEY') ?: 'xxx');
$client = new SmsClient($credential, 'ap-guangzhou');

$request = new SendSmsRequest();
$request->SmsSdkAppId = '1400787878';
$request->SignName = 'xxx';
$request->TemplateId = '449739';
$request->TemplateParamSet = ['2468'];
$request->PhoneNumberSet = ['+8613711112222'];

try {
    $answer = $client->SendSms($request);
    echo $answer->toJsonString(), "\n";
    // The call succeeds even when a number was refused: each has a code of its own.
    foreach ($answer->SendStatusSet as $status) {
        if ($status->Code !== 'Ok') {
            echo "$status->PhoneNumber: $status->Code $status->Message\n";
        }
    }
} catch (TencentCloudSDKException $error) {
    fwrite(STDERR, "$error\n");
    exit(1);
}
