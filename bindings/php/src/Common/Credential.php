<?php // The key pair that calls are signed with.

namespace TencentCloud\Common;

/**
 * A key pair of Tencent Cloud, with a session token when it is a temporary one.
 *
 * A program whose keys come from elsewhere extends this class: the three getters are asked once before each call. Where the
 * core itself can find or fetch a credential (environment, credentials file, role of a server or of a pod, assumed role) the
 * client is given null in place of a credential, or the profile's settings say where from; see the README.
 */
class Credential
{
    /** @var string */
    private $secretId;

    /** @var string */
    private $secretKey;

    /** @var string|null */
    private $token;

    /**
     * A key pair.
     *
     * @param string $secretId the id of the pair
     * @param string $secretKey its key
     * @param string|null $token the session token of a temporary pair
     */
    public function __construct(
        $secretId,
        #[\SensitiveParameter]
        $secretKey,
        #[\SensitiveParameter]
        $token = null
    ) {
        $this->secretId = $secretId;
        $this->secretKey = $secretKey;
        $this->token = $token;
    }

    /**
     * Sets the id of the pair, for later calls.
     *
     * @param string $secretId
     */
    public function setSecretId($secretId)
    {
        $this->secretId = $secretId;
    }

    /**
     * Sets the key of the pair, for later calls.
     *
     * @param string $secretKey
     */
    public function setSecretKey(
        #[\SensitiveParameter]
        $secretKey
    ) {
        $this->secretKey = $secretKey;
    }

    /**
     * Sets the session token, for later calls; null or an empty text: none.
     *
     * @param string|null $token
     */
    public function setToken(
        #[\SensitiveParameter]
        $token
    ) {
        $this->token = $token;
    }

    /**
     * The id of the pair.
     *
     * @return string
     */
    public function getSecretId()
    {
        return $this->secretId;
    }

    /**
     * The key of the pair.
     *
     * @return string
     */
    public function getSecretKey()
    {
        return $this->secretKey;
    }

    /**
     * The session token, if there is one.
     *
     * @return null|string
     */
    public function getToken()
    {
        return $this->token;
    }

    /**
     * What var_dump and print_r show: no secret.
     *
     * @return array
     */
    public function __debugInfo()
    {
        return ['secretId' => $this->secretId];
    }
}
