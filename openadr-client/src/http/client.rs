use std::time::Duration;

use openadr_types::envelope::{Envelope, Reading, Writing};
use openadr_types::message::Service;
use openadr_types::{Message, Payload};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

use super::tls::{self, ClientIdentity, ServerTrust};
use crate::error::Error;
use crate::exchange::{Failure, Reply};

/// Posts messages to one VTN.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    writing: Writing,
    longest_answer: usize,
    #[cfg(feature = "signature")]
    signing: super::signing::Signing,
}

/// What a [`Client`] is made of.
#[derive(Debug, Clone)]
pub struct Builder {
    address: String,
    trust: ServerTrust,
    identity: Option<ClientIdentity>,
    timeout: Duration,
    envelope: Envelope,
    longest_answer: usize,
    #[cfg(feature = "signature")]
    signing: super::signing::Signing,
}

impl Client {
    /// A client of the VTN at an address such as `https://vtn.example.com/OpenADR2/Simple/2.0b`, to which the name of
    /// a service is added.
    pub fn builder(address: impl Into<String>) -> Builder {
        Builder {
            address: address.into(),
            trust: ServerTrust::System,
            identity: None,
            timeout: Duration::from_secs(30),
            envelope: Envelope::Wrapped,
            longest_answer: 4 << 20,
            #[cfg(feature = "signature")]
            signing: super::signing::Signing::default(),
        }
    }

    /// Posts a message and waits for the answer. Redirections are failures.
    ///
    /// # Errors
    /// Where there is no answer, or none that is a message.
    pub async fn post(&self, service: Service, message: Message) -> Result<Reply, Failure> {
        let name = message.name();
        // A text of our own that XML cannot carry will not get better by trying again.
        let body = self.write(message).map_err(|error| {
            tracing::error!(message = name, %error, "cannot be written");
            Failure::Status(400)
        })?;
        tracing::trace!(%body, "posting {name}");
        let request = self.http.post(format!("{}/{}", self.address, service.as_str()));
        let request =
            request.header(CONTENT_TYPE, "application/xml").header(ACCEPT_ENCODING, "identity").body(body);
        let mut response = request.send().await.map_err(|error| transport(&error))?;
        let status = response.status();
        if !status.is_success() {
            tracing::debug!(%status, "{name} failed");
            return Err(Failure::Status(status.as_u16()));
        }
        let oddity = oddity(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
            if body.len() + chunk.len() > self.longest_answer {
                return Err(Failure::Unreadable(format!("longer than {} bytes", self.longest_answer)));
            }
            body.extend_from_slice(&chunk);
        }
        tracing::trace!(body = %String::from_utf8_lossy(&body), "answer to {name}");
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Reply::Empty);
        }
        let message = self.read(&body).map_err(|failure| match failure {
            Failure::Unreadable(why) => Failure::Unreadable(why + &oddity),
            other => other,
        })?;
        tracing::debug!(answer = message.name(), "posted {name}");
        Ok(Reply::Message(message))
    }

    fn write(&self, message: Message) -> Result<String, Box<dyn std::error::Error>> {
        #[cfg(feature = "signature")]
        if let Some(signer) = &self.signing.signer {
            return Ok(signer.sign_at(message, chrono::Utc::now().into())?);
        }
        Ok(self.writing.write(&Payload::new(message))?)
    }

    fn read(&self, body: &[u8]) -> Result<Message, Failure> {
        #[cfg(feature = "signature")]
        if let Some(accepted) = self.signing.accept(body) {
            return accepted;
        }
        let read = Reading::default().read(body);
        read.map(|(payload, _)| payload.into_message())
            .map_err(|error| Failure::Unreadable(error.to_string()))
    }
}

