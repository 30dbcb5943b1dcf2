//! Why a number of a send is refused: one table of the documented codes and their messages.
//!
//! Messages that people recorded from the real service are kept word for word ("recorded" below); the others are
//! ours and say what happened to which value and what to do. The service writes them in English whatever language
//! the caller asks for.

use std::borrow::Cow;

use tcsms_store::Limit;

use crate::rules::templates::LENGTH_MAX;

/// Why one number, or every number of a request, was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No approved template of the account has this id.
    TemplateUnapproved(String),
    /// A mainland template and global numbers.
    MainlandTemplateToGlobal,
    /// A global template and mainland numbers.
    GlobalTemplateToMainland,
    /// Mainland and global numbers in one request.
    MixedNumbers,
    /// No signature where one is needed, or none that is approved under this name.
    SignatureUnapproved {
        /// The name as given; empty when none was.
        sign: String,
        /// Whether a mainland signature was looked for.
        mainland: bool,
    },
    /// Marketing by an account that belongs to a person.
    MarketingByIndividual,
    /// Marketing outside 08:00 to 22:00 in Beijing.
    MarketingHours,
    /// The number of values is not the number of variables.
    ValueCount,
    /// The template is not approved or the number of values is not that of its variables: one older and wider code
    /// for both.
    TemplateUnfit,
    /// A value of a verification template is not up to six digits.
    ValueNotCode,
    /// A value is longer than the account may use.
    ValueTooLong {
        /// The value's place, from 1.
        place: usize,
        /// Its characters.
        characters: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A link in the value at this place, from 1.
    ValueHasLink,
    /// This word must not be sent.
    SensitiveWord(String),
    /// The text, signature included, has this many characters.
    TextTooLong(usize),
    /// The number cannot be understood.
    NotANumber,
    /// The service does not send to this country, of which two letters are given.
    CountryNotOffered(String),
    /// The app does not send to this country, of which two letters are given.
    CountryNotListed(String),
    /// A limit that the store counts.
    Limit(Limit),
}

