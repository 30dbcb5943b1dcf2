// Regions.
package com.tencentcloudapi.common.profile;

/** Regions by name. A client takes any name as text. */
public enum Region {
    /** The region ap-bangkok. */
    Bangkok("ap-bangkok"),
    /** The region ap-beijing. */
    Beijing("ap-beijing"),
    /** The region ap-chengdu. */
    Chengdu("ap-chengdu"),
    /** The region ap-chongqing. */
    Chongqing("ap-chongqing"),
    /** The region ap-guangzhou. */
    Guangzhou("ap-guangzhou"),
    /** The region ap-guangzhou-open. */
    GuangzhouOpen("ap-guangzhou-open"),
    /** The region ap-hongkong. */
    HongKong("ap-hongkong"),
    /** The region ap-mumbai. */
    Mumbai("ap-mumbai"),
    /** The region ap-seoul. */
    Seoul("ap-seoul"),
    /** The region ap-shanghai. */
    Shanghai("ap-shanghai"),
    /** The region ap-shanghai-fsi. */
    ShanghaiFSI("ap-shanghai-fsi"),
    /** The region ap-shenzhen-fsi. */
    ShenzhenFSI("ap-shenzhen-fsi"),
    /** The region ap-singapore. */
    Singapore("ap-singapore"),
    /** The region ap-tokyo. */
    Tokyo("ap-tokyo"),
    /** The region eu-frankfurt. */
    Frankfurt("eu-frankfurt"),
    /** The region eu-moscow. */
    Moscow("eu-moscow"),
    /** The region na-ashburn. */
    Ashburn("na-ashburn"),
    /** The region na-siliconvalley. */
    SiliconValley("na-siliconvalley"),
    /** The region na-toronto. */
    Toronto("na-toronto");

    private final String value;

    Region(String value) {
        this.value = value;
    }

    /**
     * The name that the service knows.
     *
     * @return such as {@code ap-guangzhou}
     */
    @Override
    public String toString() {
        return this.value;
    }

    /**
     * The name that the service knows.
     *
     * @return such as {@code ap-guangzhou}
     */
    public String getValue() {
        return this.value;
    }
}
