//! JSON forms shared by the scalars.

use std::fmt::Display;
use std::str::FromStr;

use serde::Deserialize as _;
use serde::de::{Deserializer, Error};

use crate::lexical::Lexical;
use crate::text::{Base64, Text};

/// Reads a string and parses it.
pub(crate) fn from_str<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(Error::custom)
}

impl FromStr for Base64 {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, &Lexical::LENIENT).ok_or("not base64")
    }
}
