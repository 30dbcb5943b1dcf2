//! The actions of the API: what a call does once the gateway has let it through.
//!
//! The gateway has checked the signature, the region, the rate, and that the parameters are the action's own and of
//! the right types. An action applies the rules of [`crate::rules`], makes one transaction in the store, and
//! answers with the types of `tcsms-api`. Both versions of an action share one body; what differs between them
//! (names, entry forms, codes that one version does not list) is decided beside it.

mod pull;
mod send;
mod statistics;
mod templates;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tcsms_api::{ActionInfo, ErrorCode, Version};
use tcsms_store::{Store, StoreError};

use crate::config::{Account, App, Config, Directory};
use crate::gateway::errors::ApiError;

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
        use Version::{V20190711, V20210111};
        match (action.version, action.name) {
            (V20210111, "SendSms") => write(&self.send_sms(caller, read(parameters)?).await?),
            (V20190711, "SendSms") => write(&self.send_sms_2019(caller, read(parameters)?).await?),
            (V20210111, "PullSmsSendStatus") => {
                write(&self.pull_sms_send_status(caller, read(parameters)?).await?)
            }
            (V20190711, "PullSmsSendStatus") => {
                write(&self.pull_sms_send_status_2019(caller, read(parameters)?).await?)
            }
            (V20210111, "SendStatusStatistics") => {
                write(&self.send_status_statistics(caller, read(parameters)?).await?)
            }
            (V20190711, "SendStatusStatistics") => {
                write(&self.send_status_statistics_2019(caller, read(parameters)?).await?)
            }
            (V20210111, "AddSmsTemplate") => write(&self.add_sms_template(caller, read(parameters)?).await?),
            (V20190711, "AddSmsTemplate") => {
                write(&self.add_sms_template_2019(caller, read(parameters)?).await?)
            }
            (version, name) => Err(ApiError::new(
                ErrorCode::UnsupportedOperation,
                format!("this service does not have {name} of version {version} yet"),
            )),
        }
    }

    /// The app of this id, when it is the caller's and may be used.
    fn app(&self, caller: Caller<'_>, id: &str) -> Result<&App, ApiError> {
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
