//! SendSms: one text to as many as 200 numbers.
//!
//! What concerns the request as a whole and is no matter of its content (the app, the count of numbers, the
//! packet) is an error of the call. Everything else is answered for each number, and a cause that concerns all
//! numbers is repeated in each; the documented samples and recordings show this for values that do not fit, for
//! the balance and for frequency limits, the rest is our choice.

use std::sync::Arc;

use tcsms_api::{ErrorCode, v20190711, v20210111};
use tcsms_store::{Limit, NewMessage, ReviewState, SendBatch, Sent, Template};

use super::content::{Content, check_count, check_name, check_session_context};
use super::{Actions, Caller, store_failed};
use crate::gateway::errors::ApiError;
use crate::rules::numbers::{self, Number};
use crate::rules::refusals::{self, Refusal};
use crate::rules::templates;

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
        let content = content.map_err(|refusal| match request.older_template_code {
            true => refusal.in_older_words(),
            false => refusal,
        });

        let whole_batch_refused = content.is_err();
        let spare_opted_out = content.as_ref().is_ok_and(|content| content.spares_opted_out);
        let draft = self.draft(caller, &app, content, std::mem::take(&mut request.values));
        let given = std::mem::take(&mut request.numbers).into_iter();
        let messages: Vec<NewMessage> =
            given.zip(numbers).map(|(given, number)| draft.message(given, number)).collect();
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
            spare_opted_out,
            serial_when_refused: false,
            refusal_of: refusals::of_limit,
            messages,
        };
        let sent = self.store.send(batch).await.map_err(|error| store_failed(&error))?;
        let elements = sent.into_iter().zip(echoes);
        Ok(elements.map(|(sent, echo)| element(sent, echo, whole_batch_refused, &session_context)).collect())
    }

    /// What the message says, or why no number of the request gets it.
    async fn content(
        &self,
        caller: Caller<'_>,
        request: &Request,
        numbers: &[Option<Number>],
    ) -> Result<Result<Content, Refusal>, ApiError> {
        let Some(template) = self.usable_template(caller, &request.template).await? else {
            return Ok(Err(Refusal::TemplateUnapproved(request.template.clone())));
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
            sign.is_some_and(|sign| sign.review.at(caller.now()).state == ReviewState::Approved)
        };
        if !sign_approved {
            return Ok(Err(Refusal::SignatureUnapproved { sign: request.sign.clone(), mainland }));
        }
        Ok(self.compose(caller, &template, &request.sign, &request.values, mainland))
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
    check_count(request.numbers.len())?;
    check_session_context(&request.session_context)?;
    check_name("signature's name", &request.sign)?;
    check_name("ExtendCode", &request.extend_code)?;
    check_name("SenderId", &request.sender_id)?;
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
