<?php // A call that was begun and is waited for later.

namespace TencentCloud\Common;

use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Internal\Native;
use TencentCloud\Common\Internal\NativeClient;
use TencentCloud\Common\Internal\Queue;

/**
 * A call under way, as the methods whose names end in `Async` give it. Any number may be under way at the same time; a call goes
 * on when nobody waits for it, until the process or the request of php-fpm ends.
 *
 * Beyond the official SDK, which has no such calls.
 */
final class AsyncCall
{
    /** @var Queue */
    private $queue;

    /** @var int */
    private $number;

    /** @var NativeClient|null kept until the end */
    private $client;

    /** @var callable makes the result of the answer */
    private $read;

    /** @var int|null */
    private $status;

    /** @var string */
    private $text = '';

    /** @var mixed */
    private $result;

    /** @var TencentCloudSDKException|null */
    private $error;

    private function __construct()
    {
    }

    /**
     * @internal Begins a call.
     *
     * @return self|null null: it could not begin
     */
    public static function begin(NativeClient $client, $number, $meta, $body, $timeoutMs, callable $read)
    {
        $call = new self();
        $call->queue = Queue::get();
        $call->number = $number;
        $call->client = $client;
        $call->read = $read;
        return $call->queue->begin($call, $number, $client, $meta, $body, $timeoutMs) ? $call : null;
    }

    /** What var_dump shows: no call's inside. */
    public function __debugInfo()
    {
        return ['number' => $this->number, 'status' => $this->status];
    }

    /** @internal What came of it. */
    public function ended($status, $text)
    {
        $this->status = $status;
        $this->text = $text;
        $this->client = null;
    }

    /**
     * Waits until the call is over, and gives its answer.
     *
     * @return mixed the model of the answer, or its array for a call by name
     * @throws TencentCloudSDKException there is no answer
     */
    public function wait()
    {
        while ($this->status === null) {
            $this->queue->fetch(null);
        }
        if ($this->read !== null) {
            $read = $this->read;
            $this->read = null;
            if ($this->status === Native::OK) {
                $this->result = $read($this->text);
            } else {
                $this->error = TencentCloudSDKException::fromJson($this->text);
            }
            $this->text = '';
        }
        if ($this->error !== null) {
            throw $this->error;
        }
        return $this->result;
    }

    /**
     * Whether the call is over, waited for at most so long.
     *
     * @param float $seconds
     * @return bool
     */
    public function isDone($seconds = 0.0)
    {
        $until = microtime(true) + $seconds;
        do {
            if ($this->status !== null) {
                return true;
            }
            $this->queue->fetch(max(0.0, $until - microtime(true)));
        } while ($this->status !== null || microtime(true) < $until);
        return $this->status !== null;
    }

    /**
     * Tells the call to end. wait() then throws an error of the kind `cancelled`, whose delivery says whether the service may have
     * acted, unless the call was over before.
     *
     * @return bool whether it was under way
     */
    public function cancel()
    {
        return $this->status === null && $this->client->library->cancel($this->client->handle, $this->number);
    }

    /**
     * Waits for all calls, and gives their answers in the same order, under the same keys.
     *
     * @param self[] $calls
     * @return array answers, or the TencentCloudSDKException of a call that has none
     */
    public static function waitAll(array $calls)
    {
        return array_map(static function (self $call) {
            try {
                return $call->wait();
            } catch (TencentCloudSDKException $error) {
                return $error;
            }
        }, $calls);
    }

    /**
     * Waits until one of the calls is over.
     *
     * @param self[] $calls
     * @param float|null $seconds how long at most; null: without end
     * @return int|string|null its key; null when none was over in time
     */
    public static function waitAny(array $calls, $seconds = null)
    {
        $until = $seconds === null ? INF : microtime(true) + $seconds;
        while ($calls) {
            foreach ($calls as $key => $call) {
                if ($call->status !== null) {
                    return $key;
                }
            }
            $left = $until - microtime(true);
            if ($left <= 0 && !reset($calls)->queue->fetch(0.0)) {
                return null;
            }
            if ($left > 0) {
                reset($calls)->queue->fetch($left === INF ? null : $left);
            }
        }
        return null;
    }

    /**
     * A stream that is readable while outcomes wait to be fetched, for stream_select and event loops. It must be neither read nor
     * closed: call poll() when it is readable.
     *
     * @return resource
     */
    public static function stream()
    {
        return Queue::get()->stream();
    }

    /**
     * Fetches the outcomes that wait. isDone() and wait() of their calls then return at once.
     *
     * @return bool whether there were any
     */
    public static function poll()
    {
        return Queue::get()->fetch(0.0);
    }
}
