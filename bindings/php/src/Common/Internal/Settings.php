<?php // Profile, credential and options of a call in the words of the native library.

namespace TencentCloud\Common\Internal;

use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Profile\ClientProfile;

/**
 * Translates what the official SDK calls a profile.
 *
 * @internal
 */
final class Settings
{
    /** The settings that say where the credential comes from. */
    const SOURCES = ['secret_id', 'secret_key', 'profile', 'cvm_role', 'assume_role', 'web_identity', 'credential_chain', 'credential_per_call'];

    /** The options of a call that the library knows by the same name. */
    const OPTIONS = [
        'region', 'language', 'sign_method', 'http_method', 'unsigned_payload', 'skip_sign', 'headers', 'trace_id', 'idempotency_key',
        'idempotent', 'retry',
    ];

    /** The settings whose members are objects, also when they are empty. */
    const OBJECTS = ['headers', 'action_rates', 'timeouts', 'cvm_role', 'assume_role', 'web_identity'];

    /**
     * The settings of a client.
     *
     * @param string $sdk how this package names itself
     * @param string $service the product
     * @param ClientProfile $profile
     * @param bool $hasCredential whether the program gave one
     * @return array by the library's names
     */
    public static function of($sdk, $service, ClientProfile $profile, $hasCredential)
    {
        $http = $profile->getHttpProfile();
        $plain = self::isPlain($http->getProtocol());
        $limit = self::milliseconds($http->getReqTimeout());
        $settings = ['sdk' => $sdk, 'service' => $service, 'timeouts' => ['attempt_ms' => $limit, 'total_ms' => $limit]];
        $set = [
            'endpoint' => $http->getEndpoint(),
            'root_domain' => $http->getRootDomain() === 'tencentcloudapi.com' ? null : $http->getRootDomain(),
            'sign_method' => $profile->getSignMethod(),
            'http_method' => $http->getReqMethod(),
            'language' => $profile->getLanguage(),
        ];
        foreach ($set as $name => $value) {
            if ($value !== null && $value !== '') {
                $settings[$name] = $value;
            }
        }
        if ($profile->getUnsignedPayload()) {
            $settings['unsigned_payload'] = true;
        }
        if ($http->closesConnections()) {
            $settings['timeouts']['idle_ms'] = 0;
        }
        if ($profile->enableRegionBreaker) {
            if ($profile->getRegionBreakerProfile() === null) {
                throw self::refusal('the region breaker is enabled without its endpoints: call setRegionBreakerProfile, or set enableRegionBreaker to false');
            }
            $settings = $profile->getRegionBreakerProfile()->toSettings() + $settings;
        }
        if ($plain) {
            $settings['allow_plain_http'] = true;
            $settings['endpoint'] = self::plainly($settings['endpoint'] ?? $service . '.' . $http->getRootDomain());
            foreach ($settings['backup_endpoints'] ?? [] as $place => $endpoint) {
                $settings['backup_endpoints'][$place] = self::plainly($endpoint);
            }
        }
        $settings = self::proxy($settings, $http->getProxy(), $plain);
        $own = $profile->getSettings();
        if ($hasCredential && !array_intersect(self::SOURCES, array_keys(array_filter($own, static function ($value) {
            return $value !== null;
        })))) {
            // So a new credential needs no new connections.
            $settings['credential_per_call'] = true;
        }
        return self::merge($settings, $own);
    }

    /** Objects that are empty would be lists in JSON. @return array */
    public static function withObjects(array $settings)
    {
        foreach (self::OBJECTS as $name) {
            if (($settings[$name] ?? null) === []) {
                $settings[$name] = new \stdClass();
            }
        }
        return $settings;
    }

    /**
     * JSON as the SDKs of all languages write it.
     *
     * @return string|false what cannot be written
     */
    public static function encode($value)
    {
        return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
    }

    /** @return TencentCloudSDKException why encode gave false */
    public static function unwritable($kind, $what)
    {
        return TencentCloudSDKException::local($kind, "$what cannot be written as JSON: " . json_last_error_msg()
            . '; texts have to be UTF-8 (mb_convert_encoding turns others into it), and numbers finite');
    }

    private static function isPlain($protocol)
    {
        $name = strtolower(rtrim((string) $protocol, ':/'));
        if ($name !== 'http' && $name !== 'https') {
            throw self::refusal("the protocol `$protocol` of the HTTP profile is neither https:// nor http://");
        }
        return $name === 'http';
    }

    private static function plainly($endpoint)
    {
        return strpos($endpoint, '://') === false ? "http://$endpoint" : $endpoint;
    }

