//! The driver of this SDK: makes the calls of a case, and tells their outcomes in plain words.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};
use tcsms::{
    Action, Answer, AssumeRole, Call, Client, ClientBuilder, Credential, CvmRole, Error, Event, HttpMethod,
    Language, Named, RetryPolicy, SignMethod, Streamed, TlsVersion, WebIdentity, blocking, v20190711,
    v20210111,
};
use tcsms_conformance_server::outcome::{Failure, Outcome};
use tcsms_conformance_server::script::Content;
use tcsms_conformance_server::settings::{self, Settings};
use tokio::runtime::Runtime;

/// One call, as the runner writes it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    action: String,
    version: String,
    by_name: bool,
    parameters: Option<Value>,
    parameters_text: Option<String>,
    region: Option<String>,
    language: Option<String>,
    sign_method: Option<String>,
    http_method: Option<String>,
    unsigned_payload: Option<bool>,
    skip_sign: bool,
    headers: BTreeMap<String, String>,
    trace_id: Option<String>,
    idempotency_key: Option<String>,
    idempotent: Option<bool>,
    parts: BTreeMap<String, Content>,
    octets: Option<Content>,
    stream: bool,
    timeout_ms: Option<u64>,
    retry: Option<settings::Retry>,
    at_once: usize,
}

/// One of the two clients.
enum Maker {
    Async(Runtime, Client),
    Blocking(blocking::Client),
}

/// Drives the client of this name, `async` or `blocking`, until the runner has no more calls.
pub(crate) fn drive(name: &str) {
    let mut lines = std::io::stdin().lines().map(|line| line.unwrap());
    let settings: Settings = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let maker = builder(&settings).and_then(|builder| match name {
        "async" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            Ok(Maker::Async(runtime, builder.build()?))
        }
        _ => Ok(Maker::Blocking(builder.build_blocking()?)),
    });
    for line in lines {
        let line: Line = serde_json::from_str(&line).unwrap();
        let outcomes = match &maker {
            Ok(maker) => maker.make(&line),
            Err(error) => (0..line.at_once).map(|_| Outcome::Error(told(error))).collect(),
        };
        for outcome in outcomes {
            println!("{}", serde_json::to_string(&outcome).unwrap());
        }
        std::io::stdout().flush().unwrap();
    }
}

