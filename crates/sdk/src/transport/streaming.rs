//! An answer that keeps coming: its connection belongs to it, and closes with it.

use std::time::Instant;

use bytes::Bytes;

use super::connection::{Connection, EventBody, Fault};
use super::{End, Pool, carry, root_cause};
use crate::config::Core;
use crate::error::Error;
use crate::exchange::{Origin, Plan};

/// The body of an answer under way.
pub(crate) struct Flow {
    connection: Box<Connection>,
    body: EventBody,
}

impl Flow {
    /// The next bytes; `None` at the end that the server gave the body, and the reason when the connection ends before
    /// it. Giving up the wait loses nothing.
    pub(crate) async fn piece(&mut self) -> Option<Result<Bytes, String>> {
        let fault = match self.connection.piece(&mut self.body).await? {
            Ok(bytes) => return Some(Ok(bytes)),
            Err(fault) => fault,
        };
        Some(Err(match fault {
            Fault::Http(error) => root_cause(&error),
            // The others are about heads and whole answers.
            _ => "the connection was closed".to_owned(),
        }))
    }
}

/// Makes a call that a stream of events may answer. `Err` is the usual answer, `Ok` the stream with what its errors say
/// of the call.
pub(crate) async fn stream<T>(
    core: &Core,
    pool: &Pool,
    plan: Plan<T>,
    started: Instant,
) -> Result<Result<(Flow, Origin), T>, Error> {
    Ok(match carry::<T, EventBody>(core, pool, plan, started).await? {
        End::Begun { connection, body, origin } => Ok((Flow { connection, body }, origin)),
        End::Answer(answer) => Err(answer),
    })
}
