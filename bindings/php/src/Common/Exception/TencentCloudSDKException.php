<?php // Why a call has no answer.

namespace TencentCloud\Common\Exception;

/**
 * A refusal of the service with its code, or a failure on this side. No text in it holds a secret.
 *
 * The codes of failures on this side:
 *
 * | code | kinds |
 * |---|---|
 * | ClientError | config, credential, invalid_request, cancelled, shut_down, panic |
 * | ClientError.NetworkError | resolve, connect, proxy, tls, timeout, network |
 * | ClientError.HttpStatusCodeError | invalid_answer with an HTTP status other than 200 |
 * | ClientError.ParseJsonError | invalid_answer otherwise |
 */
class TencentCloudSDKException extends \Exception
{
    /** @var string */
    private $errorCode;

    /** @var string */
    private $requestId;

    /** @var array what the core told besides, by its names */
    private $told = [];

    /**
     * An error with a code and a message.
     *
     * @param string $code such as `FailedOperation.SignatureIncorrectOrUnapproved`
     * @param string $message what happened
     * @param string $requestId the id under which the service logged the call
     */
    public function __construct($code = '', $message = '', $requestId = '')
    {
        parent::__construct((string) $message, 0);
        $this->errorCode = (string) $code;
        $this->requestId = (string) $requestId;
    }

    /**
     * The id under which the service logged the call; empty when it did not answer.
     *
     * @return string
     */
    public function getRequestId()
    {
        return $this->requestId;
    }

    /**
     * The service's code, or one of the table above. getCode() is 0, as with the official SDK.
     *
     * @return string
     */
    public function getErrorCode()
    {
        return $this->errorCode;
    }

    /**
     * Code, message and request id in one line.
     *
     * @return string
     */
    public function __toString()
    {
        return '[' . __CLASS__ . '] code:' . $this->errorCode . ' message:' . $this->getMessage() . ' requestId:' . $this->requestId;
    }

    // ------------------------------------------------------------ beyond the official SDK

    /**
     * What kind of failure it is: config, credential, invalid_request, resolve, connect, proxy, tls, timeout, network,
     * invalid_answer, service, cancelled, shut_down or panic; empty for an error that the program made itself.
     *
     * @return string
     */
    public function getKind()
    {
        return $this->told['kind'] ?? '';
    }

    /**
     * Whether the service may have acted: not_sent, maybe_sent or answered. A message is sent again safely only after not_sent.
     *
     * @return string
     */
    public function getDelivery()
    {
        return $this->told['delivery'] ?? '';
    }

    /**
     * Whether the same call may succeed later.
     *
     * @return bool
     */
    public function isRetryable()
    {
        return $this->told['retryable'] ?? false;
    }

    /**
     * How many attempts were made.
     *
     * @return int
     */
    public function getAttempts()
    {
        return $this->told['attempts'] ?? 0;
    }

    /**
     * The step of the last attempt that failed: resolve, connect, proxy, tls, write, wait or read; null without one.
     *
     * @return string|null
     */
    public function getStep()
    {
        return $this->told['step'] ?? null;
    }

    /**
     * Host and port of the endpoint of the last attempt; null without one.
     *
     * @return string|null
     */
    public function getEndpoint()
    {
        return $this->told['endpoint'] ?? null;
    }

    /**
     * The trace id that the call was sent with; null without one.
     *
     * @return string|null
     */
    public function getTraceId()
    {
        return $this->told['traceId'] ?? null;
    }

    /**
     * The HTTP status of the last answer; null without one.
     *
     * @return int|null
     */
    public function getHttpStatus()
    {
        return $this->told['httpStatus'] ?? null;
    }

    /**
     * What happened and what to do about it, in one line for people; of a refusal it says more than the service's message.
     *
     * @return string
     */
    public function getText()
    {
        return $this->told['text'] ?? $this->getMessage();
    }

    /**
     * @internal The error that the core tells as JSON.
     *
     * @param string $json
     * @return self
     */
    public static function fromJson($json)
    {
        $told = json_decode($json, true);
        if (!is_array($told)) {
            return self::local('panic', 'the native library gave an error that cannot be read: use library and package of the same release');
        }
        $message = $told['text'] ?? '';
        switch ($told['kind'] ?? '') {
            case 'service':
                $code = $told['code'] ?? '';
                $message = $told['message'] ?? '';
                break;
            case 'resolve':
            case 'connect':
            case 'proxy':
            case 'tls':
            case 'timeout':
            case 'network':
                $code = 'ClientError.NetworkError';
                break;
            case 'invalid_answer':
                $odd = isset($told['httpStatus']) && $told['httpStatus'] !== 200;
                $code = $odd ? 'ClientError.HttpStatusCodeError' : 'ClientError.ParseJsonError';
                break;
            default:
                $code = 'ClientError';
        }
        $error = new self($code, $message, $told['requestId'] ?? '');
        $error->told = $told;
        return $error;
    }

    /**
     * @internal An error of this side, before anything was sent.
     *
     * @param string $kind
     * @param string $message
     * @return self
     */
    public static function local($kind, $message)
    {
        $error = new self('ClientError', $message);
        $error->told = ['kind' => $kind, 'delivery' => 'not_sent', 'text' => $message];
        return $error;
    }
}
