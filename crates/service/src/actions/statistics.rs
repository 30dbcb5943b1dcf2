//! SendStatusStatistics: how many messages an app sent in a span of hours, and what they cost.

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::SendCounts;

use super::{Actions, Caller, store_failed};
use crate::gateway::errors::ApiError;
use crate::rules::time;

/// Limit and Offset mean nothing here ("fixed at 0" in the documentation, whose samples send 0, 5 and 10 with the
/// remark "at most 100"): values up to these are ignored, larger ones refused.
const LIMIT_MAX: u64 = 100;
const OFFSET_MAX: u64 = 1000;

/// A request of either version.
struct Request {
    app: String,
    /// `yyyymmddhh`, both hours included.
    begin: String,
    end: String,
    limit: u64,
    offset: u64,
}

impl Actions {
    pub(super) async fn send_status_statistics(
        &self,
        caller: Caller<'_>,
        request: v20210111::SendStatusStatisticsRequest,
    ) -> Result<v20210111::SendStatusStatisticsResponse, ApiError> {
        let request = Request {
            app: request.sms_sdk_app_id.unwrap_or_default(),
            begin: request.begin_time.unwrap_or_default(),
            end: request.end_time.unwrap_or_default(),
            limit: request.limit.unwrap_or_default(),
            offset: request.offset.unwrap_or_default(),
        };
        let counts = self.send_counts(caller, request, Version::V20210111).await?;
        let counts = v20210111::SendStatusStatistics::new()
            .fee_count(counts.fee)
            .request_count(counts.requests)
            .request_success_count(counts.successes);
        Ok(v20210111::SendStatusStatisticsResponse::new()
            .send_status_statistics(counts)
            .request_id(caller.request_id))
    }

    pub(super) async fn send_status_statistics_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::SendStatusStatisticsRequest,
    ) -> Result<v20190711::SendStatusStatisticsResponse, ApiError> {
        let request = Request {
            app: request.sms_sdk_appid.unwrap_or_default(),
            begin: request.start_date_time.unwrap_or_default().to_string(),
            end: request.end_data_time.unwrap_or_default().to_string(),
            limit: request.limit.unwrap_or_default(),
            offset: request.offset.unwrap_or_default(),
        };
        let counts = self.send_counts(caller, request, Version::V20190711).await?;
        let counts = v20190711::SendStatusStatistics::new()
            .fee_count(counts.fee)
            .request_count(counts.requests)
            .request_success_count(counts.successes);
        Ok(v20190711::SendStatusStatisticsResponse::new()
            .send_status_statistics(counts)
            .request_id(caller.request_id))
    }

    async fn send_counts(
        &self,
        caller: Caller<'_>,
        request: Request,
        version: Version,
    ) -> Result<SendCounts, ApiError> {
        let app = self.app(caller, &request.app)?;
        let (begin, end) = hours(&request, version)?;
        self.store
            .statistics(&caller.account.id, &app.sdk_app_id, begin, end)
            .await
            .map_err(|error| store_failed(&error))
    }
}

/// The Unix seconds at which the first and the last hour of the request begin.
///
/// The versions list different codes: 2019-07-11 has one for a wrong order and none for the rest.
fn hours(request: &Request, version: Version) -> Result<(i64, i64), ApiError> {
    let code = |of_2021, of_2019| match version {
        Version::V20210111 => of_2021,
        Version::V20190711 => of_2019,
    };
    let hour = |name, text: &str, of_2021| {
        time::parse_hour(text).ok_or_else(|| {
            ApiError::new(
                code(of_2021, ErrorCode::InvalidParameter),
                format!(
                    "the {name} time `{:.40}` is no hour; write yyyymmddhh in Beijing time, as in 2026112511",
                    text
                ),
            )
        })
    };
    let begin = hour("first", &request.begin, ErrorCode::InvalidParameterValueBeginTimeVerifyFail)?;
    let end = hour("last", &request.end, ErrorCode::InvalidParameterValueEndTimeVerifyFail)?;
    if begin > end {
        return Err(ApiError::new(
            code(
                ErrorCode::InvalidParameterValueEndTimeVerifyFail,
                ErrorCode::InvalidParameterValueInvalidStartTime,
            ),
            format!(
                "the last hour {} is before the first hour {}; exchange them",
                request.end, request.begin
            ),
        ));
    }
    if request.limit > LIMIT_MAX {
        return Err(ApiError::new(
            code(ErrorCode::InvalidParameterValueLimitVerifyFail, ErrorCode::InvalidParameter),
            format!("the Limit is {}; use 0 to {LIMIT_MAX}", request.limit),
        ));
    }
    if request.offset > OFFSET_MAX {
        return Err(ApiError::new(
            code(ErrorCode::InvalidParameterValueOffsetVerifyFail, ErrorCode::InvalidParameter),
            format!("the Offset is {}; use 0 to {OFFSET_MAX}", request.offset),
        ));
    }
    Ok((begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        begin: &str,
        end: &str,
        limit: u64,
        offset: u64,
        version: Version,
    ) -> Result<(i64, i64), String> {
        let request =
            Request { app: String::new(), begin: begin.to_owned(), end: end.to_owned(), limit, offset };
        hours(&request, version).map_err(|error| error.code.to_string())
    }

    #[test]
    fn both_hours_belong_to_the_span_and_may_be_one() {
        let hour = 1_795_575_600;
        assert_eq!(check("2026112511", "2026112511", 5, 0, Version::V20210111), Ok((hour, hour)));
        assert_eq!(
            check("2026112500", "2026112511", 100, 1000, Version::V20190711),
            Ok((hour - 11 * 3600, hour))
        );
    }

    #[test]
    fn each_version_has_its_own_codes() {
        for (begin, end, limit, offset, of_2021, of_2019) in [
            ("20261125", "2026112511", 0, 0, "InvalidParameterValue.BeginTimeVerifyFail", "InvalidParameter"),
            ("2026112511", "2026113111", 0, 0, "InvalidParameterValue.EndTimeVerifyFail", "InvalidParameter"),
            (
                "2026112511",
                "2026112510",
                0,
                0,
                "InvalidParameterValue.EndTimeVerifyFail",
                "InvalidParameterValue.InvalidStartTime",
            ),
            ("2026112511", "2026112511", 101, 0, "InvalidParameterValue.LimitVerifyFail", "InvalidParameter"),
            (
                "2026112511",
                "2026112511",
                0,
                1001,
                "InvalidParameterValue.OffsetVerifyFail",
                "InvalidParameter",
            ),
        ] {
            assert_eq!(check(begin, end, limit, offset, Version::V20210111), Err(of_2021.to_owned()));
            assert_eq!(check(begin, end, limit, offset, Version::V20190711), Err(of_2019.to_owned()));
        }
    }
}
