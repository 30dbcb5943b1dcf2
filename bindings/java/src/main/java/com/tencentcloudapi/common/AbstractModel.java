// The base of requests and answers.
package com.tencentcloudapi.common;

import io.github.tcsms.Json;
import io.github.tcsms.Models;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all requests, answers and their parts have in common. An object belongs to one thread at a time. */
public abstract class AbstractModel {
    /** Headers that this request adds to its call; null for none. */
    public Map<String, String> header;

    /** Whether the call goes without a signature. */
    protected boolean skipSign = false;

    private HashMap<String, Object> customizedParams = new LinkedHashMap<>();
    private CallOptions callOptions;

    /** Makes one without values. */
    public AbstractModel() {
    }

    /**
     * Writes an object as JSON: its values in the order of their declaration, without those that are null, then those that
     * were {@link #set(String, Object)}.
     *
     * @param obj the object
     * @param <O> its class
     * @return the JSON text
     */
    public static <O extends AbstractModel> String toJsonString(O obj) {
        return Json.write(obj);
    }

    /**
     * Reads an object from JSON. Members that the class does not have are left out.
     *
     * @param json the JSON text
     * @param cls the class
     * @param <O> the class
     * @return the object
     * @throws IllegalArgumentException when the text is no JSON, or a value does not fit the class
     */
    public static <O> O fromJsonString(String json, Class<O> cls) {
        return Models.read(json, cls);
    }

    /**
     * Puts the values into a form, each under its name.
     *
     * @param map the form
     * @param prefix what stands before the names
     */
    protected abstract void toMap(HashMap<String, String> map, String prefix);

    /**
     * The names of parameters whose values are bytes; such a request travels as {@code multipart/form-data}.
     *
     * @return the names; empty when there are none
     */
    protected String[] getBinaryParams() {
        return new String[0];
    }

    /**
     * The values of the parameters whose values are bytes.
     *
     * @return the values by name
     */
    protected HashMap<String, byte[]> getMultipartRequestParams() {
        return new HashMap<>();
    }

    /**
     * Puts a value into a form, unless it is null.
     *
     * @param map the form
     * @param key its name there
     * @param value the value
     * @param <V> its class
     */
    protected <V> void setParamSimple(HashMap<String, String> map, String key, V value) {
        if (value != null) {
            map.put(key, String.valueOf(value));
        }
    }

    /**
     * Puts the items of a list into a form.
     *
     * @param map the form
     * @param prefix what stands before their numbers
     * @param array the list, or null
     * @param <V> the class of the items
     */
    protected <V> void setParamArraySimple(HashMap<String, String> map, String prefix, V[] array) {
        for (int i = 0; array != null && i < array.length; i++) {
            this.setParamSimple(map, prefix + i, array[i]);
        }
    }

    /**
     * Puts the values of a part into a form.
     *
     * @param map the form
     * @param prefix what stands before their names
     * @param obj the part, or null
     * @param <V> its class
     */
    protected <V extends AbstractModel> void setParamObj(HashMap<String, String> map, String prefix, V obj) {
        if (obj != null) {
            obj.toMap(map, prefix);
        }
    }

    /**
     * Puts the values of a list of parts into a form.
     *
     * @param map the form
     * @param prefix what stands before their numbers
     * @param array the list, or null
     * @param <V> the class of the parts
     */
    protected <V extends AbstractModel> void setParamArrayObj(HashMap<String, String> map, String prefix, V[] array) {
        for (int i = 0; array != null && i < array.length; i++) {
            this.setParamObj(map, prefix + i + ".", array[i]);
        }
    }

    /**
     * Gives a parameter that the class does not have, or another value to one that it has.
     *
     * @param key its name
     * @param value its value: a text, a number, a truth value, a list, a map, a model
     */
    public void set(String key, Object value) {
        this.customizedParams.put(key, value);
    }

    /**
     * The parameters that were {@link #set(String, Object)}.
     *
     * @return the parameters themselves, by name
     */
    public HashMap<String, Object> any() {
        return this.customizedParams;
    }

    /**
     * Whether the call goes without a signature.
     *
     * @return true when it does
     */
    public boolean getSkipSign() {
        return this.skipSign;
    }

    /**
     * Has the call go without a signature, for the few actions that want none.
     *
     * @param skipSign true for no signature
     */
    public void setSkipSign(boolean skipSign) {
        this.skipSign = skipSign;
    }

    /**
     * The headers that this request adds to its call.
     *
     * @return the headers by name, or null
     */
    public Map<String, String> GetHeader() {
        return this.header;
    }

    /**
     * Has headers added to the call. {@code X-TC-TraceId} and {@code X-TC-Language} may be among them; those that the
     * library writes by itself may not.
     *
     * @param header the headers by name; null for none
     */
    public void SetHeader(Map<String, String> header) {
        this.header = header;
    }

    /**
     * What this call does otherwise than the client: time limit, repeats, region and so on.
     *
     * @return the options, or null
     */
    public CallOptions getCallOptions() {
        return this.callOptions;
    }

    /**
     * Says what this call does otherwise than the client.
     *
     * @param callOptions the options; null for none
     */
    public void setCallOptions(CallOptions callOptions) {
        this.callOptions = callOptions;
    }

    /**
     * Whether this answer is a stream of events.
     *
     * @return false, unless it is one
     */
    public boolean isStream() {
        return false;
    }
}
