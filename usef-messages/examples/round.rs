//! How many times a second an offer of 96 periods goes all the way round: built, written, signed, opened, read. For the
//! comparison with a peer in `benches/peer.sh`: `round FILE`, the file being the same offer in the peer's envelope, which is
//! opened first and must hold the very offer that is built here.

use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use usef_messages::Payload;
use usef_messages::flex_offer::{FlexOffer, Isp, OfferOption};
use usef_messages::sealing::{Received, SecretKey, Verified, seal_message};
use usef_messages::values::Role;

/// The peer has the same.
const SEED: [u8; 32] = [7; 32];

fn main() -> Result<(), Box<dyn Error>> {
    let key = SecretKey::from_seed(&SEED);
    let keys = [key.public_key()];
    let open = |document: &[u8]| -> Result<Verified<Payload>, Box<dyn Error>> {
        Ok(Received::<Payload>::read(document)?.open(&keys)?)
    };
    let round = || -> Result<Verified<Payload>, Box<dyn Error>> {
        let envelope = seal_message(&offer()?, Role::Agr, &key)?;
        open(envelope.to_xml()?.as_bytes())
    };

    let file = std::env::args().nth(1).ok_or("the file of the peer's envelope is missing")?;
    let theirs = open(&std::fs::read(file)?)?;
    if *theirs.message() != offer()? || theirs.message() != round()?.message() {
        return Err("the peer's offer is another".into());
    }
    let (begin, start, mut count) = (Instant::now(), busy(), 0_u32);
    let spent = || match (start, busy()) {
        (Some(start), Some(now)) => now.saturating_sub(start),
        _ => begin.elapsed(),
    };
    while spent() < Duration::from_secs(2) {
        for _ in 0..50 {
            black_box(round()?);
        }
        count += 50;
    }
    println!("{:.1}", f64::from(count) / spent().as_secs_f64());
    Ok(())
}

/// How long this process had a processor, where the system tells: what else runs is not to count.
fn busy() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn offer() -> Result<Payload, Box<dyn Error>> {
    let isp = |start: NonZeroU32| Isp {
        power_w: -1000 * i64::from(start.get()),
        start,
        duration: Some(NonZeroU32::MIN),
    };
    let isps = (1..=96).filter_map(NonZeroU32::new).map(isp);
    Ok(FlexOffer {
        version: "3.1.0".parse()?,
        sender_domain: "agr.example".parse()?,
        recipient_domain: "dso.example".parse()?,
        time_stamp: "2026-11-22T11:00:00+01:00".parse()?,
        message_id: "1e3d5155-3942-5525-baf1-7cd0c48e1e98".parse()?,
        conversation_id: "610fbabf-904b-5a60-a025-743f36c1fff4".parse()?,
        isp_duration: "PT15M".parse()?,
        time_zone: "Europe/London".parse()?,
        period: "2026-11-23".parse()?,
        congestion_point: "ean.871685900012636543".parse()?,
        expiration_date_time: "2026-11-22T23:00:00Z".parse()?,
        unsolicited: None,
        flex_request_message_id: Some("0f3d5155-3942-5525-baf1-7cd0c48e1e98".parse()?),
        contract_id: None,
        d_prognosis_message_id: None,
        baseline_reference: None,
        currency: "EUR".parse()?,
        offer_options: vec![OfferOption {
            option_reference: "option-1".to_owned(),
            price: "123.45".parse()?,
            min_activation_factor: Some("0.50".parse()?),
            isps: isps.collect(),
        }],
    }
    .into())
}
