//! How many messages a second are read: `rate FILE…`, a name and a number a line. For the comparison with a peer in
//! `benches/peer.sh`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use openadr_types::Payload;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        let document = std::fs::read(&file)?;
        Payload::from_xml(&document)?;
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_secs(2) {
            for _ in 0..50 {
                black_box(Payload::from_xml(black_box(&document))?);
            }
            count += 50;
        }
        println!("{file} {:.1}", f64::from(count) / start.elapsed().as_secs_f64());
    }
    Ok(())
}
