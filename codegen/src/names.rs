//! Names of the API in Rust's spelling.

use proc_macro2::{Ident, Span};

/// `SmsSdkAppId` as `sms_sdk_app_id`, `TemplateID` as `template_id`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (place, letter) in letters.iter().enumerate() {
        if letter.is_uppercase() && place > 0 {
            let after_lower = !letters[place - 1].is_uppercase();
            let before_lower = letters.get(place + 1).is_some_and(|next| next.is_lowercase());
            if after_lower || before_lower {
                snake.push('_');
            }
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// `LimitExceeded.DailyLimit` as `LimitExceededDailyLimit`.
pub(crate) fn variant(code: &str) -> String {
    code.replace('.', "")
}

/// `name` as an identifier.
pub(crate) fn identifier(name: &str) -> Result<Ident, String> {
    syn::parse_str::<Ident>(name)
        .map(|_| Ident::new(name, Span::call_site()))
        .map_err(|_| format!("`{name}` cannot be a name in Rust; give names.rs a rule for it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_words_of_the_api() {
        for (wire, rust) in [
            ("SmsSdkAppId", "sms_sdk_app_id"),
            ("SmsSdkAppid", "sms_sdk_appid"),
            ("TemplateID", "template_id"),
            ("Sign", "sign"),
            ("EndDataTime", "end_data_time"),
            ("UserReceiveUnixTime", "user_receive_unix_time"),
            ("HTTPStatus", "http_status"),
        ] {
            assert_eq!(snake_case(wire), rust);
        }
        assert_eq!(variant("LimitExceeded.DailyLimit"), "LimitExceededDailyLimit");
    }

    #[test]
    fn a_keyword_is_refused_by_name() {
        assert!(identifier("type").unwrap_err().contains("`type`"));
    }
}
