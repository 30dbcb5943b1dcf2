<?php // What a client does, beside how requests travel.

namespace TencentCloud\Common\Profile;

/**
 * What a client does. A change counts from the next call on.
 */
class ClientProfile
{
    /** @var string */
    public static $SIGN_HMAC_SHA1 = 'HmacSHA1';

    /** @var string */
    public static $SIGN_HMAC_SHA256 = 'HmacSHA256';

    /** @var string */
    public static $SIGN_TC3_SHA256 = 'TC3-HMAC-SHA256';

    /** @var string */
    public static $ZH_CN = 'zh-CN';

    /** @var string */
    public static $EN_US = 'en-US';

    /** @var boolean whether calls go to a second endpoint while the first one fails; needs a RegionBreakerProfile */
    public $enableRegionBreaker;

    /** @var HttpProfile */
    private $httpProfile;

    /** @var string */
    private $signMethod;

    /** @var bool */
    private $unsignedPayload = false;

    /** @var bool */
    private $checkPHPVersion = true;

    /** @var string|null */
    private $language;

    /** @var RegionBreakerProfile|null */
    private $regionBreakerProfile;

    /** @var array */
    private $settings = [];

    /**
     * What is null is left at its default.
     *
     * @param string|null $signMethod one of the SIGN_ constants; TC3-HMAC-SHA256 when nothing is given
     * @param HttpProfile|null $httpProfile how requests travel
     * @param bool $enableRegionBreaker see there
     * @param RegionBreakerProfile|null $regionBreakerProfile the two endpoints
     */
    public function __construct($signMethod = null, $httpProfile = null, $enableRegionBreaker = false, $regionBreakerProfile = null)
    {
        $this->signMethod = $signMethod ?: self::$SIGN_TC3_SHA256;
        $this->httpProfile = $httpProfile ?: new HttpProfile();
        $this->enableRegionBreaker = $enableRegionBreaker;
        $this->regionBreakerProfile = $regionBreakerProfile;
    }

    /**
     * Sets how requests are signed: one of the SIGN_ constants.
     *
     * @param string $signMethod
     */
    public function setSignMethod($signMethod)
    {
        $this->signMethod = $signMethod;
    }

    /**
     * Sets how requests travel.
     *
     * @param HttpProfile $httpProfile
     */
    public function setHttpProfile($httpProfile)
    {
        $this->httpProfile = $httpProfile;
    }

    /**
     * How requests are signed.
     *
     * @return null|string
     */
    public function getSignMethod()
    {
        return $this->signMethod;
    }

    /**
     * Sets whether the body is left out of the signature; for TC3-HMAC-SHA256.
     *
     * @param bool $flag
     */
    public function setUnsignedPayload($flag)
    {
        $this->unsignedPayload = $flag;
    }

    /**
     * Whether the body is left out of the signature.
     *
     * @return bool
     */
    public function getUnsignedPayload()
    {
        return $this->unsignedPayload;
    }

    /**
     * What was set by setCheckPHPVersion.
     *
     * @return bool
     */
    public function getCheckPHPVersion()
    {
        return $this->checkPHPVersion;
    }

    /**
     * Has no effect: this package does not load on a PHP that is too old, Composer and its syntax see to that.
     *
     * @param bool $flag
     */
    public function setCheckPHPVersion($flag)
    {
        $this->checkPHPVersion = $flag;
    }

    /**
     * The language of the service's messages, if one is set.
     *
     * @return string|null
     */
    public function getLanguage()
    {
        return $this->language;
    }

    /**
     * Sets the language of the service's messages: `zh-CN` or `en-US`; null leaves it to the service.
     *
     * @param string|null $language
     */
    public function setLanguage($language)
    {
        $this->language = $language;
    }

    /**
     * The two endpoints of the region breaker.
     *
     * @return RegionBreakerProfile|null
     */
    public function getRegionBreakerProfile()
    {
        return $this->regionBreakerProfile;
    }

    /**
     * Sets the two endpoints of the region breaker; it works once enableRegionBreaker is true.
     *
     * @param RegionBreakerProfile $regionBreakerProfile
     */
    public function setRegionBreakerProfile($regionBreakerProfile)
    {
        $this->regionBreakerProfile = $regionBreakerProfile;
    }

    /**
     * How requests travel.
     *
     * @return null|HttpProfile
     */
    public function getHttpProfile()
    {
        return $this->httpProfile;
    }

    // ------------------------------------------------------------ beyond the official SDK

    /**
     * Sets what the core can beyond the official profile, by the core's names: `['ca_file' => '/etc/own-ca.pem', 'retry' =>
     * ['policy' => 'never'], 'backup_endpoints' => [...], 'timeouts' => ['connect_ms' => 3000]]` and so on. They are merged over
     * all that the profile says otherwise; an unknown name is refused by the first call. The README lists them.
     *
     * @param array $settings
     */
    public function setSettings(array $settings)
    {
        $this->settings = $settings;
    }

    /**
     * The settings of the core.
     *
     * @return array
     */
    public function getSettings()
    {
        return $this->settings;
    }

    /**
     * What var_dump and print_r show: nothing that may hold a secret.
     *
     * @return array
     */
    public function __debugInfo()
    {
        return ['signMethod' => $this->signMethod, 'language' => $this->language, 'httpProfile' => $this->httpProfile, 'settings' => array_keys($this->settings)];
    }
}

/**
 * Two endpoints, and when calls leave the first one.
 */
class RegionBreakerProfile
{
    /** @var string */
    private $masterEndpoint;

    /** @var string */
    private $slaveEndpoint;

    /** @var int */
    private $maxFailNum;

    /** @var int|float */
    private $windowInterval;

    /** @var int|float */
    private $timeout;

    /**
     * Calls go to the second endpoint for `timeout` seconds after the first one failed `maxFailNum` times within
     * `windowInterval` seconds.
     *
     * @param string $masterEndpoint the first endpoint, such as `sms.ap-guangzhou.tencentcloudapi.com`
     * @param string $slaveEndpoint the second one
     * @param int $maxFailNum how many failures
     * @param float $maxFailPercent without effect: the core counts failures, and lets one try through after the pause
     * @param int $windowInterval seconds
     * @param int $timeout seconds
     * @param int $maxRequests without effect, see maxFailPercent
     */
    public function __construct($masterEndpoint, $slaveEndpoint, $maxFailNum = 5, $maxFailPercent = 0.75, $windowInterval = 300, $timeout = 60, $maxRequests = 5)
    {
        $this->masterEndpoint = $masterEndpoint;
        $this->slaveEndpoint = $slaveEndpoint;
        $this->maxFailNum = $maxFailNum;
        $this->windowInterval = $windowInterval;
        $this->timeout = $timeout;
    }

    /**
     * @internal In the words of the core.
     *
     * @return array
     */
    public function toSettings()
    {
        return [
            'endpoint' => $this->masterEndpoint,
            'backup_endpoints' => [$this->slaveEndpoint],
            'breaker' => [
                'failures' => (int) $this->maxFailNum,
                'window_ms' => (int) ($this->windowInterval * 1000),
                'pause_ms' => (int) ($this->timeout * 1000),
            ],
        ];
    }
}
