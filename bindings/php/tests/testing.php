<?php // The helpers for tests: testing.php, with TCSMS_PROGRAM in the environment.

require __DIR__ . '/check.php';

use TencentCloud\Sms\V20210111\Models\PullSmsReplyStatusRequest;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Testing\Account;
use TencentCloud\Testing\ControlException;
use TencentCloud\Testing\LocalService;

const ONE = '+8613700000001';
const OTHER = '+8613700000002';

function send(Account $account, $phone)
{
    $request = new SendSmsRequest();
    $request->SmsSdkAppId = $account->sdkAppId;
    $request->SignName = $account->signs[0];
    $request->TemplateId = $account->templates[0]['id'];
    $request->TemplateParamSet = ['2468'];
    $request->PhoneNumberSet = [$phone];
    return $account->client()->SendSms($request)->SendStatusSet[0]->Code;
}

/** The text of what the work throws. */
function text_of($class, callable $work)
{
    try {
        $work();
    } catch (Throwable $error) {
        same($class, get_class($error), "the class of `{$error->getMessage()}`");
        return $error->getMessage();
    }
    throw new Exception('there was no error');
}

/** Waits until the service at the other end of a connection has ended. */
function ended($connection)
{
    stream_set_timeout($connection, 60);
    same('', (string) @stream_get_contents($connection));
    same(false, stream_get_meta_data($connection)['timed_out'], 'whether it went on');
}

function connection($api)
{
    return stream_socket_client(str_replace('http://', 'tcp://', $api));
}

/** A PHP that starts a service, tells its address, and then does this: the process, its pipes, and a connection to its service. */
function starting($code)
{
    $start = 'require ' . var_export(dirname(__DIR__) . '/autoload.php', true) . '; $service = TencentCloud\Testing\LocalService::start(); echo $service->api, "\n";';
    $process = proc_open([PHP_BINARY, '-d', 'display_errors=0', '-d', 'log_errors=0', '-r', "$start $code"], [['pipe', 'r'], ['pipe', 'w']], $pipes);
    return [$process, $pipes, connection(trim(fgets($pipes[1])))];
}

