//! The gateway: what every call passes before its action, and the envelope around every answer.
//!
//! The order of the checks is fixed, because clients see which one fails first: method, size, the wire form's common
//! parameters, form of the signature, time, key, token, signature, version, action, region, rate, parameters. The
//! path has no meaning.

mod body;
mod envelope;
pub mod errors;
mod parameters;
mod rate;
mod regions;
pub(crate) mod request_log;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use hyper::body::Body as HttpBody;
use tcsms_api::{ActionInfo, Version, find_action};
use tcsms_auth::Header;
use tcsms_auth::verify::{Claim, ClaimError, Policy};

use self::errors::{ApiError, Language};
use self::rate::Rates;
use self::request_log::{Entry, Explanation, RequestLog};
use self::wire::Common;
use crate::actions::{self, Actions, Caller};
use crate::clock::Clocks;
use crate::config::{Account, Config, Directory};
use crate::faults::{CallEnd, Faults};
use crate::metrics::Metrics;

/// The gateway of one service.
pub(crate) struct Gateway {
    config: Arc<Config>,
    directory: Arc<Directory>,
    actions: Actions,
    clocks: Clocks,
    rates: Rates,
    log: RequestLog,
    faults: Arc<Faults>,
    metrics: Arc<Metrics>,
}

/// Marks an answer that must not arrive as it is: whoever serves the connection breaks it off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BrokenOff;

/// A call that passed every check.
struct Admitted<'a> {
    account: Arc<Account>,
    /// The key belongs to another user of the account than the main one.
    sub_account: bool,
    action: &'static ActionInfo,
    /// The parameters as a JSON object.
    parameters: Cow<'a, [u8]>,
}

impl Gateway {
    pub(crate) fn new(
        config: Arc<Config>,
        directory: Arc<Directory>,
        actions: Actions,
        clocks: Clocks,
        faults: Arc<Faults>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (rates, log) = (Rates::default(), RequestLog::default());
        Self { config, directory, actions, clocks, rates, log, faults, metrics }
    }

    /// The calls received so far.
    pub(crate) fn log(&self) -> &RequestLog {
        &self.log
    }

