//! The token by which the sidecar is known.

use std::fmt;

use sha2::{Digest, Sha256};

/// A token, as its digest. Comparing digests takes as long for a guess that begins well as for any other, or at least tells
/// nothing of the token by it.
#[derive(Clone)]
pub(super) struct Token([u8; 32]);

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token")
    }
}

impl Token {
    pub(super) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether this is it. Every byte is looked at.
    pub(super) fn is(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        let different = self.0.iter().zip(shown).fold(0, |different, (left, right)| different | (left ^ right));
        different == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_is_taken_and_nothing_shows_it() {
        let token = Token::of("hunter2");
        assert!(token.is(b"hunter2"));
        for other in [&b""[..], b"hunter", b"hunter22", b"Hunter2"] {
            assert!(!token.is(other));
        }
        assert_eq!(format!("{token:?}"), "Token");
    }
}
