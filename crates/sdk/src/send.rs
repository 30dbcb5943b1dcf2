//! The result of a send, number by number.

use tcsms_api::{v20190711, v20210111};

/// The numbers of a send that were refused.
///
/// A send is answered even when none of its numbers was accepted: each has its own code, and only `Ok` means that the
/// message is on its way.
///
/// ```
/// use tcsms::FailedNumbers;
/// use tcsms::v20210111::SendSmsResponse;
///
/// fn report(answer: &SendSmsResponse) -> Vec<String> {
///     answer.failed().iter().map(|status| format!("{}: {}", status.phone_number, status.code)).collect()
/// }
/// ```
pub trait FailedNumbers {
    /// The result of one number.
    type Status;

    /// The results whose code is not `Ok`, in the answer's order; empty when every number was accepted.
    fn failed(&self) -> Vec<&Self::Status>;
}

impl FailedNumbers for v20210111::SendSmsResponse {
    type Status = v20210111::SendStatus;

    fn failed(&self) -> Vec<&Self::Status> {
        self.send_status_set.iter().filter(|status| status.code != "Ok").collect()
    }
}

impl FailedNumbers for v20210111::SendMultiGlobalSmsResponse {
    type Status = v20210111::SendMultiStatus;

    fn failed(&self) -> Vec<&Self::Status> {
        self.send_multi_status_set.iter().filter(|status| status.code != "Ok").collect()
    }
}

impl FailedNumbers for v20190711::SendSmsResponse {
    type Status = v20190711::SendStatus;

    fn failed(&self) -> Vec<&Self::Status> {
        self.send_status_set.iter().filter(|status| status.code != "Ok").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_refused_numbers_are_returned() {
        let text = r#"{"SendStatusSet":[
            {"PhoneNumber":"+8613700000001","Code":"Ok"},
            {"PhoneNumber":"12345","Code":"InvalidParameterValue.IncorrectPhoneNumber"},
            {"PhoneNumber":"+8613700000002","Code":"ok"}],"RequestId":"r"}"#;
        let answer: v20210111::SendSmsResponse = serde_json::from_str(text).unwrap();
        let failed: Vec<_> = answer.failed().iter().map(|status| status.phone_number.as_str()).collect();
        assert_eq!(failed, ["12345", "+8613700000002"]);
        let old: v20190711::SendSmsResponse = serde_json::from_str(text).unwrap();
        assert_eq!(old.failed().len(), 2);
        let text = text.replace("SendStatusSet", "SendMultiStatusSet");
        let multi: v20210111::SendMultiGlobalSmsResponse = serde_json::from_str(&text).unwrap();
        assert_eq!(multi.failed()[0].code, "InvalidParameterValue.IncorrectPhoneNumber");
    }
}
