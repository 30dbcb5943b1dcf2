<?php // The parameters of a call as JSON.

namespace TencentCloud\Common\Internal;

use TencentCloud\Common\AbstractModel;
use TencentCloud\Common\Exception\TencentCloudSDKException;

/**
 * Writes a request, and refuses values of which PHP's JSON would silently make something else: a list with holes, as array_unique
 * and array_filter leave it, would become an object, and a text that is no UTF-8 nothing at all.
 *
 * @internal
 */
final class Body
{
    /**
     * A model, an array, an object or a JSON text as the text of a JSON object.
     *
     * @param mixed $parameters
     * @return string
     * @throws TencentCloudSDKException it cannot be sent
     */
    public static function of($parameters)
    {
        if (is_string($parameters)) {
            return $parameters;
        }
        $value = $parameters;
        if ($parameters instanceof AbstractModel) {
            $value = self::model($parameters);
        } elseif (!is_array($parameters) && !is_object($parameters) && $parameters !== null) {
            throw self::refusal('the parameters of a call are ' . self::shown($parameters) . ': they have to be a request, an array by names, or a JSON text');
        }
        if ($value === null || $value === []) {
            return '{}';
        }
        $json = Settings::encode($value);
        if ($json === false) {
            throw self::refusal(self::culprit($value, is_object($parameters) ? self::name($parameters) : 'the request') ?: 'the request cannot be written as JSON: ' . json_last_error_msg());
        }
        return $json;
    }

    /** The members of a model that are set, each of the kind that it has to be. */
    private static function model(AbstractModel $model)
    {
        if (!defined(get_class($model) . '::TYPES')) {
            return $model->serialize();
        }
        $members = [];
        foreach ($model::TYPES as $name => list($type, $list)) {
            $value = $model->$name;
            if ($value === null) {
                continue;
            }
            if (!$list) {
                $members[$name] = self::value($model, $name, $type, $value);
                continue;
            }
            if (!is_array($value)) {
                throw self::wrong($model, $name, $type . '[]', $value);
            }
            $members[$name] = [];
            foreach ($value as $one) {
                if ($one !== null) {
                    $members[$name][] = self::value($model, $name, $type, $one);
                }
            }
        }
        return $members;
    }

    private static function value($model, $name, $type, $value)
    {
        if ($type === 'string') {
            if (is_string($value)) {
                return $value;
            }
            if (is_int($value) || (is_object($value) && method_exists($value, '__toString'))) {
                return (string) $value;
            }
        } elseif ($type === 'integer') {
            if (is_int($value)) {
                return $value;
            }
            // As PHP does it where a type is declared.
            if (is_bool($value) || (is_float($value) && $value === floor($value) && abs($value) < PHP_INT_MAX) || (is_string($value) && (string) (int) $value === $value)) {
                return (int) $value;
            }
        } elseif ($value instanceof $type) {
            return self::model($value) ?: new \stdClass();
        } elseif (is_array($value)) {
            $part = new $type();
            $part->deserialize($value);
            return self::model($part) ?: new \stdClass();
        }
        throw self::wrong($model, $name, $type, $value);
    }

    private static function wrong($model, $name, $type, $value)
    {
        return self::refusal(self::name($model) . "::\$$name is " . self::shown($value) . ": it has to be of the type " . substr(strrchr("\\$type", '\\'), 1));
    }

    /** The first text that is no UTF-8. */
    private static function culprit($value, $path)
    {
        foreach (is_array($value) || is_object($value) ? $value : [] as $name => $member) {
            $here = is_int($name) ? "{$path}[$name]" : "$path::\$$name";
            if (is_string($member) && !preg_match('//u', $member)) {
                return "$here is no UTF-8 text: convert it, with mb_convert_encoding from the encoding that it has";
            }
            if (is_float($member) && !is_finite($member)) {
                return "$here is no finite number";
            }
            $found = self::culprit($member, $here);
            if ($found !== null) {
                return $found;
            }
        }
        return null;
    }

    private static function name($object)
    {
        return substr(strrchr('\\' . get_class($object), '\\'), 1);
    }

    /** A value in a message: short, and never a whole text. */
    public static function shown($value)
    {
        if (is_object($value)) {
            return 'an object of ' . get_class($value);
        }
        if (is_string($value)) {
            return "a text of " . strlen($value) . ' bytes';
        }
        return is_array($value) ? 'an array' : gettype($value) . ' ' . var_export($value, true);
    }

    private static function refusal($message)
    {
        return TencentCloudSDKException::local('invalid_request', $message);
    }
}
