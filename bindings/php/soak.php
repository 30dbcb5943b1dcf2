<?php // Many calls, and the memory watched: soak.php CALLS URL

require __DIR__ . '/autoload.php';

use TencentCloud\Common\AsyncCall;
use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Sms\V20210111\SmsClient;

list(, $calls, $url) = $argv;
putenv("TCSMS_CONNECT_TO=$url");

function resident()
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $found);
    return $found[1] / 1024;
}

function median(array $values)
{
    sort($values);
    return $values[intdiv(count($values), 2)];
}

$key = new Credential('AKIDforeign000000000000000000000001', 'foreignKey000000000000000000001');
$wrong = new Credential('AKIDforeign000000000000000000000001', 'wrong');
$request = new SendSmsRequest();
$request->SmsSdkAppId = '1400787878';
$request->SignName = '腾讯云';
$request->TemplateId = '449739';
$request->TemplateParamSet = ['1234'];

// Memory is compared after a quarter of the calls, at the latest after 50 000.
$settled = min(50000, intdiv($calls, 4));
$every = max(1, intdiv($calls, 100));
$samples = [];
$begun = [];
$start = microtime(true);
for ($call = 1; $call <= $calls; $call++) {
    $client = new SmsClient($call % 50 === 0 ? $wrong : $key, 'ap-guangzhou');
    $request->PhoneNumberSet = [sprintf('+86137%08d', $call % 100000000)];
    try {
        if ($call % 10 === 1) {
            $begun[] = $client->SendSmsAsync($request);
        } elseif ($client->SendSms($request)->SendStatusSet[0]->Code !== 'Ok') {
            throw new Exception('a number was refused');
        }
    } catch (TencentCloudSDKException $error) {
        if ($call % 50 !== 0 || $error->getErrorCode() !== 'AuthFailure.SignatureFailure') {
            throw $error;
        }
    }
    if (count($begun) === 64) {
        foreach (AsyncCall::waitAll($begun) as $answer) {
            if ($answer instanceof Exception) {
                throw $answer;
            }
        }
        $begun = [];
    }
    if ($call % $every === 0) {
        $samples[] = [$call, resident()];
    }
}
AsyncCall::waitAll($begun);
$early = $late = [];
foreach ($samples as list($call, $mib)) {
    if ($call >= $settled && count($early) < 10) {
        $early[] = $mib;
    }
    $late[] = $mib;
}
$early = median($early);
$late = median(array_slice($late, -10));
$growth = ($late / $early - 1) * 100;
echo json_encode([
    'calls' => (int) $calls,
    'seconds' => round(microtime(true) - $start, 1),
    'rss_50k_mib' => round($early, 2),
    'rss_end_mib' => round($late, 2),
    'growth_percent' => round($growth, 2),
]), "\n";
exit($growth > 5 ? 1 : 0);
