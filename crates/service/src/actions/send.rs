//! SendSms: one text to as many as 200 numbers.
//!
//! What concerns the request as a whole and is no matter of its content (the app, the count of numbers, the
//! packet) is an error of the call. Everything else is answered for each number, and a cause that concerns all
//! numbers is repeated in each; the documented samples and recordings show this for values that do not fit, for
//! the balance and for frequency limits, the rest is our choice.

use std::sync::Arc;

use tcsms_api::{ErrorCode, v20190711, v20210111};
use tcsms_store::{Limit, NewMessage, Review, ReviewState, SendBatch, Sent, Template, TemplateKind};

use super::{Actions, Caller, store_failed};
use crate::config::App;
use crate::gateway::errors::ApiError;
use crate::rules::numbers::{self, Number};
use crate::rules::refusals::{self, Refusal};
use crate::rules::{codes, content, segments, templates, time};

/// The most numbers in one request, as documented.
const NUMBERS_MAX: usize = 200;
/// The most characters of a name or extension number: nothing longer can be valid, and each message records them (our
/// choice).
const NAME_MAX: usize = templates::LENGTH_MAX;
/// A SessionContext must be shorter than this many bytes, as documented.
const SESSION_CONTEXT_END: usize = 512;

/// A request of either version.
struct Request {
    numbers: Vec<String>,
    app: String,
    template: String,
    sign: String,
    values: Vec<String>,
    extend_code: String,
    session_context: String,
    sender_id: String,
    /// Whether a template that does not fit is answered with the older, wider code.
    older_template_code: bool,
}

/// What the message says, the same for every number of the request.
struct Content {
    text: Arc<str>,
    code: Option<String>,
    segments: u32,
}

/// What the answer repeats of a message that was handed to the store.
struct Echo {
    phone: String,
    iso: String,
    segments: u32,
}

impl Echo {
    fn of(message: &NewMessage) -> Self {
        Self { phone: message.phone.clone(), iso: message.iso.clone(), segments: message.segments }
    }
}

/// The answer for one number.
struct Element {
    serial: String,
    phone: String,
    fee: u32,
    session_context: String,
    code: String,
    message: String,
    iso: String,
}

impl Actions {
    pub(super) async fn send_sms(
        &self,
        caller: Caller<'_>,
        request: v20210111::SendSmsRequest,
    ) -> Result<v20210111::SendSmsResponse, ApiError> {
        let elements = self
            .send(
                caller,
                Request {
                    numbers: request.phone_number_set.unwrap_or_default(),
                    app: request.sms_sdk_app_id.unwrap_or_default(),
                    template: request.template_id.unwrap_or_default(),
                    sign: request.sign_name.unwrap_or_default(),
                    values: request.template_param_set.unwrap_or_default(),
                    extend_code: request.extend_code.unwrap_or_default(),
                    session_context: request.session_context.unwrap_or_default(),
                    sender_id: request.sender_id.unwrap_or_default(),
                    older_template_code: false,
                },
            )
            .await?;
        let set = elements.into_iter().map(|element| {
            v20210111::SendStatus::new()
                .serial_no(element.serial)
                .phone_number(element.phone)
                .fee(element.fee.into())
                .session_context(element.session_context)
                .code(element.code)
                .message(element.message)
                .iso_code(element.iso)
        });
        Ok(v20210111::SendSmsResponse::new().send_status_set(set).request_id(caller.request_id))
    }