    private static function milliseconds($seconds)
    {
        if (!is_numeric($seconds) || $seconds < 0) {
            throw self::refusal('the time limit of the HTTP profile (setReqTimeout) is ' . Body::shown($seconds) . ': it has to be a number of seconds, 0 for none');
        }
        return (int) min(ceil($seconds * 1000), 365 * 24 * 3600 * 1000);
    }

    /** A text, or an array with one for each protocol and the hosts that go without. */
    private static function proxy(array $settings, $proxy, $plain)
    {
        if (is_array($proxy)) {
            $host = $settings['endpoint'] ?? $settings['service'] . '.' . ($settings['root_domain'] ?? 'tencentcloudapi.com');
            $host = strtolower(preg_replace('~^https?://|:\d+$~', '', $host));
            foreach ((array) ($proxy['no'] ?? []) as $without) {
                $without = ltrim(strtolower($without), '*.');
                if ($without === '' || $host === $without || substr($host, -strlen($without) - 1) === ".$without") {
                    $settings['no_proxy'] = true;
                    return $settings;
                }
            }
            $proxy = $proxy[$plain ? 'http' : 'https'] ?? null;
        }
        if ($proxy !== null && $proxy !== '') {
            $settings['proxy'] = (string) $proxy;
        }
        return $settings;
    }

    /** Members of objects one by one, everything else whole. */
    private static function merge(array $settings, array $over)
    {
        foreach ($over as $name => $value) {
            if ($name === 'timeouts' && is_array($value)) {
                $settings['timeouts'] = $value + $settings['timeouts'];
            } else {
                $settings[$name] = $value;
            }
        }
        return $settings;
    }

    /**
     * Adds the options of a call to what describes it.
     *
     * @param array $meta
     * @param array $options by the library's names, and `credential`, `parts` and `timeout_ms`
     * @param bool $octets whether the body is bytes
     * @return array
     */
    public static function withOptions(array $meta, array $options, $octets)
    {
        foreach ($options as $name => $value) {
            if ($value === null || $name === 'timeout_ms' || $name === 'credential') {
                continue;
            }
            if ($name === 'parts') {
                foreach ($value as $part => $bytes) {
                    $meta['parts'][$part] = ['base64' => base64_encode($bytes)];
                }
            } elseif (in_array($name, self::OPTIONS, true)) {
                $meta[$name] = $value;
            } else {
                throw TencentCloudSDKException::local('invalid_request', "there is no option `$name` of a call; there are " . implode(', ', self::OPTIONS)
                    . ', credential, parts and timeout_ms');
            }
        }
        if (!isset($meta['headers'])) {
            return $meta;
        }
        $headers = $meta['headers'];
        unset($meta['headers']);
        foreach ($headers as $name => $value) {
            // The official SDK has no other way than headers to set these two.
            if (strcasecmp($name, 'X-TC-Language') === 0) {
                $meta += ['language' => $value];
            } elseif (strcasecmp($name, 'X-TC-TraceId') === 0) {
                $meta += ['trace_id' => $value];
            } elseif (!($octets && strcasecmp($name, 'Content-Type') === 0 && $value === 'application/octet-stream')) {
                $meta['headers'][$name] = (string) $value;
            }
        }
        return $meta;
    }

    /** @return int */
    public static function timeout(array $options)
    {
        $limit = $options['timeout_ms'] ?? 0;
        if (!is_int($limit) || $limit < 0 || $limit > 0xFFFFFFFF) {
            throw TencentCloudSDKException::local('invalid_request', 'the option timeout_ms is ' . Body::shown($limit) . ': it has to be a whole number of milliseconds');
        }
        return $limit;
    }

    /**
     * A key pair as the library takes it.
     *
     * @param \TencentCloud\Common\Credential $credential
     * @return array
     */
    public static function credential($credential)
    {
        if (!is_object($credential) || !is_callable([$credential, 'getSecretId'])) {
            throw TencentCloudSDKException::local('credential', 'the credential is ' . Body::shown($credential) . ': it has to be a TencentCloud\Common\Credential, or null to have it looked for');
        }
        $pair = ['secret_id' => $credential->getSecretId(), 'secret_key' => $credential->getSecretKey()];
        foreach ($pair as $name => $value) {
            if (!is_string($value)) {
                throw TencentCloudSDKException::local('credential', "the $name of the credential is no text but " . ($value === false ? 'false, as getenv gives for a variable that is not set' : gettype($value)));
            }
        }
        $token = $credential->getToken();
        return $token === null || $token === '' || $token === false ? $pair : $pair + ['token' => $token];
    }

    private static function refusal($message)
    {
        return TencentCloudSDKException::local('config', $message);
    }
}
