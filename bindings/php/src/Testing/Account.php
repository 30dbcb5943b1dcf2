<?php // An account for one test.

namespace TencentCloud\Testing;

use TencentCloud\Common\Credential;
use TencentCloud\Common\Profile\ClientProfile;
use TencentCloud\Sms\V20210111\SmsClient;

/**
 * An account with its own key, app, data, faults and clock: what one test does, no other sees. It is removed by `close`, with this
 * object, and when its time is over.
 */
final class Account
{
    /** The region of its clients; the service takes any. */
    private const REGION = 'ap-guangzhou';

    /** @var string its id in the control API */
    public $id;

    /** @var string the id of its key */
    public $secretId;

    /** @var string its key */
    public $secretKey;

    /** @var string its app */
    public $sdkAppId;

    /** @var string[] the texts of its approved signatures */
    public $signs;

    /** @var array[] its approved templates, each with `id` and `content` */
    public $templates;

    /** @var string */
    private $api;

    /** @var Control|null null after the end */
    private $calls;

    /** @var int */
    private $maker;

    /** @internal made by LocalService alone */
    public function __construct(array $made, string $api, Control $calls)
    {
        foreach (['id', 'secretId', 'secretKey', 'sdkAppId', 'signs', 'templates'] as $name) {
            $this->$name = $made[$name];
        }
        $this->api = $api;
        $this->calls = $calls;
        $this->maker = getmypid();
    }

    /** A client of the SDK with the key of this account, of version 2021-01-11. */
    public function client(): SmsClient
    {
        return new SmsClient($this->credential(), self::REGION, $this->profile());
    }

    /** The key of this account, for a client of your own. */
    public function credential(): Credential
    {
        return new Credential($this->secretId, $this->secretKey);
    }

    /** A profile by which clients call the service. A client of version 2019-07-11 is made of it and the credential. */
    public function profile(): ClientProfile
    {
        $profile = new ClientProfile();
        // The address comes before what TCSMS_CONNECT_TO says. In a network of containers it is no loopback address.
        $profile->setSettings(['connect_to' => $this->api, 'allow_plain_http' => true]);
        return $profile;
    }

    /**
     * Waits for a message.
     *
     * @param string|array $wanted a number; or by names `phone`, `status` (`refused`, `submitted`, `delivered`, `failed`), `q` (what the
     *     text, the number or the serial number contains), `app`
     * @param float $timeout seconds, at most 300
     * @return Message the newest one that fits
     * @throws \AssertionError when none came; its text has those that came near
     * @throws ControlException
     */
    public function waitForMessage($wanted = [], float $timeout = 10): Message
    {
        $found = $this->waitForMessages(1, $wanted, $timeout);
        return end($found);
    }

    /**
     * Waits until so many messages have come.
     *
     * @param int $count how many
     * @param string|array $wanted as for `waitForMessage`
     * @param float $timeout seconds, at most 300
     * @return Message[] all that fit, the newest last
     * @throws \AssertionError when fewer came; its text has those that came near
     * @throws ControlException
     */
    public function waitForMessages(int $count, $wanted = [], float $timeout = 10): array
    {
        $wanted = self::conditions($wanted);
        $query = $wanted + ['limit' => 1000, 'count' => $count, 'wait' => (int) ($timeout * 1000) . 'ms'];
        $answer = $this->mine('GET', 'messages', null, $query, $timeout);
        if (!$answer['matched']) {
            throw new \AssertionError(self::missed($wanted, $count, count($answer['messages']), $timeout, $answer['nearMisses']));
        }
        return self::read($answer);
    }

    /**
     * The messages there are now, at most the newest thousand.
     *
     * @param string|array $wanted as for `waitForMessage`
     * @return Message[] the newest last
     * @throws ControlException
     */
    public function messages($wanted = []): array
    {
        return self::read($this->mine('GET', 'messages', null, self::conditions($wanted) + ['limit' => 1000]));
    }

    private static function conditions($wanted): array
    {
        $wanted = is_array($wanted) ? $wanted : ['phone' => $wanted];
        foreach (array_diff_key($wanted, array_flip(['phone', 'status', 'q', 'app'])) as $name => $value) {
            throw new \InvalidArgumentException("messages are not chosen by `$name`: there are phone, status, q and app");
        }
        return $wanted;
    }

    private static function read(array $answer): array
    {
        return array_map(static function (array $message) {
            return new Message($message);
        }, $answer['messages']);
    }

    /** What was asked for in vain, and what came near to it. */
    private static function missed(array $wanted, int $count, int $found, float $timeout, array $misses): string
    {
        $text = $count === 1 ? 'no message' : "$found of $count messages";
        foreach (['phone' => ' to %s', 'app' => ' of the app %s', 'status' => ' with the status %s', 'q' => ' containing `%s`'] as $name => $form) {
            $text .= isset($wanted[$name]) ? sprintf($form, $wanted[$name]) : '';
        }
        $near = [];
        foreach ($misses as $miss) {
            $differs = array_map(static function (array $one) {
                return "$one[member] is $one[found], wanted $one[wanted]";
            }, $miss['differs']);
            $near[] = "to $miss[phone] `$miss[text]`: " . implode(', ', $differs);
        }
        return "$text within $timeout s; near: " . (implode('; ', $near) ?: 'none');
    }

    /**
     * One message, with what it waits for and which faults struck it.
     *
     * @throws ControlException
     */
    public function message(string $serial): Message
    {
        return new Message($this->call('GET', 'messages/' . rawurlencode($serial)));
    }

