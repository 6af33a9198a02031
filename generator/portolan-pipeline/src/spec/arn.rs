//! `arn:aws:secretsmanager:eu-central-1:123456789012:secret:todo/backend-AbCdEf`.

use std::fmt;

use super::decode::{Decode, FromText, wrong_type};
use super::node::{Kind, Node};
use super::rules;
use crate::finding::{Finding, Findings};

/// An Amazon Resource Name, taken apart as far as all of them agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arn {
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// The service: `secretsmanager`.
    pub service: String,
    /// The region; empty where a service has none.
    pub region: String,
    /// The account; empty where a service has none.
    pub account: String,
    /// What the service calls it.
    pub resource: String,
}

impl FromText for Arn {
    const WANTED: &'static str = "an ARN, as in arn:aws:ssm:REGION:ACCOUNT:parameter/NAME";

    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':').map(str::to_owned);
        let begins = parts.next()? == "arn";
        let arn = Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        // A wildcard would name more than one thing.
        let plain = !text.contains(|letter: char| letter.is_whitespace() || matches!(letter, '*' | '?' | ',' | '#'));
        let whole = ![&arn.partition, &arn.service, &arn.resource].iter().any(|part| part.is_empty());
        (begins && plain && whole).then_some(arn)
    }
}

impl Decode for Arn {
    fn decode(node: &Node, findings: &mut Findings) -> Option<Self> {
        let Kind::Scalar { text, .. } = &node.kind else { return wrong_type(node, Self::WANTED, findings) };
        let arn = Self::from_text(text);
        if arn.is_none() {
            // Somebody may have written the secret itself, so the text is not repeated.
            let finding = Finding::new(&rules::WRONG_TYPE, node.at, format!("this is not {}", Self::WANTED));
            findings.push(finding.secret().help("write the ARN of the thing, without wildcards, never a value"));
        }
        arn
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(formatter, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

super::schemas::text_schema!(
    Arn,
    "Arn",
    "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.",
    r"^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_it_was_read() {
        for text in [
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:todo/backend-AbCdEf",
            "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/todo",
            "arn:aws:s3:::bucket",
        ] {
            assert_eq!(Arn::from_text(text).map(|arn| arn.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn refuses_what_names_nothing_or_many() {
        for text in ["", "hunter2", "arn:aws:ssm:r:1:", "arn:aws:ssm:r:1:parameter/*", "arn:::r:1:x", "arn:aws:ssm:r"] {
            assert_eq!(Arn::from_text(text), None, "{text}");
        }
    }
}
