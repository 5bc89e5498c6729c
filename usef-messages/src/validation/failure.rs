use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::{Code, Dialect, Policy};
use crate::message::Answer;

/// Something about a message that a rule is against.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Failure {
    /// Which rule.
    pub code: Code,
    /// How sure it is that the message must be rejected.
    pub severity: Severity,
    /// Where: the path of elements and the attribute, repeated elements counted from 1.
    pub path: String,
    /// What stands there and is not right, at most 100 characters of it.
    pub value: Option<String>,
}

impl Failure {
    /// The reason for rejection in the words of a dialect.
    ///
    /// ```
    /// use usef_messages::validation::{Code, Dialect, Failure};
    /// let path = "/FlexOffer/@FlexRequestMessageID".into();
    /// let failure = Failure { code: Code::UnknownReference, severity: Code::UnknownReference.severity(), path, value: None };
    /// assert_eq!(failure.reason(Dialect::Specification), "Unknown FlexRequestMessageID reference");
    /// assert_eq!(failure.reason(Dialect::JavaLibrary), "Unknown reference FlexRequestMessageID");
    /// ```
    pub fn reason(&self, dialect: Dialect) -> Cow<'static, str> {
        let wording = match self.code {
            // The standard has words of its own for the days of a settlement.
            Code::PeriodFuture if dialect == Dialect::Specification && self.is_settlement() => "{} rejected",
            code => code.wording(dialect),
        };
        if wording.contains("{}") {
            let name = match self.code {
                Code::Currency | Code::PriceDecimals => self.message(),
                _ => self.attribute(),
            };
            Cow::Owned(wording.replace("{}", name))
        } else {
            Cow::Borrowed(wording)
        }
    }

    /// The name of the attribute, or of the last element where the whole element is meant.
    pub fn attribute(&self) -> &str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        last.trim_start_matches('@').split('[').next().unwrap_or_default()
    }

    /// The name of the message.
    fn message(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    fn is_settlement(&self) -> bool {
        matches!(self.message(), "FlexSettlement" | "SettlementMessage")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} [{}] {}: {}",
            self.severity,
            self.code,
            self.path,
            self.reason(Dialect::Specification)
        )?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, " ({value})"))
    }
}

/// How sure it is that a message must be rejected; the surest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Unusual, and allowed.
    Info,
    /// Probably not what is meant; no reason to reject.
    Warning,
    /// Against a rule: the message is to be rejected.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// How reasons for rejection are put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wording {
    /// Whose words.
    pub dialect: Dialect,
    /// Whether each reason names the place and the value; else the peer gets the bare texts that it may compare.
    pub with_values: bool,
}

/// The text for a rejection: every reason once, joined by `;` as the standard has it. `None` where nothing speaks
/// against the message: warnings and information are no reasons.
///
/// ```
/// use usef_messages::validation::{Code, Failure, Severity, Wording, rejection_reason};
/// let at = |path: &str, value: &str| Failure {
///     code: Code::IspConflict,
///     severity: Severity::Error,
///     path: path.into(),
///     value: Some(value.into()),
/// };
/// let failures = [at("/FlexRequest/ISP[2]", "4"), at("/FlexRequest/ISP[5]", "9")];
/// assert_eq!(rejection_reason(&failures, Wording::default()).as_deref(), Some("ISP conflict"));
/// let told = Wording { with_values: true, ..Wording::default() };
/// assert_eq!(
///     rejection_reason(&failures, told).as_deref(),
///     Some("ISP conflict (/FlexRequest/ISP[2]: 4);ISP conflict (/FlexRequest/ISP[5]: 9)")
/// );
/// ```
pub fn rejection_reason(failures: &[Failure], wording: Wording) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut reasons = Vec::new();
    for failure in failures.iter().filter(|failure| failure.severity == Severity::Error) {
        let mut reason = failure.reason(wording.dialect).into_owned();
        if wording.with_values {
            match &failure.value {
                Some(value) => reason.push_str(&format!(" ({}: {})", failure.path, value.replace(';', ","))),
                None => reason.push_str(&format!(" ({})", failure.path)),
            }
        }
        if seen.insert(reason.clone()) {
            reasons.push(reason);
        }
    }
    (!reasons.is_empty()).then(|| reasons.join(";"))
}

/// What to answer to a message with these failures.
pub fn answer(failures: &[Failure], wording: Wording) -> Answer {
    rejection_reason(failures, wording).map_or_else(Answer::accept, Answer::reject)
}

/// Where failures are gathered.
pub(crate) struct Failures<'a> {
    list: Vec<Failure>,
    /// How many of them are errors.
    errors: usize,
    policy: &'a Policy,
}

