// The role of the cloud server.
package com.tencentcloudapi.common.provider;

import io.github.tcsms.CoreCredential;
import java.util.Collections;
import java.util.Map;

/** The role of the cloud server that the program runs on. Its keys are fetched at the first use, and renewed in time. */
public class CvmRoleCredential extends CoreCredential {
    private final String roleName;

    /** The role that the server has. */
    public CvmRoleCredential() {
        this(null);
    }

    /**
     * The role of a name.
     *
     * @param roleName the name; null for the one that the server has
     */
    public CvmRoleCredential(String roleName) {
        this.roleName = roleName;
    }

    @Override
    public Map<String, Object> coreSettings() {
        Map<String, Object> role = roleName == null || roleName.isEmpty() ? Collections.emptyMap()
                : Collections.singletonMap("role", roleName);
        return Collections.singletonMap("cvm_role", role);
    }
}
