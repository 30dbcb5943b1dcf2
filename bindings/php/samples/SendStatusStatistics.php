<?php
// Counts what an app sent on one day.
require_once '/path/to/vendor/autoload.php';

use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\SendStatusStatisticsRequest;
use TencentCloud\Sms\V20210111\SmsClient;

// The key pair comes from the environment; the placeholders are those of a local service.
$credential = new Credential(getenv('TENCENTCLOUD_SECRET_ID') ?: 'xxx', getenv('TENCENTCLOUD_SECRET_KEY') ?: 'xxx');
$client = new SmsClient($credential, 'ap-guangzhou');

$request = new SendStatusStatisticsRequest();
$request->SmsSdkAppId = '1400787878';
// Hours of UTC+8, the first and the last one.
$request->BeginTime = '2019122400';
$request->EndTime = '2019122423';
$request->Limit = 1;
$request->Offset = 0;

try {
    echo $client->SendStatusStatistics($request)->toJsonString(), "\n";
} catch (TencentCloudSDKException $error) {
    fwrite(STDERR, "$error\n");
    exit(1);
}
