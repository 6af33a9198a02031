//! Mail leaves by SMTP. docs/decisions/0009 says with what, 0019 what is promised.

mod carrier;
mod config;
mod connection;
mod message;

pub use carrier::MailCarrier;
pub use config::MailConfig;
pub(crate) use config::sends_mail;
