//! Jobs, invocations, modes, stores and secrets.

use super::comparison::Comparison;
use super::others::has;
use crate::spec::Located;
use crate::spec::contract::{Contract, Invokes};

pub(super) fn compare_surface(comparison: &mut Comparison<'_>) {
    compare_jobs(comparison);
    compare_invocations(comparison);
    compare_modes(comparison);
    let (old, new) = (comparison.old, comparison.new);
    compare_names(comparison, "component", "is used", &old.stores, &new.stores);
    let keys = |contract: &Contract| -> Vec<Located<String>> {
        contract.secrets.iter().map(|key| Located { value: key.value.to_string(), at: key.at }).collect()
    };
    compare_names(comparison, "secret", "is read", &keys(old), &keys(new));
}

/// A job that was scheduled by the old version comes due in the new one.
fn compare_jobs(comparison: &mut Comparison<'_>) {
    let (old, new, before, after) = (comparison.old, comparison.new, comparison.before, comparison.after);
    for schedules in &old.schedules {
        let Some(job) = &schedules.job else { continue };
        let subject = format!("job {}", job.value);
        let now = new.schedules.iter().find(|one| one.job.as_ref().is_some_and(|name| name.value == job.value));
        let route = |schedules: &crate::spec::contract::Schedules| schedules.route.clone();
        match now {
            None => {
                let message = "is gone: what is scheduled already comes due and finds nobody";
                comparison.breaking(subject, message).before(before, job.at);
            }
            Some(now) => {
                if let (Some(was), Some(is)) = (route(schedules), route(now))
                    && was.value != is.value
                {
                    let message = format!("route `{}` -> `{}`", was.value, is.value);
                    comparison.breaking(subject, message).before(before, was.at).after(after, is.at);
                }
            }
        }
    }
    for job in new.schedules.iter().filter_map(|schedules| schedules.job.as_ref()) {
        if !old.schedules.iter().any(|one| one.job.as_ref().is_some_and(|name| name.value == job.value)) {
            comparison.compatible(format!("job {}", job.value), "is new").after(after, job.at);
        }
    }
}

/// A service and a method of it.
type Called<'a> = (&'a str, Option<&'a str>);

fn called(invokes: &Invokes) -> Option<Called<'_>> {
    Some((invokes.service.as_ref()?.value.as_str(), invokes.method.as_ref().map(|method| method.value.as_str())))
}

/// Who may invoke whom follows from the contracts: what is taken out is refused to the replicas that still run the old version.
fn compare_invocations(comparison: &mut Comparison<'_>) {
    let (old, new, before, after) = (comparison.old, comparison.new, comparison.before, comparison.after);
    for invokes in &old.invokes {
        let (Some(whom), Some(service)) = (called(invokes), &invokes.service) else { continue };
        let subject = subject(whom);
        let Some(now) = new.invokes.iter().find(|one| called(one) == Some(whom)) else {
            let message = "is no longer invoked: replicas of the old version are refused from then on";
            comparison.breaking(subject, message).before(before, service.at);
            continue;
        };
        if now.verbs.is_empty() {
            continue;
        }
        let gone = invokes.verbs.iter().filter(|verb| !has(&now.verbs, &verb.value));
        for verb in gone {
            let message = format!("verb {} is no longer used: replicas of the old version are refused", verb.value);
            comparison.breaking(subject.clone(), message).before(before, verb.at);
        }
    }
    for invokes in &new.invokes {
        let (Some(whom), Some(service)) = (called(invokes), &invokes.service) else { continue };
        if !old.invokes.iter().any(|one| called(one) == Some(whom)) {
            comparison.compatible(subject(whom), "is invoked").after(after, service.at);
        }
    }
}

fn subject((service, method): Called<'_>) -> String {
    method.map_or_else(|| format!("service {service}"), |method| format!("method {service}/{method}"))
}

fn compare_modes(comparison: &mut Comparison<'_>) {
    let (old, new, before, after) = (comparison.old, comparison.new, comparison.before, comparison.after);
    // A contract that lists none says nothing of them.
    if old.modes.is_empty() || new.modes.is_empty() {
        return;
    }
    for mode in old.modes.iter().filter(|mode| new.modes.iter().all(|now| now.value != mode.value)) {
        let message = "is no longer offered: an environment with this `run` can no longer be rendered";
        comparison.breaking(format!("mode {}", mode.value.word()), message).before(before, mode.at);
    }
    for mode in new.modes.iter().filter(|mode| old.modes.iter().all(|was| was.value != mode.value)) {
        comparison.compatible(format!("mode {}", mode.value.word()), "is offered").after(after, mode.at);
    }
}

fn compare_names(
    comparison: &mut Comparison<'_>,
    what: &str,
    verb: &str,
    old: &[Located<String>],
    new: &[Located<String>],
) {
    let (before, after) = (comparison.before, comparison.after);
    for name in old.iter().filter(|name| !has(new, &name.value)) {
        let message = verb.replacen(' ', " no longer ", 1);
        comparison.compatible(format!("{what} {}", name.value), message).before(before, name.at);
    }
    for name in new.iter().filter(|name| !has(old, &name.value)) {
        comparison.compatible(format!("{what} {}", name.value), verb).after(after, name.at);
    }
}
