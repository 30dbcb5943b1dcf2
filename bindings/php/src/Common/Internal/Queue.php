<?php // Calls that were begun and not waited for yet.

namespace TencentCloud\Common\Internal;

use TencentCloud\Common\AsyncCall;
use TencentCloud\Common\Exception\TencentCloudSDKException;

/**
 * The calls under way of this process. The library makes them on a thread of its own, which never runs PHP: outcomes wait in a
 * queue until PHP fetches them.
 *
 * @internal
 */
final class Queue
{
    /** @var self|null */
    private static $present;

    /** @var int|null the number of the last call. It begins anywhere: calls that an earlier request of php-fpm left may be under way */
    private static $last;

    /** @var int the process that it belongs to */
    public $process;

    /** @var Native */
    private $library;

    /** @var \FFI\CData */
    private $handle;

    /** @var AsyncCall[] by number */
    private $underWay = [];

    /** @var resource|null */
    private $stream;

    private function __construct()
    {
        $this->process = getmypid();
        $this->library = Native::get();
        $this->handle = $this->library->newQueue();
    }

    /** That of this process. A forked child leaves its parent's alone. @return self */
    public static function get()
    {
        if (self::$present === null || self::$present->process !== getmypid()) {
            self::$present = new self();
        }
        return self::$present;
    }

    /** A number for a call. @return int */
    public static function number()
    {
        self::$last = self::$last ?? random_int(1, 1 << 61);
        return ++self::$last;
    }

    /** Begins a call. @return bool whether it was begun */
    public function begin(AsyncCall $call, $number, NativeClient $client, $meta, $body, $timeoutMs)
    {
        // Entered first: it may be over before the library returns.
        $this->underWay[$number] = $call;
        $begun = $this->library->submit($client->handle, $this->handle, $number, $meta, $body, $timeoutMs);
        if (!$begun) {
            unset($this->underWay[$number]);
        }
        return $begun;
    }

    /**
     * Fetches outcomes: waits for the first one for so long, and takes what is there beside it.
     *
     * @param float|null $seconds null: without end
     * @return bool whether one came
     */
    public function fetch($seconds)
    {
        if ($this->process !== getmypid()) {
            throw TencentCloudSDKException::local('invalid_request', 'the call was begun in the process that this one was forked from, and can be waited for there only');
        }
        if (!$this->underWay) {
            return false;
        }
        $until = $seconds === null ? INF : microtime(true) + $seconds;
        $came = false;
        do {
            // In pieces, so that signal handlers of the program have their turn.
            $wait = $came ? 0 : max(0.0, min(1.0, $until - microtime(true)));
            $outcome = $this->library->next($this->handle, (int) ceil($wait * 1000));
            if ($outcome !== null) {
                list($number, $status, $text) = $outcome;
                $call = $this->underWay[$number];
                unset($this->underWay[$number]);
                $call->ended($status, $text);
                $came = true;
            }
        } while ($outcome !== null || (!$came && microtime(true) < $until));
        return $came;
    }

    /** A stream that is readable while outcomes wait. @return resource */
    public function stream()
    {
        if ($this->stream === null) {
            $this->stream = fopen('php://fd/' . $this->library->descriptor($this->handle), 'r');
        }
        return $this->stream;
    }

    public function __destruct()
    {
        if ($this->process === getmypid()) {
            $this->library->freeQueue($this->handle);
        }
    }
}
