//! The two ways to sign, which the documented SDK offers as functions.

use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::v1::{self, Algorithm};

use crate::node::{Arguments, Env, Thrown, Value};

/// `sign(secretKey, text, method)`: the base64 of the HMAC of a text; the method is `HmacSHA1` or `HmacSHA256`.
pub(crate) fn sign(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let [secret_key, text, method] = [0, 1, 2].map(|place| env.string(arguments.at(place)));
    let method = method?;
    let algorithm = Algorithm::named(Some(&method));
    if algorithm.as_str() != method {
        return Err(Thrown("signMethod invalid, signMethod only support (HmacSHA1, HmacSHA256)".to_owned()));
    }
    env.text(&v1::sign(algorithm, &secret_key?, &text?))
}

/// `signTc3(told, timestamp, secretKey, body)`: the header Authorization of a request. `told` has method, query, content
/// type, host, service and id of the key, each on a line.
pub(crate) fn sign_tc3(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let told = env.string(arguments.at(0))?;
    let [method, query, content_type, host, service, secret_id] =
        <[&str; 6]>::try_from(told.split('\n').collect::<Vec<_>>())
            .map_err(|_| Thrown("a value of the signature has a line end".to_owned()))?;
    let (secret_key, body) = (env.string(arguments.at(2))?, env.bytes(arguments.at(3))?);
    let signing = Signing {
        method,
        query,
        content_type,
        host,
        payload: Payload::Body(&body),
        service,
        timestamp: env.number(arguments.at(1))? as i64,
        secret_id,
        ..Signing::default()
    };
    env.text(&signing.authorization(&signing.key(&secret_key)))
}
