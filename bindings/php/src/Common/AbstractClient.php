<?php // What all clients have in common: their settings, and the ways to make a call.

namespace TencentCloud\Common;

use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Internal\Body;
use TencentCloud\Common\Internal\Native;
use TencentCloud\Common\Internal\NativeClient;
use TencentCloud\Common\Internal\Queue;
use TencentCloud\Common\Internal\Settings;
use TencentCloud\Common\Profile\ClientProfile;

/**
 * A client of one product. Clients with equal settings share their connections, so that it costs little to make one for each
 * call. It may be used after a fork, in both processes.
 *
 * Calls take an array of options, beyond the official SDK: `timeout_ms` (for the whole call), `region`, `language`,
 * `sign_method`, `http_method`, `unsigned_payload`, `skip_sign`, `headers` (by name), `trace_id`, `idempotency_key`, `idempotent`
 * (repeating it does no harm), `retry` (`policy` of `never`, `safe`, `idempotent` or `any`, `attempts`, `pause_ms`,
 * `longest_pause_ms`, `jitter_percent`), `credential` (a Credential in place of the client's) and `parts` (binary parts by name,
 * with which the call travels as multipart/form-data).
 */
abstract class AbstractClient
{
    /** @var string how this package names itself to the service */
    public static $SDK_VERSION = 'SDK_TCSMS_PHP_0.1.0';

    /** @var integer the HTTP status of answers */
    public static $HTTP_RSP_OK = 200;

    /** @var Credential|null */
    private $credential;

    /** @var ClientProfile */
    private $profile;

    /** @var string */
    private $region;

    /** @var string */
    private $apiVersion;

    /** @var string */
    private $product;

    /** @var callable|null */
    private $sseCallback;

    /** @var NativeClient|null */
    private $native;

    /** @var string what it was made from */
    private $config = '';

    /** @var bool whether calls bring their credential */
    private $credentialPerCall = false;

    /**
     * A client of the product that the property `service` names, or that the endpoint begins with.
     *
     * @param string $endpoint such as `sms.tencentcloudapi.com`
     * @param string $version of the API
     * @param Credential|null $credential the key pair; null: it is looked for in the places that the README names
     * @param string $region such as `ap-guangzhou`
     * @param ClientProfile|null $profile settings; null: the defaults
     */
    public function __construct($endpoint, $version, $credential, $region, $profile = null)
    {
        $this->product = isset($this->service) && $this->service !== '' ? $this->service : explode('.', (string) $endpoint)[0];
        $this->apiVersion = $version;
        $this->credential = $credential;
        $this->region = $region;
        $this->profile = $profile ?: new ClientProfile();
    }

    /**
     * Sets the region for later calls.
     *
     * @param string $region
     */
    public function setRegion($region)
    {
        $this->region = $region;
    }

    /**
     * The region.
     *
     * @return string
     */
    public function getRegion()
    {
        return $this->region;
    }

    /**
     * Sets what is given each event of an answer that comes as server-sent events; null: answers are waited for whole.
     *
     * It is called with the event as text, lines as the service sends them, and with an array of its `id`, `event`, `data` and
     * `retry_ms`.
     *
     * @param callable|null $funcName
     */
    public function setSseResponseCallbackFunc($funcName)
    {
        $this->sseCallback = $funcName;
    }

    /**
     * Sets the credential for later calls; connections stay open.
     *
     * @param Credential|null $credential
     */
    public function setCredential($credential)
    {
        $this->credential = $credential;
    }

    /**
     * The credential.
     *
     * @return Credential
     */
    public function getCredential()
    {
        return $this->credential;
    }

    /**
     * Sets the profile for later calls.
     *
     * @param ClientProfile $profile
     */
    public function setClientProfile($profile)
    {
        $this->profile = $profile;
    }

    /**
     * The profile. What is changed in it counts from the next call on.
     *
     * @return ClientProfile
     */
    public function getClientProfile()
    {
        return $this->profile;
    }

