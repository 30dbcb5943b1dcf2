//! The actions of the API: what a call does once the gateway has let it through.
//!
//! The gateway has checked the signature, the region, the rate, and that the parameters are the action's own and of
//! the right types. An action applies the rules of [`crate::rules`], makes one transaction in the store, and
//! answers with the types of `tcsms-api`. Both versions of an action share one body; what differs between them
//! (names, entry forms, codes that one version does not list) is decided beside it.

/// What every version answers to a removal, in the words of the documented examples.
macro_rules! deleted {
    ($status:ty, $caller:ident) => {
        <$status>::new().delete_status("return successfully!").delete_time(unsigned($caller.now()))
    };
}

mod by_number;
mod content;
mod conversion;
mod listing;
mod multi_global;
mod numbers;
mod packages;
mod pull;
mod pulled;
mod records;
mod replies;
mod send;
mod signs;
mod statistics;
mod templates;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tcsms_api::{ActionInfo, ErrorCode, Version};
use tcsms_store::{PlannedReview, Review, ReviewState, Scope, Store, StoreError};

use crate::config::{Account, App, Config, Directory, ReviewMode};
use crate::gateway::errors::ApiError;
use numbers::describe_phone_number_info;

pub use replies::{IncomingReply, receive_reply};

/// Everything that actions work on. Made once, when the service starts.
#[derive(Clone)]
pub struct Actions {
    config: Arc<Config>,
    directory: Arc<Directory>,
    store: Store,
}

/// Who calls, and when.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The account of the key that signed the request.
    pub account: &'a Account,
    /// Whether that key belongs to another user of the account than the main one.
    pub sub_account: bool,
    /// Business time at which the request arrived, in Unix milliseconds.
    pub now_ms: i64,
    /// The RequestId of the answer.
    pub request_id: &'a str,
}

impl Caller<'_> {
    /// Business time at which the request arrived, in Unix seconds.
    fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}

impl Actions {
    /// The actions over this configuration and store.
    #[must_use]
    pub fn new(config: Arc<Config>, directory: Arc<Directory>, store: Store) -> Self {
        Self { config, directory, store }
    }

    /// Performs one call and returns the `Response` object as JSON, RequestId included.
    ///
    /// `parameters` are those of the call as a JSON object; the gateway has compared them with the action's model.
    /// The answer is returned after everything that it reports is durable in the store.
    ///
    /// # Errors
    /// The error of the whole call, which the gateway puts into the envelope. What concerns single numbers of a
    /// send is no error: it stands in the answer.
    pub async fn perform(
        &self,
        caller: Caller<'_>,
        action: &ActionInfo,
        parameters: &[u8],
    ) -> Result<String, ApiError> {
        let answer = match self.check_account(caller, action) {
            Ok(()) => match action.version {
                Version::V20210111 => self.perform_2021(caller, action.name, parameters).await,
                Version::V20190711 => self.perform_2019(caller, action.name, parameters).await,
            },
            Err(error) => Err(error),
        };
        answer.map_err(|error| match error.code {
            // Few actions do not list the code of a failed store; the gateway's word for it fits every action.
            ErrorCode::InternalErrorOtherError if !action.errors.contains(&error.code.as_str()) => {
                ApiError { code: ErrorCode::InternalError, ..error }
            }
            _ => error,
        })
    }

