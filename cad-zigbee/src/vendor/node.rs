//! JSON whose numbers stay as they were written, and whose shape is not insisted on.

use super::Error;
use crate::decimal::Decimal;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

/// A value within a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a>(&'a RawValue);

impl<'a> Node<'a> {
    /// Reads a document.
    pub(super) fn parse(text: &'a str) -> Result<Self, Error> {
        serde_json::from_str(text).map(Self).map_err(|error| {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or(&what).into();
            Error::Json { line: error.line(), column: error.column(), what }
        })
    }

    /// A member of an object; none where this is no object, or the member is null.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.entries().into_iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// A member of a member, and so on.
    pub(super) fn at<const N: usize>(&self, keys: [&str; N]) -> Option<Self> {
        keys.into_iter().try_fold(*self, |node, key| node.get(key))
    }

    /// The members of an object, without those that are null.
    pub(super) fn entries(&self) -> Vec<(Cow<'a, str>, Self)> {
        // Names with escapes cannot be borrowed, so all are taken as they come.
        let members: BTreeMap<String, &'a RawValue> = match serde_json::from_str(self.0.get()) {
            Ok(members) => members,
            Err(_) => return Vec::new(),
        };
        let members = members.into_iter().map(|(name, value)| (Cow::Owned(name), Self(value)));
        members.filter(|(_, node)| node.0.get() != "null").collect()
    }

    /// A number, or a string that holds one.
    pub(super) fn number(&self) -> Option<Decimal> {
        let text = self.0.get();
        if text.starts_with('"') { self.text()?.trim().parse().ok() } else { text.parse().ok() }
    }

    /// A whole number, not negative.
    pub(super) fn unsigned(&self) -> Option<u64> {
        let number = self.number().filter(|number| number.places() == 0)?;
        u64::try_from(number.mantissa()).ok()
    }

    /// A whole number.
    pub(super) fn signed(&self) -> Option<i64> {
        let number = self.number().filter(|number| number.places() == 0)?;
        i64::try_from(number.mantissa()).ok()
    }

    /// A string, or a number as it was written.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.0.get();
        if text.starts_with('"') {
            return serde_json::from_str(text).ok();
        }
        text.parse::<Decimal>().ok().map(|_| text.to_string())
    }

    /// A string that says something.
    pub(super) fn label(&self) -> Option<String> {
        let text = self.text()?;
        let text = text.trim();
        let says = !text.is_empty() && !text.bytes().all(|byte| byte == b'-');
        says.then(|| text.into())
    }
}
