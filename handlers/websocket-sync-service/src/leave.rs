//! Why a session is closed, and how it is told. docs/guide/websocket.md lists the codes.

use std::time::Duration;

/// Why a session is closed from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// The process ends.
    Restarts,
    /// It did not take what it was sent.
    TooSlow,
    /// Its user is not signed in any more.
    SignedOut,
    /// It gave no sign of life.
    Silent,
    /// It sent more than a session has to say.
    TooLarge,
}

impl Leave {
    /// The close code. From 4000 on they are ours.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::TooLarge => 1009,
            Self::Restarts => 1012,
            Self::TooSlow => 4000,
            Self::SignedOut => 4001,
            Self::Silent => 4002,
        }
    }

    /// For people who look at a connection.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too large: nothing is read here",
            Self::Restarts => "restarting: connect again and fetch",
            Self::TooSlow => "too slow: connect again and fetch",
            Self::SignedOut => "signed out: sign in and connect again",
            Self::Silent => "no sign of life: connect again and fetch",
        }
    }

    /// So long the session is waited for: it may have to read what lies before the close frame. A process that ends has less time.
    pub(crate) const fn patience(self) -> Duration {
        match self {
            Self::Restarts => Duration::from_secs(3),
            _ => Duration::from_secs(10),
        }
    }

    /// As metrics call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Restarts => "restarts",
            Self::TooSlow => "too-slow",
            Self::SignedOut => "signed-out",
            Self::Silent => "silent",
        }
    }
}
