//! A server that answers every request with one fixed, valid SendSms answer: what any service costs at least.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Write as _;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use crate::Outcome;
use crate::measure::{SERVER_CORE, pin};

/// The answer for `numbers` phone numbers.
pub fn answer(numbers: usize) -> String {
    let mut text = String::from("{\"Response\":{\"SendStatusSet\":[");
    for number in 0..numbers {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}{{\"SerialNo\":\"2640:26272796781795575600{number:07}\",\"PhoneNumber\":\"+86137{:08}\",\"Fee\":1,\
             \"SessionContext\":\"test\",\"Code\":\"Ok\",\"Message\":\"send success\",\"IsoCode\":\"CN\"}}",
            11_110_000 + number
        );
    }
    text.push_str("],\"RequestId\":\"a0aabda6-cf91-4f3e-a81f-9198114a2279\"}}");
    text
}

/// Serves on a free loopback port, which it prints, until it is killed.
pub fn run(numbers: usize) -> Outcome {
    pin(SERVER_CORE);
    let body = Bytes::from(answer(numbers));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let body = body.clone();
            tokio::task::spawn_local(async move {
                let service = service_fn(|request| respond(request, body.clone()));
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
        }
    })
}

async fn respond(request: Request<Incoming>, body: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
