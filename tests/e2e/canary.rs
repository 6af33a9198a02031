//! Secrets that nobody can guess, and a search that finds them as they are, in base64 and in hexadecimal.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};

/// A secret that must not show.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    /// What it is called.
    pub(crate) name: String,
    /// The secret itself: letters and digits, so that no spelling of YAML changes it.
    pub(crate) value: String,
}

impl Canary {
    /// A new one. `RandomState` is seeded by the system for each process, and differs from call to call.
    pub(crate) fn new(name: &str) -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self { name: name.to_owned(), value: format!("Cn{:016x}{:016x}", random(), random()) }
    }

    /// The spelling in which it stands in some bytes, if it does.
    pub(crate) fn shows_in(&self, bytes: &[u8]) -> Option<String> {
        let found = |form: &&String| bytes.windows(form.len()).any(|window| window == form.as_bytes());
        self.forms().iter().find(found).map(|form| format!("{} as {form}", self.name))
    }

    /// Half of it is enough to be found: what cuts a text in two shows it all the same.
    fn forms(&self) -> Vec<String> {
        let (first, second) = self.value.split_at(self.value.len() / 2);
        let mut forms = vec![first.to_owned(), second.to_owned()];
        for half in [first, second] {
            let hex = half.bytes().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            forms.push(hex.to_uppercase());
            forms.push(hex);
        }
        // Base64 depends on how many bytes stand before: three alignments, each without its ragged ends.
        forms.extend((0..3).map(|before| {
            let text = base64(format!("{}{}", &"xx"[..before], self.value).as_bytes());
            text[4..text.len() - 4].to_owned()
        }));
        forms
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().chain(&[0, 0]).take(3).fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let letters = (0..=three.len()).map(|place| char::from(LETTERS[number >> (18 - 6 * place) & 63]));
        text.extend(letters);
        text.extend(std::iter::repeat_n('=', 3 - three.len()));
    }
    text
}

/// The search must be able to fail.
#[test]
fn a_planted_canary_is_found() {
    assert_eq!([base64(b"a"), base64(b"ab"), base64(b"abc"), base64(b"\xff\xfe>")], ["YQ==", "YWI=", "YWJj", "//4+"]);
    let canary = Canary::new("planted");
    let hex: Vec<String> = canary.value.bytes().map(|byte| format!("{byte:02X}")).collect();
    let hex = hex.concat();
    let spelled = [canary.value.clone(), hex.clone(), hex.to_lowercase(), canary.value[..20].to_owned()];
    let encoded =
        ["", "u", "us", "user:"].map(|before| base64(format!("{before}{} and more", canary.value).as_bytes()));
    for text in spelled.iter().chain(&encoded) {
        assert!(canary.shows_in(format!("before {text} behind").as_bytes()).is_some(), "{text}");
    }
    assert_eq!(canary.shows_in(Canary::new("another").value.as_bytes()), None);
}
