<?php // Loads the classes of this package on their first use, for programs without Composer.

spl_autoload_register(static function ($class) {
    // This class stands in the file of another one, as in the official SDK.
    if ($class === 'TencentCloud\Common\Profile\RegionBreakerProfile') {
        $class = 'TencentCloud\Common\Profile\ClientProfile';
    }
    if (strncmp($class, 'TencentCloud\\', 13) !== 0) {
        return;
    }
    $file = __DIR__ . '/src/' . str_replace('\\', '/', substr($class, 13)) . '.php';
    if (is_file($file)) {
        require_once $file;
    }
});
