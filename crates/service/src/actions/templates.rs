//! AddSmsTemplate: puts a new template into review.

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::{Added, NewTemplate, PlannedReview, Review, ReviewState, Scope, TemplateKind};

use super::{Actions, Caller, store_failed};
use crate::config::ReviewMode;
use crate::gateway::errors::ApiError;
use crate::rules::{content, templates};

/// The most templates of an account, as documented.
const TEMPLATES_MAX: usize = 1000;

/// A request of either version.
struct Request {
    name: String,
    content: String,
    sms_type: u64,
    international: u64,
    remark: String,
}

impl Actions {
    pub(super) async fn add_sms_template(
        &self,
        caller: Caller<'_>,
        request: v20210111::AddSmsTemplateRequest,
    ) -> Result<v20210111::AddSmsTemplateResponse, ApiError> {
        let request = Request {
            name: request.template_name.unwrap_or_default(),
            content: request.template_content.unwrap_or_default(),
            sms_type: request.sms_type.unwrap_or_default(),
            international: request.international.unwrap_or_default(),
            remark: request.remark.unwrap_or_default(),
        };
        let id = self.add_template(caller, request, Version::V20210111).await?;
        let status = v20210111::AddTemplateStatus::new().template_id(id.to_string());
        Ok(v20210111::AddSmsTemplateResponse::new().add_template_status(status).request_id(caller.request_id))
    }

    pub(super) async fn add_sms_template_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::AddSmsTemplateRequest,
    ) -> Result<v20190711::AddSmsTemplateResponse, ApiError> {
        let request = Request {
            name: request.template_name.unwrap_or_default(),
            content: request.template_content.unwrap_or_default(),
            sms_type: request.sms_type.unwrap_or_default(),
            international: request.international.unwrap_or_default(),
            remark: request.remark.unwrap_or_default(),
        };
        let id = self.add_template(caller, request, Version::V20190711).await?;
        let status = v20190711::AddTemplateStatus::new().template_id(id.to_string());
        Ok(v20190711::AddSmsTemplateResponse::new().add_template_status(status).request_id(caller.request_id))
    }

    async fn add_template(
        &self,
        caller: Caller<'_>,
        request: Request,
        version: Version,
    ) -> Result<u64, ApiError> {
        let (kind, scope) = self.check_template(caller, &request, version)?;
        if scope == Scope::Mainland && !self.has_mainland_sign(caller).await? {
            return Err(ApiError::new(
                ErrorCode::FailedOperationMissingSignature,
                "the account has no approved mainland signature; add one before its templates",
            ));
        }
        let template = NewTemplate {
            account: caller.account.id.clone(),
            planned: self.planned_review(caller, &request.content, kind, scope),
            name: request.name,
            content: request.content,
            kind,
            scope,
            remark: request.remark,
            created: caller.now(),
            max: TEMPLATES_MAX,
        };
        match self.store.add_template(template).await.map_err(|error| store_failed(&error))? {
            Added::Id(id) => Ok(id),
            Added::TooMany => Err(ApiError::new(
                ErrorCode::FailedOperationTemplateNumberLimit,
                format!("the account has {TEMPLATES_MAX} templates, which is the limit; delete one first"),
            )),
        }
    }

    /// Whether the account has a mainland signature in force.
    async fn has_mainland_sign(&self, caller: Caller<'_>) -> Result<bool, ApiError> {
        let signs = self.store.signs(&caller.account.id).await.map_err(|error| store_failed(&error))?;
        Ok(signs.iter().any(|sign| {
            sign.scope.covers(true) && sign.review.at(caller.now()).state == ReviewState::Approved
        }))
    }

    /// The checks that need nothing but the request and the configuration.
    fn check_template(
        &self,
        caller: Caller<'_>,
        request: &Request,
        version: Version,
    ) -> Result<(TemplateKind, Scope), ApiError> {
        let scope = match request.international {
            0 => Scope::Mainland,
            1 => Scope::Global,
            other => {
                return Err(ApiError::new(
                    ErrorCode::InvalidParameterValueInvalidInternational,
                    format!("International is {other}; use 0 for the mainland or 1 for global"),
                ));
            }
        };
        let kind = templates::kind_of_sms_type(request.sms_type).ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidParameterValueInvalidSmsType,
                format!(
                    "SmsType is {}; use 1 for marketing, 2 for notification or 3 for verification",
                    request.sms_type
                ),
            )
        })?;
        if request.name.is_empty() {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterInvalidParameters,
                "the TemplateName is empty; give the template a name",
            ));
        }
        // Three codes are not listed for version 2019-07-11, which has one word for them.
        let code = |of_2021| match version {
            Version::V20210111 => of_2021,
            Version::V20190711 => ErrorCode::InvalidParameterInvalidParameters,
        };
        if kind == TemplateKind::Marketing && caller.account.individual {
            return Err(ApiError::new(
                code(ErrorCode::FailedOperationForbidAddMarketingTemplates),
                "an individual account cannot have marketing templates; use another SmsType",
            ));
        }
        let template = templates::validate(&request.content, scope == Scope::Global).map_err(|fault| {
            ApiError::new(
                code(ErrorCode::InvalidParameterValueInvalidTemplateFormat),
                format!("the template's format is wrong: {fault}"),
            )
        })?;
        if let Some(word) = content::sensitive_word(&request.content, &self.config.rules.sensitive_words) {
            return Err(ApiError::new(
                code(ErrorCode::InvalidParameterDirtyWordFound),
                format!("the template contains the forbidden word `{word}`; take it out"),
            ));
        }
        if scope == Scope::Mainland {
            if kind == TemplateKind::Marketing && !templates::ends_with_opt_out(&request.content) {
                return Err(ApiError::new(
                    ErrorCode::InvalidParameterValueMarketingTemplateWithoutUnsubscribe,
                    "a marketing template must end with the words to opt out; add 拒收请回复R",
                ));
            }
            let variables_allowed =
                kind == TemplateKind::Verification || self.config.rules.template_variables;
            if template.variables() > 0 && !variables_allowed {
                return Err(ApiError::new(
                    ErrorCode::InvalidParameterValueUnsupportedTemplateVariable,
                    "this account may use variables in verification templates only; write the text out",
                ));
            }
        }
        Ok((kind, scope))
    }

    /// What the review is going to decide; `None` when a person decides.
    fn planned_review(
        &self,
        caller: Caller<'_>,
        text: &str,
        kind: TemplateKind,
        scope: Scope,
    ) -> Option<PlannedReview> {
        let settings = self.config.review;
        let refused = |reply: &str| Review { state: ReviewState::Refused, reply: reply.to_owned() };
        let review = match settings.mode {
            ReviewMode::Manual => return None,
            ReviewMode::Reject => refused("the service is set to refuse every review"),
            ReviewMode::Auto => match templates::review_objection(text, kind, scope == Scope::Global) {
                Some(objection) => refused(objection),
                None => Review { state: ReviewState::Approved, reply: String::new() },
            },
        };
        let delay = i64::try_from(settings.delay.as_secs()).unwrap_or(i64::MAX);
        Some(PlannedReview { at: caller.now().saturating_add(delay), review })
    }
}
