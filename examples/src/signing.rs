//! The options of programs that sign messages, and what they stand for.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use openadr_types::signature::{
    Acceptance, Certificate, Fingerprint, PrivateKey, Signer, Trust, Unsigned, Verifier,
};

/// What to sign with, and whose signatures to accept.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SigningArguments {
    /// Sign messages with this key: RSA of 2048 bits or more, or ECDSA on P-256, not encrypted
    #[arg(long, value_name = "PEM", requires = "sign_cert")]
    pub sign_key: Option<PathBuf>,
    /// The certificate of that key, and those of its issuers that the other side may not have
    #[arg(long, value_name = "PEM", requires = "sign_key")]
    pub sign_cert: Option<PathBuf>,
    /// Accept only signed messages, signed with one of these certificates or with one that they issued
    #[arg(long, value_name = "PEM")]
    pub trust: Option<PathBuf>,
    /// With `--trust`, accept messages without a signature too; one that is there has to hold
    #[arg(long, requires = "trust")]
    pub accept_unsigned: bool,
}

impl SigningArguments {
    /// Signs with the key, if there is one.
    ///
    /// # Errors
    /// Where a file cannot be read or used.
    pub fn signer(&self) -> Result<Option<Signer>> {
        let (Some(key), Some(certificate)) = (&self.sign_key, &self.sign_cert) else { return Ok(None) };
        let private = PrivateKey::from_pem(&read(key)?).with_context(|| key.display().to_string())?;
        Signer::new(private, certificates(certificate)?).map(Some).with_context(|| key.display().to_string())
    }

    /// The fingerprint by which the other side knows the certificate.
    ///
    /// # Errors
    /// Where the file cannot be read or used.
    pub fn fingerprint(&self) -> Result<Option<Fingerprint>> {
        let Some(certificate) = &self.sign_cert else { return Ok(None) };
        Ok(certificates(certificate)?.first().map(Certificate::fingerprint))
    }

    /// Whose signatures to accept, if that is said.
    ///
    /// # Errors
    /// Where the file cannot be read or used.
    pub fn trust(&self) -> Result<Option<Trust>> {
        let Some(path) = &self.trust else { return Ok(None) };
        Trust::listed(certificates(path)?).map(Some).with_context(|| path.display().to_string())
    }

    /// Takes messages in as the options say.
    pub fn acceptance(&self, trust: Trust) -> Acceptance {
        let unsigned = if self.accept_unsigned { Unsigned::Accepted } else { Unsigned::Refused };
        Acceptance::new(Verifier::new(trust)).with_unsigned(unsigned)
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    Certificate::from_pem(&read(path)?).with_context(|| path.display().to_string())
}

/// The bytes of a file.
///
/// # Errors
/// Where it cannot be read; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
