//! A service on sockets.

use std::net::SocketAddr;

use tcsms_service::config::Secret;
use tcsms_service::{ControlDoor, Service, listen};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What callers of the control API's own port must know.
pub const TOKEN: &str = "open sesame";

/// A service that accepts on free ports until it is told to stop.
pub struct Running {
    pub api: SocketAddr,
    pub control: SocketAddr,
    /// Tells it to stop.
    pub stop: oneshot::Sender<()>,
    /// Ends when it has.
    pub task: JoinHandle<()>,
}

impl Running {
    pub async fn start(service: Service) -> Self {
        let loopback = "127.0.0.1:0".parse().unwrap();
        let (listener, control) = (listen(loopback).await.unwrap(), listen(loopback).await.unwrap());
        let (api, control_address) = (listener.local_addr().unwrap(), control.local_addr().unwrap());
        let door = ControlDoor { listener: control, tls: None, token: Secret::new(TOKEN.to_owned()) };
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let task = tokio::spawn(service.serve(listener, Some(door), shutdown));
        Self { api, control: control_address, stop, task }
    }

    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}
