<?php // The native library: finding it, loading it, and its functions as PHP ones. All use of FFI is here.

namespace TencentCloud\Common\Internal;

use FFI;
use TencentCloud\Common\Exception\TencentCloudSDKException;

/**
 * The native library in this process. It stays loaded until the process ends, whatever PHP forgets.
 *
 * php-fpm's default `ffi.enable=preload` allows FFI to preloaded code only, and checks the function that uses it: so no other
 * file may.
 *
 * @internal
 */
final class Native
{
    /** The interface of the library that this file is written for. */
    const ABI = 1;

    const OK = 0;

    /** Handles are untyped here, and bytes are `char`: PHP then gives texts as they are, without a copy. */
    const DECLARATIONS = '
        typedef struct { char *ptr; size_t len; size_t cap; } tcsms_buf;
        int32_t tcsms_client_shared(const char *cfg, size_t n, void **out, tcsms_buf *err);
        void tcsms_client_free(void *client);
        int32_t tcsms_call(const void *client, const char *meta, size_t mn, const char *body, size_t bn, uint32_t timeout_ms, tcsms_buf *out);
        int32_t tcsms_cancel(const void *client, uint64_t op_id);
        int32_t tcsms_cq_new(void **out);
        void tcsms_cq_free(void *cq);
        int32_t tcsms_cq_fd(const void *cq);
        int32_t tcsms_submit(const void *client, void *cq, uint64_t tag, const char *meta, size_t mn, const char *body, size_t bn, uint32_t timeout_ms);
        int32_t tcsms_cq_next(void *cq, uint32_t wait_ms, uint64_t *tag, int32_t *status, tcsms_buf *out);
        int32_t tcsms_stream_open(const void *client, const char *meta, size_t mn, const char *body, size_t bn, void **out, tcsms_buf *err);
        int32_t tcsms_stream_next(void *stream, uint32_t wait_ms, tcsms_buf *out);
        void tcsms_stream_close(void *stream);
        void tcsms_buf_free(tcsms_buf *buf);
    ';

    /** As in <dlfcn.h> of Linux: RTLD_NOW | RTLD_NODELETE. */
    const KEEP_LOADED = 0x1002;

    /** @var self|null */
    private static $loaded;

    /** @var FFI */
    private $ffi;

    /** @var \FFI\CData the buffer that calls fill, one after the other */
    private $buffer;

    /** @var \FFI\CData its address */
    private $out;

    private function __construct()
    {
        $file = self::file();
        try {
            // PHP would unload the library when it forgets it, with the library's thread still running in it.
            if (PHP_OS_FAMILY === 'Linux' && FFI::cdef('void *dlopen(const char *file, int mode);')->dlopen($file, self::KEEP_LOADED) === null) {
                throw self::refusal(self::unloadable($file));
            }
            $found = FFI::cdef('uint32_t tcsms_abi_version(void);', $file)->tcsms_abi_version();
            if ($found !== self::ABI) {
                throw self::refusal("the native library $file has interface $found, and this package needs " . self::ABI
                    . ': install library and package of the same release of tcsms, and look whether TCSMS_LIBRARY names an old one');
            }
            $this->ffi = FFI::cdef(self::DECLARATIONS, $file);
        } catch (FFI\Exception $error) {
            throw self::refusal(strpos($error->getMessage(), 'restricted') !== false ? self::forbidden() : self::unloadable($file) . " ({$error->getMessage()})");
        }
        $this->buffer = $this->ffi->new('tcsms_buf');
        $this->out = FFI::addr($this->buffer);
    }

    /**
     * The library.
     *
     * @return self
     * @throws TencentCloudSDKException it cannot be used here; the message says what to do
     */
    public static function get()
    {
        if (self::$loaded === null) {
            if (!extension_loaded('ffi')) {
                throw self::refusal('PHP runs without its extension FFI, by which this package reaches its native library: install it '
                    . '(Debian: it comes with php-common; official images: docker-php-ext-install ffi) and load it with extension=ffi in php.ini');
            }
            if (self::isOff(ini_get('ffi.enable'))) {
                throw self::refusal(self::forbidden());
            }
            self::$loaded = new self();
        }
        return self::$loaded;
    }

    /** @return bool */
    private static function isOff($value)
    {
        return in_array(strtolower((string) $value), ['', '0', 'off', 'no', 'false'], true);
    }

    private static function refusal($message)
    {
        return TencentCloudSDKException::local('config', $message);
    }

    private static function forbidden()
    {
        $preload = dirname(__DIR__, 3) . '/preload.php';
        return 'PHP forbids FFI here (SAPI ' . PHP_SAPI . ', ffi.enable=' . ini_get('ffi.enable') . '), by which this package reaches its native library. '
            . (PHP_SAPI === 'cli' || PHP_SAPI === 'phpdbg'
                ? 'Set ffi.enable=preload or ffi.enable=1 in php.ini, or start PHP with -d ffi.enable=1'
                : "Set ffi.enable=preload with opcache.preload=$preload and opcache.preload_user, or ffi.enable=1, in php.ini, and start PHP anew");
    }

