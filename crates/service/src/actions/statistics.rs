//! SendStatusStatistics and CallbackStatusStatistics: what an app sent in a span of hours, what it cost, and what was
//! reported of it.

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::{ReceiptCounts, SendCounts};

use super::{Actions, Caller, by_version, store_failed};
use crate::gateway::errors::ApiError;
use crate::rules::receipts::{self, Failure};
use crate::rules::time;

/// Limit and Offset mean nothing here ("fixed at 0" in the documentation, whose samples send 0, 5 and 10 with the
/// remark "at most 100"): values up to these are ignored, larger ones refused.
const LIMIT_MAX: u64 = 100;
const OFFSET_MAX: u64 = 1000;

/// The longest span for which reports are counted, as documented.
const CALLBACK_SPAN_MAX: i64 = 32 * 24 * 3600;

const HOUR: i64 = 3600;

/// A request of either version and either kind.
struct Request {
    app: String,
    /// `yyyymmddhh`, both hours included.
    begin: String,
    end: String,
    limit: u64,
    offset: u64,
    version: Version,
    codes: TimeCodes,
}

/// The codes that an action lists for wrong hours.
#[derive(Clone)]
pub(super) struct TimeCodes {
    begin: ErrorCode,
    end: ErrorCode,
    /// The last hour is before the first.
    order: ErrorCode,
}

impl TimeCodes {
    /// Of every action of 2021-01-11 with hours.
    pub(super) const OF_2021: Self = Self {
        begin: ErrorCode::InvalidParameterValueBeginTimeVerifyFail,
        end: ErrorCode::InvalidParameterValueEndTimeVerifyFail,
        order: ErrorCode::InvalidParameterValueEndTimeVerifyFail,
    };
    /// Of CallbackStatusStatistics of 2019-07-11.
    const CALLBACKS_OF_2019: Self =
        Self { order: ErrorCode::InvalidParameterValueInvalidStartTime, ..Self::OF_2021 };
    /// Of SendStatusStatistics of 2019-07-11, which lists none for an hour that is none.
    const SENDS_OF_2019: Self = Self {
        begin: ErrorCode::InvalidParameter,
        end: ErrorCode::InvalidParameter,
        order: ErrorCode::InvalidParameterValueInvalidStartTime,
    };
}

/// The request types of the two actions are alike in each version.
macro_rules! request {
    (2021, $request:ident) => {
        Request {
            app: $request.sms_sdk_app_id.unwrap_or_default(),
            begin: $request.begin_time.unwrap_or_default(),
            end: $request.end_time.unwrap_or_default(),
            limit: $request.limit.unwrap_or_default(),
            offset: $request.offset.unwrap_or_default(),
            version: Version::V20210111,
            codes: TimeCodes::OF_2021,
        }
    };
    (2019, $request:ident, $codes:ident) => {
        Request {
            app: $request.sms_sdk_appid.unwrap_or_default(),
            begin: $request.start_date_time.unwrap_or_default().to_string(),
            end: $request.end_data_time.unwrap_or_default().to_string(),
            limit: $request.limit.unwrap_or_default(),
            offset: $request.offset.unwrap_or_default(),
            version: Version::V20190711,
            codes: TimeCodes::$codes,
        }
    };
}

/// The answer types have the same members in both versions.
macro_rules! counts {
    ($version:ident, $caller:ident, $counts:ident) => {
        $version::SendStatusStatisticsResponse::new()
            .send_status_statistics(
                $version::SendStatusStatistics::new()
                    .fee_count($counts.fee)
                    .request_count($counts.requests)
                    .request_success_count($counts.successes),
            )
            .request_id($caller.request_id)
    };
}

macro_rules! callbacks {
    ($version:ident, $caller:ident, $counts:ident) => {
        $version::CallbackStatusStatisticsResponse::new()
            .callback_status_statistics(
                $version::CallbackStatusStatistics::new()
                    .callback_count($counts.delivered + $counts.failed())
                    .request_success_count($counts.accepted)
                    .callback_fail_count($counts.failed())
                    .callback_success_count($counts.delivered)
                    .internal_error_count($counts.internal)
                    .invalid_number_count($counts.invalid_number)
                    .shutdown_error_count($counts.shutdown)
                    .black_list_count($counts.black_list)
                    .frequency_limit_count($counts.frequency_limit),
            )
            .request_id($caller.request_id)
    };
}

impl Actions {
    pub(super) async fn send_status_statistics(
        &self,
        caller: Caller<'_>,
        request: v20210111::SendStatusStatisticsRequest,
    ) -> Result<v20210111::SendStatusStatisticsResponse, ApiError> {
        let counts = self.send_counts(caller, request!(2021, request)).await?;
        Ok(counts!(v20210111, caller, counts))
    }

