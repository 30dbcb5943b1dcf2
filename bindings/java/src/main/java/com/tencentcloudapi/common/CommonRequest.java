// A request whose parameters are JSON.
package com.tencentcloudapi.common;

import io.github.tcsms.Json;
import java.util.HashMap;
import java.util.Map;

/** A request of any action, made of JSON. */
public final class CommonRequest extends AbstractModel {
    /**
     * Makes a request.
     *
     * @param jsonReq its parameters, a JSON object
     * @throws IllegalArgumentException when the text is no JSON object
     */
    public CommonRequest(String jsonReq) {
        for (Map.Entry<String, Object> member : Json.readObject(jsonReq).entrySet()) {
            this.set(member.getKey(), member.getValue());
        }
    }

    @Override
    protected void toMap(HashMap<String, String> map, String prefix) {
        for (Map.Entry<String, Object> member : this.any().entrySet()) {
            put(map, prefix + member.getKey(), member.getValue());
        }
    }

    private void put(HashMap<String, String> map, String key, Object value) {
        if (value instanceof Map) {
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                put(map, key + "." + member.getKey(), member.getValue());
            }
        } else if (value instanceof Iterable) {
            int i = 0;
            for (Object item : (Iterable<?>) value) {
                put(map, key + "." + i++, item);
            }
        } else {
            this.setParamSimple(map, key, value);
        }
    }
}
