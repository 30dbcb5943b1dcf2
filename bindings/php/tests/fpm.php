<?php // What php-fpm runs in the tests: one call, and what came of it as JSON.

require __DIR__ . '/../autoload.php';

use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\PullSmsSendStatusRequest;
use TencentCloud\Sms\V20210111\SmsClient;

header('Content-Type: application/json');
$request = new PullSmsSendStatusRequest();
$request->SmsSdkAppId = '1400787878';
$request->Limit = 10;
$credential = new Credential('AKIDforeign000000000000000000000001', 'foreignKey000000000000000000001');
try {
    $client = new SmsClient($credential, 'ap-guangzhou');
    $begun = [$client->PullSmsSendStatusAsync($request), $client->PullSmsSendStatusAsync($request)];
    $answer = $client->PullSmsSendStatus($request);
    if ($_SERVER['QUERY_STRING'] === 'wait') {
        $begun[0]->wait();
        $begun[1]->wait();
    }
    echo json_encode(['id' => $answer->RequestId, 'pid' => getmypid()]);
} catch (TencentCloudSDKException $error) {
    echo json_encode(['error' => (string) $error]);
}
