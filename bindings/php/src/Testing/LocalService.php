<?php // A service for tests: started, or one that runs already.

namespace TencentCloud\Testing;

/**
 * The program `tcsms serve`, which answers as Tencent Cloud SMS does and sends nothing.
 *
 * One service is enough for all tests of a program: each test takes an account of its own. It ends with `stop`, with this object, and
 * with this process, however that ends.
 */
final class LocalService
{
    /** The configuration of a service that is started without another one: the development account, no limits, reports at once. */
    public const DEFAULT_CONFIG = "[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n";

    /** Seconds that the end may take. */
    private const PATIENCE = 10;

    /** @var string the address of the API, such as `http://127.0.0.1:9180` */
    public $api;

    /** @var string the address of the control API */
    public $control;

    /** @var Control */
    private $calls;

    /** @var resource|null null for a service that was running already, and after the end */
    private $process;

    /** @var resource[] */
    private $pipes;

    /** @var int */
    private $starter;

    /** @var self|null */
    private static $shared;

    private function __construct(string $api, string $control, ?string $token, $process = null, array $pipes = [])
    {
        $this->api = rtrim($api, '/');
        $this->control = rtrim($control, '/');
        $this->calls = new Control($this->control, $token);
        $this->process = $process;
        $this->pipes = $pipes;
        $this->starter = getmypid();
    }

    /**
     * Starts a service, which answers when this returns.
     *
     * @param array $options `program`: the path of `tcsms`, which is otherwise what `TCSMS_PROGRAM` in the environment names, or is
     *     looked for in `PATH`; `config`: the text of a configuration, as docs/service.md describes it; `arguments`: a list of more
     *     arguments of `tcsms serve`; `start_timeout`: seconds that the start may take, 30 if it is not set
     * @throws \RuntimeException when it cannot be started; the message has what the program said
     */
    public static function start(array $options = []): self
    {
        $known = ['program' => null, 'config' => self::DEFAULT_CONFIG, 'arguments' => [], 'start_timeout' => 30];
        foreach (array_diff_key($options, $known) as $name => $value) {
            throw new \InvalidArgumentException("LocalService has no option `$name`: there are " . implode(', ', array_keys($known)));
        }
        $options += $known;
        $config = tempnam(sys_get_temp_dir(), 'tcsms');
        $said = tempnam(sys_get_temp_dir(), 'tcsms');
        try {
            file_put_contents($config, $options['config']);
            return self::run(self::program($options['program']), $config, $said, $options);
        } finally {
            // Once it listens it needs neither: it goes on writing to the file without a name.
            unlink($config);
            unlink($said);
        }
    }

    private static function run(string $program, string $config, string $said, array $options): self
    {
        $command = array_merge([$program, 'serve', '--listen', '127.0.0.1:0', '--stop-with-stdin', '--config', $config], $options['arguments']);
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', $said, 'w']], $pipes);
        if ($process === false) {
            throw new \RuntimeException("$program cannot be started; see that the option `program` or TCSMS_PROGRAM names the program tcsms");
        }
        $why = 'ended before it listened';
        if (!self::readable($pipes[1], $options['start_timeout'])) {
            $why = "did not listen within {$options['start_timeout']} s";
        } elseif (($line = fgets($pipes[1])) !== false) {
            $event = json_decode($line, true);
            if (isset($event['api'], $event['control'])) {
                return new self($event['api'], $event['control'], self::variable('TCSMS_CONTROL_TOKEN'), $process, $pipes);
            }
            $why = "printed no line of JSON: $line";
        }
        self::end($process, $pipes, 0);
        $last = trim(implode("\n", array_slice(explode("\n", file_get_contents($said)), -20)));
        throw new \RuntimeException(implode(' ', $command) . " $why" . ($last === '' ? '' : ":\n$last"));
    }

    private static function program(?string $option): string
    {
        $named = $option ?? self::variable('TCSMS_PROGRAM');
        if ($named !== null) {
            if (!is_file($named) || !is_executable($named)) {
                throw new \RuntimeException("$named is no program: let the option `program` or TCSMS_PROGRAM name the program tcsms");
            }
            return $named;
        }
        foreach (explode(PATH_SEPARATOR, (string) getenv('PATH')) as $folder) {
            if (is_file("$folder/tcsms") && is_executable("$folder/tcsms")) {
                return "$folder/tcsms";
            }
        }
        throw new \RuntimeException('the program tcsms is not found: the option `program` and the variable TCSMS_PROGRAM do not name it, and it is in'
            . ' no folder of PATH. Build it with `cargo build --release` in the sources of tcsms, and name target/release/tcsms there');
    }

    private static function variable(string $name): ?string
    {
        $value = getenv($name);
        return $value === false || $value === '' ? null : $value;
    }

    /** Whether there is something to read, or the end, within so many seconds. */
    private static function readable($stream, float $seconds): bool
    {
        $read = [$stream];
        $none = null;
        return stream_select($read, $none, $none, (int) $seconds, (int) (fmod($seconds, 1) * 1e6)) > 0;
    }

    /**
     * Uses a service that runs already; `stop` leaves it running.
     *
     * @param string $control the address of its control API
     * @param string|null $token what it was started with as `TCSMS_CONTROL_TOKEN`; otherwise this variable is looked at here
     * @param string|null $api the address of its API, where that is another one
     */
    public static function connect(string $control, ?string $token = null, ?string $api = null): self
    {
        return new self($api ?? $control, $control, $token ?? self::variable('TCSMS_CONTROL_TOKEN'));
    }

    /**
     * The one service of this process: that which `TCSMS_SERVICE` in the environment names, by the address of its control API, with
     * its API where `TCSMS_CONNECT_TO` says or at the same address; else one that is started by the first who asks.
     */
    public static function shared(): self
    {
        if (self::$shared === null) {
            $url = self::variable('TCSMS_SERVICE');
            self::$shared = $url === null ? self::start() : self::connect($url, null, self::variable('TCSMS_CONNECT_TO'));
        }
        return self::$shared;
    }

    /**
     * Makes an account with its own key, app, data, faults and clock.
     *
     * @param array $options `like`: the id of an account in the configuration whose signatures, templates and packages it gets, by
     *     default the first; `limits`: `default`, `strict` or `off`, which is meant when nothing is said; `ttl`: how long it lives, in
     *     real time, `10m` when nothing is said; `statusUrl`, `replyUrl`: where reports and replies are pushed to
     * @throws ControlException
     */
    public function account(array $options = []): Account
    {
        $made = $this->calls->call('POST', 'accounts', [], $options + ['limits' => 'off', 'ttl' => '10m']);
        return new Account($made, $this->api, $this->calls);
    }

    /** Ends a service that was started; one that was running before goes on. Twice is fine. */
    public function stop(): void
    {
        // A process that was forked off may not end what its parent uses.
        if ($this->process !== null && $this->starter === getmypid()) {
            self::end($this->process, $this->pipes, self::PATIENCE);
        }
        $this->process = null;
    }

    private static function end($process, array $pipes, float $seconds): void
    {
        fclose($pipes[0]);
        // It prints nothing more: there is something to read when it has ended.
        if ($seconds == 0 || !self::readable($pipes[1], $seconds)) {
            proc_terminate($process, 9);
        }
        fclose($pipes[1]);
        proc_close($process);
    }

    public function __destruct()
    {
        $this->stop();
    }
}
