//! What a receipt's code word says about a message that did not arrive.
//!
//! The statistics of reports have five classes of failure. Which word belongs to which is not published; what stands
//! here is our reading of the published explanations of the words.

/// Why a message did not arrive, in the classes of the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something in the carrier's network, and every word that is in no other class.
    Internal,
    /// The number does not exist or is vacant.
    InvalidNumber,
    /// The phone is off, out of service or cannot be reached.
    Shutdown,
    /// The number is on a list of numbers that must not be sent to.
    BlackList,
    /// The carrier lets no more messages through to this number.
    FrequencyLimit,
}

/// The class of a code word such as `MK:0001`.
#[must_use]
pub fn failure(word: &str) -> Failure {
    match word {
        "MK:0000" | "MK:0001" | "MK:0012" | "1" | "12" | "24" => Failure::InvalidNumber,
        "MK:0024" => Failure::Shutdown,
        "MX:0011" | "MX:0012" | "DB:0144" | "69" | "BWLIST" => Failure::BlackList,
        "MX:0003" | "TE:0003" => Failure::FrequencyLimit,
        _ if ["UNDELIV", "EXPIRED", "MI:", "MN:"].iter().any(|family| word.starts_with(family)) => {
            Failure::Shutdown
        }
        _ => Failure::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_class() {
        for (words, class) in [
            (&["MK:0000", "MK:0001", "MK:0012", "1", "12", "24"][..], Failure::InvalidNumber),
            (
                &["UNDELIV", "UNDELIV_601", "EXPIRED", "EXPIRED_602", "MK:0024", "MI:0013", "MN:0001"],
                Failure::Shutdown,
            ),
            (&["MX:0011", "MX:0012", "DB:0144", "69", "BWLIST"], Failure::BlackList),
            (&["MX:0003", "TE:0003"], Failure::FrequencyLimit),
            (
                &[
                    "REJECTD",
                    "REJECTD_006",
                    "UNKNOWN",
                    "MK:0017",
                    "-43",
                    "-106",
                    "NOROUTE",
                    "ID:0070",
                    "4",
                    "",
                ],
                Failure::Internal,
            ),
        ] {
            for word in words {
                assert_eq!(failure(word), class, "{word}");
            }
        }
    }
}
