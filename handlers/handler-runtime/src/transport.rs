//! How events reach a handler. Each transport has the same five parts: config, decode, serve, acknowledge, and perform, which is
//! the one of all.

pub mod kafka;
