//! Where the services are that are invoked.

use std::collections::BTreeMap;

use handler_contract::Contract;
use reqwest::header::HeaderValue;

use crate::environment::{Environment, Problems};

/// Where a sidecar's HTTP API listens that is told nothing.
const PORT: u64 = 3500;

/// What a service that invokes others is told. docs/decisions/0012 names the variables.
#[derive(Clone, Debug)]
pub struct InvokeConfig {
    /// What stands before the method, by service.
    pub(super) addresses: BTreeMap<String, String>,
    /// What is shown to the sidecar.
    pub(super) token: Option<HeaderValue>,
    /// Whether it is the sidecar that is asked.
    pub(super) by_sidecar: bool,
}

impl InvokeConfig {
    /// Reads the environment where the contract invokes anybody; every problem is told.
    pub(crate) fn read(
        environment: &Environment,
        contract: &Contract,
        by_sidecar: bool,
        problems: &mut Problems,
    ) -> Option<Self> {
        if contract.invokes.is_empty() {
            return None;
        }
        let told = told(environment, problems);
        let mut config = Self { addresses: BTreeMap::new(), token: None, by_sidecar };
        let invoked = contract.invokes.iter().map(|invocation| invocation.service);
        if by_sidecar {
            let port = environment.number("DAPR_HTTP_PORT", problems).unwrap_or(PORT);
            config.token = environment.optional("DAPR_API_TOKEN").and_then(|token| sensitive(&token));
            let app = |service: &str| told.get(service).cloned().unwrap_or_else(|| service.to_owned());
            let address = |service: &str| format!("http://127.0.0.1:{port}/v1.0/invoke/{}/method", app(service));
            config.addresses = invoked.map(|service| (service.to_owned(), address(service))).collect();
            return Some(config);
        }
        for service in invoked {
            match told.get(service).map(|address| address.trim_end_matches('/')) {
                Some(address) if is_address(address) => {
                    config.addresses.insert(service.to_owned(), address.to_owned());
                }
                Some(_) => problems.add(format!("PORTOLAN_INVOKE has no http:// or https:// address for {service}")),
                None if config.addresses.contains_key(service) => {}
                None => problems.add(format!("PORTOLAN_INVOKE names no address of {service}")),
            }
        }
        Some(config)
    }
}

/// `service=where,...`.
fn told(environment: &Environment, problems: &mut Problems) -> BTreeMap<String, String> {
    let text = environment.optional("PORTOLAN_INVOKE").unwrap_or_default();
    let mut told = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some((service, place)) if !service.is_empty() && !place.is_empty() => {
                told.insert(service.to_owned(), place.to_owned());
            }
            _ => problems.add("PORTOLAN_INVOKE has to be service=where for each service, parted by commas".to_owned()),
        }
    }
    told
}

/// A token with letters that no header may have is a problem that the sidecar's own configuration tells.
fn sensitive(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(token).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn is_address(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use handler_contract::{Invocation, Mode};

    use super::*;

    fn read(environment: &Environment, by_sidecar: bool) -> (Option<InvokeConfig>, String) {
        let mut contract = Contract::of("clerk", vec![Mode::Dapr]);
        let invocation = |method| Invocation { service: "bank", method, verbs: vec!["POST"] };
        contract.invokes = vec![invocation("pay"), invocation("refund")];
        let mut problems = Problems::default();
        let config = InvokeConfig::read(environment, &contract, by_sidecar, &mut problems);
        (config, problems.into_result().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    fn address(environment: &Environment, by_sidecar: bool) -> String {
        let (config, problems) = read(environment, by_sidecar);
        assert_eq!(problems, "");
        config.unwrap().addresses["bank"].clone()
    }

    #[test]
    fn a_service_is_its_own_app_unless_something_else_is_told() {
        let [sidecar, other] = ["", "bank=ledger"]
            .map(|told| address(&[("DAPR_HTTP_PORT", "3501"), ("PORTOLAN_INVOKE", told)].into(), true));
        assert_eq!(sidecar, "http://127.0.0.1:3501/v1.0/invoke/bank/method");
        assert_eq!(other, "http://127.0.0.1:3501/v1.0/invoke/ledger/method");
    }

    #[test]
    fn without_a_sidecar_an_address_has_to_be_told() {
        let told = [("PORTOLAN_INVOKE", "bank=https://bank.example.com/v1/")].into();
        assert_eq!(address(&told, false), "https://bank.example.com/v1");
        let wrong = |told| read(&[("PORTOLAN_INVOKE", told)].into(), false).1;
        assert!(wrong("").contains("PORTOLAN_INVOKE names no address of bank"));
        assert!(wrong("bank=bank.example.com").contains("no http:// or https:// address for bank"));
        assert!(wrong("bank").contains("has to be service=where"));
    }

    #[test]
    fn no_token_is_shown() {
        let (config, _) = read(&[("DAPR_API_TOKEN", "hunter2")].into(), true);
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
