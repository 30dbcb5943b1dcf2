//! Numbers with a special ending: the last four digits decide what becomes of a message.
//!
//! Every message arrives, except to numbers whose last four digits are 9001 to 9099. The endings are our choice; the
//! code words are documented ones of the service, of every class that it documents.

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The phone has it; the report says `SUCCESS` and `DELIVRD`.
    Delivered,
    /// The carrier gives up; the report says `FAIL` and this code word.
    Failed(&'static str),
    /// No report ever comes.
    Silent,
}

impl Fate {
    /// The code word of the report; empty when none comes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVRD",
            Self::Failed(word) => word,
            Self::Silent => "",
        }
    }
}

/// Numbers that end in `first` to `last` and what becomes of messages to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The first of the last four digits.
    pub first: u16,
    /// The last of them; equal to `first` for a single one.
    pub last: u16,
    /// What happens.
    pub fate: Fate,
    /// What the code word means, in English.
    pub meaning: &'static str,
}

/// Every ending that is special, in ascending order. A number with any other ending gets its messages.
pub const ENDINGS: &[Ending] = &[
    one(9001, "UNDELIV", "the phone is off, out of service, or the number is abnormal"),
    one(9002, "EXPIRED", "the carrier tried until the message was too old"),
    one(9003, "REJECTD", "the carrier refused the words, the registration or the sender"),
    one(9004, "MK:0001", "China Mobile: the number does not exist"),
    one(9005, "MK:0024", "China Mobile: the phone is off"),
    one(9006, "MX:0003", "the carrier's limit for one number and day"),
    one(9007, "MX:0012", "the number is on the carrier's opt-out list"),
    one(9008, "UNKNOWN", "the carrier does not say why"),
    one(9009, "DELETED", "the carrier removed the message"),
    one(9010, "SUBFAIL", "the carrier refused to take the message, mostly for the form of the number"),
    one(9011, "COMFAIL", "the connection to the carrier failed"),
    one(9012, "WTNFAIL", "the carrier's network is unstable"),
    one(9013, "MK:0000", "China Mobile: the number is invalid"),
    one(9014, "MK:0012", "China Mobile: the number is vacant"),
    one(9015, "MK:0017", "China Mobile: the phone's memory is full"),
    one(9016, "MI:0013", "China Mobile: the phone is off or the number invalid"),
    one(9017, "MN:0001", "China Mobile: the phone is off or the number invalid"),
    one(9018, "MX:0011", "the number is barred for a year"),
    one(9019, "TE:0003", "the carrier's limit for one number and day"),
    one(9020, "TE:0014", "a person at the carrier refused the message"),
    one(9021, "DB:0144", "the number is on the list of all carriers"),
    one(9022, "NOROUTE", "no carrier takes messages for this number"),
    one(9023, "ID:0070", "a fault inside the service"),
    one(9024, "1", "China Unicom: the number is vacant"),
    one(9025, "4", "China Unicom: the phone is off"),
    one(9026, "5", "China Unicom: the phone is out of service"),
    one(9027, "15", "China Unicom: the phone is out of the area"),
    one(9028, "69", "China Unicom: the number is on a list that bars messages"),
    one(9029, "-43", "China Unicom: the phone's memory is full"),
    one(9030, "UNDELIV_601", "China Telecom: the phone cannot be reached"),
    one(9031, "EXPIRED_602", "China Telecom: the message was too old"),
    one(9032, "REJECTD_006", "China Telecom: the message was refused"),
    one(9033, "-106", "the carrier refused a word of the text"),
    Ending {
        first: 9034,
        last: 9098,
        fate: Fate::Failed("UNKNOWN"),
        meaning: "the carrier does not say why",
    },
    Ending { first: 9099, last: 9099, fate: Fate::Silent, meaning: "no report ever comes" },
];

const fn one(ending: u16, word: &'static str, meaning: &'static str) -> Ending {
    Ending { first: ending, last: ending, fate: Fate::Failed(word), meaning }
}

/// What becomes of a message to this number.
#[must_use]
pub fn fate(phone: &str) -> Fate {
    let last_four = phone.len().checked_sub(4).and_then(|start| phone.get(start..));
    let number = last_four.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let ending: Option<u16> = number.and_then(|digits| digits.parse().ok());
    let special =
        ENDINGS.iter().find(|special| ending.is_some_and(|it| (special.first..=special.last).contains(&it)));
    special.map_or(Fate::Delivered, |special| special.fate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_covers_9001_to_9099_without_gap_or_overlap() {
        let mut next = 9001;
        for ending in ENDINGS {
            assert_eq!(ending.first, next, "{ending:?}");
            assert!(ending.last >= ending.first, "{ending:?}");
            assert_ne!(ending.fate, Fate::Delivered, "{ending:?}");
            next = ending.last + 1;
        }
        assert_eq!(next, 9100);
    }

    #[test]
    fn the_last_four_digits_decide() {
        let fates = [
            ("+8613700000001", Fate::Delivered),
            ("+8613700009000", Fate::Delivered),
            ("+8613700009001", Fate::Failed("UNDELIV")),
            ("+85261239006", Fate::Failed("MX:0003")),
            ("+8613700009098", Fate::Failed("UNKNOWN")),
            ("+8613700009099", Fate::Silent),
            ("+8613700009100", Fate::Delivered),
            ("+8613790019", Fate::Delivered),
            ("9001", Fate::Failed("UNDELIV")),
            ("001", Fate::Delivered),
            ("", Fate::Delivered),
            ("一二三", Fate::Delivered),
        ];
        for (phone, expected) in fates {
            assert_eq!(fate(phone), expected, "{phone}");
        }
    }
}
