// Where a credential comes from.
package com.tencentcloudapi.common.provider;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;

/** Finds a credential. */
public interface CredentialsProvider {
    /**
     * Finds it.
     *
     * @return the credential
     * @throws TencentCloudSDKException when there is none
     */
    Credential getCredentials() throws TencentCloudSDKException;
}