    /// Answers one request. Whatever it is, the answer is one of the API, except for a GET that the configuration
    /// wants answered as the edge in front of the service does.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: std::fmt::Display,
    {
        let started = Instant::now();
        let now_ms = self.clocks.own().business_now_ms();
        let request_id = envelope::request_id();
        let (parts, body) = request.into_parts();
        let mut entry = Entry::new(&request_id, now_ms);
        let read = match self.read(&parts, body).await {
            Ok(read) => Ok(read),
            Err(Refused::Edge) => {
                entry.finish(&parts, &Bytes::new(), Some("HTTP 414".to_owned()), None, started);
                self.log.push(entry);
                return envelope::uri_too_long();
            }
            Err(Refused::Api(error)) => Err(error),
        };
        let body = read.as_ref().map_or_else(|_| Bytes::new(), Bytes::clone);
        let headers: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| Header { name: name.as_str(), value: value.as_bytes() })
            .collect();
        let wire = tcsms_auth::Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &headers,
            body: &body,
        };
        let mut language = wire::language(&wire);
        let mut name = "";
        let mut end = None;
        let result = match read {
            Err(error) => Err(error),
            Ok(_) => match self.admit(&wire, &mut entry, &mut language) {
                Err(error) => Err(error),
                Ok(call) => {
                    name = call.action.name;
                    let fault = self.faults.of_call(&call.account.id, name, &call.parameters, &request_id);
                    entry.faults = fault.ids;
                    if !fault.latency.is_zero() {
                        tokio::time::sleep(fault.latency).await;
                    }
                    end = fault.end;
                    self.perform(&call, end.as_ref(), &request_id).await
                }
            },
        };
        let text = match &result {
            Ok(answer) => envelope::success(answer.as_bytes()),
            Err(error) => envelope::failure(error, language, &request_id),
        };
        let error = result.err();
        let code = error.as_ref().map_or("Ok", |error| error.code.as_str());
        tracing::debug!(%request_id, action = entry.action, code);
        self.metrics.request(name, code, started.elapsed());
        let (code, message) = error.map(|error| (error.code.as_str().to_owned(), error.message)).unzip();
        entry.finish(&parts, &body, code, message, started);
        self.log.push(entry);
        match end {
            Some(CallEnd::Reset { .. }) => {
                let mut response = envelope::response(Bytes::new());
                response.extensions_mut().insert(BrokenOff);
                response
            }
            Some(CallEnd::Partial { bytes }) => envelope::partial(text, bytes),
            Some(CallEnd::Error { .. }) | None => envelope::response(text),
        }
    }

    /// The action, unless a fault stands in its place.
    async fn perform(
        &self,
        call: &Admitted<'_>,
        end: Option<&CallEnd>,
        request_id: &str,
    ) -> Result<String, ApiError> {
        match end {
            Some(CallEnd::Error { code, message }) => {
                return Err(ApiError::new(code.as_str(), message.clone()));
            }
            Some(CallEnd::Reset { after: false }) => {
                return Err(ApiError::new(
                    "InternalError",
                    "the connection was broken off before the action",
                ));
            }
            Some(CallEnd::Reset { after: true } | CallEnd::Partial { .. }) | None => {}
        }
        let now_ms = self.clocks.of(&call.account.id).business_now_ms();
        let (account, sub_account) = (&call.account, call.sub_account);
        let caller = Caller { account, sub_account, now_ms, request_id };
        self.actions.perform(caller, call.action, &call.parameters).await
    }

    /// Method and size; then the body, never more of it than the limit.
    async fn read<B>(&self, parts: &Parts, body: B) -> Result<Bytes, Refused>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: std::fmt::Display,
    {
        let head = body::head_size(parts);
        if parts.method == Method::GET {
            return match head {
                0..=body::GET_MAX => Ok(Bytes::new()),
                _ if self.config.rules.long_get_as_html => Err(Refused::Edge),
                _ => Err(Refused::Api(ApiError::too_large(body::GET_MAX))),
            };
        }
        if parts.method != Method::POST {
            return Err(Refused::Api(ApiError::unsupported_protocol(parts.method.as_str())));
        }
        let (limit, error) = if wire::is_tc3(&parts.headers) {
            (body::TC3_MAX, ApiError::too_large as fn(usize) -> ApiError)
        } else {
            (body::V1_MAX, (|_| ApiError::too_large_for_v1()) as fn(usize) -> ApiError)
        };
        let expects_continue = parts.headers.contains_key(http::header::EXPECT);
        body::read(body, limit.saturating_sub(head), expects_continue).await.map_err(|failure| {
            Refused::Api(match failure {
                body::Failure::TooLarge => error(limit),
                body::Failure::Incomplete(reason) => ApiError::body_incomplete(&reason),
            })
        })
    }

    /// Every check from the common parameters to the action's own.
    fn admit<'a>(
        &self,
        wire: &'a tcsms_auth::Request<'a>,
        entry: &mut Entry,
        language: &mut Language,
    ) -> Result<Admitted<'a>, ApiError> {
        let claim = match Claim::of(wire) {
            Ok(claim) => claim,
            Err(ClaimError::Skipped) if self.config.rules.unsigned => {
                return self.admit_unsigned(wire, entry);
            }
            Err(error) => {
                entry.explain(Explanation::sentence(error.to_string()));
                return Err(wire::claim_error(&error));
            }
        };
        let common = Common::of(&claim);
        entry.note(claim.scheme().as_str(), claim.secret_id(), &common);
        *language = common.language();
        // An account may have a clock of its own, so its key is looked for before the time is checked.
        let found = self.directory.key(claim.secret_id());
        let clock = match &found {
            Some((account, _)) => self.clocks.of(&account.id),
            None => self.clocks.own().clone(),
        };
        let now = clock.signature_now();
        claim.check_time(now, u64::from(self.config.max_clock_skew)).map_err(|expired| {
            entry.explain(Explanation::sentence(expired.to_string()));
            match expired.unit {
                Some(unit) => ApiError::timestamp_in_unit(expired.timestamp, unit, now),
                None => ApiError::expired(now),
            }
        })?;
        let Some((account, key)) = found else {
            return Err(ApiError::secret_id_not_found());
        };
        entry.account = Some(Arc::clone(&account));
        match (&key.token, claim.token()) {
            (None, None) => {}
            (Some(token), Some(given)) if token.is(given) => {}
            (None, Some(_)) => return Err(ApiError::token_failure("the key takes none")),
            (Some(_), None) => {
                return Err(ApiError::token_failure("the key is temporary and its token is absent"));
            }
            (Some(_), Some(_)) => return Err(ApiError::token_failure("it is not the one of this key")),
        }
        claim.check(key.secret_key.expose(), &Policy::default()).map_err(|mismatch| {
            entry.explain(Explanation::of(&mismatch, claim.token()));
            ApiError::signature_failure()
        })?;
        let action = self.action(wire, &common, claim.secret_id())?;
        let parameters = match claim.parameters() {
            Some(pairs) => wire::v1_parameters(pairs, action.input).map(Cow::Owned),
            None => wire::tc3_parameters(wire, action.input),
        };
        let parameters = parameters.map_err(|error| actions::missing_parameter(action, error))?;
        Ok(Admitted { account, sub_account: key.sub_account, action, parameters })
    }

    /// A request with `Authorization: SKIP`, where the configuration lets it in: it acts for the first account.
    fn admit_unsigned<'a>(
        &self,
        wire: &'a tcsms_auth::Request<'a>,
        entry: &mut Entry,
    ) -> Result<Admitted<'a>, ApiError> {
        let common = Common::of_headers(wire)?;
        entry.note(tcsms_auth::tc3::SKIP, "", &common);
        let account =
            self.directory.accounts().into_iter().next().ok_or_else(ApiError::secret_id_not_found)?;
        entry.account = Some(Arc::clone(&account));
        let action = self.action(wire, &common, "")?;
        let parameters = wire::tc3_parameters(wire, action.input)
            .map_err(|error| actions::missing_parameter(action, error))?;
        Ok(Admitted { account, sub_account: false, action, parameters })
    }

    /// Version, action, region, rate.
    fn action(
        &self,
        wire: &tcsms_auth::Request<'_>,
        common: &Common<'_>,
        secret_id: &str,
    ) -> Result<&'static ActionInfo, ApiError> {
        let version = Version::parse(common.version)
            .ok_or_else(|| ApiError::no_such_version(common.version, wire::service_label(wire)))?;
        let action = find_action(version, common.action)
            .ok_or_else(|| ApiError::invalid_action(common.action, common.version))?;
        regions::check(version, common.region_name, common.region, self.config.rules.any_region)?;
        if self.config.api_rate && !self.rates.admit(action, secret_id, common.region.unwrap_or_default()) {
            return Err(ApiError::rate_exceeded(action.rate_per_second));
        }
        Ok(action)
    }
}

/// Why a request was not read.
enum Refused {
    Api(ApiError),
    /// As the edge in front of the service refuses it.
    Edge,
}
