//! A server of a caller, to which the service pushes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// How it answers a push.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// With this status and body.
    Text(u16, &'static str),
    /// Never.
    Hang,
}

/// What a receiver says when it has everything.
pub const OK: Answer = Answer::Text(200, r#"{"result":0,"errmsg":"OK"}"#);

pub struct Receiver {
    pub address: SocketAddr,
    pushes: mpsc::UnboundedReceiver<(HeaderMap, Value)>,
}

type Script = Arc<Mutex<(Vec<Answer>, mpsc::UnboundedSender<(HeaderMap, Value)>)>>;

impl Receiver {
    /// Answers with these in turn, the last one for ever.
    pub async fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, pushes) = mpsc::unbounded_channel();
        let mut answers = answers.to_vec();
        answers.reverse();
        let script: Script = Arc::new(Mutex::new((answers, sender)));
        let app = Router::new().fallback(receive).with_state(script);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, pushes }
    }

    pub fn url(&self) -> String {
        format!("http://{}/push", self.address)
    }

    /// The next push.
    pub async fn next(&mut self) -> Value {
        self.next_with_headers().await.1
    }

    pub async fn next_with_headers(&mut self) -> (HeaderMap, Value) {
        tokio::time::timeout(std::time::Duration::from_secs(60), self.pushes.recv())
            .await
            .expect("a push")
            .unwrap()
    }

    /// Whether everything that was pushed so far has been looked at.
    pub fn is_empty(&mut self) -> bool {
        self.pushes.try_recv().is_err()
    }
}

async fn receive(State(script): State<Script>, headers: HeaderMap, body: String) -> impl IntoResponse {
    let answer = {
        let mut script = script.lock().await;
        script.1.send((headers, serde_json::from_str(&body).unwrap())).unwrap();
        if script.0.len() > 1 { script.0.pop().unwrap() } else { script.0[0] }
    };
    match answer {
        Answer::Text(status, body) => (axum::http::StatusCode::from_u16(status).unwrap(), body),
        Answer::Hang => std::future::pending().await,
    }
}
