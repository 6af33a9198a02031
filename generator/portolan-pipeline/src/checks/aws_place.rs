use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Aws, Fact, Stack};
use crate::source::Span;
use crate::spec::Arn;
use crate::spec::document::Partition;
use crate::spec::rules::page;

pub(super) static RULE: Rule = Rule {
    code: "P805",
    severity: Severity::Error,
    title: "account, region or ARN that does not fit",
    page: page!("P805"),
};

pub(super) fn check_places(stack: &Stack, findings: &mut Findings) {
    let Some(aws) = &stack.aws else { return };
    let mut places = Places { aws, findings };
    places.check_account();
    places.check_region();
    for arn in aws.secrets.values() {
        let is_parameter = arn.value.service == "ssm" && arn.value.resource.starts_with("parameter/");
        let is_secret = arn.value.service == "secretsmanager" && arn.value.resource.starts_with("secret:");
        let wanted = "a secret of Secrets Manager, or the path of parameters of SSM";
        places.check_arn(arn, is_parameter || is_secret, wanted);
    }
    for key in &aws.keys {
        let is_key = key.value.service == "kms" && key.value.resource.starts_with("key/");
        places.check_arn(key, is_key, "a key of KMS");
    }
    for source in stack.components.values().filter_map(|component| Some(&component.broker.as_ref()?.event_source)) {
        if let Some(cluster) = &source.cluster {
            places.check_arn(cluster, cluster.value.service == "kafka", "an MSK cluster");
        }
        for secret in [&source.credentials, &source.authority].into_iter().flatten() {
            places.check_arn(secret, secret.value.service == "secretsmanager", "a secret of Secrets Manager");
        }
    }
}

struct Places<'a> {
    aws: &'a Aws,
    findings: &'a mut Findings,
}

impl Places<'_> {
    fn check_account(&mut self) {
        let account = &self.aws.account;
        let fits = account.value.len() == 12 && account.value.bytes().all(|digit| digit.is_ascii_digit());
        if let Some(at) = account.at.filter(|_| !fits) {
            self.push(
                at,
                format!("account `{}` has not twelve digits", account.value),
                "write the account's number in quotes",
            );
        }
    }

    fn check_region(&mut self) {
        let (region, partition) = (&self.aws.region, &self.aws.partition);
        if let Some(at) = region.at.filter(|_| !is_region(&region.value)) {
            self.push(at, format!("`{}` is no region", region.value), "write it as in eu-central-1");
            return;
        }
        let wanted = match region.value.as_str() {
            china if china.starts_with("cn-") => Partition::China,
            government if government.starts_with("us-gov-") => Partition::Government,
            _ => Partition::Aws,
        };
        // A partition that is newer than this list is written by hand, and then its regions begin otherwise.
        if let Some(at) = partition.at.filter(|_| wanted != partition.value) {
            let message = format!("region `{}` is not in partition `{}`", region.value, partition.value.word());
            self.push(at, message, &format!("write `{}`, or take the line away", wanted.word()));
        }
    }

    /// What a service reads by ARN has to lie where it runs; another account may share it.
    fn check_arn(&mut self, arn: &Fact<Arn>, fits: bool, wanted: &str) {
        let Some(at) = arn.at else { return };
        let (region, partition) = (&self.aws.region.value, self.aws.partition.value.word());
        if !fits {
            let message = format!("this ARN names something of `{}`, and {wanted} is wanted", arn.value.service);
            self.push(at, message, &format!("write the ARN of {wanted}"));
        } else if arn.value.region != *region || arn.value.partition != partition {
            let (own, its) = (format!("{partition}:{region}"), format!("{}:{}", arn.value.partition, arn.value.region));
            let message = format!("this ARN lies in `{its}`, and the stack runs in `{own}`");
            self.push(at, message, "replicate it to the stack's region, and write the ARN that it has there");
        }
    }

    fn push(&mut self, at: Span, message: String, help: &str) {
        self.findings.push(Finding::new(&RULE, at, message).label("AWS finds nothing there").help(help));
    }
}

/// `eu-central-1`, `us-gov-west-1`: words, then a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase());
    words.len() >= 2
        && words.iter().all(is_word)
        && !number.is_empty()
        && number.bytes().all(|digit| digit.is_ascii_digit())
}
