//! DescribePhoneNumberInfo: takes numbers apart, with the parser that sends use.

use tcsms_api::{ErrorCode, v20210111};

use super::Caller;
use super::content::check_count;
use crate::gateway::errors::ApiError;
use crate::rules::{countries, numbers};

pub(super) fn describe_phone_number_info(
    caller: Caller<'_>,
    request: v20210111::DescribePhoneNumberInfoRequest,
) -> Result<v20210111::DescribePhoneNumberInfoResponse, ApiError> {
    let given = request.phone_number_set.unwrap_or_default();
    if given.is_empty() {
        return Err(ApiError::new(
            ErrorCode::InvalidParameterValueIncorrectPhoneNumber,
            "phone number set is empty; send 1 to 200 phone numbers",
        ));
    }
    check_count(given.len())?;
    Ok(v20210111::DescribePhoneNumberInfoResponse::new()
        .phone_number_info_set(given.into_iter().map(info))
        .request_id(caller.request_id))
}

/// What cannot be understood is answered as it was given, with empty members.
fn info(given: String) -> v20210111::PhoneNumberInfo {
    let info = v20210111::PhoneNumberInfo::new();
    match numbers::parse(&given) {
        Some(number) => info
            .code("Ok")
            .message("Describe success")
            .subscriber_number(number.subscriber())
            .iso_name(countries::name(&number.iso))
            .nation_code(number.country_code)
            .phone_number(number.e164)
            .iso_code(number.iso),
        None => info
            .code(ErrorCode::FailedOperationPhoneNumberParseFail.as_str())
            .message("the phone number cannot be understood; write + and the country code, digits only")
            .phone_number(given)
            .iso_code(numbers::UNKNOWN_COUNTRY),
    }
}