    async fn perform_2021(
        &self,
        caller: Caller<'_>,
        name: &str,
        parameters: &[u8],
    ) -> Result<String, ApiError> {
        match name {
            "SendSms" => write(&self.send_sms(caller, read(parameters)?).await?),
            "SendMultiGlobalSms" => write(&self.send_multi_global_sms(caller, read(parameters)?).await?),
            "PullSmsSendStatus" => write(&self.pull_sms_send_status(caller, read(parameters)?).await?),
            "PullSmsReplyStatus" => write(&self.pull_sms_reply_status(caller, read(parameters)?).await?),
            "PullSmsSendStatusByPhoneNumber" => {
                write(&self.send_status_by_number(caller, read(parameters)?).await?)
            }
            "PullSmsReplyStatusByPhoneNumber" => {
                write(&self.reply_status_by_number(caller, read(parameters)?).await?)
            }
            "DescribeSendRecordList" => {
                write(&self.describe_send_record_list(caller, read(parameters)?).await?)
            }
            "SendStatusStatistics" => write(&self.send_status_statistics(caller, read(parameters)?).await?),
            "CallbackStatusStatistics" => {
                write(&self.callback_status_statistics(caller, read(parameters)?).await?)
            }
            "SmsPackagesStatistics" => write(&self.sms_packages_statistics(caller, read(parameters)?).await?),
            "DescribePhoneNumberInfo" => write(&describe_phone_number_info(caller, read(parameters)?)?),
            "ReportConversion" => write(&self.report_conversion(caller, read(parameters)?).await?),
            "AddSmsSign" => write(&self.add_sms_sign(caller, read(parameters)?).await?),
            "ModifySmsSign" => write(&self.modify_sms_sign(caller, read(parameters)?).await?),
            "DeleteSmsSign" => write(&self.delete_sms_sign(caller, read(parameters)?).await?),
            "DescribeSmsSignList" => write(&self.describe_sms_sign_list(caller, read(parameters)?).await?),
            "AddSmsTemplate" => write(&self.add_sms_template(caller, read(parameters)?).await?),
            "ModifySmsTemplate" => write(&self.modify_sms_template(caller, read(parameters)?).await?),
            "DeleteSmsTemplate" => write(&self.delete_sms_template(caller, read(parameters)?).await?),
            "DescribeSmsTemplateList" => {
                write(&self.describe_sms_template_list(caller, read(parameters)?).await?)
            }
            name => Err(not_served(name)),
        }
    }

    async fn perform_2019(
        &self,
        caller: Caller<'_>,
        name: &str,
        parameters: &[u8],
    ) -> Result<String, ApiError> {
        match name {
            "SendSms" => write(&self.send_sms_2019(caller, read(parameters)?).await?),
            "PullSmsSendStatus" => write(&self.pull_sms_send_status_2019(caller, read(parameters)?).await?),
            "PullSmsReplyStatus" => write(&self.pull_sms_reply_status_2019(caller, read(parameters)?).await?),
            "PullSmsSendStatusByPhoneNumber" => {
                write(&self.send_status_by_number_2019(caller, read(parameters)?).await?)
            }
            "PullSmsReplyStatusByPhoneNumber" => {
                write(&self.reply_status_by_number_2019(caller, read(parameters)?).await?)
            }
            "SendStatusStatistics" => {
                write(&self.send_status_statistics_2019(caller, read(parameters)?).await?)
            }
            "CallbackStatusStatistics" => {
                write(&self.callback_status_statistics_2019(caller, read(parameters)?).await?)
            }
            "SmsPackagesStatistics" => {
                write(&self.sms_packages_statistics_2019(caller, read(parameters)?).await?)
            }
            "AddSmsSign" => write(&self.add_sms_sign_2019(caller, read(parameters)?).await?),
            "ModifySmsSign" => write(&self.modify_sms_sign_2019(caller, read(parameters)?).await?),
            "DeleteSmsSign" => write(&self.delete_sms_sign_2019(caller, read(parameters)?).await?),
            "DescribeSmsSignList" => {
                write(&self.describe_sms_sign_list_2019(caller, read(parameters)?).await?)
            }
            "AddSmsTemplate" => write(&self.add_sms_template_2019(caller, read(parameters)?).await?),
            "ModifySmsTemplate" => write(&self.modify_sms_template_2019(caller, read(parameters)?).await?),
            "DeleteSmsTemplate" => write(&self.delete_sms_template_2019(caller, read(parameters)?).await?),
            "DescribeSmsTemplateList" => {
                write(&self.describe_sms_template_list_2019(caller, read(parameters)?).await?)
            }
            name => Err(not_served(name)),
        }
    }

    /// What the account may not do at all: the published lists say which actions each of these codes belongs to.
    fn check_account(&self, caller: Caller<'_>, action: &ActionInfo) -> Result<(), ApiError> {
        let account = caller.account;
        for (applies, code, text) in [
            (
                account.arrears,
                ErrorCode::UnauthorizedOperationServiceSuspendDueToArrears,
                "the account owes money and is suspended; settle the bill",
            ),
            (
                !account.certified,
                ErrorCode::FailedOperationNotEnterpriseCertification,
                "the account is not certified; have it certified as an enterprise first",
            ),
            (
                caller.sub_account,
                ErrorCode::FailedOperationProhibitSubAccountUse,
                "only the main account may do this; use a key of the main account",
            ),
        ] {
            if applies && action.errors.contains(&code.as_str()) {
                return Err(ApiError::new(code, text));
            }
        }
        Ok(())
    }

