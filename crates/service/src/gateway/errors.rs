//! Errors as the API answers them: a code that never changes and a text in the caller's language.
//!
//! The gateway's own errors have constructors here, with the texts known from recorded answers where there are
//! any. Actions make theirs with [`ApiError::new`]; the SMS back end always speaks English.

use std::fmt;

use tcsms_api::ErrorCode;

/// The language of an answer's messages, from `X-TC-Language` or `Language`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en-US`, and whenever the caller does not say (our choice: nothing is documented).
    #[default]
    English,
    /// `zh-CN`.
    Chinese,
}

impl Language {
    /// Reads the parameter; anything but `zh-CN` is English.
    #[must_use]
    pub fn of(value: &str) -> Self {
        if value.eq_ignore_ascii_case("zh-CN") { Self::Chinese } else { Self::English }
    }
}

/// An error answer: `{"Response":{"Error":{"Code","Message"},"RequestId"}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The code.
    pub code: ErrorCode,
    /// The text in English.
    pub message: String,
    /// The text in Chinese, for errors of the gateway itself.
    pub chinese: Option<String>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// An error with an English text.
    pub fn new(code: impl Into<ErrorCode>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), chinese: None }
    }

    /// The text in this language, in English when there is none.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match (&self.chinese, language) {
            (Some(chinese), Language::Chinese) => chinese,
            _ => &self.message,
        }
    }
}

/// The gateway's own errors. "Recorded" texts are those of real answers; the others are ours.
impl ApiError {
    fn both(code: ErrorCode, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { code, message: english.into(), chinese: Some(chinese.into()) }
    }

    pub(crate) fn unsupported_protocol(method: &str) -> Self {
        Self::both(
            ErrorCode::UnsupportedProtocol,
            format!("The HTTP method `{method}` is not supported. Use POST or GET."),
            format!("不支持 HTTP 方法 `{method}` ，请使用 POST 或 GET。"),
        )
    }

    /// A POST of the older signature methods over 1 MB; recorded with this code.
    pub(crate) fn too_large_for_v1() -> Self {
        Self::both(
            ErrorCode::AuthFailureSignatureFailure,
            "The provided credentials could not be validated because of exceeding request size limit, please use \
             new signature method `TC3-HMAC-SHA256`.",
            "请求大小超过限制，无法校验签名，请使用新的签名方法 `TC3-HMAC-SHA256` 。",
        )
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::both(
            ErrorCode::RequestSizeLimitExceeded,
            format!("The request is larger than {limit} bytes. Send less, or use POST with TC3-HMAC-SHA256."),
            format!("请求包超过 {limit} 字节，请减小请求，或使用 POST 与 TC3-HMAC-SHA256。"),
        )
    }

    pub(crate) fn body_incomplete(reason: &str) -> Self {
        Self::both(
            ErrorCode::InvalidRequest,
            format!("The request body did not arrive completely: {reason}."),
            format!("请求体不完整：{reason}。"),
        )
    }

