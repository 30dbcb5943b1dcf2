// Calls of any product by name.
package com.tencentcloudapi.common;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import java.util.concurrent.CompletableFuture;

/** Makes calls of any product by name. Safe to use from many threads. */
public class CommonClient extends AbstractClient {
    /**
     * Makes a client with the settings that are usual.
     *
     * @param productName the product, such as {@code sms}
     * @param version the version of its API, such as {@code 2021-01-11}
     * @param credential who calls
     * @param region the region, such as {@code ap-guangzhou}
     */
    public CommonClient(String productName, String version, Credential credential, String region) {
        this(productName, version, credential, region, new ClientProfile());
    }

    /**
     * Makes a client.
     *
     * @param productName the product, such as {@code sms}
     * @param version the version of its API, such as {@code 2021-01-11}
     * @param credential who calls
     * @param region the region, such as {@code ap-guangzhou}
     * @param profile how calls are made
     */
    public CommonClient(String productName, String version, Credential credential, String region, ClientProfile profile) {
        super(productName + ".tencentcloudapi.com", version, credential, region, profile);
    }

    /**
     * Makes a call.
     *
     * @param req the request, such as a {@link CommonRequest}
     * @param actionName the action
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    public String commonRequest(AbstractModel req, String actionName) throws TencentCloudSDKException {
        return this.internalRequest(req, actionName);
    }

    /**
     * Makes a call.
     *
     * @param req the request, such as a {@link CommonRequest}
     * @param actionName the action
     * @param typeOfT the class of the answer; a {@link CommonSSEResponse} takes events
     * @param <T> the class of the answer
     * @return the answer
     * @throws TencentCloudSDKException when the call failed
     */
    public <T> T commonRequest(AbstractModel req, String actionName, Class<T> typeOfT) throws TencentCloudSDKException {
        return this.internalRequest(req, actionName, typeOfT);
    }

    /**
     * Makes a call without waiting.
     *
     * @param req the request, such as a {@link CommonRequest}
     * @param actionName the action
     * @return what comes; cancelling it ends the call
     */
    public CompletableFuture<String> commonRequestAsync(AbstractModel req, String actionName) {
        return this.internalRequestAsync(req, actionName);
    }
}
