//! HmacSHA1 and HmacSHA256, the older signature that travels as a parameter named `Signature`.
//!
//! All parameters of the request are sorted by name, written as `name=value` with the values **not** escaped, joined
//! by `&`, and put behind the method, the host and the path. The signature of that text is sent in base64.

use crate::digest::{hmac_sha1, hmac_sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;

/// The parameter that carries the signature and is not itself signed.
pub(crate) const SIGNATURE: &str = "Signature";

/// The hash of a v1 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `HmacSHA1`, what the service assumes when a request names no algorithm.
    HmacSha1,
    /// `HmacSHA256`.
    HmacSha256,
}

impl Algorithm {
    /// The algorithm of a `SignatureMethod` parameter. As documented, a missing or unknown one means HmacSHA1.
    pub fn named(signature_method: Option<&str>) -> Self {
        if signature_method == Some(Self::HmacSha256.as_str()) { Self::HmacSha256 } else { Self::HmacSha1 }
    }

    /// The value of the `SignatureMethod` parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        }
    }
}

/// The text that is signed. `path` is `/` for API 3.0; `parameters` are all parameters of the request in any order,
/// with their values unescaped. A parameter `Signature` is left out.
///
/// Names are sorted by their bytes, so `PhoneNumberSet.10` stands before `PhoneNumberSet.2`.
pub fn string_to_sign<N: AsRef<str>, V: AsRef<str>>(
    method: &str,
    host: &str,
    path: &str,
    parameters: &[(N, V)],
) -> String {
    let mut sorted: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    sorted.sort_by_key(|(name, _)| *name);
    string_to_sign_as_ordered(method, host, path, &sorted)
}

/// The text of parameters that are already in order.
pub(crate) fn string_to_sign_as_ordered<N: AsRef<str>, V: AsRef<str>>(
    method: &str,
    host: &str,
    path: &str,
    parameters: &[(N, V)],
) -> String {
    let signed = || {
        parameters
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
            .filter(|(name, _)| *name != SIGNATURE)
    };
    let length: usize = signed().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = String::with_capacity(method.len() + host.len() + path.len() + 1 + length);
    text.push_str(method);
    text.push_str(host);
    text.push_str(path);
    let mut separator = '?';
    for (name, value) in signed() {
        text.push(separator);
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        separator = '&';
    }
    text
}

/// The signature of a text in base64, as it stands in the parameter `Signature` before escaping.
pub fn sign(algorithm: Algorithm, secret_key: &str, text: &str) -> String {
    STANDARD.encode(mac(algorithm, &[secret_key.as_bytes()], text))
}

/// The bytes of the signature; the key is these pieces joined.
pub(crate) fn mac(algorithm: Algorithm, key: &[&[u8]], text: &str) -> Vec<u8> {
    fn finish(mut mac: impl Mac, text: &str) -> Vec<u8> {
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
    match algorithm {
        Algorithm::HmacSha1 => finish(hmac_sha1(key), text),
        Algorithm::HmacSha256 => finish(hmac_sha256(key), text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_bytes_and_leaves_the_signature_out() {
        let parameters = [("b.2", "x y"), ("Signature", "old"), ("a", "é&"), ("b.10", ""), ("B", "+")];
        assert_eq!(
            string_to_sign("GET", "sms.tencentcloudapi.com", "/", &parameters),
            "GETsms.tencentcloudapi.com/?B=+&a=é&&b.10=&b.2=x y"
        );
    }

    #[test]
    fn an_unknown_method_means_sha1() {
        assert_eq!(Algorithm::named(None), Algorithm::HmacSha1);
        assert_eq!(Algorithm::named(Some("TC3-HMAC-SHA256")), Algorithm::HmacSha1);
        assert_eq!(Algorithm::named(Some("HmacSHA256")), Algorithm::HmacSha256);
    }
}
