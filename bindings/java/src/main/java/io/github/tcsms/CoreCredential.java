// Credentials that the native library fetches.
package io.github.tcsms;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A credential that the core fetches, keeps and renews, for the whole process.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public abstract class CoreCredential extends Credential implements CoreSource {
    /** Makes one. */
    protected CoreCredential() {
    }

    /**
     * Fetches what a source has now.
     *
     * @param settings the source, in the core's settings
     * @return id, key and token
     * @throws TencentCloudSDKException when it has none
     */
    public static Credential fetch(Map<String, Object> settings) throws TencentCloudSDKException {
        Map<String, Object> told = new LinkedHashMap<>(settings);
        told.put("sdk", Core.SDK);
        Map<String, Object> found = NativeClient.of(Json.write(told)).credential();
        Object token = found.get("token");
        return new Credential((String) found.get("secret_id"), (String) found.get("secret_key"), token == null ? "" : token.toString());
    }

    private Credential present() {
        try {
            return fetch(coreSettings());
        } catch (TencentCloudSDKException e) {
            // These methods cannot say so; a call does.
            return new Credential(null, null, null);
        }
    }

    @Override
    public String getSecretId() {
        return present().getSecretId();
    }

    @Override
    public String getSecretKey() {
        return present().getSecretKey();
    }

    @Override
    public String getToken() {
        return present().getToken();
    }

    @Override
    public Credential getSnapshot() {
        return present();
    }
}
