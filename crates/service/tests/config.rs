//! The configuration file: what it may say, and how its mistakes are reported.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use insta::assert_snapshot;
use tcsms_service::config::{ReviewMode, ScriptedFate, default_limits, strict_limits};
use tcsms_service::{Config, Directory};
use tcsms_store::{ConfiguredPackage, Limits, ReviewState, Scope, TemplateKind};

fn error(text: &str) -> String {
    match Config::from_toml(text, "tcsms.toml") {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The error of an account's part.
fn account_error(text: &str) -> String {
    error(&format!("[[account]]\nid = \"a\"\n{text}"))
}

const FULL: &str = r#"
[[account]]
id = "dev"
reply_url = "http://127.0.0.1:9000/reply"
certified = false
arrears = true
[[account.key]]
secret_id = "<your secret id>"
secret_key = "s p a c e"
sub_account = true
[[account.qualification]]
id = 7
name = "营业执照"
status = "change-reviewing"
[[account.app]]
sdk_app_id = "1400787878"
status_url = "http://127.0.0.1:9000/status"
[account.app.limits]
per_number_1d = 3
app_country_per_day = 9
exempt_numbers = ["13700000001", "+85261234567"]
[[account.app]]
sdk_app_id = "1400787879"
enabled = false
[[account.sign]]
id = 1
name = "xxx"
qualification = 7
[[account.sign]]
id = 2
name = "Lime Tech"
international = true
status = "rejected"
[[account.template]]
id = "449739"
name = "login"
content = "您的验证码是{1}"
international = false
kind = "verification"
status = "reviewing"
[[account.package]]
id = 1
amount = 100000
gift = true
created = "2026-11-25 11:00:00"
expires = "2027-11-25 11:00:00"
[[account]]
id = "second"
individual = true
[limits]
profile = "strict"
per_number_30s = 2
account_global_per_day = 7
api_rate = false
[review]
mode = "manual"
delay = "5m"
[delivery]
delay = "500ms"
[rules]
any_region = false
sensitive_words = ["赌博"]
countries_not_offered = ["KP"]
qualification_required = true
"#;

#[test]
fn everything_that_may_be_said() {
    let config = Config::from_toml(FULL, "tcsms.toml").unwrap_or_else(|error| panic!("{error}"));
    let directory = Directory::new(&config.accounts);
    let (account, key) = directory.key("<your secret id>").unwrap();
    assert_eq!((account.id.as_str(), key.secret_key.expose()), ("dev", "s p a c e"));
    assert_eq!(account.reply_url.as_deref(), Some("http://127.0.0.1:9000/reply"));
    let base = Limits { per_number_30s: 2, account_global_per_day: 7, ..strict_limits() };
    let exempt = ["+8613700000001", "+85261234567"].map(str::to_owned);
    let own =
        Limits { per_number_1d: 3, app_country_per_day: 9, exempt_numbers: exempt.into(), ..base.clone() };
    let (owner, app) = directory.app("1400787878").unwrap();
    assert_eq!((owner.id.as_str(), &*app.limits, app.enabled), ("dev", &own, true));
    let (_, disabled) = directory.app("1400787879").unwrap();
    assert_eq!((&*disabled.limits, disabled.enabled), (&base, false));
    let signs: Vec<_> = account.signs.iter().map(|sign| (sign.id, sign.scope, sign.state)).collect();
    assert_eq!(
        signs,
        [(1, Scope::Mainland, ReviewState::Approved), (2, Scope::Global, ReviewState::Refused)]
    );
    let template = &account.templates[0];
    assert_eq!(
        (template.id, template.kind, template.state),
        (449_739, TemplateKind::Verification, ReviewState::Reviewing)
    );
    let package = ConfiguredPackage {
        id: 1,
        amount: 100_000,
        gift: true,
        created: Some(1_795_575_600),
        effective: None,
        expires: Some(1_827_111_600),
    };
    assert_eq!(account.packages, [package]);
    assert!(!account.certified && account.arrears && key.sub_account);
    let papers = &account.qualifications[0];
    assert_eq!((papers.id, papers.name.as_str(), papers.state.code()), (7, "营业执照", 4));
    assert_eq!(account.signs.iter().map(|sign| sign.qualification).collect::<Vec<_>>(), [Some(7), None]);
    assert!(directory.account("second").unwrap().individual);
    assert_eq!((config.review.mode, config.review.delay), (ReviewMode::Manual, Duration::from_secs(300)));
    assert_eq!(config.delivery.delay, Duration::from_millis(500));
    assert!(!config.api_rate && !config.rules.any_region && config.rules.marketing_hours);
    assert_eq!(config.rules.sensitive_words, ["赌博"]);
    assert_eq!(config.rules.countries_not_offered, ["KP"]);
    assert!(config.rules.qualification_required);
    assert!(directory.key("nobody").is_none() && directory.app("1").is_none());
}

#[test]
fn an_empty_file_is_the_development_account_with_every_default() {
    let config = Config::from_toml("", "tcsms.toml").unwrap_or_else(|error| panic!("{error}"));
    let directory = Directory::new(&config.accounts);
    for (id, key) in [("secretId", "secretKey"), ("xxx", "xxx"), ("<your secret id>", "<your secret key>")] {
        assert_eq!(directory.key(id).unwrap().1.secret_key.expose(), key);
    }
    assert_eq!(*directory.app("1400787878").unwrap().1.limits, default_limits());
    assert!(directory.app("1400009099").is_some());
    assert_eq!((config.max_clock_skew, config.api_rate), (300, true));
    assert_eq!(config.delivery.delay, Duration::from_secs(1));
}

#[test]
fn profiles() {
    let limits = |text: &str| {
        let config = Config::from_toml(text, "f").unwrap_or_else(|error| panic!("{error}"));
        let text = "[[account]]\nid = \"a\"\n[[account.app]]\nsdk_app_id = \"1\"\n".to_owned() + text;
        let own = Config::from_toml(&text, "f").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            config.accounts[0].apps[0].limits, own.accounts[0].apps[0].limits,
            "the development account"
        );
        own.accounts[0].apps[0].limits.clone()
    };
    assert_eq!(*limits(""), default_limits());
    assert_eq!(*limits("[limits]\nprofile = \"default\""), default_limits());
    assert_eq!(*limits("[limits]\nprofile = \"strict\""), strict_limits());
    assert_eq!(*limits("[limits]\nprofile = \"off\""), Limits::default());
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    assert_snapshot!(error("[delivery]\ndelai = \"1s\""), @"tcsms.toml:2:1: unknown key `delai` in [delivery]; did you mean `delay`?");
    assert_snapshot!(error("[review]\nspeed = 1"), @"tcsms.toml:2:1: unknown key `speed` in [review]; known keys here: mode, delay");
    assert_snapshot!(error("[[accounts]]\nid = \"a\""), @"tcsms.toml:1:3: unknown key `accounts` at the top; did you mean `account`?");
    assert_snapshot!(account_error("[[account.app]]\nsdk_app_id = \"1\"\n[account.app.limits]\naccount_global_per_day = 1"), @"tcsms.toml:6:1: unknown key `account_global_per_day` in [account.app.limits]; known keys here: exempt_numbers, per_number_30s, thirty_seconds_by_content, per_number_1h, per_number_1d, per_number_same_content, app_per_day, app_mainland_per_day, app_global_per_day, app_country_per_day");
}

#[test]
fn values_of_the_wrong_kind_are_quoted() {
    assert_snapshot!(error("[delivery]\ndelay = \"soon\""), @r#"tcsms.toml:2:9: `delay` = "soon" is not allowed; it must be a whole number and one of the units ms, s, m, h and d, such as "500ms", "1s" or "24h""#);
    assert_snapshot!(error("[delivery]\ndelay = 1"), @r#"tcsms.toml:2:9: `delay` = 1 is not allowed; it must be a whole number and one of the units ms, s, m, h and d, such as "500ms", "1s" or "24h""#);
    assert_snapshot!(error("[review]\nmode = \"never\""), @r#"tcsms.toml:2:8: `mode` = "never" is not allowed; it must be one of "auto", "manual", "reject""#);
    assert_snapshot!(error("[limits]\nper_number_1d = -1"), @"tcsms.toml:2:17: `per_number_1d` = -1 is not allowed; it must be a whole number of 0 to 4294967295");
    assert_snapshot!(error("[limits]\napi_rate = 1"), @"tcsms.toml:2:12: `api_rate` = 1 is not allowed; it must be true or false");
    assert_snapshot!(error("[rules]\nsensitive_words = \"a\""), @r#"tcsms.toml:2:19: `sensitive_words` = "a" is not allowed; it must be a list of texts, such as ["a", "b"]"#);
    assert_snapshot!(error("[rules]\nsensitive_words = [\"a\", \"\"]"), @"tcsms.toml:2:25: a sensitive word must not be empty; take it out");
    assert_snapshot!(error("rules = 1"), @"tcsms.toml:1:9: `rules` = 1 is not allowed; it must be a table; write it as [rules]");
    assert_snapshot!(error("[account]\nid = \"a\""), @"tcsms.toml:1:1: `account` = [account] is not allowed; it must be a list of tables; write each as [[account]]");
    assert_snapshot!(account_error("reply_url = \"ftp://x\""), @r#"tcsms.toml:3:13: `reply_url` = "ftp://x" must be a URL that begins with http:// or https://"#);
    assert_snapshot!(account_error("[[account.app]]\nsdk_app_id = \"14OO\""), @r#"tcsms.toml:4:14: `sdk_app_id` = "14OO" must be digits only, such as "1400787878""#);
    assert_snapshot!(account_error("[[account.app]]\nsdk_app_id = \"1\"\n[account.app.limits]\nexempt_numbers = [\"12345\"]"), @r#"tcsms.toml:6:19: `12345` is no phone number; write it as in "+8613700000001""#);
    assert_snapshot!(account_error("[[account.app]]\nsdk_app_id = \"1\"\ncountries = [\"HK\", \"us\"]"), @r#"tcsms.toml:5:20: `us` is no country; write its two capital letters, as in "HK""#);
    assert_snapshot!(account_error("[[account.sign]]\nid = 1\nname = \"【a】\""), @r#"tcsms.toml:5:8: `name` = "【a】" must not contain brackets; the service adds them"#);
    assert_snapshot!(account_error("[[account.sign]]\nid = 1\nname = \"a\"\nqualification = 3"), @"tcsms.toml:6:17: `qualification` = 3 is none of this account; add it as [[account.qualification]]");
    assert_snapshot!(account_error("[[account.package]]\nid = 1\namount = 1\nexpires = \"2026-11-25\""), @r#"tcsms.toml:6:11: `expires` = "2026-11-25" is no time; write it in Beijing time, as in "2026-11-25 11:00:00""#);
    assert_snapshot!(account_error("[[account.template]]\nid = \"x\"\ncontent = \"a\""), @r#"tcsms.toml:4:6: `id` = "x" must be a number in quotes, such as "449739""#);
    assert_snapshot!(account_error("[[account.template]]\nid = \"1\"\ncontent = \"{1}{2}\""), @"tcsms.toml:5:11: template 1 does not fit: variables {1} and {2} touch; put words or a sign between them");
}

#[test]
fn what_is_missing_is_named() {
    assert_snapshot!(error("[[account]]"), @"tcsms.toml:1:1: [account] has no `id`; add it");
    assert_snapshot!(error("[[account]]\nid = \"\""), @"tcsms.toml:2:6: `id` must not be empty");
    assert_snapshot!(account_error("[[account.key]]\nsecret_id = \"i\""), @"tcsms.toml:3:1: [account.key] has no `secret_key` or `secret_key_file`; add it");
    assert_snapshot!(account_error("[[account.template]]\nid = \"1\""), @"tcsms.toml:3:1: [account.template] has no `content`; add it");
    assert_snapshot!(account_error("[[account.package]]\nid = 1"), @"tcsms.toml:3:1: [account.package] has no `amount`; add it");
}

#[test]
fn ids_are_unique() {
    assert_snapshot!(error("[[account]]\nid = \"a\"\n[[account]]\nid = \"a\""), @"tcsms.toml:4:6: another account has `id` a already; give each its own");
    let key = "[[account.key]]\nsecret_id = \"i\"\nsecret_key = \"k\"\n";
    assert_snapshot!(error(&format!("[[account]]\nid = \"a\"\n{key}[[account]]\nid = \"b\"\n{key}")), @"tcsms.toml:9:13: another key has `secret_id` i already; give each its own");
    assert_snapshot!(account_error("[[account.sign]]\nid = 1\nname = \"a\"\n[[account.sign]]\nid = 1\nname = \"b\""), @"tcsms.toml:7:6: another sign of this account has `id` 1 already; give each its own");
    let template = "[[account.template]]\nid = \"7\"\ncontent = \"a\"\n";
    assert_snapshot!(account_error(&format!("{template}{template}")), @"tcsms.toml:7:6: another template of this account has `id` 7 already; give each its own");
    // Another account may have the same template id.
    assert_eq!(
        error(&format!("[[account]]\nid = \"a\"\n{template}[[account]]\nid = \"b\"\n{template}")),
        "no error"
    );
}

#[test]
fn no_secret_is_quoted() {
    let both = "[[account.key]]\nsecret_id = \"i\"\nsecret_key = \"hush\"\nsecret_key_file = \"f\"";
    assert_snapshot!(account_error(both), @"tcsms.toml:6:19: both `secret_key` and `secret_key_file` are given; keep one of them");
    assert_snapshot!(account_error("[[account.key]]\nsecret_id = \"i\"\nsecret_key = 12345"), @"tcsms.toml:5:14: `secret_key` is not allowed; it must be a text in quotes");
    assert_snapshot!(account_error("[[account.key]]\nsecret_id = \"i\"\nsecret_key = \"hush"), @r#"tcsms.toml:5:19: not TOML: invalid basic string, expected `"`"#);
    assert_snapshot!(account_error("[[account.key]]\nsecret_id = \"i\"\nsecret_key = \"\""), @"tcsms.toml:5:14: the secret key is empty");
}

#[test]
fn what_is_no_toml_has_a_place() {
    assert_snapshot!(error("[limits]\nprofile = off"), @"tcsms.toml:2:11: not TOML: string values must be quoted, expected literal string");
    assert_snapshot!(error("[limits]\nprofile = \"off\"\nprofile = \"off\""), @"tcsms.toml:3:1: not TOML: duplicate key");
    assert_snapshot!(error("一 = 1"), @"tcsms.toml:1:1: not TOML: invalid unquoted key, expected letters, numbers, `-`, `_`");
}

#[test]
fn a_secret_may_stand_in_a_file_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key"), "s3cret\n").unwrap();
    let file = folder.path().join("tcsms.toml");
    let text = |name: &str| {
        format!("[[account]]\nid = \"a\"\n[[account.key]]\nsecret_id = \"i\"\nsecret_key_file = \"{name}\"")
    };
    let config =
        Config::from_toml(&text("key"), file.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.accounts[0].keys[0].secret_key.expose(), "s3cret");
    let error = Config::from_toml(&text("absent"), file.to_str().unwrap()).err().unwrap();
    assert_eq!((error.line, error.column), (5, 19));
    assert!(error.message.contains("cannot read") && error.message.contains("absent"), "{}", error.message);
}

#[test]
fn how_the_service_works() {
    let config = Config::from_toml(
        "[delivery]\njitter = \"2s\"\n[[delivery.rule]]\nnumbers = [\"*7777\"]\noutcome = \"rejected\"\n\
         [[delivery.rule]]\nnumbers = [\"+852*\"]\ndelay = \"1h\"\ncopies = 2\n\
         [callbacks]\ntimeout = \"1s\"\nretries = []\nallow_private = false\n[retention]\nage = \"0s\"\nmessages = 5\n",
        "tcsms.toml",
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let [rejected, late] = config.delivery.rules.as_slice() else { panic!("two rules") };
    assert_eq!(rejected.script.fate, ScriptedFate::Rejected("REJECTD".to_owned()));
    assert_eq!(
        (&late.script.fate, late.script.delay.as_secs(), late.script.copies),
        (&ScriptedFate::Delivered, 3600, 2)
    );
    assert_eq!((config.delivery.jitter.as_secs(), config.callbacks.timeout.as_secs()), (2, 1));
    assert_eq!((config.callbacks.retries.len(), config.callbacks.allow_private), (0, Some(false)));
    assert_eq!((config.retention.age.as_secs(), config.retention.messages), (0, 5));
    let plain = Config::development();
    let retries: Vec<u64> = plain.callbacks.retries.iter().map(Duration::as_secs).collect();
    assert_eq!(
        (retries, plain.callbacks.timeout.as_secs(), plain.callbacks.allow_private),
        (vec![5, 30], 5, None)
    );
}

#[test]
fn mistakes_in_how_the_service_works() {
    for (text, expected) in [
        (
            "[[delivery.rule]]\noutcome = \"failed\"",
            "tcsms.toml:1:1: [delivery.rule] has no `numbers`; add it",
        ),
        (
            "[[delivery.rule]]\nnumbers = [\"*x\"]",
            "tcsms.toml:2:12: `*x` is no pattern of numbers; write digits, + and *, as in \"*7777\"",
        ),
        (
            "[callbacks]\ntimeout = \"0s\"",
            "tcsms.toml:1:1: `timeout` is zero; an attempt needs time, as in \"5s\"",
        ),
        (
            "[callbacks]\nretries = [5]",
            "tcsms.toml:2:12: `retries` = 5 is not allowed; it must be a list of durations, such as [\"5s\", \"30s\"]",
        ),
        (
            "[callbacks]\nallow_private = 1",
            "tcsms.toml:2:17: `allow_private` = 1 is not allowed; it must be true or false",
        ),
        (
            "[retention]\nages = \"1d\"",
            "tcsms.toml:2:1: unknown key `ages` in [retention]; did you mean `age`?",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}