    pub(super) async fn send_status_statistics_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::SendStatusStatisticsRequest,
    ) -> Result<v20190711::SendStatusStatisticsResponse, ApiError> {
        let counts = self.send_counts(caller, request!(2019, request, SENDS_OF_2019)).await?;
        Ok(counts!(v20190711, caller, counts))
    }

    pub(super) async fn callback_status_statistics(
        &self,
        caller: Caller<'_>,
        request: v20210111::CallbackStatusStatisticsRequest,
    ) -> Result<v20210111::CallbackStatusStatisticsResponse, ApiError> {
        let counts = self.callback_counts(caller, request!(2021, request)).await?;
        Ok(callbacks!(v20210111, caller, counts))
    }

    pub(super) async fn callback_status_statistics_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::CallbackStatusStatisticsRequest,
    ) -> Result<v20190711::CallbackStatusStatisticsResponse, ApiError> {
        let counts = self.callback_counts(caller, request!(2019, request, CALLBACKS_OF_2019)).await?;
        Ok(callbacks!(v20190711, caller, counts))
    }

    async fn send_counts(&self, caller: Caller<'_>, request: Request) -> Result<SendCounts, ApiError> {
        let app = self.app(caller, &request.app)?;
        let Span { begin, end } = span(&request)?;
        let counts = self.store.statistics(&caller.account.id, &app.sdk_app_id, begin, end).await;
        counts.map_err(|error| store_failed(&error))
    }

    async fn callback_counts(
        &self,
        caller: Caller<'_>,
        request: Request,
    ) -> Result<CallbackCounts, ApiError> {
        let app = self.app(caller, &request.app)?;
        let Span { begin, end } = span(&request)?;
        if end - begin > CALLBACK_SPAN_MAX {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterValueEndTimeVerifyFail,
                format!("{} to {} is more than 32 days; ask for less at a time", request.begin, request.end),
            ));
        }
        let counts = self.store.receipt_statistics(&caller.account.id, &app.sdk_app_id, begin, end).await;
        Ok(CallbackCounts::of(&counts.map_err(|error| store_failed(&error))?))
    }
}

/// Reports by what they say.
#[derive(Debug, Default, PartialEq, Eq)]
struct CallbackCounts {
    accepted: u64,
    delivered: u64,
    internal: u64,
    invalid_number: u64,
    shutdown: u64,
    black_list: u64,
    frequency_limit: u64,
}

impl CallbackCounts {
    fn of(counts: &ReceiptCounts) -> Self {
        let mut sums = Self { accepted: counts.successes, ..Self::default() };
        for receipt in &counts.receipts {
            let sum = match receipts::failure(&receipt.word) {
                _ if receipt.delivered => &mut sums.delivered,
                Failure::Internal => &mut sums.internal,
                Failure::InvalidNumber => &mut sums.invalid_number,
                Failure::Shutdown => &mut sums.shutdown,
                Failure::BlackList => &mut sums.black_list,
                Failure::FrequencyLimit => &mut sums.frequency_limit,
            };
            *sum += receipt.count;
        }
        sums
    }

    /// The documented example agrees: the failed ones are those of the five classes.
    fn failed(&self) -> u64 {
        self.internal + self.invalid_number + self.shutdown + self.black_list + self.frequency_limit
    }
}

/// The Unix seconds at which the first and the last hour begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) begin: i64,
    pub(super) end: i64,
}

impl Span {
    /// Reads two hours, `yyyymmddhh` in Beijing time, the last not before the first.
    pub(super) fn read(begin: &str, end: &str, codes: &TimeCodes) -> Result<Self, ApiError> {
        let hour = |name, text: &str, code: &ErrorCode| {
            time::parse_hour(text).ok_or_else(|| {
                let text = format!(
                    "the {name} time `{text:.40}` is no hour; write yyyymmddhh in Beijing time, as in 2026112511"
                );
                ApiError::new(code.clone(), text)
            })
        };
        let span = Self { begin: hour("first", begin, &codes.begin)?, end: hour("last", end, &codes.end)? };
        if span.begin <= span.end {
            return Ok(span);
        }
        let text = format!("the last hour {end} is before the first hour {begin}; exchange them");
        Err(ApiError::new(codes.order.clone(), text))
    }

    /// Whether this Unix second lies in one of the hours.
    pub(super) fn holds(self, at: i64) -> bool {
        self.begin <= at && at < self.end + HOUR
    }
}

