//! Setting and looking at faults on demand.

use axum::extract::{RawQuery, State};

use super::extract::Content;
use super::{Answer, Control, ControlError, Errors, account_of_query, answer, read_nested};
use crate::faults::FaultList;

/// The faults in force, with how often each fitted and struck.
#[utoipa::path(get, path = "/_tcsms/v1/faults", tag = "faults",
    params(("account" = Option<String>, Query, description = "Those of this account; without it, those that concern everybody")),
    responses((status = 200, body = FaultList), Errors))]
pub(super) async fn get(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let account = account_of_query(&control, query.as_deref())?;
    answer(control.faults.get(account.as_deref()))
}

/// Puts a list of faults in the place of the present one and starts counting anew.
#[utoipa::path(put, path = "/_tcsms/v1/faults", tag = "faults", request_body = FaultList,
    params(("account" = Option<String>, Query, description = "For this account; without it, for everybody")),
    responses((status = 200, body = FaultList), Errors))]
pub(super) async fn put(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
    Content(body): Content,
) -> Answer {
    let account = account_of_query(&control, query.as_deref())?;
    control.faults.set(account.clone(), read_nested(&body)?).map_err(ControlError::bad)?;
    answer(control.faults.get(account.as_deref()))
}

/// Removes the faults.
#[utoipa::path(delete, path = "/_tcsms/v1/faults", tag = "faults",
    params(("account" = Option<String>, Query, description = "Of this account; without it, those that concern everybody")),
    responses((status = 200, body = FaultList), Errors))]
pub(super) async fn delete(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let account = account_of_query(&control, query.as_deref())?;
    control.faults.clear(account.as_deref());
    answer(control.faults.get(account.as_deref()))
}
