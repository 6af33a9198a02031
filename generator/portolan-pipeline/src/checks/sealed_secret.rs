use std::collections::BTreeSet;

use crate::finding::{Finding, Findings, Rule, Severity};
use crate::model::{Secret, SecretName, Stack};
use crate::source::Span;
use crate::spec::rules::page;
use crate::spec::{SealedSecret, sealed_secret_path};

pub(super) static RULE: Rule = Rule {
    code: "P109",
    severity: Severity::Error,
    title: "sealed secret that is not what is declared",
    page: page!("P109"),
};

pub(super) fn check_sealed_secrets(stack: &Stack, findings: &mut Findings) {
    for (name, secret) in &stack.secrets {
        let Some(sealed) = &secret.sealed else { continue };
        let path = sealed_secret_path(&stack.environment, name.as_str());
        let mut seal = Seal { stack, name, secret, path, findings };
        match sealed {
            SealedSecret::Missing => seal.report(secret.at, "there is no file"),
            SealedSecret::Unfit(reason) => seal.report(secret.at, reason),
            SealedSecret::Sealed { name, namespace, keys } => {
                seal.check_owner(name, namespace.as_deref());
                seal.check_keys(keys);
            }
        }
    }
}

struct Seal<'a> {
    stack: &'a Stack,
    name: &'a SecretName,
    secret: &'a Secret,
    path: String,
    findings: &'a mut Findings,
}

impl Seal<'_> {
    /// kubeseal binds what it encrypts to name and namespace, unless it is told otherwise.
    fn check_owner(&mut self, name: &str, namespace: Option<&str>) {
        if name != self.name.as_str() {
            self.report(self.secret.at, &format!("it is called `{name}`"));
        }
        let wanted = &self.stack.cluster.namespace.value;
        // Without one it goes where `kubectl apply -n` says.
        if let Some(namespace) = namespace.filter(|namespace| namespace != wanted) {
            self.report(self.secret.at, &format!("it is for namespace `{namespace}`, the stack runs in `{wanted}`"));
        }
    }

    fn check_keys(&mut self, sealed: &BTreeSet<String>) {
        for key in self.secret.keys.iter().filter(|key| !sealed.contains(&key.value)) {
            self.report(key.at.unwrap_or(self.secret.at), &format!("it lacks the key `{}`", key.value));
        }
        let declared: BTreeSet<&str> = self.secret.keys.iter().map(|key| key.value.as_str()).collect();
        for key in sealed.iter().filter(|key| !declared.contains(key.as_str())) {
            self.report(self.secret.at, &format!("it has the key `{key}`, which is not declared"));
        }
    }

    fn report(&mut self, at: Span, reason: &str) {
        let message = format!("secret `{}` is not sealed in `{}` as it is declared: {reason}", self.name, self.path);
        let help = format!(
            "seal a Secret `{}` of namespace `{}` with exactly its declared keys: kubeseal --format yaml > {}",
            self.name, self.stack.cluster.namespace.value, self.path
        );
        self.findings.push(
            Finding::new(&RULE, at, message)
                .label("declared here")
                .related(self.stack.secret_source.origin.at, "who brings the values")
                .help(help),
        );
    }
}