$tests = [
    'a program that is not found is a sentence with all places' => function () {
        $environment = ['PATH' => getenv('PATH'), 'TCSMS_PROGRAM' => getenv('TCSMS_PROGRAM')];
        try {
            putenv('TCSMS_PROGRAM');
            putenv('PATH=/nowhere');
            $text = text_of(RuntimeException::class, [LocalService::class, 'start']);
        } finally {
            foreach ($environment as $name => $value) {
                putenv("$name=$value");
            }
        }
        foreach (['`program`', 'TCSMS_PROGRAM', 'PATH', 'cargo build --release'] as $place) {
            has($place, $text);
        }
        has('/nowhere/tcsms is no program', text_of(RuntimeException::class, function () {
            LocalService::start(['program' => '/nowhere/tcsms']);
        }));
        has('printed no line of JSON: serve --listen', text_of(RuntimeException::class, function () {
            LocalService::start(['program' => '/bin/echo']);
        }));
        has('no option `programm`', text_of(InvalidArgumentException::class, function () {
            LocalService::start(['programm' => '/nowhere/tcsms']);
        }));
    },
    'what the program says of a wrong configuration is in the error' => function () {
        $text = text_of(RuntimeException::class, function () {
            LocalService::start(['config' => "[limits]\nprofile = \"none\"\n"]);
        });
        has('ended before it listened', $text);
        has(':2', $text);
    },
    'a program that does not listen in time is ended' => function () {
        has('did not listen within 0 s', text_of(RuntimeException::class, function () {
            LocalService::start(['start_timeout' => 0]);
        }));
    },
    'stop ends the service, twice is fine' => function () {
        $service = LocalService::start(['arguments' => ['--log', 'error']]);
        $connection = connection($service->api);
        $account = $service->account();
        $service->stop();
        ended($connection);
        $service->stop();
        has("POST $service->control/", text_of(ControlException::class, [$service, 'account']));
        $account->close();
    },
    'a service ends with the object' => function () {
        $service = LocalService::start();
        $connection = connection($service->api);
        unset($service);
        ended($connection);
    },
    'a service ends with the process that started it, when that is killed' => function () {
        list($process, $pipes, $connection) = starting('fgets(STDIN);');
        proc_terminate($process, 9);
        ended($connection);
        proc_close($process);
    },
    'a service ends with the process that started it, after exit and after an error' => function () {
        foreach (['exit(0);', 'undefined();', '$account = $service->account(); exit(1);'] as $code) {
            list($process, $pipes, $connection) = starting("fgets(STDIN); $code");
            fwrite($pipes[0], "\n");
            ended($connection);
            proc_close($process);
        }
    },
    'two accounts know nothing of each other' => function () {
        $one = LocalService::shared()->account();
        $other = LocalService::shared()->account();
        $one->setFaults([['do' => ['error' => ['code' => 'InternalError']]]]);
        $one->moveClock('24h');
        same('Ok', send($other, ONE));
        same([], $one->messages());
        same(1, count($other->messages()));
        same([], $other->faults());
        same('0s', $other->clock()['offset']);
    },
    'an account is gone once it is closed, twice is fine' => function () {
        $account = LocalService::shared()->account();
        $account->close();
        $account->close();
        same('AuthFailure.SecretIdNotFound', error_of(function () use ($account) {
            send($account, ONE);
        })->getErrorCode());
        has('was closed', text_of(LogicException::class, [$account, 'messages']));
    },
    'a message is waited for, with its code' => function () {
        $account = LocalService::shared()->account();
        same('Ok', send($account, ONE));
        $message = $account->waitForMessage(['phone' => ONE, 'status' => 'delivered', 'q' => '2468', 'app' => $account->sdkAppId]);
        same('2468', $message->code);
        same(['2468'], $message->params);
        same('DELIVRD', $message->report);
        $whole = $account->message($message->serial);
        same($message->text, $whole->text);
        same([true, null], [is_string($whole->requestId), $message->requestId]);
        same('Ok', send($account, OTHER));
        same(OTHER, $account->waitForMessages(2)[1]->phone);
        same(1, count($account->messages(ONE)));
        $account->clear();
        same([], $account->messages());
        has('not chosen by `template`', text_of(InvalidArgumentException::class, function () use ($account) {
            $account->messages(['template' => '1']);
        }));
    },
    'a wait in vain says what came near' => function () {
        $account = LocalService::shared()->account();
        send($account, OTHER);
        $text = text_of(AssertionError::class, function () use ($account) {
            $account->waitForMessage(ONE, 0.1);
        });
        has('no message to ' . ONE . ' within 0.1 s; near: to ' . OTHER, $text);
        has('phone is ' . OTHER . ', wanted ' . ONE, $text);
        same('1 of 3 messages within 0 s; near: none', text_of(AssertionError::class, function () use ($account) {
            $account->waitForMessages(3, [], 0);
        }));
    },
    'a fault strikes once, and the SDK tries again' => function () {
        $account = LocalService::shared()->account();
        $account->setFaults([['match' => ['action' => 'SendSms', 'phone' => '*0001'], 'times' => 1, 'do' => ['error' => ['code' => 'RequestLimitExceeded']]]], 7);
        same('Ok', send($account, ONE));
        same(1, $account->faults()[0]['hits']);
        same(1, count($account->requests('SendSms', 'RequestLimitExceeded')));
        $account->clearFaults();
        same([], $account->faults());
    },
    'the limit of a day ends with the day' => function () {
        $account = LocalService::shared()->account(['limits' => 'default']);
        $morning = intdiv($account->clock()['now'], 86400) * 86400;
        for ($i = 0; $i < 10; $i++) {
            $account->setClock($morning + $i * 31);
            same('Ok', send($account, ONE));
        }
        $account->setClock($morning + 310);
        same('LimitExceeded.PhoneNumberDailyLimit', send($account, ONE));
        $account->moveClock('24h');
        same('Ok', send($account, ONE));
        $account->resetClock();
        same('0s', $account->clock()['offset']);
    },
    'a reply, a report and a review are as they were given' => function () {
        $account = LocalService::shared()->account();
        send($account, ONE);
        $account->reply(ONE, 'TD');
        $pull = new PullSmsReplyStatusRequest();
        $pull->SmsSdkAppId = $account->sdkAppId;
        $pull->Limit = 10;
        same('TD', $account->client()->PullSmsReplyStatus($pull)->PullSmsReplyStatusSet[0]->ReplyContent);
        $serial = $account->waitForMessage(ONE)->serial;
        $account->report($serial, 'failed', 'MX:0003');
        same('MX:0003', $account->message($serial)->report);
        $account->reviewTemplate((int) $account->templates[0]['id'], 'rejected');
        same('FailedOperation.TemplateUnapprovedOrNotExist', send($account, ONE));
    },
    'what the control API refuses is told with its code' => function () {
        try {
            LocalService::shared()->account()->report('no-serial', 'failed');
            throw new Exception('it was taken');
        } catch (ControlException $error) {
            same([404, 'NotFound'], [$error->status, $error->errorCode]);
            has('no-serial', $error->getMessage());
        }
    },
    'a service that runs already is used, and goes on' => function () {
        $service = LocalService::connect(LocalService::shared()->control . '/');
        same('Ok', send($service->account(), ONE));
        $service->stop();
        LocalService::shared()->account();
    },
    'the shared service is that of the environment' => function () {
        putenv('TCSMS_SERVICE=' . LocalService::shared()->control);
        $code = 'require ' . var_export(dirname(__DIR__) . '/autoload.php', true) . '; echo TencentCloud\Testing\LocalService::shared()->api;';
        same(LocalService::shared()->api, shell_exec(PHP_BINARY . ' -r ' . escapeshellarg($code)));
        putenv('TCSMS_SERVICE');
    },
];
if (function_exists('pcntl_fork')) {
    $tests['a process that was forked off ends nothing of its parent'] = function () {
        $service = LocalService::start();
        $account = $service->account();
        $child = pcntl_fork();
        if ($child === 0) {
            $account->close();
            $service->stop();
            posix_kill(getmypid(), SIGKILL);
        }
        pcntl_waitpid($child, $status);
        same([], $account->messages());
    };
}
run_tests($tests, $argv[1] ?? null);
