//! How each version writes reports and replies: the same for what is pulled and for what is asked by number.

use tcsms_api::{v20190711, v20210111};
use tcsms_store::{Reply, Report};

use super::unsigned;
use crate::rules::time;

/// `with_context`: whether the sender's SessionContext is shown.
pub(super) fn report_2021(report: &Report, with_context: bool) -> v20210111::PullSmsSendStatus {
    v20210111::PullSmsSendStatus::new()
        .user_receive_time(unsigned(report.receipt.at))
        .country_code(&*report.country_code)
        .subscriber_number(report.subscriber())
        .phone_number(&*report.phone)
        .serial_no(&*report.serial)
        .report_status(report_status(report))
        .description(&*report.receipt.word)
        .session_context(if with_context { &*report.session_context } else { "" })
}

/// This version's PurePhoneNumber is the one with the country code and PhoneNumber the one without: the names look
/// swapped, but the documented texts and example agree.
pub(super) fn report_2019(report: &Report) -> v20190711::PullSmsSendStatus {
    v20190711::PullSmsSendStatus::new()
        .user_receive_time(time::format_second(report.receipt.at))
        .user_receive_unix_time(unsigned(report.receipt.at))
        .nation_code(&*report.country_code)
        .pure_phone_number(&*report.phone)
        .phone_number(report.subscriber())
        .serial_no(&*report.serial)
        .report_status(report_status(report))
        .description(&*report.receipt.word)
}

pub(super) fn reply_2021(reply: &Reply) -> v20210111::PullSmsReplyStatus {
    v20210111::PullSmsReplyStatus::new()
        .extend_code(&*reply.extend_code)
        .country_code(&*reply.country_code)
        .phone_number(&*reply.phone)
        .sign_name(&*reply.sign)
        .reply_content(&*reply.text)
        .reply_time(unsigned(reply.at))
        .subscriber_number(reply.subscriber())
}

pub(super) fn reply_2019(reply: &Reply) -> v20190711::PullSmsReplyStatus {
    v20190711::PullSmsReplyStatus::new()
        .extend_code(&*reply.extend_code)
        .nation_code(&*reply.country_code)
        .phone_number(&*reply.phone)
        .sign(&*reply.sign)
        .reply_content(&*reply.text)
        .reply_time(time::format_second(reply.at))
        .reply_unix_time(unsigned(reply.at))
}

fn report_status(report: &Report) -> &'static str {
    if report.receipt.delivered { "SUCCESS" } else { "FAIL" }
}
