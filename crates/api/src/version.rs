use std::fmt;

/// A version of the SMS API. The two versions have the same host and service name and differ in actions,
/// member names and value types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2019-07-11`: 16 actions; statistics take integer times, pulled times are text in UTC+8.
    V20190711,
    /// `2021-01-11`: 20 actions; times are Unix seconds or `yyyymmddhh` text in UTC+8.
    V20210111,
}

impl Version {
    /// The date as it stands in `X-TC-Version` and in `Version`, such as `2021-01-11`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V20190711 => "2019-07-11",
            Self::V20210111 => "2021-01-11",
        }
    }

    /// The version of a date such as `2021-01-11`; none for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::V20210111, Self::V20190711].into_iter().find(|version| version.as_str() == text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
