//! What a message says and what is recorded of it: shared by the two actions that send.

use std::sync::Arc;

use tcsms_api::ErrorCode;
use tcsms_store::{NewMessage, ReviewState, Template, TemplateKind};

use super::{Actions, Caller, store_failed};
use crate::config::{App, Rules};
use crate::gateway::errors::ApiError;
use crate::rules::numbers::{self, Number};
use crate::rules::refusals::Refusal;
use crate::rules::{codes, content, segments, templates, time};

/// The most numbers in one request, as documented.
const NUMBERS_MAX: usize = 200;
/// The most characters of a name or extension number: nothing longer can be valid, and each message records them (our
/// choice).
const NAME_MAX: usize = templates::LENGTH_MAX;
/// A SessionContext must be shorter than this many bytes, as documented.
const SESSION_CONTEXT_END: usize = 512;

/// What a message says.
pub(super) struct Content {
    text: Arc<str>,
    code: Option<String>,
    segments: u32,
    /// Whether it must not go to numbers that opted out: everything but login codes.
    pub(super) spares_opted_out: bool,
}

/// A message of which only the number is missing.
pub(super) struct Draft<'a> {
    content: Content,
    params: Arc<[String]>,
    /// Why no number gets it.
    refusal: Option<tcsms_store::Refusal>,
    app: &'a App,
    rules: &'a Rules,
    due_ms: i64,
}

impl Draft<'_> {
    /// The message to this number, which came as `given`: to be recorded and, where nothing refuses it, to be sent.
    pub(super) fn message(&self, given: String, number: Option<Number>) -> NewMessage {
        let refusal = self.refusal.clone().or_else(|| {
            let refusal = match &number {
                None => Some(Refusal::NotANumber),
                Some(number) => self.country_refusal(number),
            };
            refusal.as_ref().map(Into::into)
        });
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
            text: Arc::clone(&self.content.text),
            params: Arc::clone(&self.params),
            code: self.content.code.clone(),
            segments: self.content.segments,
            due_ms: refusal.is_none().then_some(self.due_ms),
            refusal,
        }
    }

    /// Neither list concerns the mainland.
    fn country_refusal(&self, number: &Number) -> Option<Refusal> {
        if number.mainland {
            None
        } else if self.rules.countries_not_offered.contains(&number.iso) {
            Some(Refusal::CountryNotOffered(number.iso.clone()))
        } else if !self.app.countries.is_empty() && !self.app.countries.contains(&number.iso) {
            Some(Refusal::CountryNotListed(number.iso.clone()))
        } else {
            None
        }
    }
}

impl Actions {
    /// The account's template with this id, when it can be sent.
    pub(super) async fn usable_template(
        &self,
        caller: Caller<'_>,
        id: &str,
    ) -> Result<Option<Arc<Template>>, ApiError> {
        let Some(id) = templates::id(id) else { return Ok(None) };
        let template =
            self.store.template(&caller.account.id, id).await.map_err(|error| store_failed(&error))?;
        Ok(template.filter(|template| template.review.at(caller.now()).state == ReviewState::Approved))
    }

    /// Checks the values and puts the text together.
    pub(super) fn compose(
        &self,
        caller: Caller<'_>,
        template: &Template,
        sign: &str,
        values: &[String],
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
            .map_err(|_| Refusal::TemplateUnapproved(template.id.to_string()))?;
        if values.len() != parsed.variables() {
            return Err(Refusal::ValueCount);
        }
        if template.kind == TemplateKind::Verification && !values.iter().all(|value| content::is_code(value))
        {
            return Err(Refusal::ValueNotCode);
        }
        let limit = usize::try_from(rules.template_value_max).unwrap_or(usize::MAX);
        for (value, place) in values.iter().zip(1..) {
            let characters = value.chars().count();
            if characters > limit {
                return Err(Refusal::ValueTooLong { place, characters, limit });
            }
        }
        if !rules.urls_in_values && values.iter().any(|value| content::contains_link(value)) {
            return Err(Refusal::ValueHasLink);
        }
        let body = parsed.render(values);
        let text = content::compose(sign, &body, mainland);
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
            spares_opted_out: template.kind != TemplateKind::Verification,
        })
    }

    /// The draft of messages that say this, or of the record that nobody gets them.
    pub(super) fn draft<'a>(
        &'a self,
        caller: Caller<'_>,
        app: &'a App,
        content: Result<Content, Refusal>,
        values: Vec<String>,
    ) -> Draft<'a> {
        let delay = i64::try_from(self.config.delivery.delay.as_millis()).unwrap_or(i64::MAX);
        let (content, values, refusal) = match content {
            Ok(content) => (content, values, None),
            // Values that were not checked may be of any size, and every message would record them.
            Err(refusal) => {
                let nothing = Content { text: "".into(), code: None, segments: 0, spares_opted_out: false };
                (nothing, Vec::new(), Some(tcsms_store::Refusal::from(&refusal)))
            }
        };
        Draft {
            content,
            params: values.into(),
            refusal,
            app,
            rules: &self.config.rules,
            due_ms: caller.now_ms.saturating_add(delay),
        }
    }
}

pub(super) fn check_count(numbers: usize) -> Result<(), ApiError> {
    if numbers <= NUMBERS_MAX {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::LimitExceededPhoneNumberCountLimit,
        format!("more than {NUMBERS_MAX} phone numbers in one request: {numbers}; use several"),
    ))
}

pub(super) fn check_session_context(text: &str) -> Result<(), ApiError> {
    let bytes = text.len();
    if bytes < SESSION_CONTEXT_END {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::FailedOperationFailResolvePacket,
        format!("the SessionContext has {bytes} bytes; it must be shorter than {SESSION_CONTEXT_END}"),
    ))
}

pub(super) fn check_name(what: &str, name: &str) -> Result<(), ApiError> {
    if name.chars().count() <= NAME_MAX {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::FailedOperationFailResolvePacket,
        format!("the {what} has more than {NAME_MAX} characters; shorten it"),
    ))
}
