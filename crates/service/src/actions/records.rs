//! DescribeSendRecordList: what was sent to one number within the last 72 hours, the newest first.

use tcsms_api::{ErrorCode, v20210111};
use tcsms_store::{Message, Status};

use super::by_number::{e164, span_error};
use super::{Actions, Caller, store_failed, unsigned};
use crate::gateway::errors::ApiError;
use crate::rules::{content, time};

/// How far back one may ask, as documented.
const REACH: i64 = 72 * 3600;
/// Documented: 1 to 50, 20 when absent.
const LIMIT_MAX: u64 = 50;
const LIMIT_DEFAULT: u64 = 20;
/// Documented: the newest so many records of a span can be reached and are counted.
const RECORDS_MAX: u64 = 1000;

impl Actions {
    pub(super) async fn describe_send_record_list(
        &self,
        caller: Caller<'_>,
        request: v20210111::DescribeSendRecordListRequest,
    ) -> Result<v20210111::DescribeSendRecordListResponse, ApiError> {
        let app = self.app(caller, &request.sms_sdk_app_id.unwrap_or_default())?;
        let phone = e164(&request.phone_number.unwrap_or_default())?;
        let begin = request.begin_time.unwrap_or_default();
        let span = time::span(begin, request.end_time, caller.now(), REACH, 0)
            .map_err(|fault| span_error(fault, "the last 72 hours"))?;
        let limit = number(
            request.limit.unwrap_or(LIMIT_DEFAULT),
            1..=LIMIT_MAX,
            ("Limit", ErrorCode::InvalidParameterValueLimitVerifyFail),
        )?;
        let offset = number(
            request.offset.unwrap_or_default(),
            0..=RECORDS_MAX,
            ("Offset", ErrorCode::InvalidParameterValueOffsetVerifyFail),
        )?;
        let most = usize::try_from(RECORDS_MAX).unwrap_or(usize::MAX);
        let records = self
            .store
            .records_of(&caller.account.id, &app.sdk_app_id, &phone, span, (most, offset, limit))
            .await
            .map_err(|error| store_failed(&error))?;
        Ok(v20210111::DescribeSendRecordListResponse::new()
            .send_record_set(records.messages.iter().map(record))
            .total_count(records.total)
            .request_id(caller.request_id))
    }
}

fn number(
    value: u64,
    allowed: std::ops::RangeInclusive<u64>,
    (name, code): (&str, ErrorCode),
) -> Result<usize, ApiError> {
    usize::try_from(value).ok().filter(|_| allowed.contains(&value)).ok_or_else(|| {
        let text = format!("the {name} is {value}; use {} to {}", allowed.start(), allowed.end());
        ApiError::new(code, text)
    })
}

/// A code word is shown once there is a receipt, a time of receiving only when the phone has the message.
fn record(message: &Message) -> v20210111::SendRecord {
    let send_status = match message.status() {
        Status::Refused => 1,
        Status::Delivered => 2,
        Status::Submitted => 3,
        Status::Failed => 4,
    };
    let receipt = message.receipt.as_ref();
    let received = receipt.filter(|receipt| receipt.delivered).map_or(0, |receipt| unsigned(receipt.at));
    v20210111::SendRecord::new()
        .phone_number(&*message.phone)
        .serial_no(&*message.serial)
        .send_status(send_status)
        .request_code(message.refusal.as_ref().map_or("Ok", |refusal| &refusal.code))
        .status_code(receipt.map_or("", |receipt| &receipt.word))
        .iso_code(&*message.iso)
        .content(content::mask(&message.text, &message.sign, message.mainland, &message.params))
        .send_time(unsigned(message.at))
        .user_receive_time(received)
}
