//! AddSmsTemplate, ModifySmsTemplate, DeleteSmsTemplate and DescribeSmsTemplateList: templates and their review.

use std::sync::Arc;

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::{Added, Changed, NewTemplate, Removed, ReviewState, Scope, Template, TemplateKind};

use super::listing::{Listing, check_ids};
use super::{Actions, Caller, by_version, scope, store_failed, unsigned};
use crate::gateway::errors::ApiError;
use crate::rules::{content, templates};

/// The most templates of an account, as documented.
const TEMPLATES_MAX: usize = 1000;

/// A request to add or change, of either version.
struct Request {
    name: String,
    content: String,
    sms_type: u64,
    international: u64,
    remark: String,
    version: Version,
}

/// The four request types have the same members.
macro_rules! request {
    ($request:ident, $version:ident) => {
        Request {
            name: $request.template_name.unwrap_or_default(),
            content: $request.template_content.unwrap_or_default(),
            sms_type: $request.sms_type.unwrap_or_default(),
            international: $request.international.unwrap_or_default(),
            remark: $request.remark.unwrap_or_default(),
            version: Version::$version,
        }
    };
}

/// A template as both versions answer it.
macro_rules! entry {
    ($version:ident, $template:ident, $caller:ident) => {{
        let review = $template.review.at($caller.now());
        $version::DescribeTemplateListStatus::new()
            .template_id($template.id)
            .international($template.scope.code().into())
            .status_code(review.state.code().into())
            .review_reply(&*review.reply)
            .template_name(&*$template.name)
            .create_time(unsigned($template.created))
    }};
}

impl Actions {
    /// The id is a text in the answer, as documented; everywhere else it is a number.
    pub(super) async fn add_sms_template(
        &self,
        caller: Caller<'_>,
        request: v20210111::AddSmsTemplateRequest,
    ) -> Result<v20210111::AddSmsTemplateResponse, ApiError> {
        let id = self.add_template(caller, request!(request, V20210111)).await?;
        let status = v20210111::AddTemplateStatus::new().template_id(id.to_string());
        Ok(v20210111::AddSmsTemplateResponse::new().add_template_status(status).request_id(caller.request_id))
    }

