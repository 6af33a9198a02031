//! How a task recurs. What follows from it is another service's; here it is kept and handed on.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use time::Date;

/// How a task recurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recurrence {
    pub(crate) frequency: Frequency,
    #[serde(default = "one")]
    pub(crate) interval: NonZeroU32,
    /// The series' first date.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date")]
    pub(crate) start: Option<Date>,
    /// The last date.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date")]
    pub(crate) until: Option<Date>,
}

/// The unit of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

const fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

mod date {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use time::Date;
    use time::format_description::well_known::Iso8601;

    // serde hands over a reference to the field.
    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        date.map(|date| date.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Date::parse(&text, &Iso8601::DATE).map_err(D::Error::custom)).transpose()
    }
}
