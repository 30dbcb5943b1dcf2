<?php // What needs somebody to answer: service.php PROGRAM CONFIG [TEST], with the conformance server beside the program.

require __DIR__ . '/check.php';

use TencentCloud\Common\AsyncCall;
use TencentCloud\Common\CommonClient;
use TencentCloud\Common\Credential;
use TencentCloud\Common\Profile\ClientProfile;
use TencentCloud\Common\Profile\HttpProfile;
use TencentCloud\Sms\V20210111\Models\PullSmsSendStatusRequest;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Sms\V20210111\SmsClient;

list(, $program, $config) = $argv;
const ID = 'AKIDforeign000000000000000000000001';
const KEY = 'foreignKey000000000000000000001';

/** The service, on a free port or on this one. */
function service($port = 0)
{
    global $program, $config;
    $talker = new Talker([$program, 'serve', '--listen', "127.0.0.1:$port", '--database', 'memory', '--config', $config]);
    $url = $talker->read()['api'];
    putenv("TCSMS_CONNECT_TO=$url");
    return [$talker, $url];
}

/** One server that does these steps on each connection; its talker and its address. */
function server(array $steps, $repeat = true)
{
    global $program;
    putenv('TCSMS_CONNECT_TO');
    $talker = new Talker([dirname($program) . '/tcsms-conformance-server', 'serve']);
    $made = $talker->ask(['servers' => ['one' => ['connections' => [$steps], 'repeat' => $repeat]]]);
    return [$talker, $made['servers']['one']];
}

/** A client of that server. */
function client_of($address, array $settings = [])
{
    $profile = new ClientProfile(null, new HttpProfile('http://', $address));
    $profile->setSettings($settings);
    return new SmsClient(new Credential(ID, KEY), 'ap-guangzhou', $profile);
}

function answer(array $more = [])
{
    return ['answer' => ['json' => ['Response' => $more + ['PullSmsSendStatusSet' => [], 'RequestId' => 'r-1']]]];
}

function pull()
{
    $request = new PullSmsSendStatusRequest();
    $request->SmsSdkAppId = '1400787878';
    $request->Limit = 10;
    return $request;
}

function send($number)
{
    $request = new SendSmsRequest();
    $request->PhoneNumberSet = [$number];
    $request->SmsSdkAppId = '1400787878';
    $request->SignName = '腾讯云';
    $request->TemplateId = '449739';
    $request->TemplateParamSet = ['1234'];
    return $request;
}

function client()
{
    return new SmsClient(new Credential(ID, KEY), 'ap-guangzhou');
}

/** Runs a program that ends by itself; its exit code and what it printed. */
function php($code, array $environment = [])
{
    $process = proc_open([PHP_BINARY, '-r', 'require ' . var_export(dirname(__DIR__) . '/autoload.php', true) . ";\n$code"], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes, null, $environment + getenv());
    $printed = stream_get_contents($pipes[1]);
    return [proc_close($process), $printed];
}

/** A credential that changes before each call. */
class Changing extends Credential
{
    public $asked = 0;

    public function getSecretKey()
    {
        $this->asked++;
        return KEY;
    }
}

