// How calls are made.
package com.tencentcloudapi.common.profile;

import java.util.LinkedHashMap;
import java.util.Map;

/** How calls are made. It may be changed at any time; the next call follows. */
public class ClientProfile {
    /** The older signature with SHA-1. */
    public static final String SIGN_SHA1 = "HmacSHA1";
    /** The older signature with SHA-256. */
    public static final String SIGN_SHA256 = "HmacSHA256";
    /** The present signature. */
    public static final String SIGN_TC3_256 = "TC3-HMAC-SHA256";

    private HttpProfile httpProfile;
    private String signMethod;
    private boolean unsignedPayload;
    private Language language;
    private boolean debug;
    private String backupEndpoint;
    private Map<String, Object> settings;

    /**
     * Makes one.
     *
     * @param signMethod how calls are signed, one of the constants
     * @param httpProfile how they travel
     */
    public ClientProfile(String signMethod, HttpProfile httpProfile) {
        this.signMethod = signMethod == null || signMethod.isEmpty() ? SIGN_TC3_256 : signMethod;
        this.httpProfile = httpProfile == null ? new HttpProfile() : httpProfile;
    }

    /**
     * Makes one whose calls travel as usual.
     *
     * @param signMethod how calls are signed, one of the constants
     */
    public ClientProfile(String signMethod) {
        this(signMethod, new HttpProfile());
    }

    /** Makes the usual one. */
    public ClientProfile() {
        this(SIGN_TC3_256, new HttpProfile());
    }

    /**
     * How calls are signed.
     *
     * @return one of the constants
     */
    public String getSignMethod() {
        return this.signMethod;
    }

    /**
     * Signs calls otherwise.
     *
     * @param signMethod one of the constants
     */
    public void setSignMethod(String signMethod) {
        this.signMethod = signMethod;
    }

    /**
     * How calls travel.
     *
     * @return the profile itself
     */
    public HttpProfile getHttpProfile() {
        return this.httpProfile;
    }

    /**
     * Has calls travel otherwise.
     *
     * @param httpProfile how
     */
    public void setHttpProfile(HttpProfile httpProfile) {
        this.httpProfile = httpProfile == null ? new HttpProfile() : httpProfile;
    }

    /**
     * Whether the signature leaves out the body.
     *
     * @return true when it does
     */
    public boolean isUnsignedPayload() {
        return this.unsignedPayload;
    }

    /**
     * Leaves the body out of the signature, for large ones over TLS.
     *
     * @param flag true to leave it out
     */
    public void setUnsignedPayload(boolean flag) {
        this.unsignedPayload = flag;
    }

    /**
     * The language of the service's messages.
     *
     * @return the language, or null for the account's
     */
    public Language getLanguage() {
        return this.language;
    }

    /**
     * Asks for messages in another language.
     *
     * @param lang the language; null for the account's
     */
    public void setLanguage(Language lang) {
        this.language = lang;
    }

    /**
     * Whether the library tells what it does.
     *
     * @return true when it does
     */
    public boolean isDebug() {
        return this.debug;
    }

    /**
     * Has the library tell what it does, to the logger {@code com.tencentcloudapi.common} of java.util.logging;
     * secrets and phone numbers are masked. It stays so for the process. A level of that logger does the same.
     *
     * @param debug true to have it told
     */
    public void setDebug(boolean debug) {
        this.debug = debug;
    }

    /**
     * Where calls go while the usual endpoint fails.
     *
     * @return the endpoint, or null
     */
    public String getBackupEndpoint() {
        return this.backupEndpoint;
    }

    /**
     * Sends calls elsewhere while the usual endpoint fails.
     *
     * @param backupEndpoint a region's domain such as {@code ap-guangzhou.tencentcloudapi.com}, or a whole host
     */
    public void setBackupEndpoint(String backupEndpoint) {
        this.backupEndpoint = backupEndpoint;
    }

    /**
     * Settings of the core.
     *
     * @return the settings by name, or null
     */
    public Map<String, Object> getSettings() {
        return this.settings;
    }

    /**
     * Sets what the core can do and the members above cannot say, by its own names: {@code ca_file}, {@code retry},
     * {@code timeouts}, {@code backup_endpoints}, {@code breaker}, {@code call_rate}, {@code proxy}, {@code no_proxy},
     * {@code max_connections} and so on. They count over the members above; what is a map counts member by member, and null
     * takes a setting away; {@code credential_chain} with null has the credential found wherever there is one.
     *
     * @param settings the settings by name: texts, numbers, truth values, lists, maps; null for none
     */
    public void setSettings(Map<String, Object> settings) {
        this.settings = settings == null ? null : new LinkedHashMap<>(settings);
    }

    /**
     * Sets one setting of the core, as {@link #setSettings} does all.
     *
     * @param name its name
     * @param value its value
     */
    public void setSetting(String name, Object value) {
        Map<String, Object> changed = this.settings == null ? new LinkedHashMap<>() : new LinkedHashMap<>(this.settings);
        changed.put(name, value);
        this.settings = changed;
    }
}
