//! One run: events go in while things end, and everything has to come of it once.

use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use portolan_stage::Broker;
use serde_json::json;

use crate::load::Load;
use crate::schedule::Step;
use crate::tally::Tally;
use crate::{Broken, Chance, Mode, PARTITIONS, Parts, Plan, Program, Stand, event};

/// After so long without a step forward nothing more will come.
const STUCK: Duration = Duration::from_secs(90);
/// How long a loop takes at least.
const TICK: Duration = Duration::from_millis(20);

/// Runs it. An error is a promise that was not kept, or parts that could not be had.
pub fn run(plan: Plan, program: Program) -> Result<Tally> {
    let begun = Instant::now();
    let mut parts = Parts::start()?;
    let mut stand = Stand::new(&mut parts, "soak", plan.mode, program, 6)?;
    let mut chance = Chance::of(plan.seed);
    let mut load = Load::of(plan.events, &mut chance);
    let told = format!("{} mode, seed {}", plan.mode.name(), plan.seed);
    let mut driver = Driver { stand: &mut stand, chance, leaving: Vec::new(), kills: 0, restarts: 0 };
    let driven = driver.drive(&plan, &mut load);
    let (kills, restarts) = (driver.kills, driver.restarts);
    let checked = driven.and_then(|()| if plan.probes { probe(&mut stand) } else { Ok(()) });
    let mut tally = Tally::of(&plan, &stand, &load)?;
    (tally.kills, tally.restarts, tally.seconds) = (kills, restarts, begun.elapsed().as_secs());
    checked.with_context(|| format!("{told}\n{tally}"))?;
    if !tally.is_right() {
        let words = stand.last_words();
        return Err(Broken(format!("{told}\n{tally}\n{words}")).into());
    }
    Ok(tally)
}

struct Driver<'a, 'b> {
    stand: &'a mut Stand<'b>,
    chance: Chance,
    leaving: Vec<JoinHandle<Result<bool>>>,
    kills: usize,
    restarts: usize,
}

impl Driver<'_, '_> {
    fn drive(&mut self, plan: &Plan, load: &mut Load) -> Result<()> {
        for _ in 0..plan.members {
            self.stand.join()?;
        }
        let mut steps = plan.schedule(&mut self.chance).into_iter().peekable();
        let begun = Instant::now();
        while steps.peek().is_some() || !load.is_sent() {
            let part = begun.elapsed().as_millis() * 1000 / plan.span.as_millis().max(1);
            load.send(&self.stand.parts.broker, usize::try_from(part).unwrap_or(usize::MAX).min(1000));
            while steps.peek().is_some_and(|(at, _)| *at <= begun.elapsed()) {
                if let Some((_, step)) = steps.next() {
                    self.step(step)?;
                }
            }
            self.stand.parts.broker.try_flush(TICK);
        }
        for leaving in self.leaving.drain(..) {
            leaving.join().map_err(|_| anyhow::anyhow!("a member's thread panicked"))??;
        }
        flush(&self.stand.parts.broker)?;
        settle(self.stand, load)
    }

    fn step(&mut self, step: Step) -> Result<()> {
        let member = self.chance.below(self.stand.members.len());
        match step {
            Step::Kill => {
                self.kills += 1;
                self.stand.members[member].kill()?;
            }
            Step::Leave if self.stand.members.len() > 1 => {
                self.kills += 1;
                let mut member = self.stand.members.remove(member);
                self.leaving.push(std::thread::spawn(move || member.leave()));
            }
            Step::Leave => {}
            Step::Join => {
                self.stand.join()?;
            }
            Step::Revive => {
                self.stand.revive()?;
            }
            Step::Broker => {
                self.restarts += 1;
                self.stand.parts.kafka.kill()?;
                self.stand.parts.kafka.revive()?;
            }
            Step::Database => {
                self.restarts += 1;
                self.stand.parts.postgres.restart()?;
            }
            Step::Sidecar => {
                self.restarts += 1;
                self.stand.members[member].kill_sidecar()?;
            }
        }
        Ok(())
    }
}

