// The credential of the credentials file.
package com.tencentcloudapi.common.provider;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.github.tcsms.CoreCredential;
import java.util.Collections;

/**
 * The key pair in the section {@code default} of {@code TENCENTCLOUD_CREDENTIALS_FILE}, {@code ~/.tencentcloud/credentials}
 * or {@code /etc/tencentcloud/credentials}.
 */
public class ProfileCredentialsProvider implements CredentialsProvider {
    /** Makes one. */
    public ProfileCredentialsProvider() {
    }

    @Override
    public Credential getCredentials() throws TencentCloudSDKException {
        return CoreCredential.fetch(Collections.singletonMap("credential_chain", Collections.singletonList("profile")));
    }
}
