<?php
// Looks at the PHP SDK that the autoloader finds, and says which lines of the surface it does not cover.
require_once '/path/to/vendor/autoload.php';

class Missing extends Exception
{
}

function type_of($module, $name)
{
    $class = $module . '\\' . $name;
    if (!class_exists($class) && !interface_exists($class)) {
        // Some official classes stand in the file of another one.
        foreach (['CircuitBreaker', 'Profile\\ClientProfile'] as $other) {
            class_exists('TencentCloud\\Common\\' . $other);
        }
    }
    if (!class_exists($class) && !interface_exists($class)) {
        throw new Missing("there is no class $class");
    }
    return new ReflectionClass($class);
}

function check($module, $kind, $owner, $name, $signature)
{
    $parts = explode(' ; ', $signature);
    if ($kind === 'class' || $kind === 'interface') {
        $class = type_of($module, $name);
        if (strpos($parts[0], 'abstract ') === 0 && !$class->isAbstract()) {
            throw new Missing('it is not abstract');
        }
        if (preg_match('/ extends \\\\?(\S+)/', $parts[0], $found) && !$class->isSubclassOf($found[1])) {
            throw new Missing("it does not extend {$found[1]}");
        }
        foreach (array_slice($parts, 1) as $part) {
            if (strpos($part, 'new ') === 0) {
                constructor($class, substr($part, strpos($part, '(')));
            } elseif (preg_match('/^(\w+)\(/', $part, $found)) {
                method($class, $found[1], $part);
            }
        }
        return;
    }
    $class = type_of($module, $owner);
    if ($kind === 'ctor') {
        constructor($class, $parts[0]);
    } elseif ($kind === 'method' && in_array('magic via __call', $parts)) {
        magic($class, $name, $parts[0]);
    } elseif ($kind === 'method') {
        method($class, $name, $parts[0]);
    } elseif ($kind === 'property' || $kind === 'field') {
        property($class, $name, $parts[0]);
    } else {
        throw new Missing("unknown kind $kind");
    }
}

function constructor($class, $signature)
{
    $made = $class->getConstructor();
    if ($made === null) {
        if (trim(substr($signature, strpos($signature, '(')), '() ') !== '') {
            throw new Missing('it has no constructor');
        }
        return;
    }
    if (!$made->isPublic()) {
        throw new Missing('its constructor is not public');
    }
    parameters($made, $signature);
}

function method($class, $name, $signature)
{
    if (!$class->hasMethod($name)) {
        throw new Missing("it has no method $name");
    }
    $method = $class->getMethod($name);
    if (!$method->isPublic()) {
        throw new Missing('it is not public');
    }
    if ($method->isStatic() !== (strpos($signature, 'static ') !== false)) {
        throw new Missing('static or not differs');
    }
    parameters($method, $signature);
}

// Names, order and defaults; more is allowed behind them when it has a default.
function parameters($method, $signature)
{
    $inside = substr($signature, strpos($signature, '(') + 1, strrpos($signature, ')') - strpos($signature, '(') - 1);
    preg_match_all('/(&?)(\.\.\.)?\$(\w+)(?:\s*=\s*(\[[^\]]*\]|\'[^\']*\'|[^,]+))?/', $inside, $wanted, PREG_SET_ORDER);
    $ours = $method->getParameters();
    $shown = implode(', ', array_map(function ($it) { return '$' . $it->getName() . ($it->isOptional() ? '?' : ''); }, $ours));
    foreach ($wanted as $place => $want) {
        if (!isset($ours[$place]) || $ours[$place]->getName() !== $want[3]) {
            throw new Missing("it takes ($shown)");
        }
        if (isset($want[4])) {
            if (!$ours[$place]->isOptional()) {
                throw new Missing("it takes ($shown): {$want[3]} must be given");
            }
            if ($ours[$place]->isDefaultValueAvailable() && $ours[$place]->getDefaultValue() !== eval("return {$want[4]};")) {
                throw new Missing("it takes ($shown): the default of {$want[3]} is " . var_export($ours[$place]->getDefaultValue(), true));
            }
        }
    }
    foreach (array_slice($ours, count($wanted)) as $more) {
        if (!$more->isOptional()) {
            throw new Missing("it takes ($shown): {$more->getName()} must be given");
        }
    }
}

// A method that __call makes: named in the class's comment, or written out.
function magic($class, $name, $signature)
{
    preg_match('/^(\S+) \w+\((\S+) \$\w+\)/', $signature, $wanted);
    foreach ([$wanted[1], $wanted[2]] as $model) {
        if (!class_exists($class->getNamespaceName() . '\\' . $model)) {
            throw new Missing("there is no class $model");
        }
    }
    if ($class->hasMethod($name)) {
        return;
    }
    if (!$class->hasMethod('__call')) {
        throw new Missing("it has neither $name nor __call");
    }
    $comment = (string) $class->getDocComment();
    if (!preg_match('/@method\s+\S*' . preg_quote(substr(strrchr('\\' . $wanted[1], '\\'), 1), '/') . '\s+' . $name . '\(\S*' . preg_quote(substr(strrchr('\\' . $wanted[2], '\\'), 1), '/') . '\s+\$/', $comment)) {
        throw new Missing('the comment of the class does not name it with these types');
    }
}

function property($class, $name, $signature)
{
    if (!$class->hasProperty($name)) {
        throw new Missing("it has no property $name");
    }
    $property = $class->getProperty($name);
    if (!$property->isPublic()) {
        throw new Missing('it is not public');
    }
    if ($property->isStatic() !== (strpos($signature, 'static ') !== false)) {
        throw new Missing('static or not differs');
    }
    if (preg_match('/ = (.*)$/', $signature, $wanted) && strpos($name, 'VERSION') === false) {
        $defaults = $class->getDefaultProperties();
        if (array_key_exists($name, $defaults) && $defaults[$name] !== eval("return {$wanted[1]};")) {
            throw new Missing('its value is ' . var_export($defaults[$name], true));
        }
    }
    if (strpos($signature, 'magic get/set') !== false && !$class->isAbstract()) {
        $model = $class->newInstance();
        $model->{"set$name"}('value');
        if ($model->{"get$name"}() !== 'value' || $model->$name !== 'value') {
            throw new Missing("set$name and get$name do not go together");
        }
    }
}

$found = fopen(getenv('TCSMS_SURFACE_FOUND'), 'w');
foreach (json_decode(file_get_contents(getenv('TCSMS_SURFACE_LINES')), true) as $number => $row) {
    try {
        check(...$row);
    } catch (Missing $why) {
        fwrite($found, $number . "\t" . preg_replace('/\s+/', ' ', $why->getMessage()) . "\n");
    } catch (Throwable $why) {
        fwrite($found, $number . "\t" . preg_replace('/\s+/', ' ', 'looking at it fails: ' . $why->getMessage()) . "\n");
    }
}
fwrite($found, "done\n");