    /// What the review of something new is going to decide; `None` when a person decides. `objection` is what a
    /// reviewer would refuse it for.
    fn planned_review(&self, caller: Caller<'_>, objection: Option<&str>) -> Option<PlannedReview> {
        let settings = self.config.review;
        let refused = |reply: &str| Review { state: ReviewState::Refused, reply: reply.to_owned() };
        let review = match (settings.mode, objection) {
            (ReviewMode::Manual, _) => return None,
            (ReviewMode::Reject, _) => refused("the service is set to refuse every review"),
            (ReviewMode::Auto, Some(objection)) => refused(objection),
            (ReviewMode::Auto, None) => Review { state: ReviewState::Approved, reply: String::new() },
        };
        let delay = i64::try_from(settings.delay.as_secs()).unwrap_or(i64::MAX);
        Some(PlannedReview { at: caller.now().saturating_add(delay), review })
    }

    /// The app of this id, when it is the caller's and may be used.
    fn app(&self, caller: Caller<'_>, id: &str) -> Result<Arc<App>, ApiError> {
        let Some((owner, app)) = self.directory.app(id) else {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterValueSdkAppIdNotExist,
                "the SmsSdkAppId does not exist; use the id of an app of this account",
            ));
        };
        if owner.id != caller.account.id {
            // Recorded.
            return Err(ApiError::new(
                ErrorCode::UnauthorizedOperationSmsSdkAppIdVerifyFail,
                "request SmsSdk AppId verify fail",
            ));
        }
        if !app.enabled {
            return Err(ApiError::new(
                ErrorCode::UnauthorizedOperationSdkAppIdIsDisabled,
                format!("the app {id} is disabled; enable it or use another app"),
            ));
        }
        Ok(app)
    }
}

/// The error in place of the gateway's, when this action's published list has a code of its own for the absence of
/// that parameter.
pub(crate) fn missing_parameter(action: &ActionInfo, error: ApiError) -> ApiError {
    let own = ErrorCode::MissingParameterMissingSignatureList;
    let is_list = error.code == ErrorCode::MissingParameter && error.message.contains("`SignIdSet`");
    if is_list && action.errors.contains(&own.as_str()) { ApiError { code: own, ..error } } else { error }
}

/// The definition has no action that is not served: a test asks for each.
fn not_served(name: &str) -> ApiError {
    ApiError::new(ErrorCode::UnsupportedOperation, format!("this service does not have {name}"))
}

/// The code for one cause, of which each version lists its own.
fn by_version(version: Version, of_2021: ErrorCode, of_2019: ErrorCode) -> ErrorCode {
    match version {
        Version::V20210111 => of_2021,
        Version::V20190711 => of_2019,
    }
}

/// What `International` names: 0 the mainland, 1 other countries. `code` is the answer to anything else.
fn scope(international: u64, code: ErrorCode) -> Result<Scope, ApiError> {
    match international {
        0 => Ok(Scope::Mainland),
        1 => Ok(Scope::Global),
        other => Err(ApiError::new(
            code,
            format!("International is {other}; use 0 for the mainland or 1 for global"),
        )),
    }
}

/// A Unix second as the answer types have it; business time before 1970 becomes 0.
fn unsigned(at: i64) -> u64 {
    u64::try_from(at).unwrap_or_default()
}

fn read<T: DeserializeOwned>(parameters: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(parameters)
        .map_err(|error| ApiError::new(ErrorCode::InvalidParameter, error.to_string()))
}

fn write<T: Serialize>(answer: &T) -> Result<String, ApiError> {
    serde_json::to_string(answer).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        ApiError::new(ErrorCode::InternalError, "the answer could not be written")
    })
}

/// The answer to a call that the store could not serve. The caller learns that nothing was done; what the operator
/// has to mend is in the log.
fn store_failed(error: &StoreError) -> ApiError {
    tracing::error!(%error, "the store failed");
    ApiError::new(
        ErrorCode::InternalErrorOtherError,
        "the service could not store or read its data, nothing was done; see the service's log for the cause",
    )
}
