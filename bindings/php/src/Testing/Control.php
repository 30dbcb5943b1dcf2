<?php // Requests to the control API.

namespace TencentCloud\Testing;

/** @internal The control API of one service. */
final class Control
{
    /** Seconds that an answer may take beyond what was asked to be waited for. */
    private const PATIENCE = 10;

    /** @var string */
    private $url;

    /** @var string|null */
    private $token;

    public function __construct(string $url, ?string $token)
    {
        $this->url = $url;
        $this->token = $token;
    }

    /**
     * The answer to a request.
     *
     * @param string $method such as GET
     * @param string $path below `/_tcsms/v1/`
     * @param array $query what is null is left out
     * @param mixed $body written as JSON unless it is null
     * @param float $wait seconds that the service may hold the answer back
     * @throws ControlException
     */
    public function call(string $method, string $path, array $query = [], $body = null, float $wait = 0): array
    {
        $url = "$this->url/_tcsms/v1/$path" . rtrim('?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986), '?');
        $headers = ['Connection: close'];
        if ($this->token !== null) {
            $headers[] = "Authorization: Bearer $this->token";
        }
        $http = ['method' => $method, 'ignore_errors' => true, 'follow_location' => 0, 'protocol_version' => 1.1, 'timeout' => $wait + self::PATIENCE];
        if ($body !== null) {
            $headers[] = 'Content-Type: application/json';
            $http['content'] = json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        }
        $fault = 'the answer ends early';
        // Neither the handler of the program nor its log are to hear of this: it becomes an exception.
        set_error_handler(static function ($level, $message) use (&$fault) {
            $fault = $message;
            return true;
        });
        try {
            $stream = fopen($url, 'r', false, stream_context_create(['http' => $http + ['header' => $headers]]));
            $text = $stream ? stream_get_contents($stream) : false;
            $about = $stream ? stream_get_meta_data($stream) : [];
        } finally {
            restore_error_handler();
        }
        if ($text === false || $about['timed_out']) {
            throw new ControlException(0, 'Unreachable', "no answer to $method $url: $fault; see that the service runs there");
        }
        $status = (int) (explode(' ', $about['wrapper_data'][0] ?? '')[1] ?? 0);
        $answer = json_decode($text, true);
        if (!is_array($answer)) {
            throw new ControlException($status, 'NoJson', "$url answered with HTTP status $status and no JSON object; see that it is the control API of tcsms serve");
        }
        if (isset($answer['error'])) {
            throw new ControlException($status, $answer['error']['code'], $answer['error']['message']);
        }
        return $answer;
    }
}
