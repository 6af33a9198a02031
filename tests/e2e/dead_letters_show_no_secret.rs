//! Promise: a broker with users and an authority of its own is dealt with as any other, and no secret of it shows, whatever goes
//! wrong.

mod canary;

mod letters;

use anyhow::{Context as _, Result, ensure};
use canary::Canary;
use letters::{Broker, dlq, harbour, lines, three_letters};
use portolan_parts::Kafka;

#[test]
fn with_users_and_an_authority_of_its_own_and_no_secret_shows() -> Result<()> {
    let canaries: Vec<Canary> = ["KAFKA_USERNAME", "KAFKA_PASSWORD"].map(Canary::new).into();
    let (user, password) = (canaries[0].value.as_str(), canaries[1].value.as_str());
    let kafka = Kafka::scram(&[(user, password)])?;
    let project = harbour("127.0.0.1:1")?;
    let authority = kafka.ca_pem().context("an authority")?;
    kafka.create_topics(&[("tasks", 6), ("tasks.dlq", 2)])?;
    let settings = [
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        ("sasl.username", user),
        ("sasl.password", password),
        ("ssl.ca.pem", authority),
    ];
    let broker = Broker::at(kafka.brokers(), &settings)?;
    three_letters(&broker)?;

    let all = [
        ("KAFKA_BROKERS", kafka.brokers()),
        ("KAFKA_USERNAME", user),
        ("KAFKA_PASSWORD", password),
        ("KAFKA_CA", authority),
    ];
    let run = |words: &[&str], variables: &[(&str, &str)], code: i32| -> Result<String> {
        let output = dlq(&project, words, variables)?;
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let shown: Vec<String> = canaries.iter().filter_map(|canary| canary.shows_in(&said)).collect();
        let said = String::from_utf8_lossy(&said).into_owned();
        ensure!(shown.is_empty(), "{shown:?} in: {said}");
        ensure!(output.status.code() == Some(code), "dlq {words:?}: {}\n{said}", output.status);
        Ok(said)
    };
    let missing = run(&["list", "secured"], &[], 3)?;
    ensure!(all.iter().all(|(name, _)| missing.contains(&format!("{name} (of kafka-secrets/{name})"))), "{missing}");
    assert_eq!(lines(&run(&["list", "secured", "--output", "json"], &all, 0)?)?.len(), 3);

    let file = project.write(
        "kafka.env",
        format!("# for tests\nKAFKA_USERNAME={user}\nexport KAFKA_PASSWORD='{password}'\nkafka-secrets/KAFKA_CA=\"{authority}\"\n"),
    )?;
    let file = file.display().to_string();
    let flags = ["--secrets", file.as_str(), "--brokers", kafka.brokers()];
    for words in [
        &["list", "secured"][..],
        &["show", "secured", "e-own", "--payload"],
        &["replay", "secured", "e-own", "--yes"],
        &["drop", "secured", "e-sidecar", "--yes", "--delete"],
    ] {
        run(&[words, &flags].concat(), &[], 0)?;
    }
    assert_eq!(broker.read("tasks")?.len(), 1);

    // Whoever is refused is told so, and nothing of what was shown to the broker.
    let wrong = [&all[..2], &[("KAFKA_PASSWORD", user), ("KAFKA_CA", authority)]].concat();
    ensure!(run(&["list", "secured"], &wrong, 3)?.contains("cannot reach Kafka at"));
    let broken = [&all[..3], &[("KAFKA_CA", password)]].concat();
    run(&["list", "secured"], &broken, 3)?;
    let line = project.write("broken.env", format!("KAFKA_USERNAME={user}\n{password}\n"))?.display().to_string();
    ensure!(run(&["list", "secured", "--secrets", &line], &all, 3)?.contains("line 2 is no KEY=VALUE"));
    let nobody = run(&["list", "secured", "--brokers", "127.0.0.1:1"], &all, 3)?;
    ensure!(nobody.contains("cannot reach Kafka at 127.0.0.1:1"), "{nobody}");
    Ok(())
}
