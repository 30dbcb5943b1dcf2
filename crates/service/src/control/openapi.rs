//! The description of the control API for programs.

use utoipa::OpenApi;

use super::{Answer, ErrorBody, answer};
use super::{accounts, callbacks, clock, events, faults, messages, outcomes, requests};

/// The whole control API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "tcsms control API",
        version = "1",
        description = "For tests, consoles and operators of the local SMS service. Everything is JSON. On the API's own port while \
            that is a loopback address, otherwise on a port of its own, with `Authorization: Bearer TOKEN`.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        messages::list,
        messages::one,
        messages::delete,
        outcomes::report,
        outcomes::reply,
        outcomes::sign,
        outcomes::template,
        accounts::add,
        accounts::remove,
        faults::get,
        faults::put,
        faults::delete,
        callbacks::list,
        requests::list,
        requests::one,
        clock::get,
        clock::put,
        events::stream,
        super::health,
        super::ready,
        super::metrics,
    ),
    components(schemas(ErrorBody))
)]
struct Document;

/// `GET /_tcsms/openapi.json`.
pub(super) async fn document() -> Answer {
    answer(Document::openapi())
}
