// What surrounds an answer.
package com.tencentcloudapi.common;

/**
 * The object that holds an answer on the wire.
 *
 * @param <T> the class of the answer
 */
public class JsonResponseModel<T> {
    /** The answer. */
    public T response;

    /** Makes one without an answer. */
    public JsonResponseModel() {
    }
}
