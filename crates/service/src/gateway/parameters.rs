//! The check of an action's parameters against the API's definition.
//!
//! Three kinds of mistakes are told apart, and the first kind found wins whatever the order in the request: a
//! parameter that the action does not have (a misspelt one is caught here), a required one that is absent, a value
//! of the wrong type. JSON `null` counts as absent. Types are strict: a number is no text. A parameter inside a list
//! of structures is named as in `MultiSmsInfoSet.0.PhoneNumber`; a bad element of a list of texts is named by the
//! list.
//!
//! The check reads JSON as a stream and allocates nothing for a good request, because every request pays for it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use tcsms_api::{Kind, Member, Structure};

use super::errors::ApiError;

/// Checks a JSON body.
pub(crate) fn check_json(body: &[u8], input: &'static Structure) -> Result<(), ApiError> {
    let mut findings = Findings::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    findings.read(input, &mut json)?;
    json.end().map_err(|error| not_json(&error))?;
    findings.verdict()
}

/// Checks the parameters of a form or a query string, in which lists and structures are spelt as
/// `PhoneNumberSet.0` (counted from 0, gaps allowed), and makes a JSON body of them. A text is converted to the type
/// that the definition says.
pub(crate) fn json_from_pairs<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    input: &'static Structure,
) -> Result<Vec<u8>, ApiError> {
    let mut findings = Findings::default();
    let mut tree = BTreeMap::new();
    for (name, value) in pairs {
        match place(&mut tree, input, name, value) {
            Placed::Done => {}
            Placed::Unknown => Findings::note(&mut findings.unknown, || name.to_owned()),
            Placed::Twice => Findings::note(&mut findings.twice, || name.to_owned()),
        }
    }
    let json = Node::Structure(tree).into_json();
    findings.read(input, &json)?;
    findings.verdict()?;
    serde_json::to_vec(&json).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::unreadable_parameters(&format!("the body is not a JSON object ({error})"))
}

/// The first mistake of each kind.
#[derive(Default)]
struct Findings {
    unknown: Option<String>,
    missing: Option<String>,
    wrong: Option<String>,
    twice: Option<String>,
    not_an_object: bool,
}

impl Findings {
    fn note(slot: &mut Option<String>, name: impl FnOnce() -> String) {
        if slot.is_none() {
            *slot = Some(name());
        }
    }

    /// Reads a whole request.
    fn read<'de, D: Deserializer<'de, Error = serde_json::Error>>(
        &mut self,
        input: &'static Structure,
        source: D,
    ) -> Result<(), ApiError> {
        let expected = Expected { kind: Kind::Object(input), list: false };
        let check = Check { expected, path: Path::Root, findings: self };
        let given = check.deserialize(source).map_err(|error| not_json(&error))?;
        self.not_an_object |= given == Given::Null;
        Ok(())
    }

    fn verdict(self) -> Result<(), ApiError> {
        if self.not_an_object {
            return Err(ApiError::unreadable_parameters("the body is JSON, but not an object"));
        }
        match self {
            Self { unknown: Some(name), .. } => Err(ApiError::unknown_parameter(&name)),
            Self { missing: Some(name), .. } => Err(ApiError::missing_parameter(&name)),
            Self { wrong: Some(name), .. } => Err(ApiError::wrong_type(&name)),
            Self { twice: Some(name), .. } => Err(ApiError::given_twice(&name)),
            _ => Ok(()),
        }
    }
}

/// Where in the request a value stands; written out only for a mistake.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Path::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Element(parent, place) => write!(f, "{parent}.{place}"),
        }
    }
}

#[derive(Clone, Copy)]
struct Expected {
    kind: Kind,
    list: bool,
}

#[derive(PartialEq, Eq)]
enum Given {
    Value,
    Null,
}

/// Checks one value.
struct Check<'a> {
    expected: Expected,
    path: Path<'a>,
    findings: &'a mut Findings,
}