    /**
     * Makes the call of an action: `$client->SendSms($request)`. With `Async` behind its name the call is only begun, and an
     * AsyncCall given.
     *
     * @param string $action its name
     * @param array $request the request, and the options of this call
     * @return mixed the model of the answer; null when its events went to the callback
     * @throws TencentCloudSDKException there is no answer
     */
    public function __call($action, $request)
    {
        $name = ucfirst($action);
        $known = defined(static::class . '::ACTIONS') ? static::ACTIONS : null;
        $async = substr($name, -5) === 'Async' && ($known === null ? false : !isset($known[$name]));
        if ($async) {
            $name = substr($name, 0, -5);
        }
        if ($known !== null && !isset($known[$name])) {
            throw TencentCloudSDKException::local('invalid_request', "there is no action $name in version {$this->apiVersion} of {$this->product}"
                . self::nearest($name, array_keys($known)) . '; actions that this package does not know are called by name, with callJson');
        }
        $model = $request[0] ?? null;
        if (!$model instanceof AbstractModel || ($known !== null && !$model instanceof $known[$name][0])) {
            $class = $known === null ? 'a request' : $known[$name][0];
            throw TencentCloudSDKException::local('invalid_request', "$name needs $class, and was given " . Body::shown($model));
        }
        $options = $request[1] ?? [];
        $read = function ($json) use ($name) {
            return $this->returnResponse($name, self::decoded($json));
        };
        $meta = ['typed' => $known !== null];
        if ($async) {
            return $this->begin($name, Body::of($model), $meta, $options, $read);
        }
        if ($this->sseCallback !== null) {
            return $this->stream($this->sseCallback, $name, Body::of($model), $options, $read);
        }
        return $read($this->make($name, Body::of($model), $meta, $options));
    }

    private static function nearest($name, array $known)
    {
        foreach ($known as $one) {
            if (levenshtein($one, $name) <= 3) {
                return ", perhaps $one is meant";
            }
        }
        return '';
    }

    /**
     * Makes a call by name.
     *
     * @param string $action its name
     * @param array|object|string|null $body the parameters: an array by name, an object, or the text of a JSON object
     * @param array|null $headers headers by name that go with it
     * @param array $options of this call
     * @return mixed the content of `Response` as an array
     * @throws TencentCloudSDKException there is no answer
     */
    public function callJson($action, $body, $headers = null, $options = [])
    {
        return self::decoded($this->callJsonText($action, $body, self::withHeaders($options, $headers)));
    }

    /**
     * As callJson, and gives the content of `Response` as the text that came.
     *
     * @param string $action
     * @param array|object|string|null $body
     * @param array $options of this call
     * @return string
     * @throws TencentCloudSDKException there is no answer
     */
    public function callJsonText($action, $body, array $options = [])
    {
        return $this->make($action, Body::of($body), [], $options);
    }

    /**
     * Begins a call by name.
     *
     * @param string $action
     * @param array|object|string|null $body
     * @param array $options of this call
     * @return AsyncCall gives the content of `Response` as an array
     */
    public function callJsonAsync($action, $body, array $options = [])
    {
        return $this->begin($action, Body::of($body), [], $options, static function ($json) {
            return self::decoded($json);
        });
    }

    /**
     * Makes a call by name that is answered with server-sent events.
     *
     * @param callable $callback is given each event, see setSseResponseCallbackFunc
     * @param string $action
     * @param array|object|string|null $body
     * @param array|null $headers headers by name
     * @param array $options of this call
     * @return mixed null; or the content of `Response` as an array, when that came in place of events
     * @throws TencentCloudSDKException there is no answer, or the events broke off
     */
    public function callJsonWithSSEResponse($callback, $action, $body, $headers = null, $options = [])
    {
        return $this->stream($callback, $action, Body::of($body), self::withHeaders($options, $headers), static function ($json) {
            return self::decoded($json);
        });
    }

    /**
     * Makes a call by name whose body is any bytes, as application/octet-stream.
     *
     * @param string $action
     * @param array|null $headers the parameters, as headers such as `X-SMS-SmsSdkAppId`
     * @param string $body the bytes
     * @param array $options of this call, and `parameters`: an array that becomes such headers
     * @return mixed the content of `Response` as an array
     * @throws TencentCloudSDKException there is no answer
     */
    public function call_octet_stream($action, $headers, $body, $options = [])
    {
        return self::decoded($this->callOctetStreamText($action, $body, self::withHeaders($options, $headers)));
    }

    /**
     * As call_octet_stream, and gives the content of `Response` as the text that came.
     *
     * @param string $action
     * @param string $body the bytes
     * @param array $options of this call, `headers` and `parameters` among them
     * @return string
     * @throws TencentCloudSDKException there is no answer
     */
    public function callOctetStreamText($action, $body, array $options = [])
    {
        if (!is_string($body)) {
            throw TencentCloudSDKException::local('invalid_request', 'the body is ' . Body::shown($body) . ': it has to be bytes, as a text');
        }
        $meta = ['octets' => true];
        if (isset($options['parameters'])) {
            $meta['parameters'] = $options['parameters'] ?: new \stdClass();
        }
        unset($options['parameters']);
        return $this->make($action, $body, $meta, $options);
    }

