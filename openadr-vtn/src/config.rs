use chrono::TimeDelta;
use openadr_types::ids::VtnId;

use crate::admission::Admission;
use crate::report::ReportPolicy;

/// How a VTN behaves.
///
/// ```
/// use chrono::TimeDelta;
/// use openadr_vtn::Config;
///
/// let config = Config { poll_freq: TimeDelta::seconds(30), ..Config::default() };
/// assert_eq!(config.vtn_id.as_str(), "VTN-1");
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the VTN. It should have an upper-case letter: some VENs refuse one without. Default `VTN-1`.
    pub vtn_id: VtnId,
    /// VENs poll at most once in this time. Default 10 seconds.
    pub poll_freq: TimeDelta,
    /// Which VENs may register. Default: any.
    pub admission: Admission,
    /// How many VENs are known at the same time, registered or not; never fewer than are named by `admission`. Default
    /// 10,000.
    ///
    /// Where there are as many, one more drives out the one whose registration has ended, else the silent one, that was
    /// last heard of longest ago; it may register again. Where there is none such, the VEN is refused with 469.
    pub most_vens: usize,
    /// Whether messages are signed. Default: no.
    pub signatures: Signatures,
    /// Which of the reports that a VEN offers are asked for at once. Default: none.
    pub reports: ReportPolicy,
    /// Whether to register reports with each new VEN, none though there are, as rule 301 wants. Default yes.
    pub announce_reports: bool,
    /// After how many times `poll_freq` without a message a VEN counts as silent. Default 3.
    pub silent_after: u16,
    /// For how long an event is remembered when it is over. Default a day.
    pub keep_ended: TimeDelta,
}

/// Whether VENs sign their messages, and the VTN its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Signatures {
    /// No: a VEN that wants signatures is refused.
    #[default]
    Unsupported,
    /// Where a VEN wants it: one that registers with signatures has to sign each of its messages from then on.
    Optional,
    /// Always: a message that is not signed is refused.
    Required,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            vtn_id: "VTN-1".into(),
            poll_freq: TimeDelta::seconds(10),
            admission: Admission::default(),
            most_vens: 10_000,
            signatures: Signatures::default(),
            reports: ReportPolicy::default(),
            announce_reports: true,
            silent_after: 3,
            keep_ended: TimeDelta::days(1),
        }
    }
}

impl Config {
    /// When to send again what a VEN has not answered. Half of its polling time, so that the next regular poll brings
    /// it, but not the one that comes at once while the queue is being emptied.
    pub(crate) fn resend_after(&self) -> TimeDelta {
        (self.poll_freq / 2).max(TimeDelta::milliseconds(500))
    }

    /// How long a VEN may keep quiet; a century counts as for ever, so that it can be added to any time.
    pub(crate) fn patience(&self) -> TimeDelta {
        const FOR_EVER: TimeDelta = TimeDelta::days(36_525);
        self.poll_freq
            .checked_mul(i32::from(self.silent_after))
            .map_or(FOR_EVER, |patience| patience.min(FOR_EVER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ven_that_never_has_to_poll_may_keep_quiet_for_ever() {
        let patience = |poll_freq| Config { poll_freq, ..Config::default() }.patience();
        assert_eq!(patience(TimeDelta::seconds(10)), TimeDelta::seconds(30));
        assert_eq!(patience(TimeDelta::MAX), patience(TimeDelta::days(100_000_000)));
        assert!(chrono::DateTime::UNIX_EPOCH.checked_add_signed(patience(TimeDelta::MAX)).is_some());
    }
}
