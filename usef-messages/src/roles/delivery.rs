//! How a message is carried, and what becomes of it: tries, pauses between them, and when to give up.
//!
//! ```
//! use chrono::TimeDelta;
//! use usef_messages::roles::delivery::{Backoff, DeliveryResult};
//!
//! let patient = Backoff { window: TimeDelta::hours(12), ..Backoff::default() };
//! assert!(patient.window > Backoff::default().window);
//! assert_eq!(DeliveryResult::status(503), DeliveryResult::Status { code: 503, retry_after: None, text: String::new() });
//! ```

use chrono::{DateTime, TimeDelta, Utc};

use super::random::Random;
use super::store::Sequence;
use crate::status::Delivery;
use crate::values::{Domain, Role};

/// A document to post to another participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Names the try when its end is handed back.
    pub id: TransmitId,
    /// Whose endpoint to post to.
    pub recipient: Domain,
    /// In which role it is to receive it.
    pub role: Role,
    /// Where the recipient redirected to, in place of its endpoint.
    pub address: Option<String>,
    /// The signed envelope: XML in UTF-8, to be posted as `text/xml` with its length.
    pub body: Vec<u8>,
}

/// One try to deliver one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransmitId {
    pub(super) sequence: Sequence,
    pub(super) attempt: u32,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryResult {
    /// The recipient answered.
    Status {
        /// The HTTP status code.
        code: u16,
        /// How long it asks to be left alone (`Retry-After`).
        retry_after: Option<TimeDelta>,
        /// The beginning of the answer's text, where it has one.
        text: String,
    },
    /// The recipient answered with 307 or 308: the same is to be posted elsewhere. Other redirections are a
    /// [`Self::Status`].
    Redirect {
        /// The whole address (`Location`, made absolute).
        location: String,
    },
    /// There was no answer: no connection, or a time-out. The recipient may have read the message.
    NoAnswer(String),
    /// The recipient's endpoint is not known, for now.
    NoEndpoint,
}

impl DeliveryResult {
    /// A status code alone.
    pub const fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, text: String::new() }
    }
}

/// How often and how long a message is tried.
///
/// After the n-th failed try the next follows in a time chosen at random between half of and all of `first` × 2ⁿ⁻¹,
/// which grows up to `longest`, and not before the recipient asks (UFTP 3.1, message transport, temporary errors). Where
/// that is too late, the last try follows shortly before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest pause after the first try; 2 s by default.
    pub first: TimeDelta,
    /// The longest pause of all; 5 min by default.
    pub longest: TimeDelta,
    /// For how long a message is tried, unless it is void before; 4 h by default. The standard wants an hour at least.
    pub window: TimeDelta,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: TimeDelta::seconds(2), longest: TimeDelta::minutes(5), window: TimeDelta::hours(4) }
    }
}

impl Backoff {
    /// How long to wait after so many failed tries.
    fn pause(&self, attempts: u32, random: &mut Random) -> TimeDelta {
        let doublings = attempts.saturating_sub(1).min(30);
        let most = self.first.checked_mul(1 << doublings).unwrap_or(self.longest).min(self.longest);
        most / 2 + random.up_to(most / 2)
    }
}

/// How often a redirection is followed within one try.
const HOPS: u8 = 2;

/// What a receiver of another make says to a message that it has already (with status 400).
const DUPLICATE: &str = "duplicate message";

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Retry {
    /// How often it was tried.
    pub attempts: u32,
    /// When it is to be tried next.
    pub next: DateTime<Utc>,
    /// From when on it is of no use any more.
    pub until: DateTime<Utc>,
    /// Whether a try may have been read though nobody said that it was: no answer came, or one from between, or the
    /// program was stopped before it came.
    pub maybe_read: bool,
    /// Where the recipient redirected to, and how often.
    pub redirect: Option<(String, u8)>,
}

