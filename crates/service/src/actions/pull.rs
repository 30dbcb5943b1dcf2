//! PullSmsSendStatus: takes delivery reports out of an app's queue, oldest first, each once.

use tcsms_api::{ErrorCode, v20190711, v20210111};
use tcsms_store::Report;

use super::{Actions, Caller, store_failed};
use crate::gateway::errors::ApiError;
use crate::rules::time;

/// The most reports in one answer, as documented.
const REPORTS_MAX: u64 = 100;

impl Actions {
    pub(super) async fn pull_sms_send_status(
        &self,
        caller: Caller<'_>,
        request: v20210111::PullSmsSendStatusRequest,
    ) -> Result<v20210111::PullSmsSendStatusResponse, ApiError> {
        let reports = self.pull(caller, request.sms_sdk_app_id, request.limit).await?;
        let set = reports.into_iter().map(|report| {
            let context =
                if self.config.rules.session_context_in_reports { &*report.session_context } else { "" };
            v20210111::PullSmsSendStatus::new()
                .user_receive_time(unsigned(report.receipt.at))
                .country_code(&*report.country_code)
                .subscriber_number(report.subscriber())
                .phone_number(&*report.phone)
                .serial_no(&*report.serial)
                .report_status(report_status(&report))
                .description(&*report.receipt.word)
                .session_context(context)
        });
        Ok(v20210111::PullSmsSendStatusResponse::new()
            .pull_sms_send_status_set(set)
            .request_id(caller.request_id))
    }

    pub(super) async fn pull_sms_send_status_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::PullSmsSendStatusRequest,
    ) -> Result<v20190711::PullSmsSendStatusResponse, ApiError> {
        let reports = self.pull(caller, request.sms_sdk_appid, request.limit).await?;
        // This version's PurePhoneNumber is the one with the country code and PhoneNumber the one without: the names
        // look swapped, but the documented texts and example agree.
        let set = reports.into_iter().map(|report| {
            v20190711::PullSmsSendStatus::new()
                .user_receive_time(time::format_second(report.receipt.at))
                .user_receive_unix_time(unsigned(report.receipt.at))
                .nation_code(&*report.country_code)
                .pure_phone_number(&*report.phone)
                .phone_number(report.subscriber())
                .serial_no(&*report.serial)
                .report_status(report_status(&report))
                .description(&*report.receipt.word)
        });
        Ok(v20190711::PullSmsSendStatusResponse::new()
            .pull_sms_send_status_set(set)
            .request_id(caller.request_id))
    }

    async fn pull(
        &self,
        caller: Caller<'_>,
        app: Option<String>,
        limit: Option<u64>,
    ) -> Result<Vec<Report>, ApiError> {
        let app = self.app(caller, &app.unwrap_or_default())?;
        if !self.config.rules.pull_open {
            return Err(ApiError::new(
                ErrorCode::UnauthorizedOperationRequestPermissionDeny,
                "pulling reports is not opened for this account; have it opened",
            ));
        }
        let limit = limit.unwrap_or_default();
        // No code for a wrong Limit is listed for this action: a value out of range is a packet that cannot be read.
        let limit =
            usize::try_from(limit).ok().filter(|_| (1..=REPORTS_MAX).contains(&limit)).ok_or_else(|| {
                ApiError::new(
                    ErrorCode::FailedOperationFailResolvePacket,
                    format!("the Limit is {limit}; use 1 to {REPORTS_MAX}"),
                )
            })?;
        self.store
            .pull_reports(&caller.account.id, &app.sdk_app_id, limit)
            .await
            .map_err(|error| store_failed(&error))
    }
}

fn report_status(report: &Report) -> &'static str {
    if report.receipt.delivered { "SUCCESS" } else { "FAIL" }
}

/// A Unix second as the answer types have it; business time before 1970 becomes 0.
fn unsigned(at: i64) -> u64 {
    u64::try_from(at).unwrap_or_default()
}
