//! A server of the caller, to which reports are pushed, and which writes down what it has taken.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The server of one app. It is open at first.
pub(crate) struct Target {
    address: SocketAddr,
    desk: Arc<Desk>,
}

struct Desk {
    /// While it is closed, whoever comes is never answered.
    open: watch::Sender<bool>,
    /// How many came while it was closed.
    hanging: watch::Sender<usize>,
    /// How often each report was taken, by its serial number.
    taken: watch::Sender<BTreeMap<String, usize>>,
}

impl Target {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk {
            open: watch::Sender::new(true),
            hanging: watch::Sender::default(),
            taken: watch::Sender::default(),
        });
        let app = Router::new().fallback(receive).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, desk }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/push", self.address)
    }

    /// Lets it answer those who come from now on, or not.
    pub(crate) fn open(&self, open: bool) {
        self.desk.open.send_replace(open);
    }

    /// Waits until so many more have come that are not answered.
    pub(crate) async fn more_hang(&self, count: usize) {
        let goal = *self.desk.hanging.borrow() + count;
        self.desk.hanging.subscribe().wait_for(|hanging| *hanging >= goal).await.unwrap();
    }

    /// How often it has taken each report, by its serial number.
    pub(crate) fn taken(&self) -> BTreeMap<String, usize> {
        self.desk.taken.borrow().clone()
    }

    /// Waits until so many reports were taken.
    pub(crate) async fn has_taken(&self, count: usize) {
        self.desk.taken.subscribe().wait_for(|taken| taken.len() >= count).await.unwrap();
    }
}

async fn receive(State(desk): State<Arc<Desk>>, body: String) -> &'static str {
    let reports: Vec<Value> = serde_json::from_str(&body).unwrap();
    if !*desk.open.borrow() {
        desk.hanging.send_modify(|hanging| *hanging += 1);
        return std::future::pending().await;
    }
    desk.taken.send_modify(|taken| {
        for report in &reports {
            *taken.entry(report["sid"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    });
    r#"{"result":0,"errmsg":"OK"}"#
}
