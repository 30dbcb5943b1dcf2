// Who calls.
package com.tencentcloudapi.common;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;

/** A key pair, and its token when it is a temporary one. Safe to use from many threads. */
public class Credential {
    private String secretId;
    private String secretKey;
    private String token;
    private Updater updater;

    /** Makes one without keys. */
    public Credential() {
    }

    /**
     * Makes one of a key pair.
     *
     * @param secretId its id
     * @param secretKey its key
     */
    public Credential(String secretId, String secretKey) {
        this(secretId, secretKey, "");
    }

    /**
     * Makes one of a temporary key pair.
     *
     * @param secretId its id
     * @param secretKey its key
     * @param token its session token
     */
    public Credential(String secretId, String secretKey, String token) {
        this(secretId, secretKey, token, null);
    }

    /**
     * Makes one that is renewed by the program.
     *
     * @param secretId its id
     * @param secretKey its key
     * @param token its session token
     * @param updater renews it
     */
    public Credential(String secretId, String secretKey, String token, Updater updater) {
        this.secretId = secretId;
        this.secretKey = secretKey;
        this.token = token;
        this.updater = updater;
    }

    /** Renews a credential. */
    public interface Updater {
        /**
         * Called before each use of the credential, by one thread at a time: gives it new keys by
         * {@link Credential#setCredential} when that is due, else does nothing.
         *
         * @param credential what to renew
         * @throws TencentCloudSDKException when it cannot be renewed; the call then fails with this
         */
        void update(Credential credential) throws TencentCloudSDKException;
    }

    /** Has it renewed if that is due. Within an update the keys are read as they are. */
    private boolean updating;

    private synchronized void renewed() throws TencentCloudSDKException {
        if (updater != null && !updating) {
            updating = true;
            try {
                updater.update(this);
            } finally {
                updating = false;
            }
        }
    }

    /** As {@link #renewed()}, for methods that cannot say what failed; the next call does. */
    private void renewedIfPossible() {
        try {
            renewed();
        } catch (TencentCloudSDKException e) {
            // The keys stay as they were.
        }
    }

    /**
     * Who renews it.
     *
     * @return the updater, or null
     */
    public synchronized Updater getUpdater() {
        return updater;
    }

    /**
     * Has it renewed by the program.
     *
     * @param updater renews it; null for nobody
     */
    public synchronized void setUpdater(Updater updater) {
        this.updater = updater;
    }

    /**
     * The id, after a renewal if that is due.
     *
     * @return the id
     */
    public synchronized String getSecretId() {
        renewedIfPossible();
        return secretId;
    }

    /**
     * Sets the id.
     *
     * @param secretId the id
     */
    public synchronized void setSecretId(String secretId) {
        this.secretId = secretId;
    }

    /**
     * The key, after a renewal if that is due.
     *
     * @return the key
     */
    public synchronized String getSecretKey() {
        renewedIfPossible();
        return secretKey;
    }

    /**
     * Sets the key.
     *
     * @param secretKey the key
     */
    public synchronized void setSecretKey(String secretKey) {
        this.secretKey = secretKey;
    }

    /**
     * The session token, after a renewal if that is due.
     *
     * @return the token; empty or null for a key pair that lasts
     */
    public synchronized String getToken() {
        renewedIfPossible();
        return token;
    }

    /**
     * Sets the session token.
     *
     * @param token the token
     */
    public synchronized void setToken(String token) {
        this.token = token;
    }

    /**
     * Sets all three, so that no call sees a mixture.
     *
     * @param secretId the id
     * @param secretKey the key
     * @param token the session token
     */
    public synchronized void setCredential(String secretId, String secretKey, String token) {
        this.secretId = secretId;
        this.secretKey = secretKey;
        this.token = token;
    }

    /**
     * The present three, which belong together, after a renewal if that is due.
     *
     * @return a credential of its own, which nobody renews
     */
    public synchronized Credential getSnapshot() {
        renewedIfPossible();
        return new Credential(secretId, secretKey, token);
    }

    /** As {@link #getSnapshot()}, for a call, which tells why a renewal failed. */
    synchronized Credential used() throws TencentCloudSDKException {
        renewed();
        return new Credential(secretId, secretKey, token);
    }
}
