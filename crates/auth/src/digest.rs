//! The hash primitives in the shape the signatures need them: pieces in, nothing allocated, keys wiped.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub(crate) type HmacSha1 = Hmac<Sha1>;
pub(crate) type HmacSha256 = Hmac<Sha256>;

/// Block length of SHA-1 and SHA-256 in bytes; a key is padded with zeros to it.
const BLOCK: usize = 64;

/// An HMAC-SHA256 whose key is these pieces joined.
// Here and below: the hash states are large values, and passing them through a call costs several per cent of a
// signature.
#[inline(always)]
pub(crate) fn hmac_sha256(key: &[&[u8]]) -> HmacSha256 {
    // A key in one piece needs no copy. That every length is fine shows only when it is tried.
    if let [only] = key
        && let Ok(mac) = HmacSha256::new_from_slice(only)
    {
        return mac;
    }
    HmacSha256::new((&*key_block::<Sha256>(key)).into())
}

/// An HMAC-SHA1 whose key is these pieces joined.
pub(crate) fn hmac_sha1(key: &[&[u8]]) -> HmacSha1 {
    HmacSha1::new((&*key_block::<Sha1>(key)).into())
}

/// HMAC-SHA256 of one text.
#[inline(always)]
pub(crate) fn mac_sha256(key: &[&[u8]], text: &[u8]) -> [u8; 32] {
    let mut mac = hmac_sha256(key);
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// The key as one block: as it is when it fits, else its hash, as HMAC defines.
fn key_block<D: Digest>(key: &[&[u8]]) -> Zeroizing<[u8; BLOCK]> {
    let mut block = Zeroizing::new([0; BLOCK]);
    let mut free = block.as_mut_slice();
    for piece in key {
        match free.split_at_mut_checked(piece.len()) {
            Some((place, rest)) => {
                place.copy_from_slice(piece);
                free = rest;
            }
            None => return hashed_key_block::<D>(key),
        }
    }
    block
}

fn hashed_key_block<D: Digest>(key: &[&[u8]]) -> Zeroizing<[u8; BLOCK]> {
    let mut hash = D::new();
    key.iter().for_each(|piece| hash.update(piece));
    let mut block = Zeroizing::new([0; BLOCK]);
    for (place, byte) in block.iter_mut().zip(hash.finalize()) {
        *place = byte;
    }
    block
}

/// SHA-256 of one text in lower-case hexadecimal.
pub(crate) fn sha256_hex(text: &[u8]) -> [u8; 64] {
    hex(&Sha256::digest(text).into())
}

/// 32 bytes in lower-case hexadecimal. Computed and not looked up: the compiler does many digits at a time, and no
/// table's cache lines tell which digits they were.
pub(crate) fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    text
}

/// Hexadecimal digits as text.
pub(crate) fn hex_str(digits: &[u8; 64]) -> &str {
    // Hexadecimal digits are ASCII.
    str::from_utf8(digits).unwrap_or_default()
}

/// Whether two signatures are equal, in a time that depends on their lengths alone.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_length_agree_with_the_library() {
        for length in [0, 1, 3, 61, 64, 65, 200] {
            let key: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let (left, right) = key.split_at(length / 3);
            let mut theirs = HmacSha256::new_from_slice(&key).unwrap();
            theirs.update(b"text");
            let theirs: [u8; 32] = theirs.finalize().into_bytes().into();
            assert_eq!(mac_sha256(&[left, right], b"text"), theirs, "{length}");
        }
    }

    #[test]
    fn hexadecimal_is_lower_case_and_in_order() {
        let mut bytes = [0; 32];
        bytes[0] = 0x1a;
        bytes[31] = 0xf0;
        let text = hex(&bytes);
        assert!(text.starts_with(b"1a00") && text.ends_with(b"00f0"));
    }
}
