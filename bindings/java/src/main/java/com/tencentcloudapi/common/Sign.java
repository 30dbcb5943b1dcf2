// Digests, for programs that sign something themselves.
package com.tencentcloudapi.common;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests of the platform under the names that programs know. The clients do not use them: the core signs their calls. */
public class Sign {
    /** There is nothing to keep in one. */
    public Sign() {
    }

    private static byte[] mac(String algorithm, byte[] key, String text) throws TencentCloudSDKException {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TencentCloudSDKException("the text cannot be signed: the key is empty, or this Java has no " + algorithm, e);
        }
    }

    /**
     * Signs a text.
     *
     * @param secretKey the key
     * @param sigStr the text
     * @param sigMethod {@code HmacSHA1} or {@code HmacSHA256}
     * @return the signature in Base64
     * @throws TencentCloudSDKException when the method is another one
     */
    public static String sign(String secretKey, String sigStr, String sigMethod) throws TencentCloudSDKException {
        if (!"HmacSHA1".equals(sigMethod) && !"HmacSHA256".equals(sigMethod)) {
            throw new TencentCloudSDKException("there is no method " + sigMethod + " of signing a text: use HmacSHA1 or HmacSHA256");
        }
        return DatatypeConverter.printBase64Binary(mac(sigMethod, secretKey.getBytes(StandardCharsets.UTF_8), sigStr));
    }

    /**
     * The text that a request of the older signature signs.
     *
     * @param requestParams the parameters of the request
     * @param reqMethod its method
     * @param host its host
     * @param path its path
     * @return the text
     */
    public static String makeSignPlainText(TreeMap<String, String> requestParams, String reqMethod, String host, String path) {
        StringBuilder text = new StringBuilder(reqMethod).append(host).append(path);
        char before = '?';
        for (Map.Entry<String, String> parameter : requestParams.entrySet()) {
            text.append(before).append(parameter.getKey()).append('=').append(parameter.getValue());
            before = '&';
        }
        return text.toString();
    }

    /**
     * The digest of a text.
     *
     * @param s the text
     * @return small letters and digits
     * @throws TencentCloudSDKException when this Java has no SHA-256
     */
    public static String sha256Hex(String s) throws TencentCloudSDKException {
        return sha256Hex(s.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The digest of bytes.
     *
     * @param b the bytes
     * @return small letters and digits
     * @throws TencentCloudSDKException when this Java has no SHA-256
     */
    public static String sha256Hex(byte[] b) throws TencentCloudSDKException {
        try {
            return DatatypeConverter.printHexBinary(MessageDigest.getInstance("SHA-256").digest(b)).toLowerCase(Locale.ROOT);
        } catch (GeneralSecurityException e) {
            throw new TencentCloudSDKException("this Java has no SHA-256", e);
        }
    }

    /**
     * Signs a text.
     *
     * @param key the key
     * @param msg the text
     * @return the signature's 32 bytes
     * @throws TencentCloudSDKException when the key is empty
     */
    public static byte[] hmac256(byte[] key, String msg) throws TencentCloudSDKException {
        return mac("HmacSHA256", key, msg);
    }
}