/// Why a message was given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Failure {
    /// The recipient refused it for good.
    #[error("refused with status {code}")]
    Refused {
        /// The HTTP status code.
        code: u16,
        /// The beginning of the answer's text.
        text: String,
    },
    /// It could not be delivered while it was of use.
    #[error("not delivered in time, after {attempts} tries")]
    TimedOut {
        /// How often it was tried.
        attempts: u32,
    },
}

/// What follows from the end of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Delivered,
    Failed(Failure),
    Again(Retry),
}

impl Retry {
    pub(super) fn new(now: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self { attempts: 0, next: now, until, maybe_read: false, redirect: None }
    }

    /// A try ended.
    pub(super) fn after(
        &self,
        result: DeliveryResult,
        policy: &Backoff,
        random: &mut Random,
        now: DateTime<Utc>,
    ) -> Next {
        let mut retry = Self { attempts: self.attempts.saturating_add(1), ..self.clone() };
        let hops = retry.redirect.take().map_or(0, |(_, hops)| hops);
        let mut earliest = now;
        match result {
            DeliveryResult::Redirect { location } if hops < HOPS => {
                retry.redirect = Some((location, hops + 1));
                return Next::Again(Self { next: now, ..retry });
            }
            DeliveryResult::Redirect { .. } | DeliveryResult::NoEndpoint => {}
            DeliveryResult::NoAnswer(_) => retry.maybe_read = true,
            DeliveryResult::Status { code, retry_after, text } => match Delivery::of(code) {
                Delivery::Done => return Next::Delivered,
                Delivery::Refused if self.maybe_read && is_duplicate(code, &text) => return Next::Delivered,
                Delivery::Refused => return Next::Failed(Failure::Refused { code, text }),
                Delivery::Again => {
                    // A gateway answers so too, when it has waited too long for a recipient that has the message.
                    retry.maybe_read = true;
                    let wait = retry_after.unwrap_or_default();
                    earliest = now.checked_add_signed(wait).unwrap_or(retry.until);
                }
            },
        }
        let pause = policy.pause(retry.attempts, random);
        retry.next = now.checked_add_signed(pause).unwrap_or(retry.until).max(earliest);
        if retry.next >= retry.until {
            let last = retry.until.checked_sub_signed(policy.pause(1, random)).unwrap_or(now);
            if last - now > policy.first / 2 && last >= earliest {
                return Next::Again(Self { next: last, ..retry });
            }
            return Next::Failed(Failure::TimedOut { attempts: retry.attempts });
        }
        Next::Again(retry)
    }
}