    /// Recorded.
    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::both(
            ErrorCode::MissingParameter,
            format!("The request is missing a required parameter `{name}`."),
            format!("缺少必选参数 `{name}` 。"),
        )
    }

    /// The `Authorization` header names another algorithm; recorded.
    pub(crate) fn not_tc3() -> Self {
        Self::both(
            ErrorCode::AuthFailureInvalidAuthorization,
            "SignatureMethod should be TC3-HMAC-SHA256",
            "SignatureMethod 应为 TC3-HMAC-SHA256",
        )
    }

    pub(crate) fn invalid_authorization(what: &str) -> Self {
        Self::both(
            ErrorCode::AuthFailureInvalidAuthorization,
            format!("The `Authorization` header cannot be read: {what}"),
            format!("无法解析请求头 `Authorization` ：{what}"),
        )
    }

    pub(crate) fn invalid_value(name: &str, why: &str) -> Self {
        Self::both(
            ErrorCode::InvalidParameterValue,
            format!("The value of `{name}` is not valid: {why}"),
            format!("参数 `{name}` 的取值错误：{why}"),
        )
    }

    /// The region is empty or no region's name; recorded. `name` is `X-TC-Region` or `Region`.
    pub(crate) fn bad_region(name: &str) -> Self {
        Self::both(
            ErrorCode::InvalidParameterValue,
            format!("A value specified in `{name}` is not valid, is unsupported, or cannot be used."),
            format!("参数 `{name}` 的取值无效、不受支持或不可用。"),
        )
    }

    /// Recorded.
    pub(crate) fn expired(server_time: i64) -> Self {
        Self::both(
            ErrorCode::AuthFailureSignatureExpire,
            format!(
                "Signature expired. Please use local time and enable NTP service for time synchronization to avoid a \
                 deviation between `Timestamp` and the server time {server_time}."
            ),
            format!(
                "签名过期。请使用本地时间并开启 NTP 时间同步，避免 `Timestamp` 与服务器时间 {server_time} 有偏差。"
            ),
        )
    }

    /// The timestamp is not in seconds but in this smaller unit.
    pub(crate) fn timestamp_in_unit(timestamp: i64, unit: &str, server_time: i64) -> Self {
        Self::both(
            ErrorCode::AuthFailureSignatureExpire,
            format!(
                "Signature expired. `Timestamp` {timestamp} is in {unit}; send Unix time in seconds, which is \
                 {server_time} on the server."
            ),
            format!(
                "签名过期。 `Timestamp` {timestamp} 的单位是 {unit} ，请使用秒，服务器时间为 {server_time} 。"
            ),
        )
    }

    /// Recorded.
    pub(crate) fn secret_id_not_found() -> Self {
        Self::both(
            ErrorCode::AuthFailureSecretIdNotFound,
            "The SecretId is not found, please ensure that your SecretId is correct.",
            "密钥不存在，请确认您的 SecretId 是否正确。",
        )
    }

    pub(crate) fn token_failure(why: &str) -> Self {
        Self::both(
            ErrorCode::AuthFailureTokenFailure,
            format!("The session token is not valid: {why}."),
            format!("临时凭证 Token 错误：{why}。"),
        )
    }

    /// Documented in English, recorded in Chinese.
    pub(crate) fn signature_failure() -> Self {
        Self::both(
            ErrorCode::AuthFailureSignatureFailure,
            "The provided credentials could not be validated. Please check your signature is correct.",
            "请求签名验证失败，请检查您的签名计算是否正确。",
        )
    }

    /// Recorded; the service is the first label of the host that was asked.
    pub(crate) fn no_such_version(version: &str, service: &str) -> Self {
        Self::both(
            ErrorCode::NoSuchVersion,
            format!("The specified api version=`{version}` does not exist in service=`{service}`."),
            format!("服务 `{service}` 不存在接口版本 `{version}` 。"),
        )
    }

    /// Recorded.
    pub(crate) fn invalid_action(action: &str, version: &str) -> Self {
        Self::both(
            ErrorCode::InvalidAction,
            format!(
                "The request action=`{action}` is invalid or not found in service=`sms` and version=`{version}`."
            ),
            format!("接口 `{action}` 不存在于服务 `sms` 的版本 `{version}` 。"),
        )
    }

    /// Recorded.
    pub(crate) fn unsupported_region() -> Self {
        Self::both(ErrorCode::UnsupportedRegion, "The action not support this region", "该接口不支持所传地域")
    }

    /// Recorded. `limit` calls a second are allowed and this is one more.
    pub(crate) fn rate_exceeded(limit: u32) -> Self {
        let calls = u64::from(limit) + 1;
        Self::both(
            ErrorCode::RequestLimitExceeded,
            format!(
                "Your current request times equals to `{calls}` in a second, which exceeds the frequency limit \
                 `{limit}` for a second. Please reduce the frequency of calls."
            ),
            format!("您当前每秒请求 `{calls}` 次，超过了每秒频率上限 `{limit}` 次，请稍后重试。"),
        )
    }

    /// Recorded in both languages.
    pub(crate) fn unknown_parameter(name: &str) -> Self {
        Self::both(
            ErrorCode::UnknownParameter,
            format!("The parameter `{name}` is not recognized."),
            format!("未定义参数 `{name}` 。"),
        )
    }

    /// Recorded.
    pub(crate) fn wrong_type(name: &str) -> Self {
        Self::both(
            ErrorCode::InvalidParameter,
            format!("The value type of parameter `{name}` is not valid."),
            format!("参数 `{name}` 的类型错误。"),
        )
    }

    pub(crate) fn given_twice(name: &str) -> Self {
        Self::both(
            ErrorCode::InvalidParameter,
            format!("The parameter `{name}` is given more than once."),
            format!("参数 `{name}` 重复。"),
        )
    }

    pub(crate) fn unreadable_parameters(why: &str) -> Self {
        Self::both(
            ErrorCode::InvalidParameter,
            format!("The request parameters cannot be read: {why}."),
            format!("无法解析请求参数：{why}。"),
        )
    }

    /// A POST with TC3 whose content type no action of this service takes.
    pub(crate) fn unsupported_content(content_type: &str) -> Self {
        Self::both(
            ErrorCode::InvalidRequest,
            format!(
                "The Content-Type `{content_type}` is not supported by this action. Send application/json."
            ),
            format!("该接口不支持 Content-Type `{content_type}` ，请使用 application/json。"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_chooses_the_text() {
        let error = ApiError::unknown_parameter("Ontent");
        assert_eq!(error.text(Language::of("")), "The parameter `Ontent` is not recognized.");
        assert_eq!(error.text(Language::of("en-US")), error.text(Language::English));
        assert_eq!(error.text(Language::of("zh-CN")), "未定义参数 `Ontent` 。");
        assert_eq!(ApiError::new("FailedOperation", "no").text(Language::Chinese), "no");
    }
}
