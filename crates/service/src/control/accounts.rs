//! Accounts for one test run each: made here, and gone by themselves.

use std::time::Duration;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tcsms_store::Limits;
use utoipa::ToSchema;

use super::extract::{Content, Named};
use super::{Answer, Control, ControlError, Errors, answer, read};
use crate::accounts::{Refused, Wanted};
use crate::config::{default_limits, strict_limits};
use crate::duration;

/// How long an account lives that does not say it.
const TTL_DEFAULT: Duration = Duration::from_secs(600);
const TTL_MAX: Duration = Duration::from_secs(24 * 3600);

/// An account for a test run.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct NewAccount {
    /// How long it lives, in real time; by default 10m, at most 24h.
    #[schema(pattern = "^[0-9]+(ms|s|m|h|d)$")]
    ttl: Option<String>,
    /// The configured account whose signatures, templates and packages it gets; by default the first.
    like: Option<String>,
    /// A profile of limits: `default`, `strict` or `off`; without one, the limits of the account that it is like.
    #[schema(pattern = "^(default|strict|off)$")]
    limits: Option<String>,
    /// Where its reports are pushed to.
    status_url: Option<String>,
    /// Where its replies are pushed to.
    reply_url: Option<String>,
}

/// The account that was made. This is the only answer that ever holds its secret key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeAccount {
    /// The account's id, for `account=` here.
    id: String,
    secret_id: String,
    /// The secret key. Whoever asked for the account gets it here, and nowhere else.
    #[serde(rename = "secretKey")]
    key: String,
    sdk_app_id: String,
    /// Texts of its approved signatures.
    signs: Vec<String>,
    /// Its templates.
    templates: Vec<MadeTemplate>,
    /// How long it lives.
    ttl: String,
}

/// A template of an account that was made.
#[derive(Serialize, ToSchema)]
struct MadeTemplate {
    id: String,
    content: String,
}

/// The answer to removing an account.
#[derive(Serialize, ToSchema)]
pub(super) struct Removed {
    removed: String,
}

/// Makes an isolated account with its own key, app, data, faults and clock.
#[utoipa::path(post, path = "/_tcsms/v1/accounts", tag = "accounts", request_body = Option<NewAccount>,
    responses((status = 200, body = MadeAccount), Errors))]
pub(super) async fn add(State(control): State<Control>, Content(body): Content) -> Answer {
    let wanted: NewAccount = match body.trim_ascii() {
        b"" | b"null" => NewAccount::default(),
        body => read(body)?,
    };
    let ttl = match &wanted.ttl {
        None => TTL_DEFAULT,
        Some(text) => duration::parse(text).filter(|ttl| *ttl <= TTL_MAX).ok_or_else(|| {
            ControlError::bad(format!("ttl {text:?}: it must be {}, at most 24h", duration::FORM))
        })?,
    };
    let limits = match wanted.limits.as_deref() {
        None => None,
        Some("default") => Some(default_limits()),
        Some("strict") => Some(strict_limits()),
        Some("off") => Some(Limits::default()),
        Some(other) => {
            return Err(ControlError::bad(format!("limits {other:?}: it must be default, strict or off")));
        }
    };
    for url in [&wanted.status_url, &wanted.reply_url].into_iter().flatten() {
        let has_host = url.parse::<http::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        });
        if !has_host {
            return Err(ControlError::bad(format!(
                "{url:?} must be a URL that begins with http:// or https://"
            )));
        }
    }
    let (status_url, reply_url) = (wanted.status_url, wanted.reply_url);
    let made = control.accounts.add(Wanted { like: wanted.like, limits, status_url, reply_url, ttl }).await;
    let account = made.map_err(|refused| match refused {
        Refused::Unknown(id) => {
            ControlError::not_found(format!("there is no configured account {id:?} to be like"))
        }
        Refused::TooMany => ControlError::bad("there are too many accounts for test runs; remove some"),
        Refused::Store(error) => error.into(),
    })?;
    let (Some(key), Some(app)) = (account.keys.first(), account.apps.first()) else {
        return Err(ControlError::not_found("the account is gone already"));
    };
    answer(MadeAccount {
        id: account.id.clone(),
        secret_id: key.secret_id.clone(),
        key: key.secret_key.expose().to_owned(),
        sdk_app_id: app.sdk_app_id.clone(),
        signs: account.signs.iter().map(|sign| sign.name.clone()).collect(),
        templates: account
            .templates
            .iter()
            .map(|one| MadeTemplate { id: one.id.to_string(), content: one.content.clone() })
            .collect(),
        ttl: duration::format_ms(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX)),
    })
}

/// Removes an account for a test run with everything that belongs to it.
#[utoipa::path(delete, path = "/_tcsms/v1/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, body = Removed), Errors))]
pub(super) async fn remove(State(control): State<Control>, Named(id): Named<String>) -> Answer {
    if control.accounts.remove(&id).await? {
        return answer(Removed { removed: id });
    }
    Err(ControlError::not_found(format!(
        "there is no account {id} for a test run; those of the configuration stay"
    )))
}
