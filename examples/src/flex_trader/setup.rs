//! Who a participant is, with whom it trades, and what it trades: files of JSON.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use usef_messages::calendar::{IspCalendar, Run, Tz};
use usef_messages::discovery::{AddressBook, keys_name};
use usef_messages::keys::KeyString;
use usef_messages::roles::Subject;
use usef_messages::roles::store::Peer;
use usef_messages::sealing::{PublicKey, SecretKey};
use usef_messages::values::{ActivationFactor, Amount, Currency, Domain, EntityAddress, Role, TimeZone};

use super::edge::Endpoints;

/// What an aggregator's customers draw without flexibility unless a file says otherwise, in watts.
pub const BASELINE_W: i64 = 900_000;

/// A participant's file: who it is and whom it knows.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Its name.
    pub domain: Domain,
    /// Its secret key, as `flex-trader keys` prints it.
    pub secret_key: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whom it trades with.
    pub peers: Vec<KnownPeer>,
}

/// All but the secret key.
impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("domain", &self.domain)
            .field("listen", &self.listen)
            .field("peers", &self.peers)
            .finish_non_exhaustive()
    }
}

/// A peer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownPeer {
    /// Its name.
    pub domain: Domain,
    /// What it acts as.
    pub role: Role,
    /// What verifies its signatures.
    pub public_key: PublicKey,
    /// Where it takes messages.
    pub url: String,
}

impl Setup {
    /// Reads the file of a participant that trades with peers of a role.
    ///
    /// # Errors
    /// When there is none, it holds something else, or it lists somebody twice, or nobody of that role.
    pub fn read(path: &Path, partners: Role) -> Result<Self> {
        let setup: Self = read(path)?;
        setup.check(partners).with_context(|| format!("in {}", path.display()))?;
        Ok(setup)
    }

    fn check(&self, partners: Role) -> Result<()> {
        self.key()?;
        self.endpoints()?;
        ensure!(
            self.peers_as(partners).next().is_some(),
            "{} knows nobody to trade with: none of its peers has the role {partners}",
            self.domain
        );
        let mut seen = BTreeSet::new();
        for KnownPeer { domain, role, .. } in &self.peers {
            ensure!(seen.insert((domain, role)), "{domain} is listed as {role} twice");
        }
        Ok(())
    }

    /// The secret key.
    ///
    /// # Errors
    /// When it is none.
    pub fn key(&self) -> Result<SecretKey> {
        self.secret_key.parse().context("the secret_key is none; `flex-trader keys` makes one")
    }

    /// The keys of all peers.
    pub fn book(&self) -> AddressBook {
        let mut book = AddressBook::default();
        for peer in &self.peers {
            let key = KeyString { sign: peer.public_key, encrypt: None };
            book.insert_text(&keys_name(&peer.domain, peer.role), &key.to_string());
        }
        book
    }

    /// Where all peers take messages.
    ///
    /// # Errors
    /// When one of the addresses is none.
    pub fn endpoints(&self) -> Result<Endpoints> {
        let peer = |known: &KnownPeer| {
            reqwest::Url::parse(&known.url)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .with_context(|| format!("the url of {} is no address: {:?}", known.domain, known.url))?;
            Ok((Peer::new(known.domain.clone(), known.role), known.url.clone()))
        };
        self.peers.iter().map(peer).collect()
    }

    /// The peers that act as this.
    pub fn peers_as(&self, role: Role) -> impl Iterator<Item = &Domain> {
        self.peers.iter().filter(move |peer| peer.role == role).map(|peer| &peer.domain)
    }
}

/// What a grid operator needs: how much less power, where and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Need {
    /// Where.
    pub congestion_point: EntityAddress,
    /// Whose clock.
    pub time_zone: TimeZone,
    /// When the peak begins, by that clock.
    pub from: NaiveTime,
    /// For how many quarters of an hour; as many of them as the day has.
    pub quarters: NonZeroU32,
    /// How much less power is wanted, in watts.
    pub reduction_w: NonZeroU32,
    /// What an aggregator's customers draw without flexibility, in watts.
    pub baseline_w: i64,
    /// What is paid in; offers in another currency are not taken.
    pub currency: Currency,
    /// The contract under which some is reserved.
    pub contract_id: String,
}

impl Default for Need {
    fn default() -> Self {
        Self {
            congestion_point: "ean.871685900012636543".parse().expect("an address"),
            time_zone: "Europe/Amsterdam".parse().expect("a time zone"),
            from: NaiveTime::from_hms_opt(17, 0, 0).expect("a time"),
            quarters: NonZeroU32::new(8).expect("not 0"),
            reduction_w: NonZeroU32::new(500_000).expect("not 0"),
            baseline_w: BASELINE_W,
            currency: "EUR".parse().expect("a currency"),
            contract_id: "evening-peak".to_owned(),
        }
    }
}

impl Need {
    /// Tomorrow, and which of its periods the peak takes.
    ///
    /// # Errors
    /// When the time zone is not known, or tomorrow has no such time.
    pub fn tomorrow(&self) -> Result<(Subject, IspCalendar, Run)> {
        self.on(Utc::now().with_timezone(&self.tz()?).date_naive() + Days::new(1))
    }

    fn tz(&self) -> Result<Tz> {
        self.time_zone.as_str().parse().with_context(|| format!("{} is no time zone", self.time_zone))
    }

