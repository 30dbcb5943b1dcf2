// How a native call ended.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.nio.charset.StandardCharsets;

/** A status and bytes: the answer's when the status is 0, else the error as JSON. */
final class Outcome {
    final int status;
    final byte[] bytes;

    Outcome(int status, byte[] bytes) {
        this.status = status;
        this.bytes = bytes;
    }

    /** The answer as text. */
    String answer() throws TencentCloudSDKException {
        if (status != 0) {
            throw Failures.told(text());
        }
        return text();
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
