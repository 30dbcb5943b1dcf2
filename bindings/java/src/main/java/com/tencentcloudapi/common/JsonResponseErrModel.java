// An answer that is an error.
package com.tencentcloudapi.common;

/** What an answer has in common with all others. */
public class JsonResponseErrModel {
    /** The request's id. */
    public String requestId;
    /** The error, or null. */
    public ErrorInfo error;

    /** Makes one without an error. */
    public JsonResponseErrModel() {
    }

    /** An error. */
    static class ErrorInfo {
        /** Its code. */
        public String code;
        /** What happened. */
        public String message;
    }
}
