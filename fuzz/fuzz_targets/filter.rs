#![doc = "Runs `checks::filter` on whatever libFuzzer comes up with."]
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    match std::str::from_utf8(data) {
        Ok(text) => {
            checks::filter(text);
            Corpus::Keep
        }
        Err(_) => Corpus::Reject,
    }
});
