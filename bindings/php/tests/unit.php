<?php // What needs no network: models, profile, settings, errors.

require __DIR__ . '/check.php';

use TencentCloud\Common\AbstractModel;
use TencentCloud\Common\CommonClient;
use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Internal\Body;
use TencentCloud\Common\Internal\Settings;
use TencentCloud\Common\Profile\ClientProfile;
use TencentCloud\Common\Profile\HttpProfile;
use TencentCloud\Common\Profile\RegionBreakerProfile;
use TencentCloud\Sms\V20210111\Models\MultiSmsInfo;
use TencentCloud\Sms\V20210111\Models\SendMultiGlobalSmsRequest;
use TencentCloud\Sms\V20210111\Models\SendSmsRequest;
use TencentCloud\Sms\V20210111\Models\SendSmsResponse;
use TencentCloud\Sms\V20210111\SmsClient;
use TencentCloud\Sms\V20210111\SmsErrorCode;

/** A model as the official packages of other products have them. */
class ForeignModel extends AbstractModel
{
    public $Zone;
    public $Filters;

    public function deserialize($param)
    {
        $this->Zone = $param['Zone'];
    }
}

function settings(ClientProfile $profile, $hasCredential = true)
{
    return Settings::of('SDK', 'sms', $profile, $hasCredential);
}

function refused_request($member, $value)
{
    $request = new SendSmsRequest();
    $request->$member = $value;
    $error = error_of(function () use ($request) {
        Body::of($request);
    });
    same('ClientError', $error->getErrorCode());
    same('invalid_request', $error->getKind());
    same('not_sent', $error->getDelivery());
    return $error->getMessage();
}

