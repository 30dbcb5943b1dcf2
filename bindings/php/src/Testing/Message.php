<?php // A message as the service has it.

namespace TencentCloud\Testing;

/** A message that a program sent. */
final class Message
{
    /** @var string the serial number, as the answer to the send and the report have it */
    public $serial;

    /** @var string the id of the account */
    public $account;

    /** @var string the SdkAppId */
    public $app;

    /** @var string the number, in E.164 form */
    public $phone;

    /** @var string the whole text, with the signature */
    public $text;

    /** @var string[] the values of the template's variables */
    public $params;

    /** @var string|null the login code in the text */
    public $code;

    /** @var string the id of the template */
    public $template;

    /** @var string the text of the signature */
    public $sign;

    /** @var string `refused`, `submitted`, `delivered` or `failed` */
    public $status;

    /** @var string|null the carrier's code word, or the code of the refusal */
    public $report;

    /** @var int how many messages it counts as for the carrier */
    public $segments;

    /** @var int how many were charged */
    public $fee;

    /** @var int when it was taken, business time, Unix seconds */
    public $at;

    /** @var int its place among all messages; later ones have a higher one */
    public $row;

    /** @var string|null what it waits for; of one message alone, as are the others below */
    public $waiting;

    /** @var string[] the names of the faults that struck it or its call */
    public $faults = [];

    /** @var string|null the RequestId of the call that sent it */
    public $requestId;

    /** @internal made by this package alone */
    public function __construct(array $members)
    {
        foreach (array_intersect_key($members, get_object_vars($this)) as $name => $value) {
            $this->$name = $value;
        }
    }
}
