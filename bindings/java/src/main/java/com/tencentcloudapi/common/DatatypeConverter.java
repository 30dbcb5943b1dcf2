// Bytes as text.
package com.tencentcloudapi.common;

import java.util.Base64;

/** Writes bytes as text. */
public class DatatypeConverter {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /** There is nothing to keep in one. */
    public DatatypeConverter() {
    }

    /**
     * Two digits for each byte.
     *
     * @param data the bytes
     * @return digits and capital letters
     */
    public static String printHexBinary(byte[] data) {
        StringBuilder out = new StringBuilder(data.length * 2);
        for (byte b : data) {
            out.append("0123456789ABCDEF".charAt(b >> 4 & 15)).append("0123456789ABCDEF".charAt(b & 15));
        }
        return out.toString();
    }

    /**
     * Four letters for three bytes.
     *
     * @param input the bytes
     * @return Base64
     */
    public static String printBase64Binary(byte[] input) {
        return Base64.getEncoder().encodeToString(input);
    }

    /**
     * A letter of Base64.
     *
     * @param i its number; of a greater one than 63 the last six bits count
     * @return the letter
     */
    public static char encode(int i) {
        return BASE64.charAt(i & 63);
    }
}