impl Check<'_> {
    fn wrong(self) -> Given {
        match self.path {
            Path::Root => self.findings.not_an_object = true,
            // An element of a list of texts or numbers is reported as the list's mistake.
            Path::Element(list, _) => Findings::note(&mut self.findings.wrong, || list.to_string()),
            path @ Path::Member(..) => Findings::note(&mut self.findings.wrong, || path.to_string()),
        }
        Given::Value
    }

    fn scalar(self, fits: bool) -> Given {
        if fits && !self.expected.list { Given::Value } else { self.wrong() }
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        // A list has no absent elements.
        Ok(if matches!(self.path, Path::Element(..)) { self.wrong() } else { Given::Null })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Given, E> {
        Ok(self.scalar(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Given, E> {
        let fits = matches!(self.expected.kind, Kind::String);
        Ok(self.scalar(fits))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Given, E> {
        let fits = match self.expected.kind {
            Kind::Unsigned => true,
            Kind::Integer => i64::try_from(value).is_ok(),
            Kind::String | Kind::Object(_) => false,
        };
        Ok(self.scalar(fits))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Given, E> {
        let fits = match self.expected.kind {
            Kind::Unsigned => value >= 0,
            Kind::Integer => true,
            Kind::String | Kind::Object(_) => false,
        };
        Ok(self.scalar(fits))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Given, E> {
        Ok(self.scalar(false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        if !self.expected.list {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.wrong());
        }
        let expected = Expected { kind: self.expected.kind, list: false };
        let mut place = 0;
        loop {
            let path = Path::Element(&self.path, place);
            match list.next_element_seed(Check { expected, path, findings: self.findings })? {
                Some(_) => place += 1,
                None => return Ok(Given::Value),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let structure = match self.expected {
            Expected { kind: Kind::Object(structure), list: false } => structure,
            _ => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(self.wrong());
            }
        };
        // One bit for each member; no structure of the API has 64.
        let (mut seen, mut given) = (0_u64, 0_u64);
        while let Some(found) =
            map.next_key_seed(Find { structure, path: &self.path, findings: self.findings })?
        {
            let Some((bit, member)) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let path = Path::Member(&self.path, member.name);
            if seen & bit != 0 {
                Findings::note(&mut self.findings.twice, || path.to_string());
            }
            seen |= bit;
            let expected = Expected { kind: member.kind, list: member.list };
            if map.next_value_seed(Check { expected, path, findings: self.findings })? == Given::Value {
                given |= bit;
            }
        }
        for (place, member) in structure.members.iter().enumerate() {
            if member.required && given & bit(place) == 0 {
                let path = Path::Member(&self.path, member.name);
                Findings::note(&mut self.findings.missing, || path.to_string());
            }
        }
        Ok(Given::Value)
    }
}

fn bit(place: usize) -> u64 {
    1 << (place % 64)
}

/// Finds the member that a key names, with its bit.
struct Find<'a> {
    structure: &'static Structure,
    path: &'a Path<'a>,
    findings: &'a mut Findings,
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Option<(u64, &'static Member)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Find<'_> {
    type Value = Option<(u64, &'static Member)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let found = self.structure.members.iter().enumerate().find(|(_, member)| member.name == name);
        if found.is_none() {
            Findings::note(&mut self.findings.unknown, || Path::Member(self.path, name).to_string());
        }
        Ok(found.map(|(place, member)| (bit(place), member)))
    }
}

/// Parameters put together from pairs.
enum Node {
    Text(Value),
    List(BTreeMap<u64, Node>),
    Structure(BTreeMap<&'static str, Node>),
}

impl Node {
    /// What no parameter has the type of, so that the check reports the parameter.
    const WRONG: Self = Self::Text(Value::Bool(false));

    fn into_json(self) -> Value {
        match self {
            Self::Text(value) => value,
            Self::List(elements) => Value::Array(elements.into_values().map(Self::into_json).collect()),
            Self::Structure(members) => {
                let members = members.into_iter().map(|(name, node)| (name.to_owned(), node.into_json()));
                Value::Object(Map::from_iter(members))
            }
        }
    }
}

enum Placed {
    Done,
    Unknown,
    Twice,
}

/// Puts a pair at its place; `name` is relative to the structure.
fn place(
    tree: &mut BTreeMap<&'static str, Node>,
    structure: &'static Structure,
    name: &str,
    value: &str,
) -> Placed {
    let (first, rest) = match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    };
    let Some(member) = structure.member(first) else { return Placed::Unknown };
    if !member.list {
        let slot = tree.entry(member.name);
        return match slot {
            std::collections::btree_map::Entry::Vacant(slot) => {
                fill(slot.insert(empty(member)), true, member, rest, value)
            }
            std::collections::btree_map::Entry::Occupied(slot) => {
                fill(slot.into_mut(), false, member, rest, value)
            }
        };
    }
    let list = tree.entry(member.name).or_insert_with(|| Node::List(BTreeMap::new()));
    let (index, rest) = match rest
        .map(|rest| rest.split_once('.').map_or((rest, None), |(index, rest)| (index, Some(rest))))
    {
        Some((index, rest)) => (index.parse::<u64>().ok(), rest),
        None => (None, None),
    };
    let (Node::List(elements), Some(index)) = (&mut *list, index) else {
        *list = Node::WRONG;
        return Placed::Done;
    };
    let is_new = !elements.contains_key(&index);
    let element = elements.entry(index).or_insert_with(|| empty(member));
    fill(element, is_new, member, rest, value)
}

fn empty(member: &'static Member) -> Node {
    match member.kind {
        Kind::Object(_) => Node::Structure(BTreeMap::new()),
        _ => Node::WRONG,
    }
}

/// Fills one value of a member (or of an element of its list).
fn fill(slot: &mut Node, is_new: bool, member: &'static Member, rest: Option<&str>, value: &str) -> Placed {
    match (member.kind, rest) {
        (Kind::Object(inner), Some(rest)) => match slot {
            Node::Structure(members) => return place(members, inner, rest, value),
            _ => return Placed::Done,
        },
        (Kind::Object(_), None) | (_, Some(_)) => *slot = Node::WRONG,
        (_, None) if !is_new => return Placed::Twice,
        (Kind::String, None) => *slot = Node::Text(value.into()),
        (Kind::Unsigned, None) => {
            *slot = value.parse::<u64>().map_or(Node::WRONG, |number| Node::Text(number.into()))
        }
        (Kind::Integer, None) => {
            *slot = value.parse::<i64>().map_or(Node::WRONG, |number| Node::Text(number.into()))
        }
    }
    Placed::Done
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tcsms_api::{Version, find_action};

    use super::*;

    fn input(action: &str) -> &'static Structure {
        find_action(Version::V20210111, action).unwrap().input
    }

    fn json(action: &str, body: &str) -> String {
        check_json(body.as_bytes(), input(action))
            .map_or_else(|error| error.to_string(), |()| "fits".to_owned())
    }

    fn pairs(action: &str, pairs: &[(&str, &str)]) -> String {
        match json_from_pairs(pairs.iter().copied(), input(action)) {
            Ok(body) => String::from_utf8(body).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    const GOOD: &str = r#"{"PhoneNumberSet":["+8613700000001"],"SmsSdkAppId":"1","TemplateId":"2"}"#;

    #[test]
    fn a_good_body_fits() {
        assert_eq!(json("SendSms", GOOD), "fits");
        assert_eq!(json("SendSms", &format!(" {GOOD}\n")), "fits");
        assert_eq!(
            json(
                "SendStatusStatistics",
                r#"{"BeginTime":"a","EndTime":"b","SmsSdkAppId":"1","Limit":0,"Offset":18446744073709551615}"#
            ),
            "fits"
        );
    }

    #[test]
    fn unknown_wins_over_missing_and_missing_over_type() {
        for (body, expected) in [
            (r#"{"TemplateId":7,"X":1}"#, "UnknownParameter: The parameter `X` is not recognized."),
            (
                r#"{"TemplateId":7,"SmsSdkAppId":"1"}"#,
                "MissingParameter: The request is missing a required parameter `PhoneNumberSet`.",
            ),
            (
                r#"{"TemplateId":7,"SmsSdkAppId":"1","PhoneNumberSet":[]}"#,
                "InvalidParameter: The value type of parameter `TemplateId` is not valid.",
            ),
            ("{}", "MissingParameter: The request is missing a required parameter `PhoneNumberSet`."),
        ] {
            assert_eq!(json("SendSms", body), expected, "{body}");
        }
    }

    #[test]
    fn null_counts_as_absent_except_in_a_list() {
        let with = |member: &str| GOOD.replacen('{', &format!("{{{member},"), 1);
        assert_eq!(json("SendSms", &with(r#""SignName":null"#)), "fits");
        assert_eq!(
            json("SendSms", r#"{"PhoneNumberSet":["1"],"SmsSdkAppId":"1","TemplateId":null}"#),
            "MissingParameter: The request is missing a required parameter `TemplateId`."
        );
        assert_eq!(
            json("SendSms", &with(r#""TemplateParamSet":[null]"#)),
            "InvalidParameter: The value type of parameter `TemplateParamSet` is not valid."
        );
    }

    #[test]
    fn types_are_strict() {
        for value in ["1", "1.5", "-1", "true", "[]", "{}", "[[]]"] {
            let body = GOOD.replacen(r#""2""#, value, 1);
            assert_eq!(
                json("SendSms", &body),
                "InvalidParameter: The value type of parameter `TemplateId` is not valid.",
                "{body}"
            );
        }
        for value in
            [r#""+8613700000001""#, "[13700000001]", "[null]", "[[]]", "[{}]", "{}", "false", "[true]"]
        {
            let body = GOOD.replacen(r#"["+8613700000001"]"#, value, 1);
            assert_eq!(
                json("SendSms", &body),
                "InvalidParameter: The value type of parameter `PhoneNumberSet` is not valid.",
                "{body}"
            );
        }
        for value in [r#""5""#, "-1", "5.0", "1e3", "18446744073709551616", "[5]"] {
            assert_eq!(
                json("PullSmsSendStatus", &format!(r#"{{"Limit":{value},"SmsSdkAppId":"1"}}"#)),
                "InvalidParameter: The value type of parameter `Limit` is not valid.",
                "{value}"
            );
        }
    }

    #[test]
    fn nested_parameters_have_their_path_as_name() {
        for (item, expected) in [
            (r#"{"PhoneNumber":"1","TemplateId":"2"}"#, "fits"),
            (
                r#"{"PhoneNumber":"1","TemplateId":"2","X":{"Y":[1]}}"#,
                "UnknownParameter: The parameter `MultiSmsInfoSet.1.X` is not recognized.",
            ),
            (
                r#"{"PhoneNumber":"1"}"#,
                "MissingParameter: The request is missing a required parameter `MultiSmsInfoSet.1.TemplateId`.",
            ),
            (
                r#"{"PhoneNumber":1,"TemplateId":"2"}"#,
                "InvalidParameter: The value type of parameter `MultiSmsInfoSet.1.PhoneNumber` is not valid.",
            ),
            (
                r#"{"PhoneNumber":"1","TemplateId":"2","TemplateParamSet":[1]}"#,
                "InvalidParameter: The value type of parameter `MultiSmsInfoSet.1.TemplateParamSet` is not valid.",
            ),
            (r#""text""#, "InvalidParameter: The value type of parameter `MultiSmsInfoSet` is not valid."),
            ("null", "InvalidParameter: The value type of parameter `MultiSmsInfoSet` is not valid."),
        ] {
            let first = r#"{"PhoneNumber":"1","TemplateId":"2"}"#;
            let body = format!(r#"{{"SmsSdkAppId":"1","MultiSmsInfoSet":[{first},{item}]}}"#);
            assert_eq!(json("SendMultiGlobalSms", &body), expected, "{item}");
        }
    }

    #[test]
    fn a_parameter_is_given_once() {
        let twice = GOOD.replacen('{', r#"{"TemplateId":"1","#, 1);
        let expected = "InvalidParameter: The parameter `TemplateId` is given more than once.";
        assert_eq!(json("SendSms", &twice), expected);
        let form =
            [("PhoneNumberSet.0", "1"), ("SmsSdkAppId", "1"), ("TemplateId", "1"), ("TemplateId", "2")];
        assert_eq!(pairs("SendSms", &form), expected);
    }

    #[test]
    fn what_is_no_json_object_is_said() {
        for body in
            ["", "[]", "null", "1", "\"a\"", "{", "{}x", "{\"a\":}", "\u{feff}{}", "a=b", &"[".repeat(1000)]
        {
            let error = json("SendSms", body);
            assert!(
                error.starts_with("InvalidParameter: The request parameters cannot be read: "),
                "{body}: {error}"
            );
        }
        assert!(check_json(b"{\"SignName\":\"\xff\"}", input("SendSms")).is_err());
    }

    #[test]
    fn pairs_become_json_of_the_defined_types() {
        assert_eq!(
            pairs(
                "SendSms",
                &[
                    ("PhoneNumberSet.10", "c"),
                    ("PhoneNumberSet.2", "b"),
                    ("PhoneNumberSet.0", "a"),
                    ("SmsSdkAppId", "1400"),
                    ("TemplateId", "007"),
                    ("SignName", ""),
                ],
            ),
            r#"{"PhoneNumberSet":["a","b","c"],"SignName":"","SmsSdkAppId":"1400","TemplateId":"007"}"#
        );
        assert_eq!(
            pairs("PullSmsSendStatus", &[("Limit", "05"), ("SmsSdkAppId", "1")]),
            r#"{"Limit":5,"SmsSdkAppId":"1"}"#
        );
        assert_eq!(
            pairs(
                "SendMultiGlobalSms",
                &[
                    ("SmsSdkAppId", "1"),
                    ("MultiSmsInfoSet.0.PhoneNumber", "p"),
                    ("MultiSmsInfoSet.0.TemplateParamSet.0", "v"),
                    ("MultiSmsInfoSet.0.TemplateId", "t"),
                ],
            ),
            r#"{"MultiSmsInfoSet":[{"PhoneNumber":"p","TemplateId":"t","TemplateParamSet":["v"]}],"SmsSdkAppId":"1"}"#
        );
    }

    #[test]
    fn pairs_have_the_same_mistakes() {
        let send = |name: &'static str, value: &'static str| {
            pairs(
                "SendSms",
                &[("PhoneNumberSet.0", "1"), ("SmsSdkAppId", "1"), ("TemplateId", "2"), (name, value)],
            )
        };
        for (name, expected) in [
            ("PhoneNumberSet[0]", "UnknownParameter: The parameter `PhoneNumberSet[0]` is not recognized."),
            ("phonenumberset.0", "UnknownParameter: The parameter `phonenumberset.0` is not recognized."),
            ("", "UnknownParameter: The parameter `` is not recognized."),
            (
                "PhoneNumberSet",
                "InvalidParameter: The value type of parameter `PhoneNumberSet` is not valid.",
            ),
            (
                "PhoneNumberSet.x",
                "InvalidParameter: The value type of parameter `PhoneNumberSet` is not valid.",
            ),
            (
                "PhoneNumberSet.1.y",
                "InvalidParameter: The value type of parameter `PhoneNumberSet` is not valid.",
            ),
            ("SignName.0", "InvalidParameter: The value type of parameter `SignName` is not valid."),
            (
                "PhoneNumberSet.0",
                "InvalidParameter: The parameter `PhoneNumberSet.0` is given more than once.",
            ),
        ] {
            assert_eq!(send(name, "v"), expected, "{name}");
        }
        for value in ["", "x", "-1", "1.5", "18446744073709551616"] {
            assert_eq!(
                pairs("PullSmsSendStatus", &[("SmsSdkAppId", "1"), ("Limit", value)]),
                "InvalidParameter: The value type of parameter `Limit` is not valid.",
                "{value}"
            );
        }
        assert_eq!(
            pairs("SendMultiGlobalSms", &[("SmsSdkAppId", "1"), ("MultiSmsInfoSet.0", "x")]),
            "InvalidParameter: The value type of parameter `MultiSmsInfoSet` is not valid."
        );
        assert_eq!(
            pairs("SendMultiGlobalSms", &[("SmsSdkAppId", "1"), ("MultiSmsInfoSet.0.PhoneNumber", "x")]),
            "MissingParameter: The request is missing a required parameter `MultiSmsInfoSet.0.TemplateId`."
        );
    }

    proptest! {
        #[test]
        fn any_pairs_are_answered(
            given in prop::collection::vec(
                ("(MultiSmsInfoSet|PhoneNumberSet|SmsSdkAppId|TemplateId|[a-zA-Z]*)(\\.([0-9]{1,25}|TemplateId|PhoneNumber)?){0,4}", any::<String>()),
                0..8,
            ),
        ) {
            for action in ["SendSms", "SendMultiGlobalSms"] {
                let pairs = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                if let Ok(body) = json_from_pairs(pairs, input(action)) {
                    prop_assert!(check_json(&body, input(action)).is_ok());
                }
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in any::<Vec<u8>>(), text in "[\\[\\]{}:,\"a0-9TemplateId]{0,60}") {
            let _ = check_json(&bytes, input("SendSms"));
            let _ = check_json(text.as_bytes(), input("SendSms"));
        }

        #[test]
        fn what_fits_is_read_by_the_action(
            phones in prop::collection::vec(any::<String>(), 0..4),
            sign in any::<Option<String>>(),
        ) {
            let body = serde_json::json!({
                "PhoneNumberSet": phones, "SmsSdkAppId": "1", "TemplateId": "2", "SignName": sign,
            });
            let body = serde_json::to_vec(&body).unwrap();
            prop_assert!(check_json(&body, input("SendSms")).is_ok());
            let request: tcsms_api::v20210111::SendSmsRequest = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(request.phone_number_set, Some(phones));
            prop_assert_eq!(request.sign_name, sign);
        }
    }
}
