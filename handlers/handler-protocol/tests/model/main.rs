//! The protocol of docs/decisions/0019 as a model: a small world that is searched exhaustively, and a large one that is driven
//! at random. Both take the same steps, and what is decided in a step is decided by the code of this crate.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it saw, and ends when it is wrong"
)]

mod action;
mod checked;
mod consuming;
mod database;
mod enabled;
mod exhaustive;
mod fault;
mod folding;
mod ledger;
mod locking;
mod membership;
mod properties;
mod relaying;
mod scenes;
mod set;
mod simulated;
mod state;
mod world;
