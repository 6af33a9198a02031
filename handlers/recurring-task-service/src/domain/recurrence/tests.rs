//! The calendar's edges one by one, and what holds for every series.

use proptest::prelude::*;
use time::format_description::well_known::Iso8601;

use super::*;

fn date(text: &str) -> Date {
    Date::parse(text, &Iso8601::DATE).unwrap()
}

fn every(interval: u32, frequency: Frequency) -> Recurrence {
    Recurrence { frequency, interval: NonZeroU32::new(interval).unwrap(), start: None, until: None }
}

/// The occurrences after the start, as a series of completed tasks brings them.
fn series(recurrence: &Recurrence, start: Date, count: usize) -> Vec<Date> {
    std::iter::successors(Some(start), |date| recurrence.next(start, *date)).skip(1).take(count).collect()
}

#[test]
fn the_calendars_edges() {
    use Frequency::{Daily, Monthly, Weekly, Yearly};
    let cases: &[(u32, Frequency, &str, &[&str])] = &[
        (1, Daily, "2026-12-31", &["2027-01-01", "2027-01-02"]),
        (1, Daily, "2028-02-28", &["2028-02-29", "2028-03-01"]),
        (1, Daily, "2027-02-28", &["2027-03-01"]),
        (30, Daily, "2027-01-31", &["2027-03-02", "2027-04-01"]),
        (1, Weekly, "2026-12-28", &["2027-01-04", "2027-01-11"]),
        (2, Weekly, "2028-02-22", &["2028-03-07"]),
        (1, Monthly, "2027-01-31", &["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        (1, Monthly, "2028-01-31", &["2028-02-29", "2028-03-31"]),
        (1, Monthly, "2027-01-30", &["2027-02-28", "2027-03-30"]),
        (1, Monthly, "2027-01-29", &["2027-02-28", "2027-03-29"]),
        (1, Monthly, "2027-12-15", &["2028-01-15"]),
        (2, Monthly, "2027-12-31", &["2028-02-29", "2028-04-30", "2028-06-30", "2028-08-31"]),
        (12, Monthly, "2028-02-29", &["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (1, Yearly, "2028-02-29", &["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (4, Yearly, "2096-02-29", &["2100-02-28", "2104-02-29"]),
        (1, Yearly, "2027-07-04", &["2028-07-04"]),
    ];
    for (interval, frequency, start, expected) in cases {
        let recurrence = every(*interval, *frequency);
        let expected: Vec<Date> = expected.iter().map(|text| date(text)).collect();
        assert_eq!(
            series(&recurrence, date(start), expected.len()),
            expected,
            "every {interval} {frequency:?} from {start}"
        );
    }
}

#[test]
fn a_task_that_was_moved_is_followed_by_a_date_of_its_series() {
    let monthly = every(1, Frequency::Monthly);
    for (after, next) in [
        ("2027-02-27", "2027-02-28"),
        ("2027-02-28", "2027-03-31"),
        ("2027-03-02", "2027-03-31"),
        ("2027-03-30", "2027-03-31"),
        ("2026-05-05", "2027-01-31"),
    ] {
        assert_eq!(monthly.next(date("2027-01-31"), date(after)), Some(date(next)), "after {after}");
    }
}

#[test]
fn a_series_ends_at_its_last_date_and_with_the_calendar() {
    let until = |text| Recurrence { until: Some(date(text)), ..every(1, Frequency::Daily) };
    assert_eq!(until("2027-01-02").next(date("2027-01-01"), date("2027-01-01")), Some(date("2027-01-02")));
    assert_eq!(until("2027-01-01").next(date("2027-01-01"), date("2027-01-01")), None);
    assert_eq!(until("2026-01-01").next(date("2027-01-01"), date("2026-06-01")), None);
    for frequency in [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly] {
        assert_eq!(every(1, frequency).next(date("9999-12-31"), date("9999-12-31")), None);
        assert_eq!(every(u32::MAX, frequency).next(date("2027-01-01"), date("2027-01-01")), None);
    }
}

fn dates() -> impl Strategy<Value = Date> {
    (date("1970-01-01").to_julian_day()..date("2400-01-01").to_julian_day())
        .prop_map(|day| Date::from_julian_day(day).unwrap())
}

fn frequencies() -> impl Strategy<Value = Frequency> {
    prop_oneof![Just(Frequency::Daily), Just(Frequency::Weekly), Just(Frequency::Monthly), Just(Frequency::Yearly)]
}

proptest! {
    #[test]
    fn the_next_one_is_later_and_not_past_the_last(
        start in dates(), after in dates(), until in proptest::option::of(dates()),
        interval in 1..1000_u32, frequency in frequencies(),
    ) {
        let recurrence = Recurrence { until, ..every(interval, frequency) };
        if let Some(next) = recurrence.next(start, after) {
            prop_assert!(next > after && next >= start);
            prop_assert!(until.is_none_or(|until| next <= until));
            // Nothing of the series lies between.
            prop_assert!(next == start || recurrence.next(start, next - Duration::days(1)) == Some(next));
        }
    }

    #[test]
    fn single_steps_lead_where_one_long_step_does(
        start in dates(), interval in 1..60_u32, days in any::<bool>(),
    ) {
        let frequency = if days { Frequency::Daily } else { Frequency::Weekly };
        let single = series(&every(1, frequency), start, interval as usize);
        prop_assert_eq!(single.last().copied(), every(interval, frequency).next(start, start));
    }

    #[test]
    fn the_day_is_the_starts_wherever_the_month_has_it(
        start in dates(), interval in 1..40_u32, yearly in any::<bool>(),
    ) {
        let frequency = if yearly { Frequency::Yearly } else { Frequency::Monthly };
        for next in series(&every(interval, frequency), start, 30) {
            let length = next.month().length(next.year());
            prop_assert_eq!(next.day(), start.day().min(length));
            if yearly {
                prop_assert_eq!(next.month(), start.month());
            }
        }
    }

    #[test]
    fn a_series_that_begins_anywhere_in_itself_is_the_same_series(
        start in dates(), interval in 1..40_u32, frequency in frequencies(), steps in 0..20_usize,
    ) {
        let recurrence = every(interval, frequency);
        let all = series(&recurrence, start, steps + 5);
        let from = all.get(steps).copied().unwrap_or(start);
        let rest: Vec<Date> = std::iter::successors(recurrence.next(start, from), |date| recurrence.next(start, *date)).take(4).collect();
        prop_assert_eq!(&all[(steps + 1).min(all.len())..], &rest[..]);
    }
}
