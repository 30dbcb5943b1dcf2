//! What the SDK signs and sends, the verifier accepts, in every form; and the parameters on the wire are those given.

use std::sync::OnceLock;

use serde_json::Value;
use tcsms::fuzzing::{SignedRequest, Signer};
use tcsms::{Credential, ErrorKind, HttpMethod, SignMethod};
use tcsms_auth::form::decode_pairs;
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};
use tcsms_auth::{Header, Request, explain};

use crate::fields::Fields;

const ENDPOINTS: [&str; 3] = ["sms.tencentcloudapi.com", "http://127.0.0.1:9180", "https://[::1]:8443"];

/// The parameters that a v1 request has besides the action's own.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Timestamp",
    "Nonce",
    "SecretId",
    "SignatureMethod",
    "RequestClient",
    "Region",
    "Language",
    "Token",
    "Signature",
];

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let form = fields.number() as usize;
    // With more digits the number would not be seconds.
    let timestamp = (fields.number() % 100_000_000_000) as i64;
    let (id, key, token, region) = (fields.text(), fields.text(), fields.text(), fields.text());
    let parameters = fields.rest();
    let credential = if token.is_empty() {
        Credential::new(&*id, &*key)
    } else {
        Credential::with_token(&*id, &*key, &*token)
    };
    // A comma in the id ends it in the header, whoever reads it.
    let Some(credential) = credential.ok().filter(|_| !id.contains(',')) else { return };

    let (signer, is_older) = &signers()[form % signers().len()];
    let sign = |parameters: &[u8]| match signer.sign(&credential, &region, parameters, timestamp) {
        Ok(request) => Some(request),
        Err(error) => {
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::InvalidRequest | ErrorKind::Credential), "{error}");
            None
        }
    };
    let accepted = |request: &SignedRequest| is_accepted(request, &id, &key, timestamp);
    if let Some(request) = sign(parameters) {
        accepted(&request);
    }
    if let Ok(value @ Value::Object(_)) = serde_json::from_slice(parameters) {
        let mut pairs = Vec::new();
        walk(None, &value, &mut pairs);
        let request = sign(value.to_string().as_bytes());
        if *is_older && pairs.iter().any(|(name, _)| COMMON.contains(&name.as_str())) {
            assert!(request.is_none(), "two parameters of one name: {request:?}");
        } else if let Some(request) = request {
            accepted(&request);
            carries(&request, &value, pairs, *is_older);
        }
    }
}

/// One client for each way of signing, HTTP method and endpoint, and whether its requests are of the older form.
fn signers() -> &'static [(Signer, bool)] {
    static SIGNERS: OnceLock<Vec<(Signer, bool)>> = OnceLock::new();
    SIGNERS.get_or_init(|| {
        let mut signers = Vec::new();
        for endpoint in ENDPOINTS {
            for http in [HttpMethod::Post, HttpMethod::Get] {
                for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256, SignMethod::HmacSha1] {
                    let signer = Signer::new(endpoint, sign, http).expect("a client of fixed settings");
                    signers.push((signer, sign != SignMethod::Tc3HmacSha256));
                }
            }
        }
        signers
    })
}

fn is_accepted(request: &SignedRequest, id: &str, key: &str, timestamp: i64) {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let headers: Vec<Header<'_>> =
        request.headers.iter().map(|(name, value)| Header { name, value }).collect();
    let direct = Request { method: &request.method, path, query, headers: &headers, body: &request.body };
    let claim = Claim::of(&direct).unwrap_or_else(|error| panic!("{error}: {request:?}"));
    assert_eq!((claim.secret_id(), claim.timestamp()), (id, timestamp));
    assert_eq!((claim.action(), claim.version()), ("SendSms", "2021-01-11"));
    if let Err(mismatch) = claim.check(key, &Policy::default()) {
        panic!("{mismatch}: {request:?}");
    }
    assert!(claim.check(&format!("{key}x"), &Policy::default()).is_err(), "any key would do");

    // The same by way of the wire.
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend([name.as_bytes(), b": ", value.as_slice(), b"\r\n"].concat());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", request.body.len()).as_bytes());
    bytes.extend(&request.body);
    let raw = RawRequest::parse(&bytes).unwrap_or_else(|error| panic!("{error}: {request:?}"));
    let explanation = raw.with(|request| explain(request, key));
    assert!(explanation.holds(), "{explanation}");
    assert_eq!(raw.left_over, 0);
}

/// The wire has the parameters that were given, and none else.
fn carries(
    request: &SignedRequest,
    parameters: &Value,
    mut expected: Vec<(String, String)>,
    has_common: bool,
) {
    let as_json = request.headers.iter().any(|(_, value)| value == b"application/json");
    if as_json {
        assert_eq!(serde_json::from_slice::<Value>(&request.body).ok().as_ref(), Some(parameters));
        return;
    }
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let wire = if request.method == "GET" { query.as_bytes() } else { &request.body };
    let mut found = decode_pairs(wire).unwrap_or_else(|error| panic!("{error}: {request:?}"));
    if has_common {
        found.retain(|(name, _)| !COMMON.contains(&name.as_str()));
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// `path` is that of `value`, whose name may be empty; `None` for the parameters as a whole.
fn walk(path: Option<&str>, value: &Value, pairs: &mut Vec<(String, String)>) {
    let below = |name: &str| path.map_or_else(|| name.to_owned(), |path| format!("{path}.{name}"));
    let own = || path.unwrap_or_default().to_owned();
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(Some(&below(name)), value, pairs));
        }
        Value::Array(entries) => {
            entries
                .iter()
                .enumerate()
                .for_each(|(index, value)| walk(Some(&below(&index.to_string())), value, pairs));
        }
        Value::String(text) => pairs.push((own(), text.clone())),
        Value::Number(_) | Value::Bool(_) => pairs.push((own(), value.to_string())),
    }
}
