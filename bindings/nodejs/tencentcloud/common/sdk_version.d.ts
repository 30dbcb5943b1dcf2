/** The version of the package. */
export declare const sdkVersion = "0.1.0"
