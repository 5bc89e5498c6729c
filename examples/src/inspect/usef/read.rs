//! The messages of `inspect usef`, of either family, and what is against them.

use openadr_types::rules::Severity;
use usef_messages::validation::{self, Context, Dialect, Failure, Policy};
use usef_messages::{Edition, Error, ErrorKind, Payload, Reading, usef_2015};

use super::super::Finding;
use super::envelope::Opened;
use super::summary;

/// What was read, of either family.
pub(super) enum Read {
    Uftp(Box<Payload>, Edition),
    Usef2015(Box<usef_2015::Payload>),
    /// The receipt that USEF 2015 has for an envelope.
    Receipt(usef_2015::envelope::SignedMessageReply),
}

impl Read {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Uftp(payload, _) => payload.name(),
            Self::Usef2015(payload) => payload.name(),
            Self::Receipt(_) => "SignedMessageReply",
        }
    }

    pub(super) fn edition(&self) -> Edition {
        match self {
            Self::Uftp(_, edition) => *edition,
            Self::Usef2015(_) | Self::Receipt(_) => Edition::Usef2015,
        }
    }

    pub(super) fn to_xml(&self) -> Result<String, Error> {
        match self {
            Self::Uftp(payload, _) => payload.to_xml(),
            Self::Usef2015(payload) => payload.to_xml(),
            Self::Receipt(receipt) => receipt.to_xml(),
        }
    }

    pub(super) fn to_json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Uftp(payload, _) => serde_json::to_value(payload),
            Self::Usef2015(payload) => serde_json::to_value(payload),
            Self::Receipt(receipt) => serde_json::to_value(receipt),
        }
        .ok()
    }

    pub(super) fn summary(&self) -> Vec<String> {
        match self {
            Self::Uftp(payload, _) => summary::lines(payload),
            Self::Usef2015(payload) => summary::lines_2015(payload),
            Self::Receipt(receipt) => {
                vec![format!("{} to message {}: {}", receipt.result, receipt.message_id, receipt.status)]
            }
        }
    }

    /// The rules that the message breaks by itself, and that it breaks in such an envelope.
    pub(super) fn findings(&self, envelope: Option<&Opened>) -> Vec<Finding> {
        match self {
            Self::Uftp(payload, _) => {
                let sender = envelope.and_then(Opened::party);
                let policy = Policy::anyone();
                let context = Context { sender: sender.as_ref(), ..Context::new(&policy) };
                validation::validate(payload, &context).into_iter().map(Into::into).collect()
            }
            Self::Usef2015(payload) => {
                let own = validation::check_2015(payload).into_iter().map(Finding::from);
                own.chain(envelope.into_iter().flat_map(|envelope| envelope.findings_2015(payload))).collect()
            }
            Self::Receipt(_) => Vec::new(),
        }
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        let reason = failure.reason(Dialect::Specification).into_owned();
        let severity = match failure.severity {
            validation::Severity::Error => Severity::Error,
            validation::Severity::Warning => Severity::Warning,
            validation::Severity::Info => Severity::Info,
        };
        let text = match &failure.value {
            Some(value) => format!("{reason} ({value})"),
            None => reason,
        };
        Self { rule: failure.code.to_string(), severity, path: failure.path, text }
    }
}

/// Reads a message as the edition that was asked for, that it names, or that reads it.
pub(super) fn read(
    document: &[u8],
    edition: Option<Edition>,
    reading: &Reading,
    bare: bool,
) -> Result<Read, Error> {
    match edition {
        Some(Edition::Usef2015) => usef_2015(document, reading, bare),
        Some(edition) => uftp(document, reading, Some(edition)),
        None => uftp(document, reading, None).or_else(|error| {
            let other = usef_2015(document, reading, bare);
            // Names are shared; what all messages of USEF 2015 hold tells which family the document belongs to.
            let mark = b"<MessageMetadata";
            let older = error.kind() == ErrorKind::UnexpectedRoot
                || document.windows(mark.len()).any(|window| window == mark);
            if older { other } else { other.map_err(|_| error) }
        }),
    }
}

fn uftp(document: &[u8], reading: &Reading, asked: Option<Edition>) -> Result<Read, Error> {
    let payload = Payload::from_xml_with(document, reading)?;
    let edition = asked.or_else(|| Edition::of(payload.version())).unwrap_or(Edition::V3_1_0);
    if reading.strict {
        Payload::from_xml_strict_as(document, edition)?;
    }
    Ok(Read::Uftp(Box::new(payload), edition))
}

fn usef_2015(document: &[u8], reading: &Reading, bare: bool) -> Result<Read, Error> {
    use usef_messages::usef_2015::envelope::SignedMessageReply;
    match usef_2015::Payload::from_xml_with(document, reading) {
        Ok(payload) => Ok(Read::Usef2015(Box::new(payload))),
        Err(error) if error.kind() == ErrorKind::UnexpectedRoot && bare => {
            match SignedMessageReply::from_xml_with(document, reading) {
                Ok(receipt) => Ok(Read::Receipt(receipt)),
                Err(other) if other.kind() == ErrorKind::UnexpectedRoot => Err(error),
                Err(other) => Err(other),
            }
        }
        Err(error) => Err(error),
    }
}
