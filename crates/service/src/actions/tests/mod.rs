//! The actions over a store in memory, without the gateway.

mod accounts;
mod any_request;
mod by_number;
mod multi_global;
mod numbers;
mod packages;
mod pulling;
mod sending;
mod signs;
mod statistics;
mod templates;

use serde_json::{Value, json};
use tcsms_api::{ACTIONS, find_action};
use tcsms_store::{DeliveryEnd, DeliveryOutcome, Location, MessageFilter, Receipt};

use super::*;
use crate::service::configured;

/// 2026-11-25 11:00 in Beijing.
const NOW: i64 = 1_795_575_600;

const CONFIG: &str = r#"
[[account]]
id = "a"
[[account.key]]
secret_id = "ida"
secret_key = "keya"
[[account.app]]
sdk_app_id = "1400006666"
[[account.app]]
sdk_app_id = "1400000001"
enabled = false
[[account.sign]]
id = 1
name = "青柠科技"
[[account.sign]]
id = 2
name = "Lime Tech"
international = true
[[account.sign]]
id = 3
name = "等待"
status = "reviewing"
[[account.sign]]
id = 4
name = "12306"
[[account.template]]
id = "1"
name = "code"
content = "您的验证码为{1}，{2}分钟内有效。"
kind = "verification"
[[account.template]]
id = "2"
name = "sale"
content = "会员专享{1}折。拒收请回复R"
kind = "marketing"
[[account.template]]
id = "3"
name = "notice"
content = "通知：{1}。"
[[account.template]]
id = "4"
name = "waiting"
content = "通知：{1}。"
status = "reviewing"
[[account.template]]
id = "5"
name = "code behind"
content = "验证码为：{1}"
kind = "verification"
[[account.template]]
id = "1800308"
name = "global"
content = "Your code is {1}."
kind = "verification"
international = true
[[account.template]]
id = "449739"
name = "plain"
content = "您的验证码已发送"

[[account]]
id = "b"
individual = true
[[account.key]]
secret_id = "idb"
secret_key = "keyb"
[[account.app]]
sdk_app_id = "1400000002"
[[account.template]]
id = "9"
name = "sale"
content = "好。拒收请回复R"
kind = "marketing"
[[account.sign]]
id = 1
name = "个人"
"#;

struct Bench {
    actions: Actions,
    account: &'static str,
    sub_account: bool,
    now: i64,
}

impl Bench {
    /// The configuration above with these lines after it.
    fn with(more: &str) -> Self {
        let config = Config::from_toml(&format!("{CONFIG}\n{more}"), "test.toml").unwrap();
        Self::over(config)
    }

    fn over(config: Config) -> Self {
        let store = Store::open(&Location::Memory).unwrap();
        let directory = Arc::new(Directory::new(&config.accounts));
        Self {
            actions: Actions::new(Arc::new(config), directory, store),
            account: "a",
            sub_account: false,
            now: NOW,
        }
    }

    async fn new() -> Self {
        Self::with("").ready().await
    }

    async fn ready(self) -> Self {
        let configured = configured(&self.actions.config);
        self.actions.store.apply_configuration(configured, self.now).await.unwrap();
        self
    }

    async fn call_version(
        &self,
        version: Version,
        action: &str,
        parameters: &Value,
    ) -> Result<Value, (String, String)> {
        let account = self.actions.directory.account(self.account).unwrap();
        let caller = Caller {
            account: &account,
            sub_account: self.sub_account,
            now_ms: self.now * 1000,
            request_id: "the-request-id",
        };
        let info = find_action(version, action).unwrap();
        let body = serde_json::to_vec(parameters).unwrap();
        match self.actions.perform(caller, info, &body).await {
            Ok(answer) => {
                let answer: Value = serde_json::from_str(&answer).unwrap();
                assert_eq!(answer["RequestId"], "the-request-id");
                Ok(answer)
            }
            Err(error) => {
                // Whatever fails the call has to be documented for it.
                assert!(
                    info.errors.contains(&error.code.as_str()),
                    "{} of {action} in {version}",
                    error.code
                );
                Err((error.code.to_string(), error.message))
            }
        }
    }

    async fn call(&self, action: &str, parameters: Value) -> Result<Value, (String, String)> {
        self.call_version(Version::V20210111, action, &parameters).await
    }

    /// Sends with these members over a request that is good, and returns the elements.
    async fn send(&self, members: Value) -> Vec<Value> {
        let answer = self.call("SendSms", merged(members)).await.unwrap();
        let Value::Array(set) = answer["SendStatusSet"].clone() else { panic!("{answer}") };
        set
    }

    /// The codes of a send, one for each number.
    async fn codes(&self, members: Value) -> Vec<String> {
        let set = self.send(members).await;
        set.iter().map(|element| element["Code"].as_str().unwrap().to_owned()).collect()
    }

    async fn code(&self, members: Value) -> String {
        self.codes(members).await.join(" ")
    }

    /// The error of a call to send.
    async fn send_error(&self, members: Value) -> String {
        self.call("SendSms", merged(members)).await.unwrap_err().0
    }

    /// Ends the delivery of what waits; numbers that end in 2 do not get theirs.
    async fn deliver(&self) {
        let now_ms = self.now * 1000 + 1000;
        let due = self.actions.store.claim_due(0, now_ms, 1000).await.unwrap();
        let receipt = |phone: &str| {
            let (delivered, word) = if phone.ends_with('2') { (false, "UNDELIV") } else { (true, "DELIVRD") };
            Receipt { delivered, word: word.to_owned(), at: now_ms / 1000 }
        };
        let outcomes = due
            .into_iter()
            .map(|due| DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(vec![receipt(&due.phone)]) })
            .collect();
        self.actions.store.finish_deliveries(outcomes).await.unwrap();
    }

    /// A call that is refused: its code.
    async fn refusal(&self, version: Version, action: &str, parameters: &Value) -> String {
        self.call_version(version, action, parameters).await.unwrap_err().0
    }

    /// A person answers the newest message.
    async fn reply(&self, phone: &str, text: &str) {
        let reply = IncomingReply {
            account: self.account.to_owned(),
            app: None,
            phone: phone.to_owned(),
            text: text.to_owned(),
            at: self.now,
        };
        assert!(receive_reply(&self.actions.store, reply).await.unwrap().is_some());
    }

    async fn messages(&self) -> Vec<tcsms_store::Message> {
        self.actions.store.messages(MessageFilter { limit: 1000, ..MessageFilter::default() }).await.unwrap()
    }
}

fn merged(members: Value) -> Value {
    let request = json!({
        "PhoneNumberSet": ["+8613700000001"],
        "SmsSdkAppId": "1400006666",
        "TemplateId": "1",
        "SignName": "青柠科技",
        "TemplateParamSet": ["4370", "5"],
    });
    over(request, members)
}

/// Members over those of a good request; null takes one away.
fn over(mut request: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("{members}") };
    request.as_object_mut().unwrap().extend(members);
    request.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    request
}

#[tokio::test]
async fn every_action_of_the_definition_is_served() {
    let bench = Bench::new().await;
    for action in ACTIONS {
        let caller = Caller {
            account: &bench.actions.directory.account("a").unwrap(),
            sub_account: false,
            now_ms: NOW * 1000,
            request_id: "r",
        };
        if let Err(error) = bench.actions.perform(caller, action, b"{}").await {
            assert_ne!(error, not_served(action.name), "{} of {}", action.name, action.version);
        }
    }
    assert_eq!(ACTIONS.len(), 36);
}
