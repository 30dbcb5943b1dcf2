//! SendMultiGlobalSms: to each global number a text of its own.
//!
//! As documented, a message that is refused has a serial number and its country too, other than in SendSms. Each
//! number is judged for itself, in the order of the request, also by the balance (our choice).

use std::sync::Arc;

use tcsms_api::{ErrorCode, v20210111};
use tcsms_store::SendBatch;

use super::content::{Content, check_count, check_name, check_session_context};
use super::{Actions, Caller, store_failed};
use crate::config::App;
use crate::gateway::errors::ApiError;
use crate::rules::numbers::{self, Number};
use crate::rules::refusals::{self, Refusal};
use crate::rules::templates;

/// A message of the request.
struct Item {
    phone: String,
    template: String,
    values: Vec<String>,
    sender_id: String,
    session_context: String,
}

impl Actions {
    pub(super) async fn send_multi_global_sms(
        &self,
        caller: Caller<'_>,
        request: v20210111::SendMultiGlobalSmsRequest,
    ) -> Result<v20210111::SendMultiGlobalSmsResponse, ApiError> {
        let app = self.app(caller, &request.sms_sdk_app_id.unwrap_or_default())?;
        let items = request.multi_sms_info_set.unwrap_or_default().into_iter().map(|item| Item {
            phone: item.phone_number.unwrap_or_default(),
            template: item.template_id.unwrap_or_default(),
            values: item.template_param_set.unwrap_or_default(),
            sender_id: item.sender_id.unwrap_or_default(),
            session_context: item.session_context.unwrap_or_default(),
        });
        let items: Vec<Item> = items.collect();
        check_packet(&items)?;
        let parsed: Vec<Option<Number>> = items.iter().map(|item| numbers::parse(&item.phone)).collect();
        if parsed.iter().flatten().any(|number| number.mainland) {
            return Err(ApiError::new(
                ErrorCode::UnsupportedOperationContainDomesticPhoneNumber,
                "the request has mainland numbers; send to them by SendSms",
            ));
        }
        let mut batches = Vec::with_capacity(items.len());
        for (item, number) in items.into_iter().zip(parsed) {
            batches.push(self.batch(caller, &app, item, number).await?);
        }
        let echoes: Vec<_> = batches
            .iter()
            .flat_map(|batch| batch.messages.iter().map(|message| (message, &batch.session_context)))
            .map(|(message, context)| {
                v20210111::SendMultiStatus::new()
                    .phone_number(&*message.phone)
                    .session_context(&**context)
                    .iso_code(&*message.iso)
                    .fee(message.segments.into())
            })
            .collect();
        let sent = self.store.send_each(batches).await.map_err(|error| store_failed(&error))?;
        let set = sent.into_iter().flatten().zip(echoes).map(|(sent, status)| {
            let status = status.serial_no(sent.serial);
            match sent.refusal {
                None => status.code("Ok").message("send success"),
                Some(refusal) => status.fee(0).code(refusal.code).message(refusal.message),
            }
        });
        Ok(v20210111::SendMultiGlobalSmsResponse::new()
            .send_multi_status_set(set)
            .request_id(caller.request_id))
    }

    /// One message of the request, ready for the store.
    async fn batch(
        &self,
        caller: Caller<'_>,
        app: &App,
        item: Item,
        number: Option<Number>,
    ) -> Result<SendBatch, ApiError> {
        let content = self.content_abroad(caller, &item.template, &item.values).await?;
        let content = content.map_err(Refusal::in_older_words);
        let spare_opted_out = content.as_ref().is_ok_and(|content| content.spares_opted_out);
        let message = self.draft(caller, app, content, item.values).message(item.phone, number);
        Ok(SendBatch {
            account: caller.account.id.clone(),
            app: app.sdk_app_id.clone(),
            template: templates::id(&item.template).unwrap_or_default(),
            sign: String::new(),
            extend_code: String::new(),
            sender_id: item.sender_id,
            session_context: item.session_context,
            at: caller.now(),
            request_id: caller.request_id.to_owned(),
            limits: Arc::clone(&app.limits),
            spare_opted_out,
            serial_when_refused: true,
            refusal_of: refusals::of_limit,
            messages: vec![message],
        })
    }

    /// What a message abroad says, without a signature, for the request has none.
    async fn content_abroad(
        &self,
        caller: Caller<'_>,
        template_id: &str,
        values: &[String],
    ) -> Result<Result<Content, Refusal>, ApiError> {
        Ok(match self.usable_template(caller, template_id).await? {
            None => Err(Refusal::TemplateUnapproved(template_id.to_owned())),
            Some(template) if !template.scope.covers(false) => Err(Refusal::MainlandTemplateToGlobal),
            Some(template) => self.compose(caller, &template, "", values, false),
        })
    }
}

/// The checks of the request as a whole that need no number.
fn check_packet(items: &[Item]) -> Result<(), ApiError> {
    if items.is_empty() {
        return Err(ApiError::new(
            ErrorCode::InvalidParameterValueMultiSmsInfoSetEmpty,
            "the MultiSmsInfoSet is empty; send 1 to 200 messages",
        ));
    }
    check_count(items.len())?;
    for item in items {
        check_session_context(&item.session_context)?;
        check_name("SenderId", &item.sender_id)?;
    }
    Ok(())
}