fn builder(settings: &Settings) -> Result<ClientBuilder, Error> {
    let mut builder = Client::builder();
    let pair = match (&settings.secret_id, &settings.secret_key, &settings.token) {
        (Some(id), Some(key), Some(token)) => Some(Credential::with_token(id, key, token)?),
        (Some(id), Some(key), None) => Some(Credential::new(id, key)?),
        _ => None,
    };
    let machine = settings.cvm_role.as_ref().map(|told| {
        let mut role = CvmRole::new();
        role = told.role.iter().fold(role, |role, name| role.role(name));
        told.connect_to.iter().fold(role, |role, to| role.connect_to(to))
    });
    if let Some(told) = &settings.web_identity {
        let mut pod = WebIdentity::new(&told.role_arn, &told.provider_id, &told.token_file);
        pod = told.connect_to.iter().fold(pod, |pod, to| pod.connect_to(to));
        builder = builder.credential(pod);
    } else if let Some(told) = &settings.assume_role {
        let mut role = AssumeRole::new(&told.role_arn);
        role = told.session_name.iter().fold(role, |role, name| role.session_name(name));
        role = told.policy.iter().fold(role, |role, policy| role.policy(policy));
        role = told.external_id.iter().fold(role, |role, id| role.external_id(id));
        role = told.duration_seconds.iter().fold(role, |role, s| role.duration(Duration::from_secs(*s)));
        role = told.connect_to.iter().fold(role, |role, to| role.connect_to(to));
        builder = builder.credential(match (machine, pair) {
            (Some(machine), _) => role.signed_by(machine),
            (None, Some(pair)) => role.signed_by(pair),
            (None, None) => role,
        });
    } else if let Some(machine) = machine {
        builder = builder.credential(machine);
    } else if let Some(pair) = pair {
        builder = builder.credential(pair);
    }

    let text = |value: &Option<String>| value.clone();
    macro_rules! set {
        ($($name:ident: $value:expr;)*) => { $( if let Some(value) = $value { builder = builder.$name(value); } )* };
    }
    let milliseconds = |value: Option<u64>| value.map(Duration::from_millis);
    let timeouts = settings.timeouts.clone().unwrap_or_default();
    set! {
        profile: text(&settings.profile);
        region: text(&settings.region);
        endpoint: text(&settings.endpoint);
        service: text(&settings.service);
        api_gateway: text(&settings.api_gateway);
        unsigned_payload: settings.unsigned_payload;
        request_client: text(&settings.request_client);
        root_domain: text(&settings.root_domain);
        connect_to: text(&settings.connect_to);
        allow_plain_http: settings.allow_plain_http;
        ca_file: text(&settings.ca_file);
        proxy: text(&settings.proxy);
        language: settings.language.as_deref().map(language);
        sign_method: settings.sign_method.as_deref().map(sign_method);
        http_method: settings.http_method.as_deref().map(http_method);
        connect_timeout: milliseconds(timeouts.connect_ms);
        attempt_timeout: milliseconds(timeouts.attempt_ms);
        total_timeout: milliseconds(timeouts.total_ms);
        retry: settings.retry.as_ref().map(retry);
        retry_budget: settings.retry_budget;
        call_rate: settings.call_rate;
        max_answer_bytes: settings.max_answer_bytes.map(|bytes| usize::try_from(bytes).unwrap());
        ca_pem: text(&settings.ca_pem);
        min_tls_version: settings.min_tls_version.as_deref().map(tls_version);
        danger_accept_invalid_certificates: settings.danger_accept_invalid_certificates;
        compression: settings.compression;
        max_connections: settings.max_connections.map(|most| usize::try_from(most).unwrap());
        idle_timeout: milliseconds(timeouts.idle_ms);
    }
    builder = settings.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    builder = settings.backup_endpoints.iter().fold(builder, |builder, to| builder.backup_endpoint(to));
    builder =
        settings.action_rates.iter().fold(builder, |builder, (name, rate)| builder.action_rate(name, *rate));
    if let Some(told) = &settings.breaker {
        let [window, pause] = [told.window_ms, told.pause_ms].map(Duration::from_millis);
        builder = builder.breaker(told.failures, window, pause);
    }
    if let Some(files) = &settings.client_certificate_files {
        builder = builder.client_certificate_files(&files.certificate, &files.key);
    }
    if let Some(texts) = &settings.client_certificate_pem {
        builder = builder.client_certificate_pem(texts.certificate.as_str(), texts.key.as_str());
    }
    if settings.no_proxy == Some(true) {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

fn language(name: &str) -> Language {
    match name {
        "zh-CN" => Language::ZhCn,
        "en-US" => Language::EnUs,
        other => panic!("there is no language {other}"),
    }
}

fn sign_method(name: &str) -> SignMethod {
    match name {
        "TC3-HMAC-SHA256" => SignMethod::Tc3HmacSha256,
        "HmacSHA256" => SignMethod::HmacSha256,
        "HmacSHA1" => SignMethod::HmacSha1,
        other => panic!("there is no way to sign called {other}"),
    }
}

fn tls_version(name: &str) -> TlsVersion {
    match name {
        "1.2" => TlsVersion::V1_2,
        "1.3" => TlsVersion::V1_3,
        other => panic!("there is no version {other} of TLS"),
    }
}

fn http_method(name: &str) -> HttpMethod {
    match name {
        "POST" => HttpMethod::Post,
        "GET" => HttpMethod::Get,
        other => panic!("there is no method {other}"),
    }
}

fn retry(told: &settings::Retry) -> RetryPolicy {
    let policy =
        RetryPolicy::parse(&told.policy).unwrap_or_else(|| panic!("there is no policy {}", told.policy));
    let policy = told.attempts.iter().fold(policy, |policy, attempts| policy.with_attempts(*attempts));
    let policy =
        told.pause_ms.iter().fold(policy, |policy, ms| policy.with_pause(Duration::from_millis(*ms)));
    let longest = told.longest_pause_ms.map(Duration::from_millis);
    let policy = longest.into_iter().fold(policy, RetryPolicy::with_longest_pause);
    told.jitter_percent.into_iter().fold(policy, RetryPolicy::with_jitter)
}

impl Maker {
    fn make(&self, line: &Line) -> Vec<Outcome> {
        if line.by_name {
            return self.by_name(line);
        }
        macro_rules! typed {
            ($($models:ident: $($request:ident)*;)*) => {
                $($(
                    let info = <$models::$request as Action>::INFO;
                    if (info.version.as_str(), info.name) == (line.version.as_str(), line.action.as_str()) {
                        return self.typed::<$models::$request>(line);
                    }
                )*)*
            };
        }
        typed! {
            v20210111:
                AddSmsSignRequest AddSmsTemplateRequest CallbackStatusStatisticsRequest
                DeleteSmsSignRequest DeleteSmsTemplateRequest DescribePhoneNumberInfoRequest
                DescribeSendRecordListRequest DescribeSmsSignListRequest
                DescribeSmsTemplateListRequest ModifySmsSignRequest ModifySmsTemplateRequest
                PullSmsReplyStatusRequest PullSmsReplyStatusByPhoneNumberRequest
                PullSmsSendStatusRequest PullSmsSendStatusByPhoneNumberRequest
                ReportConversionRequest SendMultiGlobalSmsRequest SendSmsRequest
                SendStatusStatisticsRequest SmsPackagesStatisticsRequest;
            v20190711:
                AddSmsSignRequest AddSmsTemplateRequest CallbackStatusStatisticsRequest
                DeleteSmsSignRequest DeleteSmsTemplateRequest DescribeSmsSignListRequest
                DescribeSmsTemplateListRequest ModifySmsSignRequest ModifySmsTemplateRequest
                PullSmsReplyStatusRequest PullSmsReplyStatusByPhoneNumberRequest
                PullSmsSendStatusRequest PullSmsSendStatusByPhoneNumberRequest SendSmsRequest
                SendStatusStatisticsRequest SmsPackagesStatisticsRequest;
        }
        panic!("there is no {} of {}: call it by name", line.action, line.version);
    }

    fn typed<R: Action>(&self, line: &Line) -> Vec<Outcome> {
        let request: R = serde_json::from_value(line.parameters.clone().unwrap()).unwrap();
        let typed = |answer: Result<R::Answer, Error>| outcome(answer.map(|answer| json!(answer)));
        match self {
            Self::Async(runtime, client) => {
                let call = || with_options(client.request(request.clone()), line).send();
                in_tasks(runtime, line.at_once, call).into_iter().map(typed).collect()
            }
            Self::Blocking(client) => {
                let call = || typed(with_options(client.request(request.clone()), line).send());
                in_threads(line.at_once, call)
            }
        }
    }

    fn by_name(&self, line: &Line) -> Vec<Outcome> {
        let text = match (&line.parameters_text, &line.parameters) {
            (Some(text), _) => text.clone(),
            (None, Some(parameters)) => parameters.to_string(),
            (None, None) => panic!("the call has no parameters"),
        };
        match self {
            Self::Async(runtime, client) => {
                let call = || {
                    let call = with_options(client.call(&line.version, &line.action, &*text), line);
                    let (call, stream) = (with_named(call, line), line.stream);
                    async move {
                        match stream {
                            false => call.send().await.map(whole),
                            true => all_events(call).await,
                        }
                    }
                };
                in_tasks(runtime, line.at_once, call).into_iter().map(outcome).collect()
            }
            Self::Blocking(client) => in_threads(line.at_once, || {
                let call = with_options(client.call(&line.version, &line.action, &*text), line);
                let call = with_named(call, line);
                outcome(match line.stream {
                    false => call.send().map(whole),
                    true => call.stream().and_then(|streamed| match streamed {
                        Streamed::Events(events) => {
                            events.collect::<Result<Vec<_>, _>>().map(|all| listed(&all))
                        }
                        Streamed::Answer(answer) => Ok(whole(answer)),
                    }),
                })
            }),
        }
    }
}

async fn all_events(call: Call<Client, Named>) -> Result<Value, Error> {
    let mut events = match call.stream().await? {
        Streamed::Events(events) => events,
        Streamed::Answer(answer) => return Ok(whole(answer)),
    };
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event?);
    }
    Ok(listed(&all))
}