fn span(request: &Request) -> Result<Span, ApiError> {
    let span = Span::read(&request.begin, &request.end, &request.codes)?;
    if request.limit > LIMIT_MAX {
        let code = by_version(
            request.version,
            ErrorCode::InvalidParameterValueLimitVerifyFail,
            ErrorCode::InvalidParameter,
        );
        return Err(ApiError::new(code, format!("the Limit is {}; use 0 to {LIMIT_MAX}", request.limit)));
    }
    check_offset(request.offset, OFFSET_MAX, request.version)?;
    Ok(span)
}

pub(super) fn check_offset(offset: u64, most: u64, version: Version) -> Result<(), ApiError> {
    if offset <= most {
        return Ok(());
    }
    let code =
        by_version(version, ErrorCode::InvalidParameterValueOffsetVerifyFail, ErrorCode::InvalidParameter);
    Err(ApiError::new(code, format!("the Offset is {offset}; use 0 to {most}")))
}

#[cfg(test)]
mod tests {
    use tcsms_store::ReceiptCount;

    use super::*;

    fn check(
        begin: &str,
        end: &str,
        (limit, offset): (u64, u64),
        (version, codes): (Version, TimeCodes),
    ) -> Result<(i64, i64), String> {
        let (begin, end) = (begin.to_owned(), end.to_owned());
        let request = Request { app: String::new(), begin, end, limit, offset, version, codes };
        span(&request).map(|span| (span.begin, span.end)).map_err(|error| error.code.to_string())
    }

    const OF_2021: (Version, TimeCodes) = (Version::V20210111, TimeCodes::OF_2021);
    const SENDS_OF_2019: (Version, TimeCodes) = (Version::V20190711, TimeCodes::SENDS_OF_2019);
    const CALLBACKS_OF_2019: (Version, TimeCodes) = (Version::V20190711, TimeCodes::CALLBACKS_OF_2019);

    #[test]
    fn both_hours_belong_to_the_span_and_may_be_one() {
        let hour = 1_795_575_600;
        assert_eq!(check("2026112511", "2026112511", (5, 0), OF_2021), Ok((hour, hour)));
        let long = check("2026112500", "2026112511", (100, 1000), SENDS_OF_2019);
        assert_eq!(long, Ok((hour - 11 * 3600, hour)));
        let span = Span { begin: hour, end: hour };
        assert!(span.holds(hour) && span.holds(hour + 3599));
        assert!(!span.holds(hour - 1) && !span.holds(hour + 3600));
    }

    #[test]
    fn each_version_and_action_has_its_own_codes() {
        const BEGIN: &str = "InvalidParameterValue.BeginTimeVerifyFail";
        const END: &str = "InvalidParameterValue.EndTimeVerifyFail";
        const ORDER: &str = "InvalidParameterValue.InvalidStartTime";
        const PLAIN: &str = "InvalidParameter";
        for (begin, end, page, of_2021, sends, callbacks) in [
            ("20261125", "2026112511", (0, 0), BEGIN, PLAIN, BEGIN),
            ("2026112511", "2026113111", (0, 0), END, PLAIN, END),
            ("2026112511", "2026112510", (0, 0), END, ORDER, ORDER),
            ("2026112511", "2026112511", (101, 0), "InvalidParameterValue.LimitVerifyFail", PLAIN, PLAIN),
            ("2026112511", "2026112511", (0, 1001), "InvalidParameterValue.OffsetVerifyFail", PLAIN, PLAIN),
        ] {
            assert_eq!(check(begin, end, page, OF_2021), Err(of_2021.to_owned()));
            assert_eq!(check(begin, end, page, SENDS_OF_2019), Err(sends.to_owned()));
            assert_eq!(check(begin, end, page, CALLBACKS_OF_2019), Err(callbacks.to_owned()));
        }
    }

    #[test]
    fn reports_are_sorted_into_the_five_classes() {
        let count = |word: &str, delivered, count| ReceiptCount { word: word.to_owned(), delivered, count };
        let counts = CallbackCounts::of(&ReceiptCounts {
            successes: 100,
            receipts: vec![
                count("DELIVRD", true, 50),
                count("UNDELIV", false, 1),
                count("MK:0024", false, 2),
                count("MK:0001", false, 4),
                count("MX:0012", false, 8),
                count("MX:0003", false, 16),
                count("REJECTD", false, 3),
            ],
        });
        let expected = CallbackCounts {
            accepted: 100,
            delivered: 50,
            internal: 3,
            invalid_number: 4,
            shutdown: 3,
            black_list: 8,
            frequency_limit: 16,
        };
        assert_eq!((counts.failed(), counts), (34, expected));
    }
}