    /**
     * The answer of an action; clients of a product make their model of it.
     *
     * @param string $action
     * @param array $response the content of `Response`
     * @return mixed
     */
    public function returnResponse($action, $response)
    {
        return $response;
    }

    /**
     * What var_dump and print_r show: no secret.
     *
     * @return array
     */
    public function __debugInfo()
    {
        return ['product' => $this->product, 'version' => $this->apiVersion, 'region' => $this->region];
    }

    /**
     * A client as text is made of its settings; its connections are opened anew.
     *
     * @return string[]
     */
    public function __sleep()
    {
        $this->native = null;
        $this->config = '';
        $names = [];
        foreach ((array) $this as $name => $value) {
            $names[] = $name;
        }
        return $names;
    }

    private static function withHeaders(array $options, $headers)
    {
        if ($headers) {
            $options['headers'] = $headers + ($options['headers'] ?? []);
        }
        return $options;
    }

    private static function decoded($json)
    {
        $answer = json_decode($json, true, 512, JSON_BIGINT_AS_STRING);
        if (!is_array($answer)) {
            throw new TencentCloudSDKException('ClientError.ParseJsonError', 'the answer came, and PHP cannot read it: ' . json_last_error_msg());
        }
        return $answer;
    }

    /** The native client for the present settings. */
    private function native()
    {
        $settings = Settings::of(self::$SDK_VERSION, $this->product, $this->profile, $this->credential !== null);
        $config = Settings::encode(Settings::withObjects($settings));
        if ($config === false) {
            throw Settings::unwritable('config', 'the settings of the profile');
        }
        if ($this->native === null || $config !== $this->config) {
            $native = new NativeClient(Native::get(), $config);
            if ($native->handle === null) {
                throw TencentCloudSDKException::fromJson($native->refusal);
            }
            $this->native = $native;
            $this->config = $config;
            $this->credentialPerCall = isset($settings['credential_per_call']);
        }
        return $this->native;
    }

    /** What describes a call beside its body, as JSON. */
    private function meta($action, array $meta, array $options)
    {
        $meta += ['version' => $this->apiVersion, 'action' => $action];
        if ($this->region !== null && $this->region !== '') {
            $meta['region'] = $this->region;
        }
        $described = $options ? Settings::withOptions($meta, $options, isset($meta['octets'])) : $meta;
        // Last, and in no argument, which traces would show.
        if (isset($options['credential'])) {
            $described['credential'] = Settings::credential($options['credential']);
        } elseif ($this->credentialPerCall && !($options['skip_sign'] ?? false)) {
            $described['credential'] = Settings::credential($this->credential);
        }
        $json = Settings::encode($described);
        if ($json === false) {
            throw Settings::unwritable('invalid_request', 'the options or the credential of the call');
        }
        return $json;
    }

    private function make($action, $body, array $meta, array $options)
    {
        $native = $this->native();
        list($status, $told) = $native->library->call($native->handle, $this->meta($action, $meta, $options), $body, Settings::timeout($options));
        if ($status !== Native::OK) {
            throw TencentCloudSDKException::fromJson($told);
        }
        return $told;
    }

    private function begin($action, $body, array $meta, array $options, callable $read)
    {
        $native = $this->native();
        $number = Queue::number();
        $described = $this->meta($action, $meta + ['cancel_id' => $number], $options);
        $call = AsyncCall::begin($native, $number, $described, $body, Settings::timeout($options), $read);
        if ($call === null) {
            throw TencentCloudSDKException::local('shut_down', 'the call could not begin: the native library was shut down in this process, or has no thread for it');
        }
        return $call;
    }

    private function stream(callable $callback, $action, $body, array $options, callable $read)
    {
        $native = $this->native();
        list($status, $told, $stream) = $native->library->open($native->handle, $this->meta($action, [], $options), $body);
        if ($status !== Native::OK) {
            throw TencentCloudSDKException::fromJson($told);
        }
        if ($stream === null) {
            return $read($told);
        }
        $native->library->events($stream, static function ($json) use ($callback) {
            $event = json_decode($json, true);
            $lines = '';
            foreach (['id' => $event['id'], 'event' => $event['event'], 'retry' => $event['retry_ms']] as $name => $value) {
                $lines .= $value === null ? '' : "$name: $value\n";
            }
            $callback($lines . 'data: ' . str_replace("\n", "\ndata: ", $event['data']) . "\n\n", $event);
        });
        return null;
    }
}
