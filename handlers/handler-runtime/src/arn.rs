//! Names of things in AWS.

use std::fmt;

/// A name: `arn:partition:service:region:account:resource`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arn(String);

impl Arn {
    /// Reads one; nothing where it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let is_one = parts.len() == 6 && parts[0] == "arn" && !parts[2].is_empty() && !parts[5].is_empty();
        is_one.then(|| Self(text.to_owned()))
    }

    fn part(&self, place: usize) -> &str {
        self.0.splitn(6, ':').nth(place).unwrap_or_default()
    }

    /// The service that has it.
    pub(crate) fn service(&self) -> &str {
        self.part(2)
    }

    /// What it is called in its service.
    pub(crate) fn resource(&self) -> &str {
        self.part(5)
    }

    /// The address of a queue. To ask SQS for it takes a right more.
    pub(crate) fn queue_url(&self) -> String {
        let suffix = if self.part(1) == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://sqs.{}.{suffix}/{}/{}", self.part(3), self.part(4), self.resource())
    }

    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_has_the_address_of_its_partition() {
        let url = |text| Arn::read(text).unwrap().queue_url();
        assert_eq!(url("arn:aws:sqs:eu-west-1:12:todo"), "https://sqs.eu-west-1.amazonaws.com/12/todo");
        assert_eq!(url("arn:aws-cn:sqs:cn-north-1:12:todo"), "https://sqs.cn-north-1.amazonaws.com.cn/12/todo");
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in ["", "todo", "arn:aws:sqs:eu-west-1:12", "arn:aws::eu-west-1:12:todo", "arn:aws:sqs:::"] {
            assert_eq!(Arn::read(text), None, "{text}");
        }
        let secret = Arn::read("arn:aws:secretsmanager:eu-west-1:12:secret:a:b").unwrap();
        assert_eq!((secret.service(), secret.resource()), ("secretsmanager", "secret:a:b"));
    }
}
