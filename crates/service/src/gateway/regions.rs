//! The region of a request. All regions share one set of data here.

use tcsms_api::Version;

use super::errors::ApiError;

/// The regions that are known to serve SMS.
const KNOWN: [&str; 4] = ["ap-beijing", "ap-guangzhou", "ap-nanjing", "ap-singapore"];

/// Checks the region. Version 2021-01-11 needs one; 2019-07-11 ignores what is sent, as documented.
///
/// `name` is how the parameter is called in this wire form; `any` accepts every name that is not empty. Otherwise
/// a name of the usual form that is not known is `UnsupportedRegion`, and any other text is no region at all.
pub(crate) fn check(version: Version, name: &str, region: Option<&str>, any: bool) -> Result<(), ApiError> {
    if version == Version::V20190711 {
        return Ok(());
    }
    match region {
        None => Err(ApiError::missing_parameter("Region")),
        Some("") => Err(ApiError::bad_region(name)),
        Some(region) if any || KNOWN.contains(&region) => Ok(()),
        Some(region) if well_formed(region) => Err(ApiError::unsupported_region()),
        Some(_) => Err(ApiError::bad_region(name)),
    }
}

/// Two letters, then one or more words of small letters and digits, joined by hyphens: `eu-frankfurt`,
/// `ap-shanghai-fsi`.
fn well_formed(region: &str) -> bool {
    let mut words = region.split('-');
    let area = words
        .next()
        .is_some_and(|area| area.len() == 2 && area.bytes().all(|byte| byte.is_ascii_lowercase()));
    let mut places = words.peekable();
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    area && places.peek().is_some() && places.all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(version: Version, region: Option<&str>, any: bool) -> Option<String> {
        check(version, "X-TC-Region", region, any).err().map(|error| error.to_string())
    }

    #[test]
    fn any_region_accepts_every_name_that_is_there() {
        for region in ["ap-guangzhou", "eu-frankfurt", "local", "ap_x"] {
            assert_eq!(code(Version::V20210111, Some(region), true), None, "{region}");
        }
        assert_eq!(
            code(Version::V20210111, None, true).as_deref(),
            Some("MissingParameter: The request is missing a required parameter `Region`.")
        );
        assert_eq!(
            code(Version::V20210111, Some(""), true).as_deref(),
            Some(
                "InvalidParameterValue: A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used."
            )
        );
    }

    #[test]
    fn known_regions_only() {
        for (region, expected) in [
            ("ap-nanjing", None),
            ("eu-frankfurt", Some("UnsupportedRegion: The action not support this region")),
            ("ap-shanghai-fsi", Some("UnsupportedRegion: The action not support this region")),
        ] {
            assert_eq!(code(Version::V20210111, Some(region), false).as_deref(), expected, "{region}");
        }
        for region in ["local", "AP-GUANGZHOU", "ap-", "ap--x", "a-b", "ap-guangzhou ", "-"] {
            let code = code(Version::V20210111, Some(region), false).unwrap();
            assert!(code.starts_with("InvalidParameterValue: "), "{region}: {code}");
        }
    }

    #[test]
    fn the_older_version_has_no_region() {
        for region in [None, Some(""), Some("???")] {
            assert_eq!(code(Version::V20190711, region, false), None);
        }
    }
}
