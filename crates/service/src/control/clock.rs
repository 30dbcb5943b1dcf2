//! Looking at and setting the clock.

use axum::extract::{RawQuery, State};
use serde::{Deserialize, Serialize};

use super::extract::Content;
use super::{Answer, Control, ControlError, Errors, account_of_query, answer, read};
use crate::clock::{Business, Clock, Setting};
use crate::duration;

/// How the clock stands. Times are Unix seconds.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockSetting {
    /// Business time.
    now: i64,
    /// The time that signatures are held against.
    signatures_now: i64,
    /// How far business time is from real time; absent while it stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<String>,
    /// Whether business time stands still.
    frozen: bool,
    /// Whether signatures follow business time.
    signatures: bool,
}

/// A new setting: `offset` or `now`, and whether signatures follow. An empty object is real time.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClockSetting {
    /// Moves business time: `24h`, `-5m`. Not together with `now`.
    #[schema(pattern = "^-?[0-9]+(ms|s|m|h|d)$")]
    offset: Option<String>,
    /// Stops business time at this Unix second.
    #[schema(minimum = 0, maximum = 9_999_999_999_i64)]
    now: Option<i64>,
    /// Moves or stops the time of signatures too.
    #[serde(default)]
    signatures: bool,
}

/// How the clock stands.
#[utoipa::path(get, path = "/_tcsms/v1/clock", tag = "clock",
    params(("account" = Option<String>, Query, description = "The clock of this account; without it, the service's own")),
    responses((status = 200, body = ClockSetting), Errors))]
pub(super) async fn get(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    answer(shown(&chosen(&control, query.as_deref())?))
}

/// The clock that the query chooses. An account of the configuration has the service's own.
fn chosen(control: &Control, query: Option<&str>) -> Result<Clock, ControlError> {
    let account = account_of_query(control, query)?;
    Ok(account.map_or_else(|| control.clocks.own().clone(), |account| control.clocks.of(&account)))
}

/// Sets the clock. An empty object sets it to real time.
///
/// `PUT clock` with `{"offset":"24h"}`, `{"now":1795575600,"signatures":true}` or `{}`.
#[utoipa::path(put, path = "/_tcsms/v1/clock", tag = "clock", request_body = NewClockSetting,
    params(("account" = Option<String>, Query, description = "The clock of this account; without it, the service's own")),
    responses((status = 200, body = ClockSetting), Errors))]
pub(super) async fn put(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
    Content(body): Content,
) -> Answer {
    let clock = chosen(&control, query.as_deref())?;
    let wanted: NewClockSetting = read(&body)?;
    let business = match (&wanted.offset, wanted.now) {
        (Some(_), Some(_)) => return Err(ControlError::bad("give `offset` or `now`, not both")),
        (Some(offset), None) => Business::Offset(offset_ms(offset).ok_or_else(|| {
            ControlError::bad(format!(
                "offset {offset:?}: it must be {}, with - before it to go back",
                duration::FORM
            ))
        })?),
        (None, Some(now)) => Business::Frozen(frozen_ms(now).ok_or_else(|| {
            ControlError::bad(format!("now {now}: it must be Unix time in seconds, of 0 to 9999999999"))
        })?),
        (None, None) => Business::Offset(0),
    };
    clock.set(Setting { business, signatures: wanted.signatures });
    answer(shown(&clock))
}

/// More would not fit the ten digits that serial numbers have for the time.
fn frozen_ms(now: i64) -> Option<i64> {
    (0..=9_999_999_999).contains(&now).then_some(now * 1000)
}

fn offset_ms(text: &str) -> Option<i64> {
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, text),
    };
    Some(sign * i64::try_from(duration::parse(size)?.as_millis()).ok()?)
}

fn shown(clock: &Clock) -> ClockSetting {
    let setting = clock.setting();
    let offset = match setting.business {
        Business::Offset(milliseconds) => Some(duration::format_ms(milliseconds)),
        Business::Frozen(_) => None,
    };
    ClockSetting {
        now: clock.business_now(),
        signatures_now: clock.signature_now(),
        frozen: offset.is_none(),
        offset,
        signatures: setting.signatures,
    }
}
