//! How many messages a second of processor time are read: `rate FILE…`, a name and a number a line. For the comparison
//! with a peer in `benches/peer.sh`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use openadr_types::Payload;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        let document = std::fs::read(&file)?;
        Payload::from_xml(&document)?;
        let (begin, start, mut count) = (Instant::now(), busy(), 0_u32);
        let spent = || match (start, busy()) {
            (Some(start), Some(now)) => now.saturating_sub(start),
            _ => begin.elapsed(),
        };
        while spent() < Duration::from_secs(2) {
            for _ in 0..50 {
                black_box(Payload::from_xml(black_box(&document))?);
            }
            count += 50;
        }
        println!("{file} {:.1}", f64::from(count) / spent().as_secs_f64());
    }
    Ok(())
}

/// How long this process had a processor, where the system tells: what else runs is not to count.
fn busy() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