fn flush(broker: &Broker) -> Result<()> {
    anyhow::ensure!(broker.try_flush(Duration::from_mins(1)), "the broker does not take what is published");
    Ok(())
}

/// Waits until everything has come that has to, or nothing more comes.
fn settle(stand: &mut Stand<'_>, load: &Load) -> Result<()> {
    let (mut last, mut since) = (None, Instant::now());
    loop {
        stand.revive()?;
        let lines = stand.count("SELECT count(*) FROM soak.lines");
        let rows = stand.count("SELECT count(*) FROM soak.portolan_outbox");
        let letters = stand.parts.broker.try_read("work.dlq").map(|letters| letters.len());
        let all = lines >= Some(load.lines()) && letters.as_ref().is_ok_and(|count| *count >= load.dead.len());
        if all && rows == Some(0) && stand.has_no_lag().is_ok_and(|none| none) {
            return Ok(());
        }
        let now = (lines, rows, letters.ok());
        if last.as_ref() != Some(&now) {
            (last, since) = (Some(now), Instant::now());
        }
        if since.elapsed() > STUCK {
            return Err(Broken(format!("all is settled; lines, rows of the outbox, dead letters: {last:?}")).into());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// What no effect shows: waiting in a circle, offsets that go back, one that waits and holds others, rows left behind.
fn probe(stand: &mut Stand<'_>) -> Result<()> {
    let circles = stand.parts.postgres.process().log_text().contains("in relation \"portolan_inbox");
    promise(!circles, "no two batches wait for each other at the inbox")?;
    if stand.mode() == Mode::Dapr {
        return Ok(());
    }
    stand.commits_stay()?;
    held_up(stand)?;
    scale_to_zero(stand)
}

fn promise(kept: bool, promise: &str) -> Result<()> {
    if kept { Ok(()) } else { Err(Broken(promise.to_owned()).into()) }
}

/// One that comes again after ten seconds does not hold what is beside it.
fn held_up(stand: &mut Stand<'_>) -> Result<()> {
    stand.patience = Duration::from_secs(5);
    let waits = json!({ "do": "await", "file": Path::new("/nowhere"), "seconds": 20 });
    for partition in 0..PARTITIONS {
        let page = format!("probe-{partition}");
        let task = if partition == 0 { &waits } else { &json!({ "do": "write" }) };
        stand.parts.broker.publish_to("work", i32::from(partition), &page, &event(&page, &page, task).to_string());
        if partition == 0 {
            let tried = "SELECT count(*) FROM soak.portolan_attempts WHERE id = 'probe-0'";
            stand.wait("it has been tried", |stand| Ok(stand.count(tried) == Some(1)))?;
        }
    }
    let beside = "SELECT count(*) FROM soak.lines WHERE page LIKE 'probe-%'";
    stand.keeps("one that waits does not hold another partition", |stand| {
        Ok(stand.count(beside) == Some(usize::from(PARTITIONS) - 1))
    })
}

/// Everybody leaves while there is much to do; what was handled has left.
fn scale_to_zero(stand: &mut Stand<'_>) -> Result<()> {
    for number in 0..20_000 {
        let page = format!("zero-{}", number % 50);
        let id = format!("{page}-{number}");
        stand.parts.broker.enqueue("work", &page, &event(&page, &id, &json!({ "do": "publish" })).to_string());
    }
    flush(&stand.parts.broker)?;
    let lines = "SELECT count(*) FROM soak.lines WHERE page LIKE 'zero-%'";
    stand.wait("some are handled", |stand| Ok(stand.count(lines) >= Some(100)))?;
    let left = std::thread::scope(|scope| {
        let leaving: Vec<_> = stand.members.iter_mut().map(|member| scope.spawn(|| member.leave())).collect();
        leaving.into_iter().all(|left| matches!(left.join(), Ok(Ok(true))))
    });
    promise(left, "everybody leaves in good order")?;
    promise(stand.count("SELECT count(*) FROM soak.portolan_outbox") == Some(0), "who leaves leaves an empty outbox")
}
