//! A service for the targets that ask one.

use std::cell::OnceCell;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tcsms_service::{Clock, Config, Service};
use tcsms_store::{Location, Store};
use tokio::runtime::{Builder, Runtime};

/// The time at which its clocks stand.
pub(crate) const NOW: i64 = 1_795_575_600;

/// The key of its account.
pub(crate) const SECRET: (&str, &str) = ("secretId", "secretKeyOfTheFuzzTargets");

thread_local! {
    static SERVICE: OnceCell<(Runtime, Service)> = const { OnceCell::new() };
}

/// Asks it; the status, the kind of content, and the content, unless that is a stream that never ends.
pub(crate) fn ask(request: Request<Vec<u8>>) -> (u16, String, Vec<u8>) {
    SERVICE.with(|service| {
        let (runtime, service) = service.get_or_init(start);
        runtime.block_on(async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let answer: Response<_> = service.call(request).await;
            let kind = answer.headers().get("content-type");
            let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
            let status = answer.status().as_u16();
            if kind == "text/event-stream" {
                return (status, kind, Vec::new());
            }
            let body = answer.into_body().collect().await.expect("the body ends").to_bytes();
            (status, kind, body.to_vec())
        })
    })
}

fn start() -> (Runtime, Service) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (id, key) = SECRET;
    let config = format!(
        r#"
        [[account]]
        id = "fuzz"
        [[account.key]]
        secret_id = "{id}"
        secret_key = "{key}"
        [[account.app]]
        sdk_app_id = "1400787878"
        [[account.sign]]
        id = 1
        name = "腾讯云"
        [[account.template]]
        id = "449739"
        name = "login"
        content = "您的验证码是{{1}}"
        kind = "verification"
        [limits]
        profile = "off"
        api_rate = false
        [delivery]
        delay = "0s"
        "#
    );
    let config = Config::from_toml(&config, "fuzz.toml").expect("the configuration is right");
    let store = Store::open(&Location::Memory).expect("a database in memory");
    let service = runtime.block_on(Service::start(config, store, Clock::frozen(NOW))).expect("a service");
    (runtime, service)
}
