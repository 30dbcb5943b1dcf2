//! Looking at and setting the clock.

use axum::extract::State;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Answer, Control, ControlError, answer};
use crate::clock::{Business, Clock, Setting};
use crate::duration;

/// How the clock stands. Times are Unix seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Moves business time: `24h`, `-5m`.
    offset: Option<String>,
    /// Stops business time at this Unix second.
    now: Option<i64>,
    /// Moves or stops the time of signatures too.
    #[serde(default)]
    signatures: bool,
}

/// `GET clock`.
pub(super) async fn get(State(control): State<Control>) -> Answer {
    answer(shown(&control.clock))
}

/// `PUT clock` with `{"offset":"24h"}`, `{"now":1795575600,"signatures":true}` or `{}`.
pub(super) async fn put(State(control): State<Control>, body: Bytes) -> Answer {
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|error| {
        ControlError::bad(format!(
            "the body must be {{\"offset\":\"24h\"}} or {{\"now\":UNIX_SECONDS}}: {error}"
        ))
    })?;
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
    control.clock.set(Setting { business, signatures: wanted.signatures });
    answer(shown(&control.clock))
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

fn shown(clock: &Clock) -> Shown {
    let setting = clock.setting();
    let offset = match setting.business {
        Business::Offset(milliseconds) => Some(duration::format_ms(milliseconds)),
        Business::Frozen(_) => None,
    };
    Shown {
        now: clock.business_now(),
        signatures_now: clock.signature_now(),
        frozen: offset.is_none(),
        offset,
        signatures: setting.signatures,
    }
}
