// The first credential that there is.
package com.tencentcloudapi.common.provider;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.github.tcsms.CoreCredential;
import java.util.Collections;
import java.util.Map;

/**
 * Finds the credential: in the environment, in the credentials file, as the role of the cloud server, as the role of the
 * pod, in this order. What is temporary is renewed by itself.
 */
public class DefaultCredentialsProvider implements CredentialsProvider {
    /** The core looks there when it is told nothing else. */
    private static final Map<String, Object> CHAIN = Collections.emptyMap();

    /** Makes one. */
    public DefaultCredentialsProvider() {
    }

    private static final class Found extends CoreCredential {
        @Override
        public Map<String, Object> coreSettings() {
            return CHAIN;
        }
    }

    @Override
    public Credential getCredentials() throws TencentCloudSDKException {
        CoreCredential.fetch(CHAIN);
        return new Found();
    }
}