impl Refusal {
    /// The documented code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TemplateUnapproved(_) => "FailedOperation.TemplateUnapprovedOrNotExist",
            Self::MainlandTemplateToGlobal => "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone",
            Self::GlobalTemplateToMainland => "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone",
            Self::MixedNumbers => "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
            Self::SignatureUnapproved { .. } => "FailedOperation.SignatureIncorrectOrUnapproved",
            Self::MarketingByIndividual => "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny",
            Self::MarketingHours => "FailedOperation.MarketingSendTimeConstraint",
            Self::ValueCount => "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
            Self::TemplateUnfit => "FailedOperation.TemplateIncorrectOrUnapproved",
            Self::ValueNotCode => "InvalidParameterValue.TemplateParameterFormatError",
            Self::ValueTooLong { .. } => "InvalidParameterValue.TemplateParameterLengthLimit",
            Self::ValueHasLink => "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
            Self::SensitiveWord(_) => "FailedOperation.ContainSensitiveWord",
            Self::TextTooLong(_) => "InvalidParameterValue.ContentLengthLimit",
            Self::NotANumber => "InvalidParameterValue.IncorrectPhoneNumber",
            Self::CountryNotOffered(_) => "UnsupportedOperation.UnsupportedRegion",
            Self::CountryNotListed(_) => "LimitExceeded.AppCountryOrRegionInBlacklist",
            Self::Limit(limit) => match limit {
                Limit::Balance => "FailedOperation.InsufficientBalanceInSmsPackage",
                Limit::OptOut => "FailedOperation.PhoneNumberInBlacklist",
                Limit::ThirtySeconds => "LimitExceeded.PhoneNumberThirtySecondLimit",
                Limit::OneHour => "LimitExceeded.PhoneNumberOneHourLimit",
                Limit::Day => "LimitExceeded.PhoneNumberDailyLimit",
                Limit::SameContent => "LimitExceeded.PhoneNumberSameContentDailyLimit",
                Limit::App => "LimitExceeded.AppDailyLimit",
                Limit::AppMainland => "LimitExceeded.AppMainlandChinaDailyLimit",
                Limit::AppGlobal => "LimitExceeded.AppGlobalDailyLimit",
                Limit::AppCountry => "LimitExceeded.AppCountryOrRegionDailyLimit",
                Limit::AccountGlobal => "LimitExceeded.DailyLimit",
            },
        }
    }

    /// The same cause as older answers name it: one wider code for a template that is not approved and for one that
    /// does not fit its values.
    #[must_use]
    pub fn in_older_words(self) -> Self {
        match self {
            Self::TemplateUnapproved(_) | Self::ValueCount => Self::TemplateUnfit,
            other => other,
        }
    }

    /// The message beside the code.
    #[must_use]
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            // Recorded.
            Self::ValueCount => "request content does not match the template content".into(),
            Self::TemplateUnfit => {
                "template is not approved or request content does not match the approved template content".into()
            }
            Self::ValueNotCode => "Verification code template parameter format error".into(),
            Self::ValueHasLink => "Prohibited use url in template parameter".into(),
            Self::Limit(limit) => limit_message(*limit).into(),
            // Ours.
            Self::TemplateUnapproved(id) if id.is_empty() => {
                "the template id is empty; send the id of an approved template".into()
            }
            Self::TemplateUnapproved(id) => format!(
                "template {} does not exist or is not approved; send the id of an approved template",
                shown(id)
            )
            .into(),
            Self::MainlandTemplateToGlobal => {
                "a mainland template cannot go to global numbers, which Hong Kong, Macau and Taiwan are too; use a global template".into()
            }
            Self::GlobalTemplateToMainland => {
                "a global template cannot go to mainland numbers; use a mainland template".into()
            }
            Self::MixedNumbers => "the request has mainland and global numbers; send them in two requests".into(),
            Self::SignatureUnapproved { sign, mainland } => {
                let kind = if *mainland { "mainland" } else { "global" };
                if sign.is_empty() {
                    format!("no signature is given; send the name of an approved {kind} signature").into()
                } else {
                    let sign = shown(sign);
                    format!("`{sign}` is no approved {kind} signature; send the name of one, without brackets").into()
                }
            }
            Self::MarketingByIndividual => {
                "an individual account cannot send marketing messages; use an enterprise account".into()
            }
            Self::MarketingHours => {
                "marketing messages are sent from 08:00 to 22:00 Beijing time only; send again within these hours".into()
            }
            Self::ValueTooLong { place, characters, limit } => {
                format!("value {place} has {characters} characters and {limit} are allowed; shorten it").into()
            }
            Self::SensitiveWord(word) => {
                format!("the text contains the forbidden word `{}`; take it out", shown(word)).into()
            }
            Self::TextTooLong(characters) => format!(
                "the text has {characters} characters with its signature and {LENGTH_MAX} are allowed; shorten the values"
            )
            .into(),
            Self::NotANumber => {
                "the phone number cannot be understood; write + and the country code, digits only, as in +8613711112222"
                    .into()
            }
            Self::CountryNotOffered(iso) => {
                format!("the service does not send to {iso}; take the number out").into()
            }
            Self::CountryNotListed(iso) => {
                format!("the app does not send to {iso}; add the country to the app's list").into()
            }
        }
    }
}

/// Those of the balance and of the three windows of a number are recorded, their unequal capitals too.
fn limit_message(limit: Limit) -> &'static str {
    match limit {
        Limit::Balance => "insufficient balance in SMS package",
        Limit::OptOut => {
            "the owner of this number opted out of the app's messages; send login codes only, or take the number off the list"
        }
        Limit::ThirtySeconds => {
            "the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit"
        }
        Limit::OneHour => {
            "the number of sms messages sent from a single mobile number within 1 hour exceeds the upper limit"
        }
        Limit::Day => {
            "the number of sms messages sent from a single mobile number every day exceeds the upper limit"
        }
        Limit::SameContent => {
            "messages with the same content to this number exceed the app's limit for one day; send again tomorrow"
        }
        Limit::App => {
            "the app's messages exceed its limit for one day; raise the limit or send again tomorrow"
        }
        Limit::AppMainland => {
            "the app's mainland messages exceed its limit for one day; raise the limit or send again tomorrow"
        }
        Limit::AppGlobal => {
            "the app's global messages exceed its limit for one day; raise the limit or send again tomorrow"
        }
        Limit::AppCountry => {
            "the app's messages to this country exceed its limit for one day; raise the limit or send again tomorrow"
        }
        Limit::AccountGlobal => {
            "the account's global messages exceed its limit for one day; send again tomorrow"
        }
    }
}

