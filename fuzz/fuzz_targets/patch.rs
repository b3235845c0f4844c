#![doc = "Runs `checks::patch` on whatever libFuzzer comes up with."]
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    match std::str::from_utf8(data) {
        Ok(text) => {
            checks::patch(text);
            Corpus::Keep
        }
        Err(_) => Corpus::Reject,
    }
});