/// What the answer is said to be, where that is not XML: a page of a gateway, say.
fn oddity(headers: &HeaderMap) -> String {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let said = match (value(CONTENT_ENCODING), value(CONTENT_TYPE)) {
        (Some(coding), _) if !coding.eq_ignore_ascii_case("identity") => ("Content-Encoding", coding),
        (_, Some(kind)) if !kind.to_ascii_lowercase().contains("xml") => ("Content-Type", kind),
        _ => return String::new(),
    };
    format!(" ({}: {})", said.0, said.1.chars().take(60).collect::<String>())
}

fn transport(error: &reqwest::Error) -> Failure {
    Failure::Transport(tls::chain(error))
}

impl Builder {
    /// Whom to take for the VTN; by default whom the operating system trusts.
    #[must_use]
    pub fn trust(mut self, trust: ServerTrust) -> Self {
        self.trust = trust;
        self
    }

    /// The certificate to show to the VTN; none by default.
    #[must_use]
    pub fn identity(mut self, identity: ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// How long to wait for an answer, from connecting to its last byte; 30 s by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What to put around messages; a wrapper by default, without which most VTNs read nothing.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// How many bytes an answer may have; 4 MiB by default.
    #[must_use]
    pub fn longest_answer(mut self, bytes: usize) -> Self {
        self.longest_answer = bytes;
        self
    }

    /// Signs messages, by the computer's clock. They are wrapped then: a bare one has no room for a signature. A VTN
    /// wants to be told with [`Config::xml_signature`](crate::Config::xml_signature) too.
    #[cfg(feature = "signature")]
    #[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
    #[must_use]
    pub fn signer(mut self, signer: openadr_types::signature::Signer) -> Self {
        self.signing.signer = Some(signer.into());
        self
    }

    /// Takes in answers so, by the computer's clock; by default without looking at signatures.
    ///
    /// An authority may have issued certificates to other VENs too: [`Trust::only`] holds the VTN to its own.
    ///
    /// [`Trust::only`]: openadr_types::signature::Trust::only
    #[cfg(feature = "signature")]
    #[cfg_attr(docsrs, doc(cfg(feature = "signature")))]
    #[must_use]
    pub fn acceptance(mut self, acceptance: openadr_types::signature::Acceptance) -> Self {
        self.signing.acceptance = Some(std::sync::Arc::new(acceptance.into()));
        self
    }

    /// The client. It connects when it first posts.
    ///
    /// # Errors
    /// Where the address, a certificate or a key cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let address = self.address.trim_end_matches('/');
        let encrypted = address.starts_with("https://");
        // The name of a service is added, which does not belong after a query.
        let usable = |url: reqwest::Url| url.query().is_none() && url.fragment().is_none();
        if !(encrypted || address.starts_with("http://")) || !reqwest::Url::parse(address).is_ok_and(usable) {
            return Err(Error::Address(self.address));
        }
        let builder = reqwest::Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.timeout)
            .user_agent(concat!("openadr-client/", env!("CARGO_PKG_VERSION")));
        let builder = tls::set_up(builder, encrypted, &self.trust, self.identity.as_ref())?;
        Ok(Client {
            http: builder.build().map_err(|error| tls::setup("TLS", &error))?,
            address: address.to_owned(),
            writing: Writing { envelope: self.envelope, indent: None },
            longest_answer: self.longest_answer,
            #[cfg(feature = "signature")]
            signing: self.signing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_addresses_of_other_kinds() {
        for address in [
            "",
            "vtn.example.com",
            "ftp://vtn.example.com",
            "http://",
            "https://:8080",
            "http://vtn:99999",
            "http://vtn/?key=1",
            "http://vtn/#a",
        ] {
            assert!(matches!(Client::builder(address).build(), Err(Error::Address(_))), "{address}");
        }
    }

    #[test]
    fn an_address_may_end_in_a_slash() {
        let client = Client::builder("http://127.0.0.1:1/OpenADR2/Simple/2.0b/").build().unwrap();
        assert_eq!(client.address, "http://127.0.0.1:1/OpenADR2/Simple/2.0b");
    }
}
