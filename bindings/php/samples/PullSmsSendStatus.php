<?php
// Fetches up to ten delivery reports. Each is handed out once: keep them.
require_once '/path/to/vendor/autoload.php';

use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\PullSmsSendStatusRequest;
use TencentCloud\Sms\V20210111\SmsClient;

// The key pair comes from the environment; the placeholders are those of a local service.
$credential = new Credential(getenv('TENCENTCLOUD_SECRET_ID') ?: 'xxx', getenv('TENCENTCLOUD_SECRET_KEY') ?: 'xxx');
$client = new SmsClient($credential, 'ap-guangzhou');

$request = new PullSmsSendStatusRequest();
$request->SmsSdkAppId = '1400787878';
$request->Limit = 10;

try {
    echo $client->PullSmsSendStatus($request)->toJsonString(), "\n";
} catch (TencentCloudSDKException $error) {
    fwrite(STDERR, "$error\n");
    exit(1);
}
