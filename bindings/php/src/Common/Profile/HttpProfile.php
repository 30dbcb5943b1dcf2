<?php // How requests travel.

namespace TencentCloud\Common\Profile;

/**
 * How requests travel: endpoint, method, time limit, proxy. A change counts from the next call on.
 */
class HttpProfile
{
    /** @var string */
    public static $REQ_HTTPS = 'https://';

    /** @var string */
    public static $REQ_HTTP = 'http://';

    /** @var string */
    public static $REQ_POST = 'POST';

    /** @var string */
    public static $REQ_GET = 'GET';

    /** @var int seconds of a minute */
    public static $TM_MINUTE = 60;

    /** @var string */
    private $protocol;

    /** @var string|null */
    private $endpoint;

    /** @var string */
    private $reqMethod;

    /** @var int|float */
    private $reqTimeout;

    /** @var string|array|null */
    private $proxy;

    /** @var string */
    private $rootDomain = 'tencentcloudapi.com';

    /** @var bool|null null: nobody said */
    private $keepAlive;

    /**
     * What is null is left at its default.
     *
     * @param string|null $protocol `https://` or `http://`
     * @param string|null $endpoint a host, or `host:port`
     * @param string|null $reqMethod `POST` or `GET`
     * @param int|null $reqTimeout seconds
     */
    public function __construct($protocol = null, $endpoint = null, $reqMethod = null, $reqTimeout = null)
    {
        $this->protocol = $protocol ?: self::$REQ_HTTPS;
        $this->endpoint = $endpoint;
        $this->reqMethod = $reqMethod ?: self::$REQ_POST;
        $this->reqTimeout = $reqTimeout !== null ? $reqTimeout : self::$TM_MINUTE;
    }

    /**
     * Sets the HTTP method: `POST` (the default) or `GET`, whose parameters stand in the query.
     *
     * @param string $reqMethod
     */
    public function setReqMethod($reqMethod)
    {
        $this->reqMethod = $reqMethod;
    }

    /**
     * Sets the protocol: `https://` (the default) or `http://`, which anybody on the way can read.
     *
     * @param string $protocol
     */
    public function setProtocol($protocol)
    {
        $this->protocol = $protocol;
    }

    /**
     * Sets the endpoint: a host, or `host:port`. Null: the product's own.
     *
     * @param string|null $endpoint
     */
    public function setEndpoint($endpoint)
    {
        $this->endpoint = $endpoint;
    }

    /**
     * Sets how long a call may take in all, with its repeats, in seconds; 60 when nothing is set, 0 sets no limit.
     *
     * @param int|float $reqTimeout
     */
    public function setReqTimeout($reqTimeout)
    {
        $this->reqTimeout = $reqTimeout;
    }

    /**
     * Sets the proxy: a URL such as `http://user:password@127.0.0.1:3128`, or an array of one for each protocol with the keys
     * `http`, `https` and `no` (hosts that go without). Without one the environment decides (`https_proxy`, `no_proxy`).
     *
     * @param string|array|null $proxy
     */
    public function setProxy($proxy)
    {
        $this->proxy = $proxy;
    }

    /**
     * The HTTP method.
     *
     * @return null|string
     */
    public function getReqMethod()
    {
        return $this->reqMethod;
    }

    /**
     * The protocol.
     *
     * @return null|string
     */
    public function getProtocol()
    {
        return $this->protocol;
    }

    /**
     * How long a call may take, in seconds.
     *
     * @return int
     */
    public function getReqTimeout()
    {
        return $this->reqTimeout;
    }

    /**
     * The endpoint, if one is set.
     *
     * @return null|string
     */
    public function getEndpoint()
    {
        return $this->endpoint;
    }

    /**
     * The proxy.
     *
     * @return null|string|array
     */
    public function getProxy()
    {
        return $this->proxy;
    }

    /**
     * Sets the domain below which the endpoints of the products lie; `tencentcloudapi.com` when nothing is set.
     *
     * @param string $domain
     */
    public function setRootDomain($domain)
    {
        $this->rootDomain = $domain;
    }

    /**
     * The domain below which the endpoints of the products lie.
     *
     * @return string
     */
    public function getRootDomain()
    {
        return $this->rootDomain;
    }

    /**
     * Sets whether connections are kept for later calls. They are, until this is set to false.
     *
     * @param bool $flag
     */
    public function setKeepAlive($flag)
    {
        $this->keepAlive = (bool) $flag;
    }

    /**
     * What was set; false when nothing was, as with the official SDK, although connections are kept then.
     *
     * @return bool
     */
    public function getKeepAlive()
    {
        return $this->keepAlive === true;
    }

    /**
     * @internal Whether each call is to have a connection of its own.
     *
     * @return bool
     */
    public function closesConnections()
    {
        return $this->keepAlive === false;
    }

    /**
     * What var_dump and print_r show: nothing that may hold a secret.
     *
     * @return array
     */
    public function __debugInfo()
    {
        return ['protocol' => $this->protocol, 'endpoint' => $this->endpoint, 'reqMethod' => $this->reqMethod, 'reqTimeout' => $this->reqTimeout];
    }
}
