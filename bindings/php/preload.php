<?php // For `opcache.preload`: php-fpm then runs this package with its default `ffi.enable=preload`.

require_once __DIR__ . '/autoload.php';

(static function () {
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/src', FilesystemIterator::SKIP_DOTS));
    foreach ($files as $file) {
        if ($file->getExtension() === 'php') {
            require_once $file->getPathname();
        }
    }
})();
