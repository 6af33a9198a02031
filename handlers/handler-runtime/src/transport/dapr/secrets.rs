//! Secrets, as the sidecar reads them from the store that the service is told. Its pod has no right to read them itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handler_contract::Contract;
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use super::access::Access;
use super::sidecar::Sidecar;
use crate::environment::{Environment, Problems};
use crate::service::ServiceError;

/// A sidecar starts beside its app, and has so long to be there.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(250);

/// The environment, and under their names the keys of the contract's secrets that it does not have. The store is
/// `PORTOLAN_SECRET_STORE`; where there is none, or nothing is missing, nobody is asked.
pub(crate) async fn with_secrets(environment: &Environment, contract: &Contract) -> Result<Environment, ServiceError> {
    let Some(store) = environment.optional("PORTOLAN_SECRET_STORE") else { return Ok(environment.clone()) };
    let missing: Vec<(&str, &str)> = contract
        .secrets
        .iter()
        .filter_map(|key| key.split_once('/'))
        .filter(|(_, key)| environment.optional(key).is_none())
        .collect();
    let mut problems = Problems::default();
    let access = Access::read(environment, &mut problems);
    problems.into_result()?;
    let sidecar = Sidecar::of(&access).map_err(std::io::Error::other)?;
    let mut found = BTreeMap::new();
    for secret in missing.iter().map(|(secret, _)| *secret).collect::<BTreeSet<_>>() {
        let mut keys = ask(&sidecar, &store, secret)
            .await
            .map_err(|status| ServiceError::Secrets(format!("{store} does not tell {secret}: {}", status.message())))?;
        let of_it = missing.iter().filter(|(of, _)| *of == secret);
        found.extend(of_it.filter_map(|(_, key)| keys.remove_entry(*key)));
    }
    Ok(environment.and(found))
}

/// Asks until the sidecar is there.
async fn ask(sidecar: &Sidecar, store: &str, secret: &str) -> Result<BTreeMap<String, String>, Status> {
    let until = Instant::now() + PATIENCE;
    loop {
        match sidecar.secret(store, secret).await {
            Err(status) if is_away(&status) && Instant::now() < until => sleep(POLL).await,
            answer => return Ok(answer?.into_iter().collect()),
        }
    }
}

fn is_away(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}