impl<'a> Failures<'a> {
    /// A message says something wrong this often at most; what follows is left out. Errors are counted by themselves:
    /// no number of warnings hides one.
    const MAX: usize = 100;

    pub(crate) const fn new(policy: &'a Policy) -> Self {
        Self { list: Vec::new(), errors: 0, policy }
    }

    pub(crate) fn add(&mut self, code: Code, place: &Place<'_>, value: impl fmt::Display) {
        self.push(code, place, Some(&value));
    }

    /// Tells of a list in which there has to be something, where there is nothing.
    pub(crate) fn check_filled<T>(&mut self, list: &[T], place: &Place<'_>) {
        if list.is_empty() {
            self.missing(Code::ListEmpty, place);
        }
    }

    /// What is missing has no value.
    pub(crate) fn missing(&mut self, code: Code, place: &Place<'_>) {
        self.push(code, place, None);
    }

    /// What may be missing has a value where it is not.
    pub(crate) fn add_or_missing(&mut self, code: Code, place: &Place<'_>, value: Option<&str>) {
        match value {
            Some(value) => self.add(code, place, value),
            None => self.missing(code, place),
        }
    }

    fn push(&mut self, code: Code, place: &Place<'_>, value: Option<&dyn fmt::Display>) {
        let severity = self.policy.severity(code);
        let is_error = severity == Severity::Error;
        let alike = if is_error { self.errors } else { self.list.len() - self.errors };
        if alike < Self::MAX {
            let value = value.map(|value| value.to_string().chars().take(100).collect());
            self.list.push(Failure { code, severity, path: place.to_string(), value });
            self.errors += usize::from(is_error);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Failure> {
        self.list
    }
}

/// A place in a message: a step below another place. Becomes text only where there is a failure.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    above: Option<&'a Self>,
    step: &'a str,
    index: Option<usize>,
}

impl<'a> Place<'a> {
    /// The message itself.
    pub(crate) const fn root(name: &'a str) -> Self {
        Self { above: None, step: name, index: None }
    }

    /// An attribute, with its `@`, or an element.
    pub(crate) const fn at(&'a self, step: &'a str) -> Self {
        Self { above: Some(self), step, index: None }
    }

    /// One of several elements, by its index from 0.
    pub(crate) const fn nth(&'a self, step: &'a str, index: usize) -> Self {
        Self { above: Some(self), step, index: Some(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}")?;
        }
        write!(f, "/{}", self.step)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{}]", index + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_paths_with_repeated_elements_counted_from_one() {
        let root = Place::root("FlexOffer");
        let option = root.nth("OfferOption", 1);
        assert_eq!(option.at("@Price").to_string(), "/FlexOffer/OfferOption[2]/@Price");
    }

    #[test]
    fn a_message_full_of_faults_makes_a_bounded_list() {
        let policy = Policy::anyone();
        let mut failures = Failures::new(&policy);
        for index in 0..1_000 {
            failures.add(Code::IspConflict, &Place::root("FlexRequest").nth("ISP", index), "x".repeat(1_000));
        }
        let list = failures.into_list();
        assert_eq!(list.len(), 100);
        assert!(list.iter().all(|failure| failure.value.as_ref().unwrap().len() == 100));
    }

    #[test]
    fn no_number_of_warnings_hides_an_error() {
        let policy = Policy::anyone();
        let mut failures = Failures::new(&policy);
        for index in 0..1_000 {
            failures.missing(Code::DispositionMissing, &Place::root("FlexRequest").nth("ISP", index));
        }
        failures.missing(Code::RequestedLacking, &Place::root("FlexRequest"));
        let list = failures.into_list();
        assert_eq!(list.len(), 101);
        assert_eq!(answer(&list, Wording::default()), Answer::reject("Lacking Requested Disposition"));
    }

    #[test]
    fn warnings_are_no_reason_to_reject() {
        let policy = Policy::anyone();
        let mut failures = Failures::new(&policy);
        failures.add(Code::PriceDecimals, &Place::root("FlexOffer").at("@Price"), "2.345");
        assert_eq!(answer(&failures.into_list(), Wording::default()), Answer::accept());
    }

    #[test]
    fn names_the_currency_by_its_message_as_java_does() {
        let failure = |path: &str| Failure {
            code: Code::Currency,
            severity: Severity::Error,
            path: path.into(),
            value: Some("XYZ".into()),
        };
        let text = failure("/FlexOrder/@Currency").reason(Dialect::JavaLibrary);
        assert_eq!(text, "Currency in FlexOrder is not a known ISO 4217 currency");
    }
}
