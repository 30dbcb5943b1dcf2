<?php // What all requests, answers and their parts have in common.

namespace TencentCloud\Common;

use TencentCloud\Common\Exception\TencentCloudSDKException;

/**
 * A request, an answer, or a part of one. Its members are public properties, null where nothing is set; each can be read and set
 * by getName() and setName() too. Any other method gives null, as with the official SDK.
 */
abstract class AbstractModel
{
    /**
     * Nothing is set.
     */
    public function __construct()
    {
    }

    /**
     * A new one of this class.
     *
     * @return static
     */
    public static function newInstance()
    {
        return new static();
    }

    /**
     * What is set, by names, with arrays for the parts.
     *
     * @return array
     */
    public function serialize()
    {
        $set = [];
        foreach (get_object_vars($this) as $name => $value) {
            if ($value !== null) {
                $set[ucfirst($name)] = self::plain($value);
            }
        }
        return $set;
    }

    private static function plain($value)
    {
        if ($value instanceof self) {
            return $value->serialize();
        }
        if (!is_array($value)) {
            return $value;
        }
        $all = [];
        foreach ($value as $name => $one) {
            if ($one !== null) {
                $all[$name] = self::plain($one);
            }
        }
        return $all;
    }

    /**
     * Sets what an array has; what it has not stays as it is.
     *
     * @param array|null $param the members by name
     */
    abstract public function deserialize($param);

    /**
     * Sets what a JSON object has.
     *
     * @param string $jsonString
     * @throws TencentCloudSDKException it is no JSON object
     */
    public function fromJsonString($jsonString)
    {
        $members = json_decode($jsonString, true, 512, JSON_BIGINT_AS_STRING);
        if (!is_array($members)) {
            $why = json_last_error() === JSON_ERROR_NONE ? 'it is something else' : json_last_error_msg();
            throw TencentCloudSDKException::local('invalid_request', 'fromJsonString needs the text of a JSON object: ' . $why);
        }
        $this->deserialize($members);
    }

    /**
     * What is set as a JSON object, in the order of the definition.
     *
     * @return string
     * @throws TencentCloudSDKException a text in it is no UTF-8
     */
    public function toJsonString()
    {
        $set = $this->serialize();
        if (!$set) {
            return '{}';
        }
        $json = json_encode($set, JSON_UNESCAPED_UNICODE);
        if ($json === false) {
            throw TencentCloudSDKException::local('invalid_request', 'toJsonString: ' . json_last_error_msg());
        }
        return $json;
    }

    /**
     * getName() and setName($value).
     *
     * @param string $member
     * @param array $param
     * @return mixed
     */
    public function __call($member, $param)
    {
        $name = substr($member, 3);
        switch (substr($member, 0, 3)) {
            case 'get':
                return property_exists($this, $name) ? $this->$name : null;
            case 'set':
                $this->$name = $param[0];
                return $this;
        }
        return null;
    }

    /**
     * A member that there is not: a warning, because what it holds will not be sent.
     *
     * @param string $name
     * @param mixed $value
     */
    public function __set($name, $value)
    {
        $near = '';
        foreach (array_keys(get_object_vars($this)) as $member) {
            if (strcasecmp($member, $name) === 0 || levenshtein($member, $name) <= 2) {
                $near = "; did you mean \$$member?";
            }
        }
        trigger_error(get_class($this) . " has no member \$$name, and it will not be sent$near", E_USER_WARNING);
    }
}
