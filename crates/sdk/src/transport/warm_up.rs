//! Opens connections ahead of the calls that will use them.

use std::time::Instant;

use tokio::runtime::Handle;

use super::connection::Connection;
use super::first::first;
use super::{Pool, Progress, connection};
use crate::config::Core;
use crate::error::{Error, ErrorKind};
use crate::exchange::Failure;

/// Whether a client can have so many connections.
pub(crate) fn check(core: &Core, connections: usize) -> Result<u32, Error> {
    let fault = |what: String| Error::local(ErrorKind::Config, format!("warm_up({connections}): {what}"));
    if core.own_transport.is_some() {
        return Err(fault(
            "the client has a transport of its own, which opens its connections itself".to_owned(),
        ));
    }
    match &core.limit {
        Some(limit) if connections > limit.most() => {
            Err(fault(format!("the client may have {} connections (max_connections)", limit.most())))
        }
        _ => u32::try_from(connections).map_err(|_| fault("no machine has so many connections".to_owned())),
    }
}

/// Has `connections` of them wait in the pool; the missing ones are opened all at once.
pub(crate) async fn open(
    core: &Core,
    pool: &Pool,
    runtime: &Handle,
    connections: usize,
) -> Result<(), Error> {
    let mut opening: Vec<_> = (0..connections).map(|_| Box::pin(one(core, pool, runtime))).collect();
    let mut opened = Vec::with_capacity(connections);
    let mut first_failure = None;
    while !opening.is_empty() {
        match first(&mut opening).await {
            Ok(connection) => opened.push(connection),
            Err(failure) => first_failure = first_failure.or(Some(failure)),
        }
    }
    // Not before all are there: one that was given back would be taken again.
    for connection in opened {
        pool.give(
            connection,
            runtime.id(),
            core.routes.primary.number,
            Instant::now(),
            core.settings.idle_timeout,
        );
    }
    first_failure.map_or(Ok(()), |failure| Err(failure.into()))
}

async fn one(core: &Core, pool: &Pool, runtime: &Handle) -> Result<Box<Connection>, Failure> {
    connection(core, &core.routes.primary, pool, runtime, &mut Progress::default()).await
}