/// Whether a refusal only says that the message arrived before, by the try whose answer was lost.
fn is_duplicate(code: u16, text: &str) -> bool {
    code == 400 && text.to_ascii_lowercase().contains(DUPLICATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn step(retry: &Retry, result: DeliveryResult, now: DateTime<Utc>) -> Next {
        retry.after(result, &Backoff::default(), &mut Random::new(3), now)
    }

    fn waiting() -> Retry {
        Retry::new(START, START + TimeDelta::hours(4))
    }

    #[test]
    fn waits_twice_as_long_each_time_up_to_the_longest_and_then_gives_up() {
        let (mut retry, mut now) = (waiting(), START);
        for most_s in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let Next::Again(next) = step(&retry, DeliveryResult::status(503), now) else {
                panic!("given up")
            };
            let (wait, most) = (next.next - now, TimeDelta::seconds(most_s));
            assert!(most / 2 <= wait && wait <= most, "{wait} of {most}");
            (now, retry) = (next.next, next);
        }
        let late = retry.until - TimeDelta::seconds(1);
        assert_eq!(
            step(&retry, DeliveryResult::status(503), late),
            Next::Failed(Failure::TimedOut { attempts: 11 })
        );
    }

    #[test]
    fn the_last_try_is_shortly_before_the_end() {
        for seed in 0..100 {
            let (mut random, mut retry) = (Random::new(seed), waiting());
            while let Next::Again(next) =
                retry.after(DeliveryResult::status(503), &Backoff::default(), &mut random, retry.next)
            {
                assert!(next.next - retry.next >= TimeDelta::seconds(1), "another pause at least");
                retry = next;
            }
            let left = retry.until - retry.next;
            assert!(TimeDelta::zero() < left && left <= TimeDelta::seconds(2), "{left}");
        }
    }

    #[test]
    fn every_status_ends_in_delivery_refusal_or_another_try() {
        for (code, expected) in
            [(200, "done"), (204, "done"), (400, "failed"), (401, "failed"), (411, "failed")]
                .into_iter()
                .chain([404, 408, 419, 429, 500, 503, 524, 302].map(|code| (code, "again")))
        {
            let end = match step(&waiting(), DeliveryResult::status(code), START) {
                Next::Delivered => "done",
                Next::Failed(Failure::Refused { code: told, .. }) if told == code => "failed",
                Next::Failed(_) => "timed out",
                Next::Again(_) => "again",
            };
            assert_eq!(end, expected, "{code}");
        }
        for result in [DeliveryResult::NoAnswer("reset".to_owned()), DeliveryResult::NoEndpoint] {
            assert!(matches!(step(&waiting(), result, START), Next::Again(_)));
        }
    }

    #[test]
    fn a_recipient_is_left_alone_for_as_long_as_it_asks() {
        let wait = TimeDelta::minutes(7);
        let busy = DeliveryResult::Status { code: 429, retry_after: Some(wait), text: String::new() };
        let Next::Again(retry) = step(&waiting(), busy, START) else { panic!("given up") };
        assert_eq!(retry.next, START + wait);
        let forever =
            DeliveryResult::Status { code: 429, retry_after: Some(TimeDelta::MAX), text: String::new() };
        assert!(matches!(step(&waiting(), forever, START), Next::Failed(Failure::TimedOut { attempts: 1 })));
    }

    #[test]
    fn two_redirections_are_followed_at_once_and_a_third_waits() {
        let redirect = || DeliveryResult::Redirect { location: "https://b.example/m".to_owned() };
        let Next::Again(one) = step(&waiting(), redirect(), START) else { panic!("given up") };
        assert_eq!((one.next, &one.redirect), (START, &Some(("https://b.example/m".to_owned(), 1))));
        let Next::Again(two) = step(&one, redirect(), START) else { panic!("given up") };
        let Next::Again(three) = step(&two, redirect(), START) else { panic!("given up") };
        assert_eq!(three.redirect, None);
        assert!(three.next > START);
    }

    #[test]
    fn a_refusal_as_duplicate_after_a_lost_answer_means_delivered() {
        let duplicate = || DeliveryResult::Status {
            code: 400,
            retry_after: None,
            text: "Duplicate message: x".to_owned(),
        };
        assert!(matches!(step(&waiting(), duplicate(), START), Next::Failed(_)));
        let Next::Again(retry) = step(&waiting(), DeliveryResult::NoAnswer("time-out".to_owned()), START)
        else {
            panic!("given up")
        };
        assert_eq!(step(&retry, duplicate(), retry.next), Next::Delivered);
        assert!(matches!(step(&retry, DeliveryResult::status(400), retry.next), Next::Failed(_)));
        // A gateway did not wait for the answer.
        let Next::Again(retry) = step(&waiting(), DeliveryResult::status(504), START) else {
            panic!("given up")
        };
        assert_eq!(step(&retry, duplicate(), retry.next), Next::Delivered);
    }

    #[test]
    fn says_why_a_message_was_given_up() {
        let refused = Failure::Refused { code: 401, text: String::new() };
        assert_eq!(refused.to_string(), "refused with status 401");
        assert_eq!(Failure::TimedOut { attempts: 3 }.to_string(), "not delivered in time, after 3 tries");
    }
}
