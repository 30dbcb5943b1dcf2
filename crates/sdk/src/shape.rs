//! Holds an answer against the model of its action without keeping it, by the same rules as the types of `tcsms-api`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use tcsms_api::{Kind, Member, Structure};

/// What is left of a value that fits: whether it was anything but null.
type Given = bool;

/// The value of a member.
pub(crate) struct Value(pub(crate) &'static Member);

/// One element of a list, or the value of a member that is none.
#[derive(Clone, Copy)]
struct One(&'static Member);

struct List(&'static Member);

struct Object {
    owner: &'static str,
    structure: &'static Structure,
}

/// Finds members by name. They come in the order of the model as a rule, so the search begins behind the last.
pub(crate) struct Members {
    structure: &'static Structure,
    expected: usize,
}

impl Members {
    pub(crate) fn of(structure: &'static Structure) -> Self {
        Self { structure, expected: 0 }
    }

    pub(crate) fn find(&mut self, name: &str) -> Option<(usize, &'static Member)> {
        let members = self.structure.members;
        let fits = |place: &usize| members.get(*place).is_some_and(|member| member.name == name);
        let place = Some(self.expected).filter(fits).or_else(|| (0..members.len()).find(fits))?;
        self.expected = place + 1;
        members.get(place).map(|member| (place, member))
    }
}

/// Says which list or structure an answer lacks, of whose members those at these places were there.
pub(crate) fn lack(structure: &Structure, given: u64) -> Option<String> {
    let needed = |member: &Member| member.list || matches!(member.kind, Kind::Object(_));
    let absent = |place: usize| given >> place & 1 == 0;
    let mut members = structure.members.iter().enumerate();
    let (_, member) = members.find(|(place, member)| needed(member) && absent(*place))?;
    Some(format!("`{}` lacks its member `{}`", structure.name, member.name))
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for `{}`", self.0.name)
    }

    fn visit_none<E: Error>(self) -> Result<Given, E> {
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<Given, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        if self.0.list {
            deserializer.deserialize_seq(List(self.0))?;
        } else {
            One(self.0).deserialize(deserializer)?;
        }
        Ok(true)
    }
}

impl<'de> Visitor<'de> for List {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list for `{}`", self.0.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(One(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for One {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.kind {
            Kind::String => deserializer.deserialize_str(self),
            Kind::Unsigned => deserializer.deserialize_u64(self),
            Kind::Integer => deserializer.deserialize_i64(self),
            Kind::Object(structure) => deserializer.deserialize_map(Object { owner: self.0.name, structure }),
        }
    }
}

impl Visitor<'_> for One {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            Kind::String => f.write_str("a string")?,
            Kind::Unsigned => write!(f, "a whole number of 0 to {}", u64::MAX)?,
            Kind::Integer => write!(f, "a whole number of {} to {}", i64::MIN, i64::MAX)?,
            Kind::Object(_) => f.write_str("an object")?,
        }
        write!(f, " for `{}`", self.0.name)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.0.kind {
            Kind::String => Ok(()),
            _ => Err(E::invalid_type(Unexpected::Str(text), &self)),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match self.0.kind {
            Kind::Unsigned => Ok(()),
            Kind::Integer if i64::try_from(number).is_ok() => Ok(()),
            Kind::Integer => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
            _ => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        match self.0.kind {
            Kind::Integer => Ok(()),
            Kind::Unsigned if number >= 0 => Ok(()),
            Kind::Unsigned => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            _ => Err(E::invalid_type(Unexpected::Signed(number), &self)),
        }
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object for `{}`", self.owner)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut members = Members::of(self.structure);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            match members.find(&name) {
                Some((_, member)) => {
                    map.next_value_seed(Value(member))?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
