//! Explanations of signatures: none shows the key or the right signature, and no bytes are taken for a signed request.

use tcsms_auth::explain::explain_raw;
use tcsms_auth::tc3::{Payload, Signing};

use crate::fields::Fields;

const KEY: &str = "SKFUZZ0f3b9d27-unguessable";

pub(crate) fn run(data: &[u8]) {
    if data.windows(KEY.len()).any(|window| window == KEY.as_bytes()) {
        return;
    }
    if let Ok(explanation) = explain_raw(data, KEY) {
        assert!(!explanation.holds(), "nobody signed this");
        hides(&format!("{explanation} {explanation:?}"), KEY);
    }
    after_damage(data);
}

/// A request that was changed after signing: the explanation knows which signature would hold, and keeps it.
fn after_damage(data: &[u8]) {
    let mut fields = Fields::of(data);
    let timestamp = (fields.number() % 10_000_000_000) as i64;
    let id = fields.text().replace(|sign: char| sign.is_control() || sign == ',', "");
    let id = if id.trim().is_empty() { "AKID" } else { id.trim() };
    let body = fields.rest();
    let signing = |body| Signing {
        host: "sms.tencentcloudapi.com",
        payload: Payload::Body(body),
        timestamp,
        secret_id: id,
        ..Signing::default()
    };
    let changed = [body, b" "].concat();
    let authorization = |body| {
        let signing = signing(body);
        signing.authorization(&signing.key(KEY))
    };
    let request = |body: &[u8], authorization: &str| {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: sms.tencentcloudapi.com\r\nContent-Type: application/json\r\nX-TC-Action: SendSms\r\n\
             X-TC-Version: 2021-01-11\r\nX-TC-Timestamp: {timestamp}\r\nAuthorization: {authorization}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        explain_raw(&[head.as_bytes(), body].concat(), KEY).unwrap_or_else(|error| panic!("{error}: {head}"))
    };
    let right = authorization(&changed);
    assert!(request(&changed, &right).holds());
    let explanation = request(&changed, &authorization(body));
    assert!(!explanation.holds());
    let shown = format!("{explanation} {explanation:?}");
    hides(&shown, KEY);
    let (_, signature) = right.rsplit_once('=').unwrap_or_default();
    assert_eq!(signature.len(), 64);
    hides(&shown, signature);
}

fn hides(shown: &str, secret: &str) {
    assert!(!shown.contains(secret), "{secret} is shown: {shown}");
}
