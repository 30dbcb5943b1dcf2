// Events of any action.
package com.tencentcloudapi.common;

/** The events of an action that is called by name. */
public final class CommonSSEResponse extends SSEResponseModel {
    private String RequestId;

    /** Makes one without events. */
    public CommonSSEResponse() {
    }

    @Override
    public String getRequestId() {
        return this.RequestId;
    }

    @Override
    public void setRequestId(String requestId) {
        this.RequestId = requestId;
    }
}
