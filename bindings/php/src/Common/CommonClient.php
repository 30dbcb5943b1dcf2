<?php // A client of any product, for calls by name.

namespace TencentCloud\Common;

use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Profile\ClientProfile;

/**
 * A client of any product, for actions that this package has no models of: callJson and its like.
 */
class CommonClient extends AbstractClient
{
    /** @var string the product */
    protected $service;

    /**
     * A client of a product.
     *
     * @param string $service such as `sms` or `cvm`
     * @param string $version of its API, such as `2021-01-11`
     * @param Credential|null $credential the key pair; null: it is looked for in the places that the README names
     * @param string $region such as `ap-guangzhou`
     * @param ClientProfile|null $profile settings; null: the defaults
     * @throws TencentCloudSDKException the product has no name
     */
    public function __construct($service, $version, $credential, $region, $profile = null)
    {
        if (!is_string($service) || $service === '') {
            throw TencentCloudSDKException::local('config', 'a CommonClient needs the name of a product, such as `sms`');
        }
        $this->service = $service;
        parent::__construct($service . '.tencentcloudapi.com', $version, $credential, $region, $profile);
    }
}
