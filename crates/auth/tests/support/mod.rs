//! An independent and slow way to sign, written from the published steps, so that mistakes can be made on purpose.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tcsms_auth::{Header, Request};

pub const SECRET_ID: &str = "AKIDEXAMPLE";
pub const SECRET_KEY: &str = "SKEXAMPLE";
/// 2026-11-24 17:30 UTC, which is the 25th in Beijing.
pub const TIMESTAMP: i64 = 1_795_541_400;
pub const HOST: &str = "sms.tencentcloudapi.com";
pub const JSON: &str = "application/json";
pub const FORM: &str = "application/x-www-form-urlencoded";

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256_hex(text: &[u8]) -> String {
    hex(&Sha256::digest(text))
}

pub fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Every choice of a TC3 client, right or wrong.
#[derive(Clone)]
pub struct Tc3 {
    pub first_key: Vec<u8>,
    pub key_date: String,
    pub key_service: String,
    pub keys_as_hex: bool,
    pub scope_date: String,
    pub scope_service: String,
    pub signed_timestamp: i64,
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: String,
    pub signed_headers: String,
    pub payload: Vec<u8>,
    /// What the request itself carries besides the signature.
    pub sent: Sent,
}

#[derive(Clone)]
pub struct Sent {
    pub method: String,
    pub query: String,
    pub host: String,
    pub content_type: String,
    pub timestamp: i64,
    pub body: Vec<u8>,
    pub more: Vec<(String, String)>,
}

impl Tc3 {
    pub fn post(body: &str) -> Self {
        Self {
            first_key: format!("TC3{SECRET_KEY}").into_bytes(),
            key_date: "2026-11-24".into(),
            key_service: "sms".into(),
            keys_as_hex: false,
            scope_date: "2026-11-24".into(),
            scope_service: "sms".into(),
            signed_timestamp: TIMESTAMP,
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: format!("content-type:{JSON}\nhost:{HOST}\n"),
            signed_headers: "content-type;host".into(),
            payload: body.into(),
            sent: Sent {
                method: "POST".into(),
                query: String::new(),
                host: HOST.into(),
                content_type: JSON.into(),
                timestamp: TIMESTAMP,
                body: body.into(),
                more: Vec::new(),
            },
        }
    }

    pub fn get(query: &str) -> Self {
        let mut get = Self::post("");
        get.method = "GET".into();
        get.query = query.into();
        get.headers = format!("content-type:{FORM}\nhost:{HOST}\n");
        get.sent.method = "GET".into();
        get.sent.query = query.into();
        get.sent.content_type = FORM.into();
        get
    }

    pub fn canonical(&self) -> String {
        [
            &*self.method,
            &self.path,
            &self.query,
            &self.headers,
            &self.signed_headers,
            &sha256_hex(&self.payload),
        ]
        .join("\n")
    }

    pub fn signature(&self) -> String {
        let step = |key: &[u8], text: &str| {
            let mac = hmac_sha256(key, text.as_bytes());
            if self.keys_as_hex { hex(&mac).into_bytes() } else { mac }
        };
        let key = step(&step(&step(&self.first_key, &self.key_date), &self.key_service), "tc3_request");
        let text = format!(
            "TC3-HMAC-SHA256\n{}\n{}/{}/tc3_request\n{}",
            self.signed_timestamp,
            self.scope_date,
            self.scope_service,
            sha256_hex(self.canonical().as_bytes())
        );
        hex(&hmac_sha256(&key, text.as_bytes()))
    }

    /// Gives the request with this signature to `read`.
    pub fn with<T>(&self, signature: &str, read: impl FnOnce(&Request<'_>) -> T) -> T {
        let authorization = format!(
            "TC3-HMAC-SHA256 Credential={SECRET_ID}/{}/{}/tc3_request, SignedHeaders={}, Signature={signature}",
            self.scope_date, self.scope_service, self.signed_headers
        );
        let timestamp = self.sent.timestamp.to_string();
        let mut headers = vec![
            ("Host", self.sent.host.as_str()),
            ("Content-Type", &self.sent.content_type),
            ("X-TC-Action", "SendSms"),
            ("X-TC-Version", "2021-01-11"),
            ("X-TC-Timestamp", &timestamp),
            ("Authorization", &authorization),
        ];
        headers.extend(self.sent.more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| Header { name, value: value.as_bytes() }).collect();
        read(&Request {
            method: &self.sent.method,
            path: "/",
            query: &self.sent.query,
            headers: &headers,
            body: &self.sent.body,
        })
    }
}
