//! From the sizes of hops back to that of an event. What no event gives is written as it stands, or found different.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, metadata};
use crate::model::{body_of, largest_event_within, record_of};
use crate::spec::{FromText, Size};

/// The spec's default for `maxMessage`.
const USUAL: Size = Size::bytes(1024 * 1024);
/// daprd's default for `max-body-size`.
const USUAL_BODY: u32 = 4 * 1024 * 1024;

/// The `maxMessage` whose record has so many bytes, or the next smaller one: of the three that give the same record, the
/// one that is shortest to write.
pub(super) fn event_of(record: u64) -> Option<String> {
    let largest = largest_event_within(u32::try_from(record).ok()?)?.as_bytes();
    let near = (0..3).filter_map(|less| largest.checked_sub(less)).filter(|bytes| *bytes > 0);
    near.map(|bytes| size(u64::from(bytes))).min_by_key(String::len)
}

/// A size in the largest unit that has no rest.
pub(super) fn size(bytes: u64) -> String {
    let units = [("MiB", 1_048_576), ("MB", 1_000_000), ("KiB", 1_024), ("kB", 1_000)];
    let unit = units.iter().find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{bytes}B"), |(unit, factor)| format!("{}{unit}", bytes / factor))
}

/// The bytes of a quantity as Kubernetes writes it: a number, or one with a unit.
pub(super) fn quantity(text: &str) -> Option<u32> {
    let units = [("Ki", 1_024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("k", 1_000), ("M", 1_000_000), ("", 1)];
    let number = |unit: &str| text.strip_suffix(unit).and_then(|number| number.parse::<u32>().ok());
    units.iter().find_map(|(unit, factor)| number(unit)?.checked_mul(*factor))
}

/// What a component takes becomes its topics' `maxMessage`, unless these say one already.
pub(super) fn finish_sizes(draft: &mut Draft) {
    for component in draft.components.values_mut() {
        let Some(largest) = component.largest else { continue };
        let written = |topic: &String| draft.topics.get(topic).and_then(said);
        let derived = component.carries.iter().map(|topic| record_of(written(topic).unwrap_or(USUAL))).max();
        if derived.map(u64::from) == Some(largest) {
            continue;
        }
        let says_nothing = derived.is_some() && !component.carries.iter().any(|topic| written(topic).is_some());
        if let Some(event) = event_of(largest).filter(|_| says_nothing) {
            for topic in &component.carries {
                draft.topics.entry(topic.clone()).or_default().insert("maxMessage".to_owned(), json!(event));
            }
        } else {
            metadata(&mut component.fields).insert("maxMessageBytes".to_owned(), json!(largest));
        }
    }
}

/// A sidecar's largest body is said where it does not follow from the topics.
pub(super) fn finish_bodies(draft: &mut Draft) {
    for service in draft.services.values_mut() {
        let Some(largest) = service.largest_body else { continue };
        let published = service.fields.get("publishes").and_then(Value::as_array).into_iter().flatten();
        let topics = service.subscribes.keys().map(String::as_str).chain(published.filter_map(Value::as_str));
        let body = |topic| body_of(draft.topics.get(topic).and_then(said).unwrap_or(USUAL));
        let derived = topics.map(body).max().unwrap_or(USUAL_BODY).max(USUAL_BODY);
        if derived != largest {
            service.sidecar.insert("maxBody".to_owned(), json!(size(u64::from(largest))));
        }
    }
}

fn said(topic: &Fields) -> Option<Size> {
    topic.get("maxMessage").and_then(Value::as_str).and_then(Size::from_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_give_back_the_event_that_they_are_made_for() {
        for text in ["1MiB", "5MB", "10MiB", "300kB", "64KiB", "1234567B"] {
            let record = record_of(Size::from_text(text).unwrap_or(USUAL));
            let event = event_of(u64::from(record)).as_deref().and_then(Size::from_text);
            assert_eq!(event.map(record_of), Some(record), "{text}");
        }
        assert_eq!(event_of(1_551_020).as_deref(), Some("1MiB"));
        // Between two sizes it is the smaller one, and what leaves no room for an event is none.
        assert_eq!(event_of(1_551_023).as_deref(), Some("1MiB"));
        assert_eq!(event_of(100_000), None);
        assert_eq!(
            ["16Mi", "4M", "12", "4Gi", "1.5Mi"].map(quantity),
            [Some(16 << 20), Some(4_000_000), Some(12), None, None]
        );
    }
}
