<?php // PHPUnit, as far as the examples use it, for machines without: phpunit.php FILE. A line for each test.

namespace PHPUnit\Framework {
    abstract class TestCase
    {
        private $expected;

        protected function setUp(): void
        {
        }

        protected function tearDown(): void
        {
        }

        public function assertSame($wanted, $found): void
        {
            same($wanted, $found);
        }

        public function assertTrue($found): void
        {
            same(true, $found);
        }

        public function assertFalse($found): void
        {
            same(false, $found);
        }

        public function assertCount(int $wanted, $found): void
        {
            same($wanted, count($found));
        }

        public function expectException(string $class): void
        {
            $this->expected = $class;
        }

        public function runTest(string $name): void
        {
            $this->setUp();
            try {
                $this->$name();
            } catch (\Throwable $error) {
                if ($this->expected === null || !$error instanceof $this->expected) {
                    throw $error;
                }
                $this->expected = null;
            } finally {
                $this->tearDown();
            }
            same(null, $this->expected, 'the exception that did not come');
        }
    }
}

namespace {
    require __DIR__ . '/check.php';
    require $argv[1];

    $class = basename($argv[1], '.php');
    $tests = [];
    foreach (preg_grep('/^test./', get_class_methods($class)) as $name) {
        $tests[$name] = static function () use ($class, $name) {
            (new $class())->runTest($name);
        };
    }
    run_tests($tests);
}
