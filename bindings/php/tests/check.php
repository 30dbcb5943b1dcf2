<?php // What the tests share: each test is a function that throws, and gives one line.

require_once __DIR__ . '/../autoload.php';

set_error_handler(function ($level, $message, $file, $line) {
    throw new ErrorException($message, 0, $level, $file, $line);
});

/** Says that two values are the same. */
function same($wanted, $found, $what = 'it')
{
    if ($wanted !== $found) {
        throw new Exception("$what is " . var_export($found, true) . ', not ' . var_export($wanted, true));
    }
}

/** Says that a text has a part. */
function has($part, $text)
{
    if (strpos($text, $part) === false) {
        throw new Exception("`$part` is not in `$text`");
    }
}

/** The error that the work ends with. */
function error_of(callable $work)
{
    try {
        $work();
    } catch (TencentCloud\Common\Exception\TencentCloudSDKException $error) {
        return $error;
    }
    throw new Exception('there was no error');
}

/** Runs tests by name, or the one that is named, and ends with the number of those that failed. */
function run_tests(array $tests, $only = null)
{
    $failed = 0;
    foreach ($tests as $name => $test) {
        if ($only !== null && strpos($name, $only) === false) {
            continue;
        }
        try {
            $test();
            echo "ok $name\n";
        } catch (Throwable $error) {
            $failed++;
            echo "FAILED $name: " . str_replace("\n", ' ', $error->getMessage()) . ' (' . basename($error->getFile()) . ' ' . $error->getLine() . ")\n";
        }
    }
    exit($failed);
}

/** A program that is told by lines and answers by lines. */
final class Talker
{
    private $process;
    private $in;
    private $out;

    public function __construct(array $command)
    {
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
        list($this->in, $this->out) = $pipes;
    }

    public function read()
    {
        return json_decode(fgets($this->out), true);
    }

    public function ask($order)
    {
        fwrite($this->in, json_encode($order) . "\n");
        $answer = $this->read();
        if (isset($answer['error'])) {
            throw new Exception($answer['error']);
        }
        return $answer;
    }

    public function kill()
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
    }
}