run_tests([
    'members are properties, and have accessors' => function () {
        $request = new SendSmsRequest();
        same(null, $request->SignName);
        same(null, $request->getSignName());
        same($request, $request->setSignName('腾讯云'));
        same('腾讯云', $request->SignName);
        same('腾讯云', $request->getSignName());
        same(null, $request->toJsonObject());
        same(null, $request->getNothing());
    },
    'what is set is written in the order of the definition, and null is left out' => function () {
        $request = new SendSmsRequest();
        same('{}', $request->toJsonString());
        $request->SenderId = '';
        $request->TemplateParamSet = [];
        $request->PhoneNumberSet = ['+86'];
        $request->SignName = null;
        same('{"PhoneNumberSet":["+86"],"TemplateParamSet":[],"SenderId":""}', $request->toJsonString());
        same(['PhoneNumberSet' => ['+86'], 'TemplateParamSet' => [], 'SenderId' => ''], $request->serialize());
    },
    'an answer is read, and what is unknown is left out' => function () {
        $json = '{"SendStatusSet":[{"SerialNo":"1","Fee":2,"Code":"Ok"},{"Code":"FailedOperation.X"}],"RequestId":"r"}';
        $answer = new SendSmsResponse();
        $answer->fromJsonString(substr($json, 0, -1) . ',"New":{"a":1},"Old":null}');
        same($json, $answer->toJsonString());
        same(2, $answer->SendStatusSet[0]->Fee);
        same(2, $answer->getSendStatusSet()[0]->getFee());
    },
    'a text that is no JSON object is refused' => function () {
        foreach (['', '{', '3', 'null'] as $text) {
            error_of(function () use ($text) {
                (new SendSmsResponse())->fromJsonString($text);
            });
        }
    },
    'models of other products work' => function () {
        $model = ForeignModel::newInstance();
        $model->Zone = 'z';
        $model->Filters = [new ForeignModel(), null];
        same(['Zone' => 'z', 'Filters' => [[]]], $model->serialize());
        same('{"Zone":"z","Filters":[[]]}', Body::of($model));
    },
    'a list with holes stays a list' => function () {
        $request = new SendSmsRequest();
        $request->PhoneNumberSet = array_unique(['+861', '+861', '+862']);
        same('{"PhoneNumberSet":["+861","+862"]}', Body::of($request));
    },
    'numbers and texts are taken for each other as PHP does' => function () {
        $request = new SendSmsRequest();
        $request->TemplateId = 449739;
        same('{"TemplateId":"449739"}', Body::of($request));
        $request = new TencentCloud\Sms\V20210111\Models\PullSmsSendStatusRequest();
        $request->Limit = '10';
        same('{"Limit":10}', Body::of($request));
    },
    'wrong types are refused, by their names' => function () {
        same('SendSmsRequest::$PhoneNumberSet is a text of 4 bytes: it has to be of the type string[]', refused_request('PhoneNumberSet', '+861'));
        same('SendSmsRequest::$SignName is an array: it has to be of the type string', refused_request('SignName', ['a']));
        same('SendSmsRequest::$SignName is double 1.5: it has to be of the type string', refused_request('SignName', 1.5));
        has('SendSmsRequest::$PhoneNumberSet[1] is no UTF-8 text', refused_request('PhoneNumberSet', ['+86', "\xff"]));
        has('SendSmsRequest::$SignName is no UTF-8 text', refused_request('SignName', "\xc8\xc8"));
        $request = new SendMultiGlobalSmsRequest();
        foreach ([[new SendSmsRequest()], ['a'], 3] as $wrong) {
            $request->MultiSmsInfoSet = $wrong;
            has('MultiSmsInfoSet is ', error_of(function () use ($request) {
                Body::of($request);
            })->getMessage());
        }
    },
    'parts are written, as models and as arrays' => function () {
        $request = new SendMultiGlobalSmsRequest();
        $part = new MultiSmsInfo();
        $part->TemplateId = 'x';
        $member = array_keys(SendMultiGlobalSmsRequest::TYPES)[0];
        foreach (SendMultiGlobalSmsRequest::TYPES as $name => $type) {
            $member = $type[0] === MultiSmsInfo::class ? $name : $member;
        }
        $request->$member = [$part, ['TemplateId' => 'y'], new MultiSmsInfo()];
        same('{"' . $member . '":[{"TemplateId":"x"},{"TemplateId":"y"},{}]}', Body::of($request));
    },
    'a member that there is not is warned of' => function () {
        $request = new SendSmsRequest();
        try {
            $request->SmsSdkAppID = '1';
        } catch (ErrorException $warning) {
            same(E_USER_WARNING, $warning->getSeverity());
            has('did you mean $SmsSdkAppId?', $warning->getMessage());
            return;
        }
        throw new Exception('nothing was said');
    },
    'an action that there is not is refused' => function () {
        $client = new SmsClient(new Credential('a', 'b'), '');
        has('perhaps SendSms is meant', error_of(function () use ($client) {
            $client->SendSMS(new SendSmsRequest());
        })->getMessage());
        has('needs TencentCloud\Sms\V20210111\Models\SendSmsRequest, and was given an object of', error_of(function () use ($client) {
            $client->SendSms(new SendSmsResponse());
        })->getMessage());
        has('was given NULL', error_of(function () use ($client) {
            $client->SendSms();
        })->getMessage());
    },
    'options are checked' => function () {
        $client = new SmsClient(new Credential('a', 'b'), '');
        foreach (['timeout' => ['timeout' => 3], 'timeout_ms' => ['timeout_ms' => 1.5], 'policy' => ['retry' => ['policy' => 'often']]] as $part => $options) {
            has($part, error_of(function () use ($client, $options) {
                $client->SendSms(new SendSmsRequest(), $options);
            })->getMessage());
        }
    },
    'credentials that are none are refused' => function () {
        foreach ([[false, 'k', 'getenv'], ['id', null, 'secret_key'], ['', '', 'secret']] as list($id, $key, $part)) {
            $error = error_of(function () use ($id, $key) {
                (new SmsClient(new Credential($id, $key), ''))->SendSms(new SendSmsRequest());
            });
            same('credential', $error->getKind());
            has($part, $error->getMessage());
        }
        error_of(function () {
            (new SmsClient('id', ''))->SendSms(new SendSmsRequest());
        });
    },
    'errors have the official form' => function () {
        $error = new TencentCloudSDKException('A.B', 'what', 'id-1');
        same('[TencentCloud\Common\Exception\TencentCloudSDKException] code:A.B message:what requestId:id-1', (string) $error);
        same(['A.B', 'what', 'id-1', 0], [$error->getErrorCode(), $error->getMessage(), $error->getRequestId(), $error->getCode()]);
        same('LimitExceeded.DailyLimit', SmsErrorCode::LIMITEXCEEDED_DAILYLIMIT);
        $told = function (array $more) {
            return TencentCloudSDKException::fromJson(json_encode($more + ['text' => 't', 'delivery' => 'maybe_sent']))->getErrorCode();
        };
        same('ClientError.NetworkError', $told(['kind' => 'timeout']));
        same('ClientError.HttpStatusCodeError', $told(['kind' => 'invalid_answer', 'httpStatus' => 502]));
        same('ClientError.ParseJsonError', $told(['kind' => 'invalid_answer', 'httpStatus' => 200]));
        same('ClientError', $told(['kind' => 'config']));
        same('X.Y', $told(['kind' => 'service', 'code' => 'X.Y']));
    },
    'the profile becomes settings' => function () {
        $limit = ['attempt_ms' => 60000, 'total_ms' => 60000];
        $plain = ['sdk' => 'SDK', 'service' => 'sms', 'timeouts' => $limit, 'sign_method' => 'TC3-HMAC-SHA256', 'http_method' => 'POST'];
        same($plain + ['credential_per_call' => true], settings(new ClientProfile()));
        same($plain, settings(new ClientProfile(), false));
        $http = new HttpProfile('http://', 'host:80', 'GET', 1.5);
        $http->setProxy('http://u:p@proxy:1');
        $http->setKeepAlive(false);
        $profile = new ClientProfile('HmacSHA1', $http);
        $profile->setLanguage('en-US');
        $profile->setUnsignedPayload(true);
        $profile->setSettings(['timeouts' => ['connect_ms' => 1], 'secret_id' => 'a']);
        $found = settings($profile);
        same(['connect_ms' => 1, 'attempt_ms' => 1500, 'total_ms' => 1500, 'idle_ms' => 0], $found['timeouts']);
        same(['http://host:80', true, 'GET', 'HmacSHA1', 'en-US', true, 'http://u:p@proxy:1', false], [
            $found['endpoint'], $found['allow_plain_http'], $found['http_method'], $found['sign_method'], $found['language'],
            $found['unsigned_payload'], $found['proxy'], isset($found['credential_per_call']),
        ]);
    },
    'a proxy may be given for each protocol' => function () {
        $http = new HttpProfile();
        $profile = new ClientProfile(null, $http);
        $http->setProxy(['http' => 'a:1', 'https' => 'b:2', 'no' => ['.example.com']]);
        same('b:2', settings($profile)['proxy']);
        $http->setProtocol('http://');
        same('a:1', settings($profile)['proxy']);
        $http->setEndpoint('sms.example.com:8080');
        same([true, false], [settings($profile)['no_proxy'], isset(settings($profile)['proxy'])]);
    },
    'the region breaker becomes a second endpoint' => function () {
        $profile = new ClientProfile();
        $profile->enableRegionBreaker = true;
        has('setRegionBreakerProfile', error_of(function () use ($profile) {
            settings($profile);
        })->getMessage());
        $profile->setRegionBreakerProfile(new RegionBreakerProfile('one', 'two', 3, 0.75, 10, 20));
        $found = settings($profile);
        same(['one', ['two'], ['failures' => 3, 'window_ms' => 10000, 'pause_ms' => 20000]], [$found['endpoint'], $found['backup_endpoints'], $found['breaker']]);
    },
    'a protocol, a limit or a setting that there is not is refused' => function () {
        error_of(function () {
            settings(new ClientProfile(null, new HttpProfile('ftp://')));
        });
        error_of(function () {
            settings(new ClientProfile(null, new HttpProfile(null, null, null, 'long')));
        });
        $profile = new ClientProfile('HmacMD5');
        $client = new SmsClient(new Credential('a', 'b'), '', $profile);
        $call = function () use ($client) {
            $client->SendSms(new SendSmsRequest());
        };
        has('HmacMD5', error_of($call)->getMessage());
        $profile->setSignMethod('HmacSHA1');
        $profile->setSettings(['colour' => 'red']);
        has('colour', error_of($call)->getMessage());
        same('config', error_of($call)->getKind());
    },
    'no secret is shown, and none is in a trace' => function () {
        ini_set('zend.exception_ignore_args', '0');
        $credential = new Credential('the-id', 'the-secret', 'the-token');
        $http = new HttpProfile('http://', '127.0.0.1:1');
        $http->setProxy('http://user:the-secret@127.0.0.1:1');
        $profile = new ClientProfile(null, $http);
        $client = new SmsClient($credential, 'r', $profile);
        $request = new SendSmsRequest();
        $work = [
            function () use ($client, $request) {
                $client->SendSms($request);
            },
            function () use ($client, $request) {
                $client->SendSmsAsync($request)->wait();
            },
            function () use ($client, $request, $credential) {
                $client->SendSms($request, ['credential' => $credential, 'trace_id' => "\xff"]);
            },
            function () use ($client, $request, $credential) {
                $client->SendSms($request, ['credential' => $credential, 'retry' => ['policy' => 'often']]);
            },
            function () use ($client, $request) {
                $client->SendSms($request, ['colour' => 'red']);
            },
            function () use ($client) {
                $client->callJson('X', ['a' => "\xff"]);
            },
            function () use ($client) {
                $client->callJsonWithSSEResponse('strlen', 'X', []);
            },
            function () use ($profile, $request) {
                $profile->setSettings(['secret_key' => 'the-secret', 'colour' => 'red']);
                (new SmsClient(null, 'r', $profile))->SendSms($request);
            },
            function () use ($profile, $request) {
                $profile->setSettings(['secret_key' => "the-secret\xff"]);
                (new SmsClient(null, 'r', $profile))->SendSms($request);
            },
            function () use ($profile, $request) {
                $profile->getHttpProfile()->setProtocol('ftp');
                (new SmsClient(null, 'r', $profile))->SendSms($request);
            },
        ];
        $shown = '';
        foreach ($work as $one) {
            $error = error_of($one);
            has('args', print_r($error->getTrace(), true));
            $shown .= print_r($error->getTrace(), true) . $error;
        }
        ob_start();
        var_dump($client, $credential, $profile);
        $shown .= ob_get_clean() . print_r($client, true);
        foreach (['the-secret', 'the-token'] as $secret) {
            $place = strpos($shown, $secret);
            same(false, $place, substr($shown, max(0, (int) $place - 300), 320));
        }
    },
    'a client can be serialised, without its connections' => function () {
        $client = new SmsClient(new Credential('a', 'b'), 'r');
        error_of(function () use ($client) {
            $client->SendSms(new SendSmsRequest(), ['region' => 3]);
        });
        same('r', unserialize(serialize($client))->getRegion());
    },
    'both versions have their models' => function () {
        foreach (['V20190711' => 16, 'V20210111' => 20] as $version => $actions) {
            $class = "TencentCloud\\Sms\\$version\\SmsClient";
            same($actions, count($class::ACTIONS));
            foreach ($class::ACTIONS as list($request, $answer)) {
                same('{}', (new $request())->toJsonString());
                same('{"RequestId":"r"}', (new $class(null, ''))->returnResponse(substr(strrchr($request, '\\'), 1, -7), ['RequestId' => 'r'])->toJsonString());
                same(true, class_exists($answer));
            }
        }
    },
], $argv[1] ?? null);
