#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::xml_fragment(data));
