//! PullSmsSendStatusByPhoneNumber and PullSmsReplyStatusByPhoneNumber: the reports and replies of one number within the
//! last seven days. They read: the queues are neither asked nor emptied, and nothing has to be opened for them.

use std::sync::Arc;

use tcsms_api::{ErrorCode, v20190711, v20210111};
use tcsms_store::{Reply, Report};

use super::pulled::{reply_2019, reply_2021, report_2019, report_2021};
use super::{Actions, Caller, store_failed};
use crate::config::App;
use crate::gateway::errors::ApiError;
use crate::rules::numbers;
use crate::rules::time::{self, SpanFault};

/// How far back one may ask, as documented.
const REACH: i64 = 7 * 24 * 3600;
/// How far ahead a span may end, so that a clock a little ahead asks for "now" (our choice).
const SLACK: i64 = 60;
/// The most entries in one answer, as documented.
const ENTRIES_MAX: u64 = 100;

/// A request of either version and either kind.
struct Request {
    app: String,
    phone: String,
    begin: u64,
    end: Option<u64>,
    limit: u64,
    offset: u64,
}

/// A request that was checked.
struct Question {
    app: Arc<App>,
    /// In E.164 form.
    phone: String,
    span: (i64, i64),
    limit: usize,
}

/// The request types of the four actions differ in nothing but the names of some members.
macro_rules! request {
    ($request:ident, $app:ident, $begin:ident, $end:ident) => {
        Request {
            app: $request.$app.unwrap_or_default(),
            phone: $request.phone_number.unwrap_or_default(),
            begin: $request.$begin.unwrap_or_default(),
            end: $request.$end,
            limit: $request.limit.unwrap_or_default(),
            offset: $request.offset.unwrap_or_default(),
        }
    };
}

impl Actions {
    pub(super) async fn send_status_by_number(
        &self,
        caller: Caller<'_>,
        request: v20210111::PullSmsSendStatusByPhoneNumberRequest,
    ) -> Result<v20210111::PullSmsSendStatusByPhoneNumberResponse, ApiError> {
        let request = request!(request, sms_sdk_app_id, begin_time, end_time);
        let reports = self.reports_of_number(caller, request).await?;
        let with_context = self.config.rules.session_context_in_reports;
        Ok(v20210111::PullSmsSendStatusByPhoneNumberResponse::new()
            .pull_sms_send_status_set(reports.iter().map(|report| report_2021(report, with_context)))
            .request_id(caller.request_id))
    }

    pub(super) async fn send_status_by_number_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::PullSmsSendStatusByPhoneNumberRequest,
    ) -> Result<v20190711::PullSmsSendStatusByPhoneNumberResponse, ApiError> {
        let request = request!(request, sms_sdk_appid, send_date_time, end_date_time);
        let reports = self.reports_of_number(caller, request).await?;
        Ok(v20190711::PullSmsSendStatusByPhoneNumberResponse::new()
            .pull_sms_send_status_set(reports.iter().map(report_2019))
            .request_id(caller.request_id))
    }

    pub(super) async fn reply_status_by_number(
        &self,
        caller: Caller<'_>,
        request: v20210111::PullSmsReplyStatusByPhoneNumberRequest,
    ) -> Result<v20210111::PullSmsReplyStatusByPhoneNumberResponse, ApiError> {
        let request = request!(request, sms_sdk_app_id, begin_time, end_time);
        let replies = self.replies_of_number(caller, request).await?;
        Ok(v20210111::PullSmsReplyStatusByPhoneNumberResponse::new()
            .pull_sms_reply_status_set(replies.iter().map(reply_2021))
            .request_id(caller.request_id))
    }

    pub(super) async fn reply_status_by_number_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::PullSmsReplyStatusByPhoneNumberRequest,
    ) -> Result<v20190711::PullSmsReplyStatusByPhoneNumberResponse, ApiError> {
        let request = request!(request, sms_sdk_appid, send_date_time, end_date_time);
        let replies = self.replies_of_number(caller, request).await?;
        Ok(v20190711::PullSmsReplyStatusByPhoneNumberResponse::new()
            .pull_sms_reply_status_set(replies.iter().map(reply_2019))
            .request_id(caller.request_id))
    }

    /// By the time at which the messages were sent.
    async fn reports_of_number(&self, caller: Caller<'_>, request: Request) -> Result<Vec<Report>, ApiError> {
        let Question { app, phone, span, limit } = self.question(caller, &request)?;
        let reports = self.store.reports_of(&caller.account.id, &app.sdk_app_id, &phone, span, limit).await;
        reports.map_err(|error| store_failed(&error))
    }

    /// By the time at which the replies arrived.
    async fn replies_of_number(&self, caller: Caller<'_>, request: Request) -> Result<Vec<Reply>, ApiError> {
        let Question { app, phone, span, limit } = self.question(caller, &request)?;
        let replies = self.store.replies_of(&caller.account.id, &app.sdk_app_id, &phone, span, limit).await;
        replies.map_err(|error| store_failed(&error))
    }

    fn question(&self, caller: Caller<'_>, request: &Request) -> Result<Question, ApiError> {
        let app = self.app(caller, &request.app)?;
        let phone = e164(&request.phone)?;
        let span = time::span(request.begin, request.end, caller.now(), REACH, SLACK)
            .map_err(|fault| span_error(fault, "the last 7 days"))?;
        let limit = usize::try_from(request.limit)
            .ok()
            .filter(|_| (1..=ENTRIES_MAX).contains(&request.limit))
            .ok_or_else(|| {
                let text = format!("the Limit is {}; use 1 to {ENTRIES_MAX}", request.limit);
                ApiError::new(ErrorCode::InvalidParameter, text)
            })?;
        if request.offset != 0 {
            let text = format!("the Offset is {}; use 0 and move the time instead", request.offset);
            return Err(ApiError::new(ErrorCode::InvalidParameter, text));
        }
        Ok(Question { app, phone, span, limit })
    }
}

/// The number that is asked about, in the form in which messages record it.
pub(super) fn e164(text: &str) -> Result<String, ApiError> {
    numbers::parse(text).map(|number| number.e164).ok_or_else(|| {
        ApiError::new(
            ErrorCode::InvalidParameterValueIncorrectPhoneNumber,
            format!("`{text:.40}` is no phone number; write + and the country code, as in +8613711112222"),
        )
    })
}

/// The error for a span of time; `reach` says how far back it may go.
pub(super) fn span_error(fault: SpanFault, reach: &str) -> ApiError {
    match fault {
        SpanFault::BeginTooOld => ApiError::new(
            ErrorCode::InvalidParameterValueBeginTimeVerifyFail,
            format!("the begin time is too old; use Unix seconds within {reach}"),
        ),
        SpanFault::BeginAhead => ApiError::new(
            ErrorCode::InvalidParameterValueBeginTimeVerifyFail,
            "the begin time is in the future; use Unix seconds of the past",
        ),
        SpanFault::EndAhead => ApiError::new(
            ErrorCode::InvalidParameterValueEndTimeVerifyFail,
            "the end time is in the future; leave it out to ask until now",
        ),
        SpanFault::Reversed => ApiError::new(
            ErrorCode::InvalidParameterValueInvalidStartTime,
            "the end time is before the begin time; exchange them",
        ),
    }
}
