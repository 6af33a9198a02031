//! What every way to run a handler promises of a dead letter that somebody brings back.

use serde_json::json;

use crate::cases::{run_all, write};
use crate::program::dlq;
use crate::world::{Letter, Transport, World};

/// All of them, one after the other.
pub(crate) fn run<T: Transport>(world: &World<T>) {
    run_all(
        world,
        &[
            ("a dead letter that is brought back is handled, once for each replay", handled_once),
            ("one that fails again is a dead letter again, and can be brought back again", fails_again),
            ("the program brings an event back, and it is handled once", brought_back_by_the_program),
            ("what was handled stays handled, whatever is brought back", stays_handled),
        ],
    );
}

/// Brings a message back as `portolan dlq replay` does.
fn replay<T: Transport>(world: &World<T>, page: &str, letter: &Letter, name: &str) {
    world.broker.publish_with("work", page, &letter.message, ("portolan-replay", name));
}

/// An event that is a dead letter until the file is there.
fn broken<T: Transport>(world: &World<T>, page: &str, id: &str) -> (Letter, std::path::PathBuf) {
    let file = world.parts.scratch.join(id);
    world.send(page, id, &json!({ "do": "await", "file": file.display().to_string() }));
    (world.dead_letter(id), file)
}

fn letters_of<T: Transport>(world: &World<T>, id: &str) -> usize {
    let letters = world.dead_letters();
    letters.iter().filter(|letter| String::from_utf8_lossy(&letter.message).contains(id)).count()
}

fn handled_once<T: Transport>(world: &World<T>) {
    let (letter, file) = broken(world, "back", "back-1");
    std::fs::write(file, "").unwrap();
    // Without the name of a replay it is a repetition, and the event counts as handled.
    world.broker.publish("work", "back", &String::from_utf8_lossy(&letter.message));
    world.send("back", "back-2", &write());
    world.expect("back", &["back-2"]);
    replay(world, "back", &letter, "work.dlq/0/1");
    world.expect("back", &["back-2", "back-1"]);
    replay(world, "back", &letter, "work.dlq/0/1");
    replay(world, "back", &letter, "work.dlq/0/2");
    world.send("back", "back-3", &write());
    world.expect("back", &["back-2", "back-1", "back-3"]);
}

fn fails_again<T: Transport>(world: &World<T>) {
    let (letter, file) = broken(world, "still", "still-broken");
    replay(world, "still", &letter, "work.dlq/0/3");
    world.wait("it is given up again", || (letters_of(world, "still-broken") == 2).then_some(()));
    std::fs::write(file, "").unwrap();
    // That replay is over; the next one is another.
    replay(world, "still", &letter, "work.dlq/0/3");
    world.send("still", "still-2", &write());
    world.expect("still", &["still-2"]);
    replay(world, "still", &letter, "work.dlq/0/4");
    world.expect("still", &["still-2", "still-broken"]);
}

fn stays_handled<T: Transport>(world: &World<T>) {
    world.send("handled", "handled-1", &write());
    world.expect("handled", &["handled-1"]);
    let event = crate::world::event("handled", "handled-1", "work", &write()).to_string().into_bytes();
    let letter = Letter { message: event, reason: None, attempts: None, topic: None };
    replay(world, "handled", &letter, "work.dlq/0/5");
    world.send("handled", "handled-2", &write());
    world.expect("handled", &["handled-1", "handled-2"]);
}

fn brought_back_by_the_program<T: Transport>(world: &World<T>) {
    let (_, file) = broken(world, "program", "program-1");
    assert!(dlq(&world.parts, &["list", "suite", "--handler", "subject"]).contains("program-1"));
    std::fs::write(file, "").unwrap();
    let said = dlq(&world.parts, &["replay", "suite", "program-1", "--yes"]);
    assert!(said.ends_with("1 dead letter brought back\n"), "{said}");
    world.expect("program", &["program-1"]);
    assert!(!dlq(&world.parts, &["list", "suite"]).contains("program-1"), "it is dealt with");
    // A run that is repeated changes nothing.
    dlq(&world.parts, &["replay", "suite", "program-1", "--yes"]);
    world.send("program", "program-2", &write());
    world.expect("program", &["program-1", "program-2"]);
}