    pub(super) async fn add_sms_template_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::AddSmsTemplateRequest,
    ) -> Result<v20190711::AddSmsTemplateResponse, ApiError> {
        let id = self.add_template(caller, request!(request, V20190711)).await?;
        let status = v20190711::AddTemplateStatus::new().template_id(id.to_string());
        Ok(v20190711::AddSmsTemplateResponse::new().add_template_status(status).request_id(caller.request_id))
    }

    pub(super) async fn modify_sms_template(
        &self,
        caller: Caller<'_>,
        request: v20210111::ModifySmsTemplateRequest,
    ) -> Result<v20210111::ModifySmsTemplateResponse, ApiError> {
        let id = request.template_id.unwrap_or_default();
        self.change_template(caller, id, request!(request, V20210111)).await?;
        let status = v20210111::ModifyTemplateStatus::new().template_id(id);
        Ok(v20210111::ModifySmsTemplateResponse::new()
            .modify_template_status(status)
            .request_id(caller.request_id))
    }

    pub(super) async fn modify_sms_template_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::ModifySmsTemplateRequest,
    ) -> Result<v20190711::ModifySmsTemplateResponse, ApiError> {
        let id = request.template_id.unwrap_or_default();
        self.change_template(caller, id, request!(request, V20190711)).await?;
        let status = v20190711::ModifyTemplateStatus::new().template_id(id);
        Ok(v20190711::ModifySmsTemplateResponse::new()
            .modify_template_status(status)
            .request_id(caller.request_id))
    }

    pub(super) async fn delete_sms_template(
        &self,
        caller: Caller<'_>,
        request: v20210111::DeleteSmsTemplateRequest,
    ) -> Result<v20210111::DeleteSmsTemplateResponse, ApiError> {
        self.remove_template(caller, request.template_id.unwrap_or_default()).await?;
        let status = deleted!(v20210111::DeleteTemplateStatus, caller);
        Ok(v20210111::DeleteSmsTemplateResponse::new()
            .delete_template_status(status)
            .request_id(caller.request_id))
    }

    pub(super) async fn delete_sms_template_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::DeleteSmsTemplateRequest,
    ) -> Result<v20190711::DeleteSmsTemplateResponse, ApiError> {
        self.remove_template(caller, request.template_id.unwrap_or_default()).await?;
        let status = deleted!(v20190711::DeleteTemplateStatus, caller);
        Ok(v20190711::DeleteSmsTemplateResponse::new()
            .delete_template_status(status)
            .request_id(caller.request_id))
    }

    pub(super) async fn describe_sms_template_list(
        &self,
        caller: Caller<'_>,
        request: v20210111::DescribeSmsTemplateListRequest,
    ) -> Result<v20210111::DescribeSmsTemplateListResponse, ApiError> {
        let listing = Listing::read(request.template_id_set, request.limit, request.offset)?;
        let scope = scope(
            request.international.unwrap_or_default(),
            ErrorCode::InvalidParameterValueInvalidInternational,
        )?;
        let templates = self.list_templates(caller, scope, &listing).await?;
        let set = templates
            .iter()
            .map(|template| entry!(v20210111, template, caller).template_content(&*template.content));
        Ok(v20210111::DescribeSmsTemplateListResponse::new()
            .describe_template_status_set(set)
            .request_id(caller.request_id))
    }

    /// This version must name templates, and does not show their text.
    pub(super) async fn describe_sms_template_list_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::DescribeSmsTemplateListRequest,
    ) -> Result<v20190711::DescribeSmsTemplateListResponse, ApiError> {
        let listing = Listing::Ids(check_ids(request.template_id_set.unwrap_or_default())?);
        let scope =
            scope(request.international.unwrap_or_default(), ErrorCode::FailedOperationFailResolvePacket)?;
        let templates = self.list_templates(caller, scope, &listing).await?;
        let set = templates.iter().map(|template| entry!(v20190711, template, caller));
        Ok(v20190711::DescribeSmsTemplateListResponse::new()
            .describe_template_status_set(set)
            .request_id(caller.request_id))
    }

    async fn add_template(&self, caller: Caller<'_>, request: Request) -> Result<u64, ApiError> {
        let template = self.check_template(caller, request)?;
        if template.scope == Scope::Mainland && !self.has_mainland_sign(caller).await? {
            return Err(ApiError::new(
                ErrorCode::FailedOperationMissingSignature,
                "the account has no approved mainland signature; add one before its templates",
            ));
        }
        match self.store.add_template(template, TEMPLATES_MAX).await.map_err(|error| store_failed(&error))? {
            Added::Id(id) => Ok(id),
            Added::TooMany => Err(ApiError::new(
                ErrorCode::FailedOperationTemplateNumberLimit,
                format!("the account has {TEMPLATES_MAX} templates, which is the limit; delete one first"),
            )),
        }
    }

    async fn change_template(&self, caller: Caller<'_>, id: u64, request: Request) -> Result<(), ApiError> {
        let template = self.check_template(caller, request)?;
        match self.store.modify_template(id, template).await.map_err(|error| store_failed(&error))? {
            Changed::Done => Ok(()),
            // Names of templates may be used twice.
            Changed::Unknown | Changed::Taken(_) => Err(ApiError::new(
                ErrorCode::FailedOperationMissingTemplateToModify,
                format!("the account has no template {id}; use the TemplateId of one"),
            )),
            Changed::OtherScope => Err(ApiError::new(
                ErrorCode::InvalidParameterValueInvalidInternational,
                format!("International cannot be changed; leave that of template {id}, or add a new one"),
            )),
            Changed::Approved => Err(ApiError::new(
                ErrorCode::FailedOperationTemplateAlreadyPassedCheck,
                format!("template {id} is approved and cannot be changed; add a new one"),
            )),
        }
    }

    async fn remove_template(&self, caller: Caller<'_>, id: u64) -> Result<(), ApiError> {
        let removed = self.store.remove_template(&caller.account.id, id).await;
        let code = match removed.map_err(|error| store_failed(&error))? {
            Removed::Done => return Ok(()),
            Removed::Unknown => ErrorCode::FailedOperationTemplateIdNotExist,
            Removed::Foreign => ErrorCode::FailedOperationMissingTemplateToModify,
        };
        Err(ApiError::new(code, format!("the account has no template {id}; use the TemplateId of one")))
    }

    async fn list_templates(
        &self,
        caller: Caller<'_>,
        scope: Scope,
        listing: &Listing,
    ) -> Result<Vec<Arc<Template>>, ApiError> {
        let templates = self.store.templates(&caller.account.id).await;
        let templates = templates.map_err(|error| store_failed(&error))?;
        let fits = |template: &Template| template.scope.covers(scope == Scope::Mainland);
        Ok(listing.choose(templates, |template| template.id, fits))
    }

    /// Whether the account has a mainland signature in force.
    async fn has_mainland_sign(&self, caller: Caller<'_>) -> Result<bool, ApiError> {
        let signs = self.store.signs(&caller.account.id).await.map_err(|error| store_failed(&error))?;
        Ok(signs.iter().any(|sign| {
            sign.scope.covers(true) && sign.review.at(caller.now()).state == ReviewState::Approved
        }))
    }

    /// The checks that need nothing but the request and the configuration.
    fn check_template(&self, caller: Caller<'_>, request: Request) -> Result<NewTemplate, ApiError> {
        let scope = scope(request.international, ErrorCode::InvalidParameterValueInvalidInternational)?;
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
        let code =
            |of_2021| by_version(request.version, of_2021, ErrorCode::InvalidParameterInvalidParameters);
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
        let objection = templates::review_objection(&request.content, kind, scope == Scope::Global);
        Ok(NewTemplate {
            account: caller.account.id.clone(),
            planned: self.planned_review(caller, objection),
            name: request.name,
            content: request.content,
            kind,
            scope,
            remark: request.remark,
            created: caller.now(),
        })
    }
}
