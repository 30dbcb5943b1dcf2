<?php // One client of the native library, shared by all PHP clients with equal settings.

namespace TencentCloud\Common\Internal;

/**
 * A client of the native library. Equal settings give the same one, so that connections are kept although programs make a
 * client for every call.
 *
 * @internal
 */
final class NativeClient
{
    /** How many stay open without an owner. */
    const KEPT = 16;

    /** What the library reads when a client is made. */
    const ENVIRONMENT = [
        'TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_SESSION_TOKEN', 'TENCENTCLOUD_CREDENTIALS_FILE', 'HOME',
        'TKE_ROLE_ARN', 'TKE_PROVIDER_ID', 'TKE_WEB_IDENTITY_TOKEN_FILE', 'TKE_REGION', 'TENCENTCLOUD_REGION', 'TCSMS_CONNECT_TO',
        'TCSMS_STS_CONNECT_TO', 'TCSMS_METADATA_CONNECT_TO', 'TCSMS_CONNECT_TO_PLAIN', 'TCSMS_CA_FILE', 'SSL_CERT_FILE', 'SSL_CERT_DIR',
        'https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY', 'REQUEST_METHOD',
    ];

    /** @var self[] those used last, by what they were made from, the last one at the end */
    private static $kept = [];

    /** @var Native */
    public $library;

    /** @var \FFI\CData */
    public $handle;

    private function __construct(Native $library, $handle)
    {
        $this->library = $library;
        $this->handle = $handle;
    }

    /**
     * The client for these settings.
     *
     * @param string $config JSON
     * @return self
     * @throws \TencentCloud\Common\Exception\TencentCloudSDKException settings that cannot be used
     */
    public static function open($config)
    {
        $key = $config;
        foreach (self::ENVIRONMENT as $variable) {
            $value = getenv($variable, true);
            $key .= "\0" . ($value === false ? "\1" : $value);
        }
        $client = self::$kept[$key] ?? null;
        if ($client === null) {
            $library = Native::get();
            $client = new self($library, $library->newClient($config));
        }
        unset(self::$kept[$key]);
        self::$kept[$key] = $client;
        if (count(self::$kept) > self::KEPT) {
            array_shift(self::$kept);
        }
        return $client;
    }

    public function __destruct()
    {
        $this->library->freeClient($this->handle);
    }

    /** What var_dump shows: nothing of the settings. */
    public function __debugInfo()
    {
        return [];
    }

    public function __serialize(): array
    {
        throw new \LogicException('a client with an open connection cannot be serialised: serialise what it is made from, and make it again');
    }
}
