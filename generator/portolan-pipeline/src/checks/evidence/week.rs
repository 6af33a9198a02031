//! How long schedules leave a service without replicas, within a week.

const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const DAY: usize = 24 * 60;
const WEEK: usize = 7 * DAY;

/// The longest time in minutes for which none of these times runs, each from a cron line to a cron line. Nothing where a
/// line is not understood, or speaks of days of the month: then a week says nothing.
pub(in crate::checks) fn longest_gap<'a>(times: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
    let mut on = vec![false; WEEK];
    for (start, end) in times {
        let (starts, ends) = (minutes(start)?, minutes(end)?);
        let mut running = false;
        // Twice round, so that what began last week is known.
        for minute in (0..2 * WEEK).map(|minute| minute % WEEK) {
            running = !ends[minute] && (running || starts[minute]);
            on[minute] |= running;
        }
    }
    let (mut longest, mut gap) = (0, 0);
    for minute in 0..2 * WEEK {
        gap = if on[minute % WEEK] { 0 } else { gap + 1 };
        longest = longest.max(gap);
    }
    Some(longest.min(WEEK))
}

/// At which minutes of a week a cron line fires.
fn minutes(line: &str) -> Option<Vec<bool>> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [minute, hour, "*", "*", day] = fields.as_slice() else { return None };
    let (minute, hour, day) = (field(minute, 60)?, field(hour, 24)?, day_field(day)?);
    Some((0..WEEK).map(|at| minute[at % 60] && hour[at / 60 % 24] && day[at / DAY]).collect())
}

fn day_field(text: &str) -> Option<Vec<bool>> {
    let named = DAYS
        .iter()
        .enumerate()
        .fold(text.to_ascii_uppercase(), |text, (number, name)| text.replace(name, &number.to_string()));
    // Sunday is 0, and 7 as well.
    let days = field(&named, 8)?;
    Some((0..7).map(|day| days[day] || (day == 0 && days[7])).collect())
}

/// `*`, numbers, ranges and lists, each with a step.
fn field(text: &str, size: usize) -> Option<Vec<bool>> {
    let mut set = vec![false; size];
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, Some(1)), |(range, step)| (range, step.parse().ok()));
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, size - 1),
            Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
            None => (range.parse().ok()?, if part.contains('/') { size - 1 } else { range.parse().ok()? }),
        };
        let step: usize = step.filter(|step| *step > 0)?;
        (first..=last).step_by(step).try_for_each(|at| set.get_mut(at).map(|known| *known = true))?;
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_found() {
        let hours = |times: &[(&str, &str)]| longest_gap(times.iter().copied()).map(|minutes| minutes / 60);
        assert_eq!(hours(&[("0 8 * * *", "0 20 * * *")]), Some(12));
        assert_eq!(hours(&[("0 8 * * 1-5", "0 18 * * 1-5")]), Some(62), "from Friday evening to Monday morning");
        assert_eq!(hours(&[("0 8 * * MON-FRI", "0 18 * * MON-FRI"), ("0 9 * * 6,7", "0 10 * * 6,7")]), Some(23));
        assert_eq!(hours(&[("*/10 * * * *", "5-59/10 * * * *")]), Some(0));
        assert_eq!(hours(&[]), Some(168));
        for line in ["0 8 1 * *", "0 8 * 12 *", "@daily", "0 25 * * *", "a b * * c", "*/0 * * * *", ""] {
            assert_eq!(hours(&[(line, "0 20 * * *")]), None, "{line}");
        }
    }
}