    /**
     * Forgets all messages.
     *
     * @throws ControlException
     */
    public function clear(): void
    {
        $this->mine('DELETE', 'messages');
    }

    /**
     * Sets what goes wrong from now on, in place of what was set before.
     *
     * @param array[] $rules as docs/service.md describes them, in the order in which they are tried:
     *     `[['match' => ['action' => 'SendSms'], 'times' => 1, 'do' => ['error' => ['code' => 'InternalError.Timeout']]]]`
     * @param int $seed makes the probabilities of rules repeatable
     * @throws ControlException
     */
    public function setFaults(array $rules, int $seed = 0): void
    {
        $this->mine('PUT', 'faults', ['seed' => $seed, 'faults' => $rules]);
    }

    /**
     * The rules of what goes wrong.
     *
     * @return array[] each with `seen`, how often it fitted, and `hits`, how often it struck
     * @throws ControlException
     */
    public function faults(): array
    {
        return $this->mine('GET', 'faults')['faults'];
    }

    /**
     * Lets nothing go wrong any more.
     *
     * @throws ControlException
     */
    public function clearFaults(): void
    {
        $this->mine('DELETE', 'faults');
    }

    /**
     * Moves the business clock. Limits, days and reports follow it; signatures keep real time.
     *
     * @param string $offset from real time, such as `24h` or `-5m`
     * @throws ControlException
     */
    public function moveClock(string $offset): void
    {
        $this->mine('PUT', 'clock', ['offset' => $offset]);
    }

    /**
     * Stops the business clock.
     *
     * @param int $unix where, in Unix seconds
     * @throws ControlException
     */
    public function setClock(int $unix): void
    {
        $this->mine('PUT', 'clock', ['now' => $unix]);
    }

    /**
     * Gives the business clock real time.
     *
     * @throws ControlException
     */
    public function resetClock(): void
    {
        $this->mine('PUT', 'clock', new \stdClass());
    }

    /**
     * How the clock stands.
     *
     * @return array `now` in Unix seconds, `offset`, `frozen`, `signatures`, `signaturesNow`
     * @throws ControlException
     */
    public function clock(): array
    {
        return $this->mine('GET', 'clock');
    }

    /**
     * A person answers the newest message to their number.
     *
     * @throws ControlException
     */
    public function reply(string $phone, string $text): void
    {
        $this->call('POST', 'replies', ['phone' => $phone, 'text' => $text, 'account' => $this->id]);
    }

    /**
     * Sets what became of a message.
     *
     * @param string $serial its serial number
     * @param string $status `delivered` or `failed`
     * @param string|null $word the carrier's code word; null for the usual one
     * @throws ControlException
     */
    public function report(string $serial, string $status, ?string $word = null): void
    {
        $this->call('POST', 'reports', ['serial' => $serial, 'status' => $status, 'word' => $word]);
    }

    /**
     * Decides about a signature.
     *
     * @param int $id its id, from the answer that made it
     * @param string $status `approved`, `rejected`, `reviewing` or `pending`
     * @param string $reply the reviewer's words
     * @throws ControlException
     */
    public function reviewSign(int $id, string $status, string $reply = ''): void
    {
        $this->mine('POST', "signs/$id/review", ['status' => $status, 'reply' => $reply]);
    }

    /**
     * Decides about a template.
     *
     * @param int $id its id
     * @param string $status `approved`, `rejected`, `reviewing` or `pending`
     * @param string $reply the reviewer's words
     * @throws ControlException
     */
    public function reviewTemplate(int $id, string $status, string $reply = ''): void
    {
        $this->mine('POST', "templates/$id/review", ['status' => $status, 'reply' => $reply]);
    }

    /**
     * The calls that were received, the newest last.
     *
     * @param string|null $action only of this action
     * @param string|null $code only those with this answer, `Ok` or the code of an error
     * @param int $limit at most so many, up to 1000
     * @return array[] each with `id`, `action`, `code`, `faults` and so on; after a failed signature `explanation` says what was wrong
     * @throws ControlException
     */
    public function requests(?string $action = null, ?string $code = null, int $limit = 1000): array
    {
        return $this->mine('GET', 'requests', null, ['action' => $action, 'code' => $code, 'limit' => $limit])['requests'];
    }

    private function mine(string $method, string $path, $body = null, array $query = [], float $wait = 0): array
    {
        return $this->call($method, $path, $body, $query + ['account' => $this->id], $wait);
    }

    private function call(string $method, string $path, $body = null, array $query = [], float $wait = 0): array
    {
        if ($this->calls === null) {
            throw new \LogicException("the account $this->id was closed: take another one from the service");
        }
        return $this->calls->call($method, $path, $query, $body, $wait);
    }

    /**
     * Removes the account from the service. Twice is fine.
     *
     * @throws ControlException
     */
    public function close(): void
    {
        $calls = $this->calls;
        $this->calls = null;
        // A process that was forked off may not remove what its parent uses.
        if ($calls === null || $this->maker !== getmypid()) {
            return;
        }
        try {
            $calls->call('DELETE', 'accounts/' . rawurlencode($this->id));
        } catch (ControlException $error) {
            // Its time was over, or the service has been stopped: it is gone in any case.
            if ($error->status !== 404 && $error->status !== 0) {
                throw $error;
            }
        }
    }

    public function __destruct()
    {
        $this->close();
    }
}
