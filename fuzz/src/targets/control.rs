//! Requests to the control API: whatever is asked, it answers, in its own form.

use http::Request;
use serde_json::Value;

use crate::fields::Fields;
use crate::service::ask;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let (method, path) = (fields.text(), fields.text());
    // A wait takes its time.
    if path.contains("wait") {
        return;
    }
    let request = Request::builder()
        .method(&*method)
        .uri(format!("/_tcsms/v1/{path}"))
        .header("host", "127.0.0.1:9180")
        .header("content-type", "application/json")
        .body(fields.rest().to_vec());
    let Ok(request) = request else { return };
    let head = request.method() == http::Method::HEAD;
    let (status, kind, body) = ask(request);
    let shown = String::from_utf8_lossy(&body);
    assert!(status < 500, "{status}: {shown}");
    if kind == "text/event-stream" || head {
        return;
    }
    assert_eq!(kind, "application/json", "{status}: {shown}");
    let answer: Value = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}: {shown}"));
    let error = &answer["error"];
    if status < 300 {
        assert!(error.is_null(), "{shown}");
    } else {
        let told = |name: &str| error[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(told("code") && told("message"), "{status}: {shown}");
    }
}
