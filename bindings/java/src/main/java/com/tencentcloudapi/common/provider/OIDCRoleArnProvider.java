// A role assumed by an identity provider's token.
package com.tencentcloudapi.common.provider;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.github.tcsms.CoreCredential;
import io.github.tcsms.Failures;
import java.util.LinkedHashMap;
import java.util.Map;

/** A role that an identity provider's token assumes through STS. Its keys are renewed in time. */
public class OIDCRoleArnProvider implements CredentialsProvider, Credential.Updater {
    /** The region of STS. */
    public String Region;
    /** The identity provider that the role trusts. */
    public String ProviderId;
    /** The token. In a TKE cluster it is read from its file at every fetch, as long as this is null. */
    public String WebIdentityToken;
    /** The role's resource name. */
    public String RoleArn;
    /** The name under which the role's acts are recorded. */
    public String RoleSessionName;
    /** The host of STS; null for the usual one. */
    public String Endpoint;
    /** How long each key pair lasts, in seconds, at most 43200. */
    public long DurationSeconds;
    /** How long before its end a key pair counts as old, in seconds. The core decides this by itself; kept for programs that read it. */
    public long ExpirationReservationTime = 600;

    private String tokenFile;

    /**
     * A role, fetched from another host than the usual one.
     *
     * @param region the region of STS
     * @param providerId the identity provider that the role trusts
     * @param webIdentityToken the token
     * @param roleArn the role's resource name
     * @param roleSessionName the name under which the role's acts are recorded
     * @param durationSeconds how long each key pair lasts, in seconds
     * @param endpoint the host of STS
     */
    public OIDCRoleArnProvider(String region, String providerId, String webIdentityToken, String roleArn,
            String roleSessionName, long durationSeconds, String endpoint) {
        this.Region = region;
        this.ProviderId = providerId;
        this.WebIdentityToken = webIdentityToken;
        this.RoleArn = roleArn;
        this.RoleSessionName = roleSessionName;
        this.DurationSeconds = durationSeconds;
        this.Endpoint = endpoint;
    }

    /**
     * A role.
     *
     * @param region the region of STS
     * @param providerId the identity provider that the role trusts
     * @param webIdentityToken the token
     * @param roleArn the role's resource name
     * @param roleSessionName the name under which the role's acts are recorded
     * @param durationSeconds how long each key pair lasts, in seconds
     */
    public OIDCRoleArnProvider(String region, String providerId, String webIdentityToken, String roleArn,
            String roleSessionName, long durationSeconds) {
        this(region, providerId, webIdentityToken, roleArn, roleSessionName, durationSeconds, null);
    }

    /**
     * The role of the pod, as a TKE cluster tells it by {@code TKE_REGION}, {@code TKE_PROVIDER_ID},
     * {@code TKE_WEB_IDENTITY_TOKEN_FILE} and {@code TKE_ROLE_ARN}.
     *
     * @throws TencentCloudSDKException when one of these is not set
     */
    public OIDCRoleArnProvider() throws TencentCloudSDKException {
        this(needed("TKE_REGION"), needed("TKE_PROVIDER_ID"), null, needed("TKE_ROLE_ARN"), null, 7200, null);
        this.tokenFile = needed("TKE_WEB_IDENTITY_TOKEN_FILE");
    }

    private static String needed(String name) throws TencentCloudSDKException {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw Failures.local("ClientError.CredentialError", "credential", "the environment variable " + name
                    + " is not set; a TKE cluster sets it for pods whose account has a role", null);
        }
        return value;
    }

    /**
     * The host of STS.
     *
     * @return the host, or null for the usual one
     */
    public String getEndpoint() {
        return Endpoint;
    }

    /**
     * Fetches from another host than the usual one.
     *
     * @param endpoint the host of STS
     */
    public void setEndpoint(String endpoint) {
        this.Endpoint = endpoint;
    }

    private Map<String, Object> settings() {
        Map<String, Object> role = new LinkedHashMap<>();
        role.put("role_arn", RoleArn);
        role.put("provider_id", ProviderId);
        role.put(WebIdentityToken == null ? "token_file" : "token", WebIdentityToken == null ? tokenFile : WebIdentityToken);
        if (RoleSessionName != null && !RoleSessionName.isEmpty()) {
            role.put("session_name", RoleSessionName);
        }
        if (DurationSeconds > 0) {
            role.put("duration_seconds", DurationSeconds);
        }
        if (Region != null && !Region.isEmpty()) {
            role.put("region", Region);
        }
        if (Endpoint != null && !Endpoint.isEmpty()) {
            role.put("endpoint", Endpoint);
        }
        role.values().removeIf(value -> value == null);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("web_identity", role);
        return settings;
    }

    private final class Held extends CoreCredential {
        @Override
        public Map<String, Object> coreSettings() {
            return settings();
        }
    }

    @Override
    public Credential getCredentials() throws TencentCloudSDKException {
        CoreCredential.fetch(settings());
        return new Held();
    }

    /**
     * Gives a credential the present keys.
     *
     * @param credential what is given them
     * @throws TencentCloudSDKException when they cannot be fetched
     */
    @Override
    public void update(Credential credential) throws TencentCloudSDKException {
        Credential present = CoreCredential.fetch(settings());
        credential.setCredential(present.getSecretId(), present.getSecretKey(), present.getToken());
    }
}
