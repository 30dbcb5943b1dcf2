//! How the generated structures are read from and written to JSON, in one place.
//!
//! Derived code could not keep unknown members without buffering the whole object, and would not say which member a
//! wrong value belongs to. Each structure therefore says how to read and write one member, and the loops are here.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{SerializeMap, Serializer};

use crate::{Extra, Structure};

/// A generated structure.
pub trait Model: Default {
    /// Names and members.
    const STRUCTURE: &'static Structure;
    /// Members without which the structure cannot be read, one bit for each by its place in the definition.
    const NEEDED: u64;

    /// Reads the value that is next in `map` into the member at `place`. False: the value was null, which counts as
    /// absent.
    fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, map: &mut A) -> Result<bool, A::Error>;

    /// Writes the members in definition order, unknown ones last.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Where unknown members go; none when they are refused, as they are in requests.
    fn extra(&mut self) -> Option<&mut Extra>;
}

/// Makes a [`Model`] readable and writable. A macro, because the traits are foreign.
macro_rules! json {
    ($model:ident) => {
        impl serde::Serialize for $model {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::model::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $model {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::deserialize(deserializer)
            }
        }
    };
}
pub(crate) use json;

pub(crate) fn deserialize<'de, M: Model, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    M::from_json(M::STRUCTURE.name, deserializer)
}

pub(crate) fn serialize<M: Model, S: Serializer>(model: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    model.write(&mut map)?;
    map.end()
}

/// Reads the value that is next in `map` into `slot`, a member that is always there.
pub(crate) fn read_plain<'de, T: Value, A: MapAccess<'de>>(
    owner: &'static str,
    slot: &mut T,
    map: &mut A,
) -> Result<bool, A::Error> {
    let value = map.next_value_seed(OrNull::new(owner))?;
    let given = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    Ok(given)
}

/// Reads the value that is next in `map` into `slot`, a member that may be unset.
pub(crate) fn read_optional<'de, T: Value, A: MapAccess<'de>>(
    owner: &'static str,
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<bool, A::Error> {
    let value = map.next_value_seed(OrNull::new(owner))?;
    let given = value.is_some();
    if given {
        *slot = value;
    }
    Ok(given)
}

/// A type that a member can have. `owner` names the member (`SendStatus.Fee`) in errors.
pub(crate) trait Value: Sized {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error>;
}

/// Reads one `T`; as a visitor it is told the JSON that is there.
struct Exactly<T> {
    owner: &'static str,
    kind: PhantomData<T>,
}

impl<T> Exactly<T> {
    fn new(owner: &'static str) -> Self {
        Self { owner, kind: PhantomData }
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for Exactly<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::from_json(self.owner, deserializer)
    }
}

impl Value for String {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(Exactly::<Self>::new(owner))
    }
}

impl Visitor<'_> for Exactly<String> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a string for `{}`", self.owner)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }
}

impl Value for u64 {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(Exactly::<Self>::new(owner))
    }
}

impl Visitor<'_> for Exactly<u64> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number of 0 to {} for `{}`", u64::MAX, self.owner)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

impl Value for i64 {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Exactly::<Self>::new(owner))
    }
}

impl Visitor<'_> for Exactly<i64> {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number of {} to {} for `{}`", i64::MIN, i64::MAX, self.owner)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}

impl<T: Value> Value for Vec<T> {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Exactly::<Self>::new(owner))
    }
}

impl<'de, T: Value> Visitor<'de> for Exactly<Vec<T>> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list for `{}`", self.owner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Exactly::new(self.owner))? {
            values.push(value);
        }
        Ok(values)
    }
}

impl<M: Model> Value for M {
    fn from_json<'de, D: Deserializer<'de>>(owner: &'static str, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object { owner, kind: PhantomData })
    }
}

/// Reads a whole structure. Not `Exactly<M>`, which could be a list as far as the compiler knows.
struct Object<M> {
    owner: &'static str,
    kind: PhantomData<M>,
}

impl<'de, M: Model> Visitor<'de> for Object<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object for `{}`", self.owner)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut model = M::default();
        let mut given = 0_u64;
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(Key { structure: M::STRUCTURE, expected })? {
            match key {
                Named::Known(place) => {
                    given |= u64::from(model.read(place, &mut map)?) << place;
                    expected = place + 1;
                }
                Named::Unknown(name) => match model.extra() {
                    Some(extra) => extra.push(name, map.next_value()?),
                    None => {
                        let structure = M::STRUCTURE.name;
                        return Err(A::Error::custom(format_args!("`{structure}` has no member `{name}`")));
                    }
                },
            }
        }
        let missing = M::NEEDED & !given;
        match M::STRUCTURE.members.get(missing.trailing_zeros() as usize) {
            None => Ok(model),
            Some(member) => {
                let (structure, name) = (M::STRUCTURE.name, member.name);
                Err(A::Error::custom(format_args!("`{structure}` lacks its member `{name}`")))
            }
        }
    }
}

/// Reads the name of a member. Members mostly arrive in definition order, so that place is tried first.
struct Key {
    structure: &'static Structure,
    expected: usize,
}

enum Named {
    Known(usize),
    Unknown(Box<str>),
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a member of `{}`", self.structure.name)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Named, E> {
        let members = self.structure.members;
        if members.get(self.expected).is_some_and(|member| member.name == name) {
            return Ok(Named::Known(self.expected));
        }
        Ok(match members.iter().position(|member| member.name == name) {
            Some(place) => Named::Known(place),
            None => Named::Unknown(name.into()),
        })
    }
}

/// Reads a `T` or null.
struct OrNull<T> {
    owner: &'static str,
    kind: PhantomData<T>,
}

impl<T> OrNull<T> {
    fn new(owner: &'static str) -> Self {
        Self { owner, kind: PhantomData }
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for OrNull<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Value> Visitor<'de> for OrNull<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for `{}`", self.owner)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::from_json(self.owner, deserializer).map(Some)
    }
}