fn whole(answer: Answer) -> Value {
    serde_json::from_str(answer.json()).unwrap()
}

/// The events of a stream as an answer.
fn listed(events: &[Event]) -> Value {
    let listed = events.iter().map(|Event { id, event, data, retry, .. }| {
        let retry_ms = retry.map(|retry| retry.as_millis() as u64);
        json!({"id": id, "event": event, "data": data, "retry_ms": retry_ms})
    });
    json!({"Events": listed.collect::<Vec<_>>()})
}

/// What each of so many tasks gives.
fn in_tasks<F>(runtime: &Runtime, count: usize, call: impl Fn() -> F) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|_| runtime.spawn(call())).collect();
    runtime.block_on(async {
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    })
}

/// What each of so many threads gives.
fn in_threads(count: usize, call: impl Fn() -> Outcome + Sync) -> Vec<Outcome> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(&call)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn outcome(outcome: Result<Value, Error>) -> Outcome {
    match outcome {
        Ok(answer) => Outcome::Answer(answer),
        Err(error) => Outcome::Error(told(&error)),
    }
}

fn with_options<C, R>(mut call: Call<C, R>, line: &Line) -> Call<C, R> {
    if let Some(region) = &line.region {
        call = call.with_region(region);
    }
    if let Some(name) = &line.language {
        call = call.with_language(language(name));
    }
    if let Some(name) = &line.sign_method {
        call = call.with_sign_method(sign_method(name));
    }
    if let Some(name) = &line.http_method {
        call = call.with_http_method(http_method(name));
    }
    if let Some(unsigned) = line.unsigned_payload {
        call = call.with_unsigned_payload(unsigned);
    }
    if line.skip_sign {
        call = call.with_skip_sign();
    }
    for (name, value) in &line.headers {
        call = call.with_header(name, value);
    }
    if let Some(id) = &line.trace_id {
        call = call.with_trace_id(id);
    }
    if let Some(key) = &line.idempotency_key {
        call = call.with_idempotency_key(key);
    }
    if let Some(limit) = line.timeout_ms {
        call = call.with_timeout(Duration::from_millis(limit));
    }
    if let Some(policy) = &line.retry {
        call = call.with_retry(retry(policy));
    }
    call
}

/// Sets what only calls by name have.
fn with_named<C>(mut call: Call<C, Named>, line: &Line) -> Call<C, Named> {
    if let Some(idempotent) = line.idempotent {
        call = call.with_idempotent(idempotent);
    }
    for (name, content) in &line.parts {
        call = call.with_part(name, content.0.clone());
    }
    match &line.octets {
        Some(octets) => call.with_octet_stream(octets.0.clone()),
        None => call,
    }
}

fn told(error: &Error) -> Failure {
    let mut shown = vec![format!("{error:?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    Failure {
        kind: error.kind().to_string(),
        code: error.code().map(|code| code.as_str().to_owned()),
        request_id: error.request_id().map(str::to_owned),
        delivery: error.delivery().to_string(),
        attempts: error.attempts(),
        step: error.step().map(|step| step.to_string()),
        endpoint: error.endpoint().map(str::to_owned),
        message: error.to_string(),
        shown,
    }
}
