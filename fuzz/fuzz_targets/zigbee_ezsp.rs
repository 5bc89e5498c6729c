#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::zigbee_links::ezsp(data));