    /// A day, and which of its periods the peak takes.
    ///
    /// # Errors
    /// When the time zone is not known, or the day has no such time.
    pub fn on(&self, day: NaiveDate) -> Result<(Subject, IspCalendar, Run)> {
        let subject = Subject {
            congestion_point: self.congestion_point.clone(),
            period: day.into(),
            time_zone: self.time_zone.clone(),
            isp_duration: TimeDelta::minutes(15).into(),
        };
        let calendar = IspCalendar::new(day, self.tz()?, &subject.isp_duration)?;
        let starts = |isp: &u32| calendar.local_start(*isp).is_some_and(|start| start.time() == self.from);
        let first = (1..=calendar.count())
            .find(starts)
            .with_context(|| format!("no quarter of an hour of {day} begins at {}", self.from))?;
        Ok((subject, calendar, Run::new(first, self.quarters.get())))
    }
}

/// What an aggregator can do, at what price.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flexibility {
    /// The currency of all prices.
    pub currency: Currency,
    /// What the houses draw without flexibility, in watts.
    #[serde(default = "Flexibility::usual_baseline_w")]
    pub baseline_w: i64,
    /// Of these one at most is ordered.
    pub options: Vec<FlexibilityOption>,
}

impl Flexibility {
    /// Reads an aggregator's flexibility.
    ///
    /// # Errors
    /// When there is no such file, it holds something else, or two options share a name, which no offer can hold.
    pub fn read(path: &Path) -> Result<Self> {
        let flexibility: Self = read(path)?;
        let mut seen = BTreeSet::new();
        for FlexibilityOption { reference, .. } in &flexibility.options {
            ensure!(
                seen.insert(reference),
                "in {}: two options have the reference {reference:?}",
                path.display()
            );
        }
        Ok(flexibility)
    }

    const fn usual_baseline_w() -> i64 {
        BASELINE_W
    }
}

/// One thing that can be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlexibilityOption {
    /// Its name.
    pub reference: String,
    /// How much less power, in watts.
    pub reduction_w: NonZeroU32,
    /// The price of the whole.
    pub price: Amount,
    /// Which part of it is the least that can be ordered.
    #[serde(default)]
    pub least: Option<ActivationFactor>,
}

impl FlexibilityOption {
    /// The power that it adds, in watts: less is negative.
    pub fn power_w(&self) -> i64 {
        -i64::from(self.reduction_w.get())
    }
}

/// Reads a file of JSON.
///
/// # Errors
/// When there is none, or it holds something else.
pub fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("in {}", path.display()))
}

/// A new key, from the system's random number generator.
pub fn new_key() -> SecretKey {
    SecretKey::from_seed(&rand::random())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of its own, gone at the end.
    struct File(std::path::PathBuf);

    impl File {
        fn new(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("flex-trader-setup-{name}-{}", std::process::id()));
            std::fs::write(&path, text).expect("it is written");
            Self(path)
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            // A file that is left over does no harm.
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn setup(change: impl FnOnce(&mut Setup)) -> Result<Setup> {
        let peer = KnownPeer {
            domain: "agr.example".parse()?,
            role: Role::Agr,
            public_key: new_key().public_key(),
            url: "http://127.0.0.1:9101/".to_owned(),
        };
        let mut setup = Setup {
            domain: "dso.example".parse()?,
            secret_key: new_key().to_base64().to_string(),
            listen: "127.0.0.1:0".parse()?,
            peers: vec![peer],
        };
        change(&mut setup);
        setup.check(Role::Agr).map(|()| setup)
    }

    #[test]
    fn a_setup_that_cannot_work_is_refused_before_anything_starts() {
        assert!(setup(|_| {}).is_ok());
        let refused = |change: fn(&mut Setup)| format!("{:#}", setup(change).expect_err("refused"));
        assert_eq!(
            refused(|setup| setup.peers.push(setup.peers[0].clone())),
            "agr.example is listed as AGR twice"
        );
        assert_eq!(
            refused(|setup| setup.peers[0].role = Role::Dso),
            "dso.example knows nobody to trade with: none of its peers has the role AGR"
        );
        assert_eq!(
            refused(|setup| setup.secret_key = "AAAA".to_owned()),
            "the secret_key is none; `flex-trader keys` makes one: a key of 3 bytes, not 32 or 64"
        );
        assert_eq!(
            refused(|setup| setup.peers[0].url = "ftp://x".to_owned()),
            "the url of agr.example is no address: \"ftp://x\""
        );
    }

    #[test]
    fn a_setup_does_not_show_its_secret_key() {
        let setup = setup(|_| {}).expect("it is taken");
        let shown = format!("{setup:?}");
        assert!(shown.contains("dso.example") && !shown.contains(&setup.secret_key), "{shown}");
    }

    #[test]
    fn options_have_names_of_their_own() {
        let option = r#"{"reference":"a","reduction_w":1,"price":"1"}"#;
        let file = |name: &str, options: &str| {
            File::new(name, &format!(r#"{{"currency":"EUR","options":[{options}]}}"#))
        };
        let (good, bad) = (file("good", option), file("bad", &format!("{option},{option}")));
        assert_eq!(Flexibility::read(&good.0).expect("it is read").options.len(), 1);
        let error = Flexibility::read(&bad.0).expect_err("refused").to_string();
        assert!(error.ends_with(": two options have the reference \"a\""), "{error}");
    }
}