    private static function unloadable($file)
    {
        return "the native library $file cannot be loaded: it is made for Linux on x86-64 with glibc, and this is " . PHP_OS . ' on ' . php_uname('m')
            . '; install the package for this platform, or set TCSMS_LIBRARY to a library that was built for it';
    }

    /** The file of the library: what TCSMS_LIBRARY says, else the one beside the package. */
    private static function file()
    {
        $named = getenv('TCSMS_LIBRARY', true);
        $file = $named !== false && $named !== '' ? $named : dirname(__DIR__, 3) . '/lib/libtcsms_c.so';
        if (!is_file($file)) {
            throw self::refusal($file === $named
                ? "TCSMS_LIBRARY names $file, where there is no file: set it to the path of libtcsms_c.so, or unset it to use the one of the package"
                : "the native library $file is missing: install the whole package, which has it in lib/, or set TCSMS_LIBRARY to the path of libtcsms_c.so");
        }
        return realpath($file);
    }

    /** What is in the buffer, which is free then. */
    private function take()
    {
        $text = $this->buffer->len > 0 ? FFI::string($this->buffer->ptr, $this->buffer->len) : '';
        $this->ffi->tcsms_buf_free($this->out);
        return $text;
    }

    // What has a description of a call or settings among its arguments throws nothing: traces show arguments, and these hold keys.

    /**
     * The client of this process for these settings. It stays for a while when nobody has it, so that what PHP forgets at the end
     * of a request of php-fpm, the next request finds again, with its connections.
     *
     * @param string $config JSON
     * @return array its handle, or null and the error as JSON
     */
    public function client($config)
    {
        $handle = $this->ffi->new('void *');
        $status = $this->ffi->tcsms_client_shared($config, strlen($config), FFI::addr($handle), $this->out);
        $told = $this->take();
        return $status === self::OK ? [$handle, ''] : [null, $told];
    }

    /** Gives a client back. Calls under way keep what they need. */
    public function freeClient($client)
    {
        $this->ffi->tcsms_client_free($client);
    }

    /**
     * Makes a call and waits for its answer.
     *
     * @return array the status, and the answer or the error as JSON
     */
    public function call($client, $meta, $body, $timeoutMs)
    {
        $status = $this->ffi->tcsms_call($client, $meta, strlen($meta), $body, strlen($body), $timeoutMs, $this->out);
        return [$status, $this->take()];
    }

    /** Tells a call to end. @return bool whether it was under way */
    public function cancel($client, $id)
    {
        return $this->ffi->tcsms_cancel($client, $id) === self::OK;
    }

    /** A queue in which calls end. @return \FFI\CData */
    public function newQueue()
    {
        $queue = $this->ffi->new('void *');
        if ($this->ffi->tcsms_cq_new(FFI::addr($queue)) !== self::OK) {
            throw self::refusal('there is no descriptor left for calls that are waited for later: raise the limit of open files (ulimit -n)');
        }
        return $queue;
    }

    /** Gives a queue back. */
    public function freeQueue($queue)
    {
        $this->ffi->tcsms_cq_free($queue);
    }

    /** A descriptor that is readable while an outcome waits. @return int */
    public function descriptor($queue)
    {
        return $this->ffi->tcsms_cq_fd($queue);
    }

    /** Begins a call whose outcome comes into the queue. @return bool whether it was begun */
    public function submit($client, $queue, $tag, $meta, $body, $timeoutMs)
    {
        return $this->ffi->tcsms_submit($client, $queue, $tag, $meta, strlen($meta), $body, strlen($body), $timeoutMs) === self::OK;
    }

    /**
     * The next outcome.
     *
     * @return array|null its tag, its status and its text; null when none came within the wait
     */
    public function next($queue, $waitMs)
    {
        $tag = $this->ffi->new('uint64_t');
        $status = $this->ffi->new('int32_t');
        if ($this->ffi->tcsms_cq_next($queue, $waitMs, FFI::addr($tag), FFI::addr($status), $this->out) !== 1) {
            return null;
        }
        return [$tag->cdata, $status->cdata, $this->take()];
    }

    /**
     * Makes a call that is answered with events.
     *
     * @return array the status, the answer or the error as JSON, and the stream when there are events
     */
    public function open($client, $meta, $body)
    {
        $stream = $this->ffi->new('void *');
        $status = $this->ffi->tcsms_stream_open($client, $meta, strlen($meta), $body, strlen($body), FFI::addr($stream), $this->out);
        return [$status, $this->take(), $status === self::OK && !FFI::isNull($stream) ? $stream : null];
    }

    /**
     * Gives each event as JSON to a function, until the last one.
     *
     * @throws TencentCloudSDKException they broke off
     */
    public function events($stream, callable $each)
    {
        try {
            do {
                // In pieces, so that signal handlers of the program have their turn.
                $status = $this->ffi->tcsms_stream_next($stream, 1000, $this->out);
                $told = $this->take();
                if ($status === 1) {
                    $each($told);
                } elseif ($status !== 0 && $status !== 2) {
                    throw TencentCloudSDKException::fromJson($told);
                }
            } while ($status !== 2);
        } finally {
            $this->ffi->tcsms_stream_close($stream);
        }
    }
}
