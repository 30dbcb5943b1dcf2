//! PullSmsSendStatus and PullSmsReplyStatus: take reports and replies out of an app's queues, oldest first, each once.

use std::sync::Arc;

use tcsms_api::{ErrorCode, v20190711, v20210111};
use tcsms_store::{Reply, Report};

use super::pulled::{reply_2019, reply_2021, report_2019, report_2021};
use super::{Actions, Caller, store_failed};
use crate::config::App;
use crate::gateway::errors::ApiError;

/// The most entries in one answer, as documented.
const ENTRIES_MAX: u64 = 100;

impl Actions {
    pub(super) async fn pull_sms_send_status(
        &self,
        caller: Caller<'_>,
        request: v20210111::PullSmsSendStatusRequest,
    ) -> Result<v20210111::PullSmsSendStatusResponse, ApiError> {
        let reports = self.pull_reports(caller, request.sms_sdk_app_id, request.limit).await?;
        let with_context = self.config.rules.session_context_in_reports;
        Ok(v20210111::PullSmsSendStatusResponse::new()
            .pull_sms_send_status_set(reports.iter().map(|report| report_2021(report, with_context)))
            .request_id(caller.request_id))
    }

    pub(super) async fn pull_sms_send_status_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::PullSmsSendStatusRequest,
    ) -> Result<v20190711::PullSmsSendStatusResponse, ApiError> {
        let reports = self.pull_reports(caller, request.sms_sdk_appid, request.limit).await?;
        Ok(v20190711::PullSmsSendStatusResponse::new()
            .pull_sms_send_status_set(reports.iter().map(report_2019))
            .request_id(caller.request_id))
    }

    pub(super) async fn pull_sms_reply_status(
        &self,
        caller: Caller<'_>,
        request: v20210111::PullSmsReplyStatusRequest,
    ) -> Result<v20210111::PullSmsReplyStatusResponse, ApiError> {
        let replies = self.pull_replies(caller, request.sms_sdk_app_id, request.limit).await?;
        Ok(v20210111::PullSmsReplyStatusResponse::new()
            .pull_sms_reply_status_set(replies.iter().map(reply_2021))
            .request_id(caller.request_id))
    }

    pub(super) async fn pull_sms_reply_status_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::PullSmsReplyStatusRequest,
    ) -> Result<v20190711::PullSmsReplyStatusResponse, ApiError> {
        let replies = self.pull_replies(caller, request.sms_sdk_appid, request.limit).await?;
        Ok(v20190711::PullSmsReplyStatusResponse::new()
            .pull_sms_reply_status_set(replies.iter().map(reply_2019))
            .request_id(caller.request_id))
    }

    async fn pull_reports(
        &self,
        caller: Caller<'_>,
        app: Option<String>,
        limit: Option<u64>,
    ) -> Result<Vec<Report>, ApiError> {
        let (app, limit) = self.check_pull(caller, app, limit)?;
        let reports = self.store.pull_reports(&caller.account.id, &app.sdk_app_id, limit).await;
        reports.map_err(|error| store_failed(&error))
    }

    async fn pull_replies(
        &self,
        caller: Caller<'_>,
        app: Option<String>,
        limit: Option<u64>,
    ) -> Result<Vec<Reply>, ApiError> {
        let (app, limit) = self.check_pull(caller, app, limit)?;
        let replies = self.store.pull_replies(&caller.account.id, &app.sdk_app_id, limit).await;
        replies.map_err(|error| store_failed(&error))
    }

    fn check_pull(
        &self,
        caller: Caller<'_>,
        app: Option<String>,
        limit: Option<u64>,
    ) -> Result<(Arc<App>, usize), ApiError> {
        let app = self.app(caller, &app.unwrap_or_default())?;
        if !self.config.rules.pull_open {
            return Err(ApiError::new(
                ErrorCode::UnauthorizedOperationRequestPermissionDeny,
                "pulling reports and replies is not opened for this account; have it opened",
            ));
        }
        let limit = limit.unwrap_or_default();
        // No code for a wrong Limit is listed for these actions: a value out of range is a packet that cannot be read.
        let limit =
            usize::try_from(limit).ok().filter(|_| (1..=ENTRIES_MAX).contains(&limit)).ok_or_else(|| {
                ApiError::new(
                    ErrorCode::FailedOperationFailResolvePacket,
                    format!("the Limit is {limit}; use 1 to {ENTRIES_MAX}"),
                )
            })?;
        Ok((app, limit))
    }
}
