//! Kubernetes' quantities and Go's durations, as far as checks compute with them.

/// A quantity of Kubernetes in thousandths: `50m`, `2`, `256Mi`. Nothing where it is none.
pub(in crate::checks) fn thousandths(text: &str) -> Option<u128> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u128 = match unit {
        "m" => 1,
        "" => 1_000,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "Ki" => 1_000 << 10,
        "Mi" => 1_000 << 20,
        "Gi" => 1_000 << 30,
        "Ti" => 1_000 << 40,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() || part.len() > 9 || whole.len() > 15 {
        return None;
    }
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u128>().ok() };
    let places = 10_u128.pow(u32::try_from(part.len()).ok()?);
    Some(digits(whole)? * factor + digits(part)? * factor / places)
}

/// A duration as a component's metadata has it, in milliseconds: `1m30s`, `500ms`, or a bare number of seconds.
pub(in crate::checks) fn go_duration(text: &str) -> Option<u64> {
    if let Ok(seconds) = text.parse::<u64>() {
        return seconds.checked_mul(1_000);
    }
    let (mut rest, mut sum) = (text, 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let factor = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        rest = next;
    }
    (!text.is_empty()).then_some(sum)
}

/// What Dapr takes for yes in metadata.
pub(in crate::checks) fn truthy(text: &str) -> bool {
    ["1", "t", "true", "y", "yes", "on"].iter().any(|yes| text.trim().eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_does() {
        for (text, value) in
            [("0", 0), ("50m", 50), ("0.5", 500), (".5", 500), ("2", 2_000), ("0m", 0), ("1Ki", 1_024_000)]
        {
            assert_eq!(thousandths(text), Some(value), "{text}");
        }
        for text in ["", "Mi", "50x", "1e3", "-1", "."] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_go_does() {
        for (text, value) in [("10", 10_000), ("500ms", 500), ("1m30s", 90_000), ("2h", 7_200_000)] {
            assert_eq!(go_duration(text), Some(value), "{text}");
        }
        for text in ["", "s", "1x", "1.5s", "-1s", "99999999999999999999s"] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }
}
