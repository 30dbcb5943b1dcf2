// A role assumed through STS.
package com.tencentcloudapi.common.provider;

import io.github.tcsms.CoreCredential;
import java.util.LinkedHashMap;
import java.util.Map;

/** A role that a key pair assumes. Its keys are fetched at the first use, and renewed in time. */
public class STSCredential extends CoreCredential {
    private final String longSecretId;
    private final String longSecretKey;
    private final String roleArn;
    private final String roleSessionName;
    private final String endpoint;

    /**
     * A role, fetched from another host than the usual one.
     *
     * @param secretId the id of the key pair that may assume it
     * @param secretKey the key of the pair
     * @param roleArn the role's resource name
     * @param roleSessionName the name under which the role's acts are recorded
     * @param endpoint the host of STS
     */
    public STSCredential(String secretId, String secretKey, String roleArn, String roleSessionName, String endpoint) {
        this.longSecretId = secretId;
        this.longSecretKey = secretKey;
        this.roleArn = roleArn;
        this.roleSessionName = roleSessionName;
        this.endpoint = endpoint;
    }

    /**
     * A role.
     *
     * @param secretId the id of the key pair that may assume it
     * @param secretKey the key of the pair
     * @param roleArn the role's resource name
     * @param roleSessionName the name under which the role's acts are recorded
     */
    public STSCredential(String secretId, String secretKey, String roleArn, String roleSessionName) {
        this(secretId, secretKey, roleArn, roleSessionName, null);
    }

    @Override
    public Map<String, Object> coreSettings() {
        Map<String, Object> role = new LinkedHashMap<>();
        role.put("role_arn", roleArn);
        if (roleSessionName != null && !roleSessionName.isEmpty()) {
            role.put("session_name", roleSessionName);
        }
        if (endpoint != null && !endpoint.isEmpty()) {
            role.put("endpoint", endpoint);
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("secret_id", longSecretId);
        settings.put("secret_key", longSecretKey);
        settings.put("assume_role", role);
        return settings;
    }
}
