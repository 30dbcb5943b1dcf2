/** Signatures by themselves, for programs that make their own requests. */
export default class Sign {
  /** The base64 of the HMAC of a text; `signMethod` is `HmacSHA1` or `HmacSHA256`. */
  static sign(secretKey: string, signStr: string, signMethod: string): string
  /** The header Authorization of TC3-HMAC-SHA256. */
  static sign3({ method, url, payload, timestamp, service, secretId, secretKey, multipart, boundary, headers: configHeaders, }: {
    method?: string;
    url?: string;
    payload: any;
    timestamp: number;
    service: string;
    secretId: string;
    secretKey: string;
    multipart: boolean;
    boundary: string;
    headers: Record<string, string>;
  }): string
}
