// Languages of messages.
package com.tencentcloudapi.common.profile;

/** The language of the service's messages. */
public enum Language {
    /** Chinese. */
    ZH_CN("zh-CN"),
    /** English. */
    EN_US("en-US");

    private final String value;

    Language(String value) {
        this.value = value;
    }

    /**
     * The name that the service knows.
     *
     * @return such as {@code zh-CN}
     */
    @Override
    public String toString() {
        return this.value;
    }

    /**
     * The name that the service knows.
     *
     * @return such as {@code zh-CN}
     */
    public String getValue() {
        return this.value;
    }
}
