<?php // The driver of this SDK: makes the calls of a case and tells their outcomes in plain words. `driver.php sync|async`.

require __DIR__ . '/../autoload.php';

use TencentCloud\Common\AsyncCall;
use TencentCloud\Common\CommonClient;
use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Profile\ClientProfile;
use TencentCloud\Common\Profile\HttpProfile;

set_error_handler(function ($level, $message, $file, $line) {
    throw new ErrorException($message, 0, $level, $file, $line);
});

$kind = $argv[1] ?? '';
if ($kind !== 'sync' && $kind !== 'async') {
    fwrite(STDERR, "usage: driver.php sync|async\n");
    exit(2);
}

/** A client by the members that the official profile has, and by setSettings for the rest. */
final class Setup
{
    public $credential;
    public $region;
    public $service;
    public $profile;

    public function __construct(array $settings)
    {
        $take = function ($name) use (&$settings) {
            $value = $settings[$name] ?? null;
            unset($settings[$name]);
            return $value;
        };
        $settings = array_filter($settings, function ($value) {
            return $value !== null;
        });
        $this->region = $take('region');
        $this->service = $take('service') ?? 'sms';
        if (isset($settings['secret_id'], $settings['secret_key']) && !isset($settings['assume_role'])) {
            $this->credential = new Credential($take('secret_id'), $take('secret_key'), $take('token'));
        }
        $http = new HttpProfile();
        $http->setEndpoint($take('endpoint'));
        $http->setRootDomain($take('root_domain') ?? 'tencentcloudapi.com');
        $http->setReqMethod($take('http_method') ?? 'POST');
        $http->setProxy($take('proxy'));
        // The cases mean the core's own limits where they name none.
        $http->setReqTimeout(($settings['timeouts']['total_ms'] ?? 120000) / 1000);
        $settings['timeouts'] = ($settings['timeouts'] ?? []) + ['attempt_ms' => null];
        $this->profile = new ClientProfile($take('sign_method'), $http);
        $this->profile->setLanguage($take('language'));
        $this->profile->setUnsignedPayload($take('unsigned_payload') ?? false);
        $this->profile->setSettings($settings);
    }
}

function told(TencentCloudSDKException $error)
{
    return json_encode(['error' => [
        'kind' => $error->getKind(),
        'code' => $error->getKind() === 'service' ? $error->getErrorCode() : null,
        'requestId' => $error->getRequestId() === '' ? null : $error->getRequestId(),
        'delivery' => $error->getDelivery(),
        'attempts' => $error->getAttempts(),
        'step' => $error->getStep(),
        'endpoint' => $error->getEndpoint(),
        'message' => $error->getText(),
        'shown' => [(string) $error, print_r($error, true)],
    ]], JSON_INVALID_UTF8_SUBSTITUTE);
}

/** The outcome of a piece of work as a line. */
function outcome(callable $work)
{
    try {
        return '{"answer":' . $work() . '}';
    } catch (TencentCloudSDKException $error) {
        return told($error);
    }
}

function options(array $call)
{
    $names = ['region', 'language', 'sign_method', 'http_method', 'unsigned_payload', 'idempotent', 'trace_id', 'idempotency_key', 'retry', 'timeout_ms'];
    $options = array_intersect_key($call, array_flip($names));
    if ($call['skip_sign'] ?? false) {
        $options['skip_sign'] = true;
    }
    if ($call['headers'] ?? []) {
        $options['headers'] = $call['headers'];
    }
    foreach ($call['parts'] ?? [] as $name => $content) {
        $options['parts'][$name] = bytes($content);
    }
    return array_filter($options, function ($value) {
        return $value !== null;
    });
}

function bytes(array $content)
{
    return hex2bin(preg_replace('/\s/', '', $content['hex']));
}

/** What so many of these calls give; at the same time when there are several. */
function outcomes($kind, $count, callable $make, callable $begin)
{
    if ($count === 1 && $kind === 'sync') {
        return [outcome($make)];
    }
    $begun = [];
    for ($i = 0; $i < $count; $i++) {
        try {
            $begun[] = $begin();
        } catch (TencentCloudSDKException $error) {
            $begun[] = $error;
        }
    }
    return array_map(function ($one) {
        return outcome(function () use ($one) {
            if ($one instanceof TencentCloudSDKException) {
                throw $one;
            }
            $answer = $one->wait();
            return is_array($answer) ? json_encode($answer ?: new stdClass()) : $answer->toJsonString();
        });
    }, $begun);
}

function by_name($kind, Setup $setup, array $call, $line)
{
    $client = new CommonClient($setup->service, $call['version'], $setup->credential, $setup->region, $setup->profile);
    $parameters = $call['parameters_text'] ?? json_encode(json_decode($line)->parameters);
    $options = options($call);
    $action = $call['action'];
    if ($call['stream'] ?? false) {
        return [outcome(function () use ($client, $action, $parameters, $options) {
            $events = [];
            $answer = $client->callJsonWithSSEResponse(function ($text, $event) use (&$events) {
                if ($text === '') {
                    throw new LogicException('an event without lines');
                }
                $events[] = $event;
            }, $action, $parameters, null, $options);
            return json_encode($answer ?? ['Events' => $events]);
        })];
    }
    if (isset($call['octets'])) {
        $options['parameters'] = json_decode($parameters);
        return [outcome(function () use ($client, $action, $call, $options) {
            return $client->callOctetStreamText($action, bytes($call['octets']), $options);
        })];
    }
    return outcomes($kind, $call['at_once'] ?? 1, function () use ($client, $action, $parameters, $options) {
        return $client->callJsonText($action, $parameters, $options);
    }, function () use ($client, $action, $parameters, $options) {
        return $client->callJsonAsync($action, $parameters, $options);
    });
}

function typed($kind, Setup $setup, array $call, $line)
{
    $namespace = 'TencentCloud\Sms\V' . str_replace('-', '', $call['version']);
    $client = "$namespace\SmsClient";
    $client = new $client($setup->credential, $setup->region, $setup->profile);
    $action = $call['action'];
    $request = "$namespace\Models\\{$action}Request";
    $request = new $request();
    $request->fromJsonString(json_encode(json_decode($line)->parameters));
    $options = options($call);
    return outcomes($kind, $call['at_once'] ?? 1, function () use ($client, $action, $request, $options) {
        return $client->$action($request, $options)->toJsonString();
    }, function () use ($client, $action, $request, $options) {
        return $client->{$action . 'Async'}($request, $options);
    });
}

$setup = new Setup(json_decode(fgets(STDIN), true));
while (($line = fgets(STDIN)) !== false) {
    $call = json_decode($line, true);
    $named = ($call['by_name'] ?? false) || $setup->service !== 'sms';
    foreach ($named ? by_name($kind, $setup, $call, $line) : typed($kind, $setup, $call, $line) as $one) {
        echo $one, "\n";
    }
    flush();
}
