<?php
// Hands in a template for login codes abroad.
require_once '/path/to/vendor/autoload.php';

use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\AddSmsTemplateRequest;
use TencentCloud\Sms\V20210111\SmsClient;

// The key pair comes from the environment; the placeholders are those of a local service.
$credential = new Credential(getenv('TENCENTCLOUD_SECRET_ID') ?: 'xxx', getenv('TENCENTCLOUD_SECRET_KEY') ?: 'xxx');
$client = new SmsClient($credential, 'ap-guangzhou');

$request = new AddSmsTemplateRequest();
$request->TemplateName = 'login';
$request->TemplateContent = '{1} is your login code. It is good for {2} minutes.';
// 0: a notice, as older programs say it.
$request->SmsType = 0;
// 1: every country but mainland China.
$request->International = 1;
$request->Remark = 'for the login page';

try {
    echo $client->AddSmsTemplate($request)->toJsonString(), "\n";
} catch (TencentCloudSDKException $error) {
    fwrite(STDERR, "$error\n");
    exit(1);
}