run_tests([
    'a call is answered, and a refusal is an exception' => function () {
        list($service) = service();
        $status = client()->SendSms(send('+8613711112222'))->SendStatusSet[0];
        same(['Ok', '+8613711112222', 1], [$status->Code, $status->PhoneNumber, $status->Fee]);
        $error = error_of(function () {
            (new SmsClient(new Credential(ID, 'wrong'), 'ap-guangzhou'))->PullSmsSendStatus(pull());
        });
        same(['AuthFailure.SignatureFailure', 'service', 'answered', 1, false], [$error->getErrorCode(), $error->getKind(), $error->getDelivery(), $error->getAttempts(), $error->isRetryable()]);
        has('code:AuthFailure.SignatureFailure', (string) $error);
        same(true, $error->getRequestId() !== '');
        $traced = error_of(function () {
            (new SmsClient(new Credential(ID, 'wrong'), 'ap-guangzhou'))->PullSmsSendStatus(pull(), ['trace_id' => 'order-4711']);
        });
        same('order-4711', $traced->getTraceId());
        $service->kill();
    },
    'an own credential is asked once before each call' => function () {
        list($service) = service();
        $changing = new Changing(ID, 'other');
        $client = new SmsClient($changing, 'ap-guangzhou');
        $client->PullSmsSendStatus(pull());
        $client->PullSmsSendStatus(pull());
        same(2, $changing->asked);
        $service->kill();
    },
    'every way to sign and to send is taken' => function () {
        list($service) = service();
        foreach (['TC3-HMAC-SHA256', 'HmacSHA256', 'HmacSHA1'] as $sign) {
            foreach (['POST', 'GET'] as $method) {
                $client = new SmsClient(new Credential(ID, KEY), 'ap-guangzhou', new ClientProfile($sign, new HttpProfile(null, null, $method)));
                same('Ok', $client->SendSms(send('+8613711112222'))->SendStatusSet[0]->Code);
            }
        }
        $service->kill();
    },
    'calls by name' => function () {
        list($service) = service();
        $client = new CommonClient('sms', '2021-01-11', new Credential(ID, KEY), 'ap-guangzhou');
        foreach ([['SmsSdkAppId' => '1400787878', 'Limit' => 1], (object) ['SmsSdkAppId' => '1400787878', 'Limit' => 1], '{"SmsSdkAppId":"1400787878","Limit":1}'] as $body) {
            same([], $client->callJson('PullSmsSendStatus', $body, ['X-TC-Language' => 'en-US'])['PullSmsSendStatusSet']);
        }
        same([], $client->callJsonAsync('PullSmsSendStatus', $body)->wait()['PullSmsSendStatusSet']);
        $service->kill();
    },
    'one connection is used by all clients with equal settings, whatever their credential' => function () {
        list($server, $address) = server([['forever' => ['request', answer()]]]);
        for ($i = 0; $i < 5; $i++) {
            $client = client_of($address);
            $client->PullSmsSendStatus(pull());
            $client->setCredential(new Credential("id$i", 'key'));
            $client->setRegion("r$i");
            $client->PullSmsSendStatus(pull());
        }
        $heard = $server->ask('record')['record']['one'];
        same([1, 10], [$heard['connections'], count($heard['heard'])]);
    },
    'setKeepAlive(false) closes each connection' => function () {
        list($server, $address) = server(['request', answer(), 'wait_close']);
        $client = client_of($address);
        $client->getClientProfile()->getHttpProfile()->setKeepAlive(false);
        $client->PullSmsSendStatus(pull());
        $client->PullSmsSendStatus(pull());
        same(2, $server->ask('record')['record']['one']['connections']);
    },
    'a changed profile counts from the next call on' => function () {
        list($first, $one) = server([['forever' => ['request', answer(['RequestId' => 'first'])]]]);
        list($second, $two) = server([['forever' => ['request', answer(['RequestId' => 'second'])]]]);
        $client = client_of($one);
        same('first', $client->PullSmsSendStatus(pull())->RequestId);
        $client->getClientProfile()->getHttpProfile()->setEndpoint($two);
        same('second', $client->PullSmsSendStatus(pull())->RequestId);
        $first->kill();
        $second->kill();
    },
    'the server may start anew between two calls' => function () {
        list($service, $url) = service();
        client()->PullSmsSendStatus(pull());
        $service->kill();
        list($service) = service(parse_url($url, PHP_URL_PORT));
        client()->PullSmsSendStatus(pull());
        $service->kill();
        same('connect', error_of(function () {
            client()->PullSmsSendStatus(pull());
        })->getKind());
    },
    '64 calls at the same time' => function () {
        list($service) = service();
        $calls = [];
        for ($i = 0; $i < 64; $i++) {
            $calls["call$i"] = client()->SendSmsAsync(send(sprintf('+86137%08d', $i)));
        }
        foreach (AsyncCall::waitAll($calls) as $key => $answer) {
            same(sprintf('+86137%08d', substr($key, 4)), $answer->SendStatusSet[0]->PhoneNumber);
        }
        same([], AsyncCall::waitAll([]));
        $service->kill();
    },
    'calls really are under way at the same time' => function () {
        list($server, $address) = server(['request', ['after_requests' => 8], answer(), 'wait_close']);
        $calls = [];
        for ($i = 0; $i < 8; $i++) {
            $calls[] = client_of($address)->PullSmsSendStatusAsync(pull(), ['timeout_ms' => 20000]);
        }
        foreach ($calls as $call) {
            same('r-1', $call->wait()->RequestId);
            same('r-1', $call->wait()->RequestId);
        }
        $server->kill();
    },
    'an outcome makes the stream readable' => function () {
        list($server, $address) = server(['request', answer(), 'wait_close']);
        $call = client_of($address)->PullSmsSendStatusAsync(pull());
        $read = [AsyncCall::stream()];
        $none = null;
        same(1, stream_select($read, $none, $none, 20));
        same(true, AsyncCall::poll());
        $read = [AsyncCall::stream()];
        same(0, stream_select($read, $none, $none, 0), 'the number of readable streams after poll');
        same(true, $call->isDone());
        same('r-1', $call->wait()->RequestId);
        $server->kill();
    },
    'the first of several outcomes is found' => function () {
        list($server, $address) = server([['forever' => ['request', answer()]]]);
        list($silent, $nowhere) = server(['request', 'wait_close']);
        $calls = ['slow' => client_of($nowhere)->PullSmsSendStatusAsync(pull()), 'quick' => client_of($address)->PullSmsSendStatusAsync(pull())];
        same('quick', AsyncCall::waitAny($calls, 20));
        same(null, AsyncCall::waitAny(['slow' => $calls['slow']], 0.01));
        same(false, $calls['slow']->isDone(0.01));
        $silent->kill();
        $error = error_of(function () use ($calls) {
            $calls['slow']->wait();
        });
        same('maybe_sent', $error->getDelivery());
        same($error, AsyncCall::waitAll([$calls['slow']])[0]);
    },
    'a call can be cancelled' => function () {
        list($server, $address) = server(['request', 'wait_close']);
        $calls = [];
        for ($i = 0; $i < 3; $i++) {
            $calls[] = client_of($address)->SendSmsAsync(send('+8613711112222'));
        }
        $call = $calls[1];
        same(true, $call->cancel());
        $error = error_of(function () use ($call) {
            $call->wait();
        });
        same(['cancelled', 'ClientError'], [$error->getKind(), $error->getErrorCode()]);
        same(false, $call->cancel());
        same([false, false], [$calls[0]->isDone(), $calls[2]->isDone()]);
        $server->kill();
    },
    'time limits hold' => function () {
        list($server, $address) = server(['request', 'wait_close']);
        foreach ([false, true] as $async) {
            $client = client_of($address);
            $error = error_of(function () use ($client, $async) {
                $async ? $client->SendSmsAsync(send('+8613711112222'), ['timeout_ms' => 100])->wait() : $client->SendSms(send('+8613711112222'), ['timeout_ms' => 100]);
            });
            same(['timeout', 'maybe_sent', 'ClientError.NetworkError', 1], [$error->getKind(), $error->getDelivery(), $error->getErrorCode(), $error->getAttempts()]);
        }
        $client->getClientProfile()->getHttpProfile()->setReqTimeout(0.1);
        same('timeout', error_of(function () use ($client) {
            $client->SendSms(send('+8613711112222'));
        })->getKind());
        $server->kill();
    },
    'bodies of 10 MB go both ways' => function () {
        $long = str_repeat('长', 3300000);
        list($server, $address) = server([['forever' => ['request', ['answer' => ['text' => '{"Response":{"Long":"{x*10000000}","RequestId":"r"}}']]]]]);
        $client = new CommonClient('sms', '2021-01-11', new Credential(ID, KEY), '', client_of($address)->getClientProfile());
        same(10000000, strlen($client->callJson('Any', ['Long' => $long])['Long']));
        same(10000000, strlen($client->callJsonAsync('Any', ['Long' => $long])->wait()['Long']));
        has('too large', error_of(function () use ($client, $long) {
            $client->callJson('Any', ['Long' => $long . $long]);
        })->getMessage());
        $heard = $server->ask('record')['record']['one']['heard'];
        has($long, $heard[1]['bytes']);
    },
    'events go to the callback' => function () {
        $events = "id: 7\ndata: one\n\ndata: two\ndata: lines\n\n";
        list($server, $address) = server([['forever' => ['request', ['answer' => ['headers' => ['Content-Type' => 'text/event-stream'], 'text' => $events]]]]]);
        $client = client_of($address);
        $heard = [];
        $client->setSseResponseCallbackFunc(function ($text) use (&$heard) {
            $heard[] = $text;
        });
        same(null, $client->PullSmsSendStatus(pull()));
        same($events, implode('', $heard));
        $client->setSseResponseCallbackFunc(function () {
            throw new DomainException('from the callback');
        });
        try {
            $client->PullSmsSendStatus(pull());
        } catch (DomainException $error) {
            $server->kill();
            return;
        }
        throw new Exception('the exception of the callback was lost');
    },
    'parent and children of a fork go on' => function () {
        list($service) = service();
        $client = client();
        $client->PullSmsSendStatus(pull());
        $before = $client->SendSmsAsync(send('+8613900000000'));
        $children = [];
        for ($i = 0; $i < 4; $i++) {
            $child = pcntl_fork();
            if ($child === 0) {
                // Rather ended than waiting for ever.
                pcntl_alarm(60);
                $code = 1;
                try {
                    for ($round = 0; $round < 20; $round++) {
                        $number = sprintf('+86137%04d%04d', $i, $round);
                        same($number, $client->SendSms(send($number))->SendStatusSet[0]->PhoneNumber);
                        same($number, $client->SendSmsAsync(send($number))->wait()->SendStatusSet[0]->PhoneNumber);
                    }
                    has('forked', error_of(function () use ($before) {
                        $before->wait();
                    })->getMessage());
                    $code = 0;
                } catch (Throwable $error) {
                    fwrite(STDERR, $error->getMessage() . "\n");
                }
                // A normal end, with all destructors.
                exit($code);
            }
            $children[] = $child;
        }
        for ($round = 0; $round < 20; $round++) {
            $number = sprintf('+86138%08d', $round);
            same($number, $client->SendSms(send($number))->SendStatusSet[0]->PhoneNumber);
        }
        same('+8613900000000', $before->wait()->SendStatusSet[0]->PhoneNumber);
        foreach ($children as $child) {
            pcntl_waitpid($child, $status);
            same(0, $status, 'the status of a child');
        }
        $service->kill();
    },
    'a process ends while calls are under way' => function () {
        list($server, $address) = server(['request', 'wait_close']);
        foreach (['', 'exit(0);', 'unset($client, $calls);', 'gc_collect_cycles(); throw new Exception("own");'] as $end) {
            list($code, $printed) = php('
                $profile = new TencentCloud\Common\Profile\ClientProfile(null, new TencentCloud\Common\Profile\HttpProfile("http://", "' . $address . '"));
                $client = new TencentCloud\Sms\V20210111\SmsClient(new TencentCloud\Common\Credential("a", "b"), "r", $profile);
                for ($i = 0; $i < 20; $i++) {
                    $calls[] = $client->PullSmsSendStatusAsync(new TencentCloud\Sms\V20210111\Models\PullSmsSendStatusRequest());
                }
                TencentCloud\Common\AsyncCall::poll();
                echo "begun";' . $end);
            has('begun', $printed);
            same(strpos($end, 'throw') === false ? 0 : 255, $code, "the exit code ($printed)");
        }
        $server->kill();
    },
    'what PHP or the machine lacks is said' => function () {
        $call = 'try { (new TencentCloud\Sms\V20210111\SmsClient(new TencentCloud\Common\Credential("a", "b"), "r"))->SendSms(new TencentCloud\Sms\V20210111\Models\SendSmsRequest()); } catch (Exception $e) { echo $e->getKind(), ": ", $e->getMessage(); }';
        has('config: TCSMS_LIBRARY names /nowhere.so, where there is no file', php($call, ['TCSMS_LIBRARY' => '/nowhere.so'])[1]);
        has('cannot be loaded: it is made for Linux on x86-64', php($call, ['TCSMS_LIBRARY' => __FILE__])[1]);
        has('is missing: install the whole package', php($call, ['TCSMS_LIBRARY' => ''])[1]);
    },
], $argv[3] ?? null);
