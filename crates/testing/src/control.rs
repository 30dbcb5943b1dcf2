//! Requests to the control API.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;

/// How long an answer may take beyond what the request asks to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a request asks for beside its path.
pub(crate) type Query<'a> = Vec<(&'static str, &'a str)>;

/// The control API of one service.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    agent: ureq::Agent,
    url: String,
    /// `Bearer TOKEN`, where the API has a port of its own.
    authorization: Option<String>,
}

impl Control {
    pub(crate) fn new(url: &str, token: Option<&str>) -> Self {
        // A proxy of the environment has nothing to do with a service on this machine or in the next container.
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        Self {
            agent: config.build().into(),
            url: url.trim_end_matches('/').to_owned(),
            authorization: token.map(|token| format!("Bearer {token}")),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str, query: &Query<'_>) -> Result<T, Error> {
        self.get_within(path, query, Duration::ZERO)
    }

    /// A request whose answer may take `wait` longer than others.
    pub(crate) fn get_within<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query<'_>,
        wait: Duration,
    ) -> Result<T, Error> {
        let url = self.address(path);
        let request = self.agent.get(&url).query_pairs(query.iter().copied());
        let answered = self.prepared(request, wait).call();
        decode(&url, answered)
    }

    pub(crate) fn delete(&self, path: &str, query: &Query<'_>) -> Result<(), Error> {
        let url = self.address(path);
        let request = self.agent.delete(&url).query_pairs(query.iter().copied());
        let answered = self.prepared(request, Duration::ZERO).call();
        decode::<Value>(&url, answered).map(drop)
    }

    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query<'_>,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let request = self.agent.post(self.address(path));
        self.send(path, request, query, body)
    }

    pub(crate) fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query<'_>,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let request = self.agent.put(self.address(path));
        self.send(path, request, query, body)
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        query: &Query<'_>,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let url = self.address(path);
        let no_answer = |reason: String| Error::NoAnswer { url: url.clone(), reason };
        let body = serde_json::to_vec(body).map_err(|error| no_answer(error.to_string()))?;
        let request = request.query_pairs(query.iter().copied()).header("Content-Type", "application/json");
        let answered = self.prepared(request, Duration::ZERO).send(&body[..]);
        decode(&url, answered)
    }

    fn address(&self, path: &str) -> String {
        format!("{}/_tcsms/v1/{path}", self.url)
    }

    fn prepared<B>(&self, request: ureq::RequestBuilder<B>, wait: Duration) -> ureq::RequestBuilder<B> {
        let request = match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        request.config().timeout_global(Some(wait + PATIENCE)).build()
    }
}

fn decode<T: DeserializeOwned>(
    url: &str,
    answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, Error> {
    let no_answer = |reason: String| Error::NoAnswer { url: url.to_owned(), reason };
    let mut answer = answered.map_err(|error| no_answer(error.to_string()))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(|error| no_answer(error.to_string()))?;
    let foreign =
        |error: serde_json::Error| no_answer(format!("not what it should answer: {status}, {error}"));
    if status.is_success() {
        return serde_json::from_str(&text).map_err(foreign);
    }
    let told: Value = serde_json::from_str(&text).map_err(foreign)?;
    let word = |name: &str| told["error"][name].as_str().unwrap_or_default().to_owned();
    Err(Error::Refused {
        url: url.to_owned(),
        status: status.as_u16(),
        code: word("code"),
        message: word("message"),
    })
}
