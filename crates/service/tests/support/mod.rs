//! A service in memory, and signed requests for it.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its part")]

pub mod receiver;
pub mod running;
pub mod wire;

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tcsms_auth::form;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::v1::{self, Algorithm};
use tcsms_service::{Clock, Config, Service};
use tcsms_store::{Location, Store};

/// The time at which the clocks of these tests stand: 2026-11-25, 11:00 in Beijing.
pub const NOW: i64 = 1_795_575_600;

pub const HOST: &str = "sms.tencentcloudapi.com";

/// The account of these tests. Limits are off.
pub const ACCOUNT: &str = r#"
[[account]]
id = "test"
[[account.key]]
secret_id = "AKIDEXAMPLE"
secret_key = "SKEXAMPLE"
[[account.key]]
secret_id = "AKIDTEMPORARY"
secret_key = "SKTEMPORARY"
token = "a token/+="
[[account.app]]
sdk_app_id = "1400787878"
[[account.sign]]
id = 1
name = "腾讯云"
[[account.template]]
id = "449739"
name = "welcome"
content = "欢迎使用本服务。"
[[account.template]]
id = "1110"
name = "code"
content = "您的验证码是{1}"
kind = "verification"
[limits]
profile = "off"
"#;

/// A service whose clocks stand at [`NOW`], with more configuration after [`ACCOUNT`].
pub async fn service(more: &str) -> Service {
    service_at(&Clock::frozen(NOW), more).await
}

pub async fn service_at(clock: &Clock, more: &str) -> Service {
    let config = Config::from_toml(&format!("{ACCOUNT}\n{more}"), "test.toml").unwrap();
    let store = Store::open(&Location::Memory).unwrap();
    Service::start(config, store, clock.clone()).await.unwrap()
}

/// A call in the TC3 form, to be changed and then signed.
#[derive(Clone)]
pub struct Call {
    pub method: &'static str,
    pub query: String,
    pub host: String,
    /// The host that is signed, when it is another.
    pub signed_host: Option<String>,
    pub service: &'static str,
    pub timestamp: i64,
    pub secret_id: &'static str,
    pub secret_key: &'static str,
    pub content_type: &'static str,
    /// All headers besides host, content type and signature.
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Call {
    /// A POST of this action in 2021-01-11.
    pub fn new(action: &str, body: &str) -> Self {
        let call = Self {
            method: "POST",
            query: String::new(),
            host: HOST.to_owned(),
            signed_host: None,
            service: "sms",
            timestamp: NOW,
            secret_id: "AKIDEXAMPLE",
            secret_key: "SKEXAMPLE",
            content_type: "application/json",
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        call.header("x-tc-action", action)
            .header("x-tc-version", "2021-01-11")
            .header("x-tc-region", "ap-guangzhou")
            .header("x-tc-timestamp", &NOW.to_string())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    pub fn at(mut self, timestamp: i64) -> Self {
        self.timestamp = timestamp;
        self.header("x-tc-timestamp", &timestamp.to_string())
    }

    pub fn authorization(&self) -> String {
        let unsigned = self.headers.contains_key("x-tc-content-sha256");
        let signing = Signing {
            method: self.method,
            query: &self.query,
            content_type: self.content_type,
            host: self.signed_host.as_deref().unwrap_or(&self.host),
            payload: if unsigned { Payload::Unsigned } else { Payload::Body(&self.body) },
            service: self.service,
            timestamp: self.timestamp,
            secret_id: self.secret_id,
            ..Signing::default()
        };
        signing.authorization(&signing.key(self.secret_key))
    }

    /// The request with its signature, unless an `Authorization` header was set.
    pub fn request(&self) -> Request<http_body_util::Full<bytes::Bytes>> {
        let uri = if self.query.is_empty() { "/".to_owned() } else { format!("/?{}", self.query) };
        let mut request =
            Request::builder().method(self.method).uri(uri).body(self.body.clone().into()).unwrap();
        let headers = request.headers_mut();
        headers.insert("authorization", self.authorization().parse().unwrap());
        headers.insert("host", self.host.parse().unwrap());
        headers.insert("content-type", self.content_type.parse().unwrap());
        headers.extend(self.headers.clone());
        request
    }

    pub async fn send(&self, service: &Service) -> Value {
        answer(service, self.request()).await
    }
}

/// A call in the older form: its parameters, common ones included.
pub fn v1_parameters(action: &str, own: &[(&str, &str)]) -> Vec<(String, String)> {
    let now = NOW.to_string();
    let common = [
        ("Action", action),
        ("Version", "2021-01-11"),
        ("Region", "ap-guangzhou"),
        ("Timestamp", &now),
        ("Nonce", "0"),
        ("SecretId", "AKIDEXAMPLE"),
        ("SignatureMethod", "HmacSHA256"),
    ];
    common.iter().chain(own).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Signs parameters and makes a GET or a POST of them.
pub fn v1_request(method: &str, mut parameters: Vec<(String, String)>) -> Request<String> {
    let named =
        parameters.iter().find(|(name, _)| name == "SignatureMethod").map(|(_, value)| value.as_str());
    let text = v1::string_to_sign(method, HOST, "/", &parameters);
    let signature = v1::sign(Algorithm::named(named), "SKEXAMPLE", &text);
    parameters.push(("Signature".to_owned(), signature));
    let form = form::encode_pairs(&parameters);
    let request = Request::builder().method(method).header("host", HOST);
    match method {
        "GET" => request.uri(format!("/?{form}")).body(String::new()).unwrap(),
        _ => request.uri("/").header("content-type", "application/x-www-form-urlencoded").body(form).unwrap(),
    }
}

/// Sends a request of the API and returns what stands in `Response`, after checking the envelope.
pub async fn answer<B>(service: &Service, request: Request<B>) -> Value
where
    B: hyper::body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let response = service.call(request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let mut value = body(response).await;
    let response = value["Response"].take();
    assert_eq!(value.as_object().unwrap().len(), 1);
    assert_eq!(response["RequestId"].as_str().unwrap().len(), 36);
    if response.get("Error").is_some() {
        assert_eq!(response.as_object().unwrap().len(), 2, "an error stands alone: {response}");
    }
    response
}

/// The body as JSON.
pub async fn body(response: http::Response<axum::body::Body>) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&bytes)))
}

/// Asks the control API; the status with the answer.
pub async fn control(service: &Service, method: &str, path: &str, body_text: &str) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:9180")
        .body(body_text.to_owned())
        .unwrap();
    let response = service.call(request).await;
    (response.status().as_u16(), body(response).await)
}

/// `Code: Message` of an error, or `Ok`.
pub fn outcome(response: &Value) -> String {
    match &response["Error"] {
        Value::Null => "Ok".to_owned(),
        error => format!("{}: {}", error["Code"].as_str().unwrap(), error["Message"].as_str().unwrap()),
    }
}

/// A body of SendSms to these numbers with the template without values.
pub fn send_sms(phones: &[&str]) -> String {
    serde_json::json!({
        "PhoneNumberSet": phones, "SmsSdkAppId": "1400787878", "TemplateId": "449739", "SignName": "腾讯云",
    })
    .to_string()
}

/// A body of SendSms with a login code.
pub fn send_code(phone: &str, code: &str) -> String {
    serde_json::json!({
        "PhoneNumberSet": [phone], "SmsSdkAppId": "1400787878", "TemplateId": "1110", "SignName": "腾讯云",
        "TemplateParamSet": [code],
    })
    .to_string()
}
