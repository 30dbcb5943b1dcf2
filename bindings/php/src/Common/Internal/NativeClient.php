<?php // One client of the native library, shared by all PHP clients with equal settings.

namespace TencentCloud\Common\Internal;

/**
 * A hold on a client of the native library. The library gives the same one for equal settings, so that connections are kept
 * although programs make a client for every call, and PHP forgets all of them after every request.
 *
 * @internal
 */
final class NativeClient
{
    /** @var Native */
    public $library;

    /** @var \FFI\CData|null */
    public $handle;

    /** @var string why there is no handle, as JSON */
    public $refusal;

    /**
     * The client for these settings.
     *
     * @param Native $library
     * @param string $config JSON
     */
    public function __construct(Native $library, $config)
    {
        $this->library = $library;
        list($this->handle, $this->refusal) = $library->client($config);
    }

    public function __destruct()
    {
        if ($this->handle !== null) {
            $this->library->freeClient($this->handle);
        }
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
