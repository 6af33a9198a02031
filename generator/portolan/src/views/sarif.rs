//! Findings for code scanning, as SARIF 2.1.0.

mod log;

use std::io;

use portolan_pipeline::checks::rules;
use portolan_pipeline::finding::{Rule, Severity};

use super::{Page, json};
use crate::report::{Place, Report, Reported};
use log::{
    ArtifactLocation, Configuration, Driver, Help, Location, Log, Message, PhysicalLocation, Properties, Region,
    ReportingDescriptor, Result, Run, Suppression, Text, Tool,
};

/// Shows all findings.
pub(crate) fn show(report: &Report<'_>, to: &mut Page<'_>) -> io::Result<()> {
    json::write(&log(report, &rules()), to)
}

fn log<'a>(report: &'a Report<'a>, rules: &[&'static Rule]) -> Log<'a> {
    let driver = Driver {
        name: "portolan",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules.iter().map(|rule| descriptor(rule)).collect(),
    };
    let accepted = report.accepted().map(|(finding, _)| finding);
    let results = report.open().chain(accepted).map(|finding| result(report, finding, rules)).collect();
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    }
}

fn descriptor(rule: &'static Rule) -> ReportingDescriptor {
    ReportingDescriptor {
        id: rule.code,
        short_description: Text { text: rule.title },
        help: Help { text: rule.page, markdown: rule.page },
        default_configuration: Configuration { level: level(rule.severity) },
    }
}

fn result<'a>(report: &Report<'a>, finding: &'a Reported<'a>, rules: &[&'static Rule]) -> Result<'a> {
    let related = finding.related.iter().enumerate();
    let help = if finding.help.is_empty() { String::new() } else { format!("\nhelp: {}", finding.help) };
    Result {
        rule_id: finding.rule.code,
        rule_index: rules.iter().position(|rule| rule.code == finding.rule.code),
        level: level(finding.rule.severity),
        message: Message { text: format!("{}{help}", finding.message) },
        locations: [location(report, finding.at, None, &finding.label)],
        related_locations: related.map(|(id, (at, label))| location(report, *at, Some(id), label)).collect(),
        suppressions: finding
            .accepted
            .iter()
            .map(|because| Suppression { kind: "inSource", justification: because })
            .collect(),
        properties: Properties { environments: &finding.environments },
    }
}

fn location(report: &Report<'_>, place: Place, id: Option<usize>, label: &str) -> Location {
    let text = report.text(place);
    let (start, end) = (text.position(place.range().start), text.position(place.range().end));
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(text.path()), uri_base_id: "SRCROOT" },
            region: Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
            },
        },
        message: (!label.is_empty()).then(|| Message { text: label.to_owned() }),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A path as a relative URI: whatever is no plain letter, digit or `-._~/` is escaped.
fn uri(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(super::uri("infra/environments/é a.yaml"), "infra/environments/%C3%A9%20a.yaml");
    }
}
