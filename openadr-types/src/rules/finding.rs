use std::collections::BTreeMap;
use std::fmt;

use super::Rule;

/// Something about a message that a rule is against.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How sure it is.
    pub severity: Severity,
    /// Where: the path of elements by their conventional prefixes, repeated ones counted from 1.
    pub path: String,
    /// A sentence that says what to do.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] {}: {}", self.severity, self.rule, self.path, self.text)
    }
}

/// How sure a finding is; the surest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Unusual: the profile is said to ask for something else, which is not confirmed.
    Info,
    /// Probably against a rule, or not what the receiver will make of it.
    Warning,
    /// Against a numbered rule of the profile.
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

/// How many findings of a rule, and how many names in one, are told: the others say no more.
const TOLD: usize = 100;
const NAMED: usize = 10;

/// Where findings are gathered.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<(Rule, Severity), usize>,
}

impl Findings {
    pub(super) fn error(&mut self, rule: Rule, place: &Place<'_>, text: impl Into<String>) {
        self.add(Severity::Error, rule, place, text.into());
    }

    pub(super) fn warning(&mut self, rule: Rule, place: &Place<'_>, text: impl Into<String>) {
        self.add(Severity::Warning, rule, place, text.into());
    }

    pub(super) fn info(&mut self, rule: Rule, place: &Place<'_>, text: impl Into<String>) {
        self.add(Severity::Info, rule, place, text.into());
    }

    pub(super) fn add(&mut self, severity: Severity, rule: Rule, place: &Place<'_>, text: String) {
        let count = self.counts.entry((rule, severity)).or_default();
        *count += 1;
        if *count <= TOLD {
            self.list.push(Finding { rule, severity, path: place.to_string(), text });
        }
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// The first of names, and how many more there are.
pub(super) fn some_of<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let first: Vec<&str> = names.take(NAMED).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    first.join(", ") + &more
}

/// A place in a message: a step below another place. Becomes text only where there is a finding.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    above: Option<&'a Self>,
    separator: &'static str,
    step: &'a str,
    index: Option<usize>,
}

impl<'a> Place<'a> {
    /// The start of a path.
    pub(super) const fn root(step: &'a str) -> Self {
        Self { above: None, separator: "", step, index: None }
    }

    /// The same path with `text` added as it is.
    pub(super) const fn joined(&'a self, text: &'a str) -> Self {
        Self { above: Some(self), separator: "", step: text, index: None }
    }

    /// An element, or several steps to it.
    pub(super) const fn at(&'a self, step: &'a str) -> Self {
        Self { above: Some(self), separator: "/", step, index: None }
    }

    /// One of several elements, by its index from 0.
    pub(super) const fn nth(&'a self, step: &'a str, index: usize) -> Self {
        Self { above: Some(self), separator: "/", step, index: Some(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}")?;
        }
        write!(f, "{}{}", self.separator, self.step)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{}]", index + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_paths_with_repeated_elements_counted_from_one() {
        let root = Place::root("/oadr:");
        let message = root.joined("oadrDistributeEvent");
        let event = message.nth("oadr:oadrEvent", 1);
        assert_eq!(
            event.at("ei:eiEvent/ei:eiTarget").to_string(),
            "/oadr:oadrDistributeEvent/oadr:oadrEvent[2]/ei:eiEvent/ei:eiTarget"
        );
    }

    #[test]
    fn tells_of_a_rule_no_more_than_helps() {
        let mut findings = Findings::default();
        for _ in 0..1000 {
            findings.info(Rule::IntervalStart, &Place::root("/"), "Do.");
            findings.warning(Rule::Sender, &Place::root("/"), "Do.");
        }
        assert_eq!(findings.into_list().len(), 200);
        let names: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let told = some_of(names.iter().map(String::as_str));
        assert_eq!(told, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more");
        assert_eq!(some_of(["a", "b"].into_iter()), "a, b");
    }

    #[test]
    fn orders_severities_by_how_sure_they_are() {
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn is_json_with_the_rules_number() {
        let finding = Finding {
            rule: Rule::IntervalDurations,
            severity: Severity::Warning,
            path: "/oadr:oadrPayload".into(),
            text: "Do.".into(),
        };
        let json = r#"{"rule":"8","severity":"warning","path":"/oadr:oadrPayload","text":"Do."}"#;
        assert_eq!(serde_json::to_string(&finding).unwrap(), json);
        assert_eq!(serde_json::from_str::<Finding>(json).unwrap(), finding);
    }
}