    pub(super) async fn send_sms_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::SendSmsRequest,
    ) -> Result<v20190711::SendSmsResponse, ApiError> {
        let elements = self
            .send(
                caller,
                Request {
                    numbers: request.phone_number_set.unwrap_or_default(),
                    app: request.sms_sdk_appid.unwrap_or_default(),
                    template: request.template_id.unwrap_or_default(),
                    sign: request.sign.unwrap_or_default(),
                    values: request.template_param_set.unwrap_or_default(),
                    extend_code: request.extend_code.unwrap_or_default(),
                    session_context: request.session_context.unwrap_or_default(),
                    sender_id: request.sender_id.unwrap_or_default(),
                    older_template_code: self.config.rules.legacy_template_code,
                },
            )
            .await?;
        let set = elements.into_iter().map(|element| {
            v20190711::SendStatus::new()
                .serial_no(element.serial)
                .phone_number(element.phone)
                .fee(element.fee.into())
                .session_context(element.session_context)
                .code(element.code)
                .message(element.message)
                .iso_code(element.iso)
        });
        Ok(v20190711::SendSmsResponse::new().send_status_set(set).request_id(caller.request_id))
    }

    async fn send(&self, caller: Caller<'_>, mut request: Request) -> Result<Vec<Element>, ApiError> {
        let app = self.app(caller, &request.app)?;
        check_packet(&request, self.config.rules.extend_code)?;

        let numbers: Vec<Option<Number>> = request.numbers.iter().map(|text| numbers::parse(text)).collect();
        let content = self.content(caller, &request, &numbers).await?;

        let whole_batch_refused = content.is_err();
        let messages = messages(&mut request, numbers, content, app, self.due_ms(caller));
        let echoes: Vec<Echo> = messages.iter().map(Echo::of).collect();
        let session_context = request.session_context.clone();
        let batch = SendBatch {
            account: caller.account.id.clone(),
            app: app.sdk_app_id.clone(),
            template: templates::id(&request.template).unwrap_or_default(),
            sign: request.sign,
            extend_code: request.extend_code,
            sender_id: request.sender_id,
            session_context: request.session_context,
            at: caller.now(),
            request_id: caller.request_id.to_owned(),
            limits: Arc::clone(&app.limits),
            refusal_of: refusals::of_limit,
            messages,
        };
        let sent = self.store.send(batch).await.map_err(|error| store_failed(&error))?;
        let elements = sent.into_iter().zip(echoes);
        Ok(elements.map(|(sent, echo)| element(sent, echo, whole_batch_refused, &session_context)).collect())
    }

    /// When the simulator hands a message of this call to the phone, in Unix milliseconds.
    fn due_ms(&self, caller: Caller<'_>) -> i64 {
        let delay = i64::try_from(self.config.delivery.delay.as_millis()).unwrap_or(i64::MAX);
        caller.now_ms.saturating_add(delay)
    }

    /// What the message says, or why no number of the request gets it.
    async fn content(
        &self,
        caller: Caller<'_>,
        request: &Request,
        numbers: &[Option<Number>],
    ) -> Result<Result<Content, Refusal>, ApiError> {
        let template = match templates::id(&request.template) {
            Some(id) => {
                self.store.template(&caller.account.id, id).await.map_err(|error| store_failed(&error))?
            }
            None => None,
        };
        let Some(template) = template.filter(|template| approved(template.review.at(caller.now()))) else {
            return Ok(Err(if request.older_template_code {
                Refusal::TemplateUnfit
            } else {
                Refusal::TemplateUnapproved(request.template.clone())
            }));
        };
        let mainland = match destination(numbers, &template) {
            Ok(mainland) => mainland,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let sign_approved = if request.sign.is_empty() {
            !mainland
        } else {
            let sign = self.store.sign(&caller.account.id, &request.sign, mainland, caller.now()).await;
            let sign = sign.map_err(|error| store_failed(&error))?;
            sign.is_some_and(|sign| approved(sign.review.at(caller.now())))
        };
        if !sign_approved {
            return Ok(Err(Refusal::SignatureUnapproved { sign: request.sign.clone(), mainland }));
        }
        Ok(self.compose(caller, request, &template, mainland))
    }

    /// Checks the values and puts the text together.
    fn compose(
        &self,
        caller: Caller<'_>,
        request: &Request,
        template: &Template,
        mainland: bool,
    ) -> Result<Content, Refusal> {
        let rules = &self.config.rules;
        if template.kind == TemplateKind::Marketing {
            if caller.account.individual {
                return Err(Refusal::MarketingByIndividual);
            }
            if rules.marketing_hours && !time::in_marketing_hours(caller.now()) {
                return Err(Refusal::MarketingHours);
            }
        }
        let parsed = templates::Template::parse(&template.content)
            .map_err(|_| Refusal::TemplateUnapproved(request.template.clone()))?;
        if request.values.len() != parsed.variables() {
            return Err(if request.older_template_code {
                Refusal::TemplateUnfit
            } else {
                Refusal::ValueCount
            });
        }
        if template.kind == TemplateKind::Verification
            && !request.values.iter().all(|value| content::is_code(value))
        {
            return Err(Refusal::ValueNotCode);
        }
        let limit = usize::try_from(rules.template_value_max).unwrap_or(usize::MAX);
        for (value, place) in request.values.iter().zip(1..) {
            let characters = value.chars().count();
            if characters > limit {
                return Err(Refusal::ValueTooLong { place, characters, limit });
            }
        }
        if !rules.urls_in_values && request.values.iter().any(|value| content::contains_link(value)) {
            return Err(Refusal::ValueHasLink);
        }
        let body = parsed.render(&request.values);
        let text = content::compose(&request.sign, &body, mainland);
        if let Some(word) = content::sensitive_word(&text, &rules.sensitive_words) {
            return Err(Refusal::SensitiveWord(word.to_owned()));
        }
        let characters = text.chars().count();
        if characters > templates::LENGTH_MAX {
            return Err(Refusal::TextTooLong(characters));
        }
        Ok(Content {
            segments: if mainland { segments::mainland(&text) } else { segments::global(&text) },
            code: codes::find(&body).map(str::to_owned),
            text: text.into(),
        })
    }
}

