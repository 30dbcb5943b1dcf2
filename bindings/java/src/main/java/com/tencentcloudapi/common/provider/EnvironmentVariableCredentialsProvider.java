// The credential of the environment.
package com.tencentcloudapi.common.provider;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.github.tcsms.CoreCredential;
import java.util.Collections;

/**
 * The key pair in {@code TENCENTCLOUD_SECRET_ID} and {@code TENCENTCLOUD_SECRET_KEY}, and its
 * {@code TENCENTCLOUD_SESSION_TOKEN} if it is a temporary one.
 */
public class EnvironmentVariableCredentialsProvider implements CredentialsProvider {
    /** Makes one. */
    public EnvironmentVariableCredentialsProvider() {
    }

    @Override
    public Credential getCredentials() throws TencentCloudSDKException {
        return CoreCredential.fetch(Collections.singletonMap("credential_chain", Collections.singletonList("environment")));
    }
}
