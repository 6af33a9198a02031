//! On AWS Lambda: events come as invocations, one or several at a time, and nothing works between two of them.
//! docs/decisions/0027 says what each kind of invocation is answered.

mod acknowledge;
mod broker;
mod config;
mod decode;
mod serve;

pub(crate) use broker::carrier_to;
pub(crate) use config::LambdaConfig;
pub(crate) use serve::{Function, serve};
