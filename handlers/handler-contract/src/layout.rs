//! JSON as a person would write it: what fits stands on one line.

use serde_json::Value;

/// Columns of a line.
const WIDTH: usize = 118;
const STEP: usize = 2;

/// The text of a value, in lines.
pub(crate) fn layout(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0, 0, true);
    text.push('\n');
    text
}

/// Writes a value that begins in a column. What stands at the top is never on one line.
fn write(text: &mut String, value: &Value, indent: usize, column: usize, top: bool) {
    let line = one_line(value);
    let (open, close, members): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(members) if !members.is_empty() && (top || column + line.len() > WIDTH) => (
            '{',
            '}',
            members.iter().map(|(name, value)| (format!("{}: ", Value::from(name.as_str())), value)).collect(),
        ),
        Value::Array(items) if !items.is_empty() && column + line.len() > WIDTH => {
            ('[', ']', items.iter().map(|item| (String::new(), item)).collect())
        }
        _ => return text.push_str(&line),
    };
    text.push(open);
    let inner = indent + STEP;
    for (number, (name, value)) in members.into_iter().enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(inner));
        text.push_str(&name);
        // A comma may follow.
        write(text, value, inner, inner + name.len() + 1, false);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(close);
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let member =
                |(name, value): (&String, &Value)| format!("{}: {}", Value::from(name.as_str()), one_line(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_on_one_line() {
        let text = layout(&json!({ "a": [{ "b": "c" }], "long": ["x".repeat(60), "y".repeat(60)], "none": {} }));
        let expected = format!(
            "{{\n  \"a\": [{{ \"b\": \"c\" }}],\n  \"long\": [\n    \"{}\",\n    \"{}\"\n  ],\n  \"none\": {{}}\n}}\n",
            "x".repeat(60),
            "y".repeat(60)
        );
        assert_eq!(text, expected);
    }
}
