//! Why a v1 signature does not hold: the known mistakes, made on purpose one at a time.

use super::Cause;
use super::check::hosts;
use super::claim::V1;
use super::mismatch::{Finding, Mismatch, Texts};
use super::tc3_causes::{bordered, has_border, other_hosts, other_methods, other_paths};
use crate::digest::same;
use crate::form::{self, Escaping, Plus};
use crate::request::Request;
use crate::v1::{self, Algorithm, SIGNATURE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

/// With more text than this no mistakes are tried: each costs a hash over all of it.
const LARGEST_TRIED: usize = 32 * 1024;

type Pair = (String, String);

/// The texts this request leads to, with the host as it was sent.
pub(super) fn texts(request: &Request<'_>, claim: &V1) -> Texts {
    let host = hosts(request).next().unwrap_or_default();
    Texts {
        canonical_request: None,
        string_to_sign: v1::string_to_sign(request.method, host, "/", &claim.parameters),
    }
}

pub(super) fn mismatch(request: &Request<'_>, claim: &V1, secret_key: &str) -> Mismatch {
    let texts = texts(request, claim);
    let signature = claim.get(SIGNATURE).unwrap_or_default();
    let cause = if texts.string_to_sign.len() > LARGEST_TRIED {
        None
    } else {
        hosts(request).find_map(|host| Trial { request, claim, secret_key, host, signature }.find())
    };
    let finding = match cause {
        Some(cause) => Finding::Cause(cause),
        None => Finding::Nothing { likely: likely(claim, secret_key, signature) },
    };
    Mismatch::new(texts, signature, None, finding)
}

fn likely(claim: &V1, secret_key: &str, signature: &str) -> Option<Cause> {
    if has_border(secret_key) {
        Some(Cause::KeyBlanks)
    } else if signature.contains(' ') {
        Some(Cause::SignatureNotEscaped)
    } else if claim.parameters.iter().any(|(name, _)| name.contains('[')) {
        Some(Cause::ArrayAsWord)
    } else {
        None
    }
}

struct Trial<'a> {
    request: &'a Request<'a>,
    claim: &'a V1,
    secret_key: &'a str,
    host: &'a str,
    signature: &'a str,
}