/// The code and text that the store records with a message which one of its limits refuses.
#[must_use]
pub fn of_limit(limit: Limit) -> tcsms_store::Refusal {
    (&Refusal::Limit(limit)).into()
}

impl From<&Refusal> for tcsms_store::Refusal {
    fn from(refusal: &Refusal) -> Self {
        Self { code: refusal.code().to_owned(), message: refusal.message().into_owned() }
    }
}

/// A value as a message may show it: at most 40 characters.
fn shown(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", value.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use tcsms_api::{ErrorCode, Version, find_action};

    use super::*;

    fn one_of_each() -> Vec<Refusal> {
        let text = || "x".to_owned();
        let limits = [
            Limit::Balance,
            Limit::OptOut,
            Limit::ThirtySeconds,
            Limit::OneHour,
            Limit::Day,
            Limit::SameContent,
            Limit::App,
            Limit::AppMainland,
            Limit::AppGlobal,
            Limit::AppCountry,
            Limit::AccountGlobal,
        ];
        let mut all = vec![
            Refusal::TemplateUnapproved(text()),
            Refusal::MainlandTemplateToGlobal,
            Refusal::GlobalTemplateToMainland,
            Refusal::MixedNumbers,
            Refusal::SignatureUnapproved { sign: text(), mainland: true },
            Refusal::MarketingByIndividual,
            Refusal::MarketingHours,
            Refusal::ValueCount,
            Refusal::TemplateUnfit,
            Refusal::ValueNotCode,
            Refusal::ValueTooLong { place: 1, characters: 7, limit: 6 },
            Refusal::ValueHasLink,
            Refusal::SensitiveWord(text()),
            Refusal::TextTooLong(501),
            Refusal::NotANumber,
            Refusal::CountryNotOffered(text()),
            Refusal::CountryNotListed(text()),
        ];
        all.extend(limits.map(Refusal::Limit));
        all
    }

    #[test]
    fn every_code_is_documented_for_every_action_that_sends() {
        for (version, action) in [
            (Version::V20210111, "SendSms"),
            (Version::V20190711, "SendSms"),
            (Version::V20210111, "SendMultiGlobalSms"),
        ] {
            let send = find_action(version, action).unwrap();
            for refusal in one_of_each() {
                assert!(send.errors.contains(&refusal.code()), "{refusal:?} of {action} in {version}");
                assert!(ErrorCode::known().contains(&ErrorCode::from(refusal.code())), "{refusal:?}");
            }
        }
    }

    #[test]
    fn codes_are_not_shared() {
        let mut codes: Vec<_> = one_of_each().iter().map(Refusal::code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn recorded_messages_are_kept_word_for_word() {
        for (refusal, message) in [
            (Refusal::ValueCount, "request content does not match the template content"),
            (Refusal::ValueNotCode, "Verification code template parameter format error"),
            (Refusal::ValueHasLink, "Prohibited use url in template parameter"),
            (Refusal::Limit(Limit::Balance), "insufficient balance in SMS package"),
            (
                Refusal::TemplateUnfit,
                "template is not approved or request content does not match the approved template content",
            ),
            (
                Refusal::Limit(Limit::ThirtySeconds),
                "the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit",
            ),
            (
                Refusal::Limit(Limit::OneHour),
                "the number of sms messages sent from a single mobile number within 1 hour exceeds the upper limit",
            ),
            (
                Refusal::Limit(Limit::Day),
                "the number of sms messages sent from a single mobile number every day exceeds the upper limit",
            ),
        ] {
            assert_eq!(refusal.message(), message);
        }
    }

    #[test]
    fn a_long_value_is_cut_in_messages() {
        let message = Refusal::TemplateUnapproved("好".repeat(1000)).message().into_owned();
        assert!(message.contains(&format!("{}…", "好".repeat(40))), "{message}");
        assert!(!message.contains(&"好".repeat(41)));
    }
}
