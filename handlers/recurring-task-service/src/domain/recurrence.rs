//! On which dates a series has its tasks.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month};

/// How a task recurs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Recurrence {
    /// The unit of its steps.
    pub(crate) frequency: Frequency,
    /// Units in a step.
    #[serde(default = "one")]
    pub(crate) interval: NonZeroU32,
    /// The series' first date; its day is kept. A month that has no such day has the occurrence on its last one, and the next
    /// month that has it has it there again. The task's own date where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date")]
    pub(crate) start: Option<Date>,
    /// The last date on which an occurrence may be.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date")]
    pub(crate) until: Option<Date>,
}

/// The unit of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Frequency {
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

const fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

impl Recurrence {
    /// The first occurrence after a date, in a series that begins at `start`. Each is counted from the start, so that nothing
    /// drifts. None past `until`, or past the last year that a date can have.
    pub(crate) fn next(&self, start: Date, after: Date) -> Option<Date> {
        let next = if after < start { start } else { self.later(start, after)? };
        self.until.is_none_or(|until| next <= until).then_some(next)
    }

    fn later(&self, start: Date, after: Date) -> Option<Date> {
        let interval = i64::from(self.interval.get());
        let (days, months) = match self.frequency {
            Frequency::Daily => (interval, 0),
            Frequency::Weekly => (interval * 7, 0),
            Frequency::Monthly => (0, interval),
            Frequency::Yearly => (0, interval * 12),
        };
        if days > 0 {
            let steps = (after - start).whole_days() / days + 1;
            let span = steps.checked_mul(days).filter(|span| *span < i64::from(u32::MAX))?;
            return start.checked_add(Duration::days(span));
        }
        let steps = (months_of(after) - months_of(start)) / months;
        // The occurrence of this step may still be ahead in its month, or behind.
        (steps..=steps + 1).filter_map(|step| plus_months(start, step * months)).find(|date| *date > after)
    }
}

fn months_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1
}

/// The same day so many months later, or the month's last one.
fn plus_months(start: Date, months: i64) -> Option<Date> {
    let count = months_of(start) + months;
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    let day = start.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).ok()
}

/// Dates as `2027-01-31`.
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

#[cfg(test)]
mod tests;