impl Trial<'_> {
    fn find(&self) -> Option<Cause> {
        self.spelling()
            .or_else(|| self.values())
            .or_else(|| self.lists())
            .or_else(|| self.order())
            .or_else(|| self.words())
            .or_else(|| self.key())
    }

    /// The text of these parameters, sorted.
    fn text(&self, parameters: &[Pair]) -> String {
        v1::string_to_sign(self.request.method, self.host, "/", parameters)
    }

    fn as_claimed(&self) -> String {
        self.text(&self.claim.parameters)
    }

    fn gives(&self, text: &str) -> bool {
        same(v1::sign(self.claim.algorithm, self.secret_key, text).as_bytes(), self.signature.as_bytes())
    }

    /// The right signature in other letters.
    fn spelling(&self) -> Option<Cause> {
        let mac = v1::mac(self.claim.algorithm, &[self.secret_key.as_bytes()], &self.as_claimed());
        let is = |spelling: &str| same(spelling.as_bytes(), self.signature.as_bytes());
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        if is(&STANDARD.encode(&mac).replace('+', " ")) {
            return Some(Cause::SignatureNotEscaped);
        }
        (is(&hex) || is(&hex.to_ascii_uppercase()) || is(&STANDARD.encode(&hex)))
            .then_some(Cause::Spelling { is: "hexadecimal digits", expected: "base64 of the bytes" })
    }

    fn values(&self) -> Option<Cause> {
        const KEPT: [&[u8]; 6] = [b"~", b"", b"*", b"*!()", b"~*!()", b"~*!()'"];
        for kept in KEPT {
            for blank_is_plus in [false, true] {
                let escaping = Escaping { kept, blank_is_plus };
                let escaped = |text: &str| {
                    let mut out = String::new();
                    form::encode_into(&mut out, text, escaping);
                    out
                };
                let values = |name: &str, value: &str| (name.to_owned(), escaped(value));
                let both = |name: &str, value: &str| (escaped(name), escaped(value));
                if self.gives(&self.text(&self.changed(values)))
                    || self.gives(&self.text(&self.changed(both)))
                {
                    return Some(Cause::ValuesEscaped);
                }
            }
        }
        let source =
            if self.request.method == "GET" { self.request.query.as_bytes() } else { self.request.body };
        if form::read_pairs(source, Plus::IsItself).is_ok_and(|pairs| self.gives(&self.text(&pairs))) {
            return Some(Cause::PlusNotEscaped);
        }
        let mut filled = self.claim.parameters.clone();
        filled.retain(|(_, value)| !value.is_empty());
        self.gives(&self.text(&filled)).then_some(Cause::EmptyNotSigned)
    }

    fn changed(&self, change: impl Fn(&str, &str) -> Pair) -> Vec<Pair> {
        let kept = |(name, value): &Pair| {
            if name == SIGNATURE { (name.clone(), value.clone()) } else { change(name, value) }
        };
        self.claim.parameters.iter().map(kept).collect()
    }

    /// PHP turns a list into the word `Array` where it wants a text. An empty list was signed so, too, but leaves no
    /// trace in what was sent: the lists that calls commonly leave empty are tried.
    fn lists(&self) -> Option<Cause> {
        const OFTEN_EMPTY: [&str; 3] = ["TemplateParamSet", "SignIdSet", "TemplateIdSet"];
        let list_of = |name: &str| {
            let end = name.find('[').or_else(|| {
                let (list, index) = name.split_once('.')?;
                index.starts_with(|letter: char| letter.is_ascii_digit()).then_some(list.len())
            })?;
            name.get(..end).map(str::to_owned)
        };
        let names: BTreeSet<String> =
            self.claim.parameters.iter().filter_map(|(name, _)| list_of(name)).collect();
        let mut folded = self.claim.parameters.clone();
        folded.retain(|(name, _)| list_of(name).is_none());
        folded.extend(names.iter().map(|name| (name.clone(), "Array".to_owned())));
        let signed_empty = |empty: &&str| {
            let mut with_empty = folded.clone();
            with_empty.push(((*empty).to_owned(), "Array".to_owned()));
            self.gives(&self.text(&with_empty))
        };
        let found = (!names.is_empty() && self.gives(&self.text(&folded)))
            || OFTEN_EMPTY.iter().filter(|name| !names.contains(**name)).any(signed_empty);
        found.then_some(Cause::ArrayAsWord)
    }

    fn order(&self) -> Option<Cause> {
        let as_ordered = |parameters: &[Pair]| {
            v1::string_to_sign_as_ordered(self.request.method, self.host, "/", parameters)
        };
        if self.gives(&as_ordered(&self.claim.parameters)) {
            return Some(Cause::ParameterOrder { signed: "in the order they were sent" });
        }
        let mut sorted = self.claim.parameters.clone();
        sorted.sort_by_cached_key(|(name, _)| name.to_ascii_lowercase());
        if self.gives(&as_ordered(&sorted)) {
            return Some(Cause::ParameterOrder { signed: "without regard to capitals" });
        }
        sorted.sort_by_cached_key(|(name, _)| by_number(name));
        self.gives(&as_ordered(&sorted))
            .then_some(Cause::ParameterOrder { signed: "with list indexes in the order of numbers" })
    }

    /// Another method, host, path or algorithm.
    fn words(&self) -> Option<Cause> {
        let text = |method: &str, host: &str, path: &str| {
            v1::string_to_sign(method, host, path, &self.claim.parameters)
        };
        let method = self.request.method;
        for signed in other_methods(self.request) {
            if self.gives(&text(&signed, self.host, "/")) {
                return Some(Cause::OtherMethod { signed });
            }
        }
        for signed in other_hosts(self.request) {
            if self.gives(&text(method, &signed, "/")) {
                return Some(Cause::OtherHost { signed });
            }
        }
        for signed in other_paths(self.request) {
            if self.gives(&text(method, self.host, &signed)) {
                return Some(Cause::OtherPath { signed });
            }
        }
        let named = self.claim.algorithm;
        let other = match named {
            Algorithm::HmacSha1 => Algorithm::HmacSha256,
            Algorithm::HmacSha256 => Algorithm::HmacSha1,
        };
        let signature = v1::sign(other, self.secret_key, &self.as_claimed());
        same(signature.as_bytes(), self.signature.as_bytes())
            .then_some(Cause::OtherAlgorithm { signed: other.as_str(), named: named.as_str() })
    }

    fn key(&self) -> Option<Cause> {
        let text = self.as_claimed();
        let gives = |key: &[&[u8]]| {
            let mac = v1::mac(self.claim.algorithm, key, &text);
            same(STANDARD.encode(mac).as_bytes(), self.signature.as_bytes())
        };
        if bordered(self.secret_key, gives) {
            return Some(Cause::KeyBlanks);
        }
        let secret_id = self.claim.get("SecretId").unwrap_or_default();
        gives(&[secret_id.as_bytes()]).then_some(Cause::SecretIdAsKey)
    }
}

/// A name with its indexes as numbers.
fn by_number(name: &str) -> Vec<(u64, String)> {
    name.split('.').map(|piece| (piece.parse().unwrap_or_default(), piece.to_owned())).collect()
}