/// The checks of the request as a whole that need neither store nor template.
fn check_packet(request: &Request, extend_code_open: bool) -> Result<(), ApiError> {
    if request.numbers.is_empty() {
        return Err(ApiError::new(
            ErrorCode::MissingParameterEmptyPhoneNumberSet,
            "phone number set is empty; send 1 to 200 phone numbers",
        ));
    }
    if request.numbers.len() > NUMBERS_MAX {
        return Err(ApiError::new(
            ErrorCode::LimitExceededPhoneNumberCountLimit,
            format!(
                "more than 200 phone numbers in one request: {}; send them in several",
                request.numbers.len()
            ),
        ));
    }
    let bytes = request.session_context.len();
    if bytes >= SESSION_CONTEXT_END {
        return Err(ApiError::new(
            ErrorCode::FailedOperationFailResolvePacket,
            format!("the SessionContext has {bytes} bytes; it must be shorter than {SESSION_CONTEXT_END}"),
        ));
    }
    let names = [
        ("signature's name", &request.sign),
        ("ExtendCode", &request.extend_code),
        ("SenderId", &request.sender_id),
    ];
    if let Some((what, _)) = names.into_iter().find(|(_, name)| name.chars().count() > NAME_MAX) {
        return Err(ApiError::new(
            ErrorCode::FailedOperationFailResolvePacket,
            format!("the {what} has more than {NAME_MAX} characters; shorten it"),
        ));
    }
    if !request.extend_code.is_empty() && !extend_code_open {
        return Err(ApiError::new(
            ErrorCode::UnauthorizedOperationRequestPermissionDeny,
            "ExtendCode is not opened for this account; leave it out or have it opened",
        ));
    }
    if !request.extend_code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::new(
            ErrorCode::FailedOperationFailResolvePacket,
            "the ExtendCode has something else than digits; use 0 to 9 only",
        ));
    }
    Ok(())
}

fn approved(review: &Review) -> bool {
    review.state == ReviewState::Approved
}

/// Whether the request goes to the mainland (or else abroad). Numbers that cannot be understood do not count; when
/// there are no others, the template decides.
fn destination(numbers: &[Option<Number>], template: &Template) -> Result<bool, Refusal> {
    let mut understood = numbers.iter().flatten().map(|number| number.mainland);
    let Some(mainland) = understood.next() else {
        return Ok(template.scope.covers(true));
    };
    if understood.any(|other| other != mainland) {
        return Err(Refusal::MixedNumbers);
    }
    match (template.scope.covers(mainland), mainland) {
        (true, _) => Ok(mainland),
        (false, false) => Err(Refusal::MainlandTemplateToGlobal),
        (false, true) => Err(Refusal::GlobalTemplateToMainland),
    }
}

/// The messages to record and, where nothing refuses them, to send; takes the numbers and values out of the request.
fn messages(
    request: &mut Request,
    numbers: Vec<Option<Number>>,
    content: Result<Content, Refusal>,
    app: &App,
    due_ms: i64,
) -> Vec<NewMessage> {
    let values = std::mem::take(&mut request.values);
    let (content, values, refusal) = match content {
        Ok(content) => (content, values, None),
        // Values that were not checked may be of any size, and every message would record them.
        Err(refusal) => {
            let content = Content { text: "".into(), code: None, segments: 0 };
            (content, Vec::new(), Some(tcsms_store::Refusal::from(&refusal)))
        }
    };
    let params: Arc<[String]> = values.into();
    let given = std::mem::take(&mut request.numbers).into_iter();
    let message = |(given, number): (String, Option<Number>)| {
        let refused_alone = match &number {
            None => Some(Refusal::NotANumber),
            Some(number)
                if !number.mainland && !app.countries.is_empty() && !app.countries.contains(&number.iso) =>
            {
                Some(Refusal::CountryNotListed(number.iso.clone()))
            }
            Some(_) => None,
        };
        let refusal = refusal.clone().or_else(|| refused_alone.as_ref().map(Into::into));
        let number = number.unwrap_or_else(|| Number {
            e164: given,
            country_code: String::new(),
            iso: numbers::UNKNOWN_COUNTRY.to_owned(),
            mainland: false,
        });
        NewMessage {
            phone: number.e164,
            country_code: number.country_code,
            iso: number.iso,
            mainland: number.mainland,
            text: Arc::clone(&content.text),
            params: Arc::clone(&params),
            code: content.code.clone(),
            segments: content.segments,
            due_ms: refusal.is_none().then_some(due_ms),
            refusal,
        }
    };
    given.zip(numbers).map(message).collect()
}

/// The answer for a message. A failure that was found before the number was looked at has no country, as recorded.
fn element(sent: Sent, message: Echo, whole_batch: bool, session_context: &str) -> Element {
    let (code, text, fee) = match sent.refusal {
        None => ("Ok".to_owned(), "send success".to_owned(), message.segments),
        Some(refusal) => (refusal.code, refusal.message, 0),
    };
    let iso = if whole_batch || sent.limit == Some(Limit::Balance) { String::new() } else { message.iso };
    Element {
        serial: sent.serial,
        phone: message.phone,
        fee,
        session_context: session_context.to_owned(),
        code,
        message: text,
        iso,
    }
}
