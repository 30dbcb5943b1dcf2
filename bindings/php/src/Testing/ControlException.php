<?php // What the control API refuses.

namespace TencentCloud\Testing;

/** The service refused a request of a test to its control API, or could not be asked. */
final class ControlException extends \RuntimeException
{
    /** @var int the HTTP status; 0 when no answer came */
    public $status;

    /** @var string the word for programs, such as `NotFound`; `Unreachable` when no answer came */
    public $errorCode;

    /** @internal made by this package alone */
    public function __construct(int $status, string $errorCode, string $message)
    {
        parent::__construct($message);
        $this->status = $status;
        $this->errorCode = $errorCode;
    }
}
