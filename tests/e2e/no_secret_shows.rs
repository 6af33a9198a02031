//! Promise: no secret shows. None of the environment's reaches an output or a file, and one that somebody wrote into the
//! spec is refused without being shown, in whatever way it is written and whatever else is wrong on its line.

mod support;

#[path = "hostile.rs"]
mod hostile;

mod canary;

mod planted;

use std::fs;
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use canary::Canary;
use hostile::{ENVIRONMENT, assert_no_panic, program, tree};
use planted::{BROKEN, PLACES, STYLES};
use portolan_parts::Scratch;
use support::{both, copy_stack};

const VARIABLES: [&str; 6] =
    ["DATABASE_URL", "SMTP_PASSWORD", "KAFKA_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PORTOLAN_TOKEN"];

/// Command lines that end well, and such that fail.
const COMMANDS: [&str; 42] = [
    "check",
    "check --defaults",
    "check --output json --defaults",
    "check --output sarif",
    "check --color always --strict",
    "check env=prod --quiet",
    "render",
    "render --check",
    "render --check --output json",
    "render prod --out out",
    "render --output json --out elsewhere",
    "render --color always --strict",
    "render prod --image api-service=registry.example.com/api:1",
    "render prod --explain charts/values/prod/api-service.yaml",
    "render prod --explain charts/values/prod/api-service.yaml --output json",
    "render prod --explain dapr-components/prod/component-kafka-pubsub.yaml",
    "diff local prod",
    "diff local prod --output json",
    "diff local nowhere",
    "dlq list prod",
    "dlq show prod --secrets infra/stack.yaml task-events.dlq/0/1",
    "explain",
    "explain P501",
    "explain P999",
    "schema",
    "schema contract",
    "completions bash",
    "completions zsh",
    "completions fish",
    "--help",
    "--version",
    "check --help",
    "render --help",
    "help render",
    "",
    "wrong",
    "check nowhere",
    "render env=",
    "render --image nobody=x",
    "render prod --explain nowhere",
    "render --out /dev/null/x",
    "--project /dev/null check",
];

fn run(project: &Scratch, command: &str, canaries: &[Canary]) -> Result<Output> {
    let mut program = program();
    program.args(command.split_whitespace()).current_dir(project.path()).env("RUST_BACKTRACE", "1");
    program.envs(canaries.iter().map(|canary| (&canary.name, &canary.value)));
    let output = program.output()?;
    assert_no_panic(&Output { stdout: Vec::new(), ..output.clone() }).context(command.to_owned())?;
    assert_hidden(canaries, &output.stdout)
        .and_then(|()| assert_hidden(canaries, &output.stderr))
        .with_context(|| format!("portolan {command}"))?;
    Ok(output)
}

fn assert_hidden(canaries: &[Canary], bytes: &[u8]) -> Result<()> {
    let shown: Vec<String> = canaries.iter().filter_map(|canary| canary.shows_in(bytes)).collect();
    ensure!(shown.is_empty(), "{shown:?} in: {}", String::from_utf8_lossy(bytes));
    Ok(())
}

#[test]
fn nothing_of_the_environment_shows() -> Result<()> {
    let canaries: Vec<Canary> = VARIABLES.iter().map(|name| Canary::new(name)).collect();
    let project = Scratch::new("canaries")?;
    copy_stack(project.path())?;
    for command in COMMANDS {
        run(&project, command, &canaries)?;
    }
    assert_files_clean(&project, &canaries)?;
    // Findings of all kinds, in all forms.
    let stack = fs::read_to_string(project.join("infra/stack.yaml"))?;
    for wrong in
        ["services: 3", "  - : [", "topics: { a: { partitons: 3 } }", "components: { b: { type: pubsub.kafak } }"]
    {
        project.write("infra/stack.yaml", stack.replace("external:", &format!("{wrong}\nexternal:")))?;
        for command in
            COMMANDS.iter().filter(|command| ["check", "render", "diff"].iter().any(|verb| command.starts_with(verb)))
        {
            run(&project, command, &canaries)?;
        }
    }
    assert_files_clean(&project, &canaries)
}

fn assert_files_clean(project: &Scratch, canaries: &[Canary]) -> Result<()> {
    let files = tree(project.path())?;
    ensure!(files.len() > 100, "only {} files were searched", files.len());
    files.iter().try_for_each(|(path, text)| assert_hidden(canaries, text).with_context(|| path.display().to_string()))
}

fn spec(body: &str) -> String {
    format!("portolan: v1\nstack: harbour\n{body}")
}

/// Every form of every output, and what is written.
fn assert_refused_and_hidden(project: &Scratch, text: &str, canary: &Canary, refused: bool) -> Result<()> {
    project.write("infra/stack.yaml", text)?;
    let forms = [
        "check",
        "check --color always",
        "check --output json --defaults",
        "check --output sarif",
        "render",
        "render --output json",
        "diff local local",
    ];
    for form in forms {
        let output = run(project, form, std::slice::from_ref(canary)).with_context(|| text.to_owned())?;
        let code = output.status.code();
        ensure!(code == Some(1) || !refused && code == Some(0), "{form}: {code:?} {} of\n{text}", both(&output));
    }
    Ok(())
}

fn harbour() -> Result<Scratch> {
    let project = Scratch::new("planted")?;
    fs::create_dir_all(project.join("infra/environments"))?;
    project.write("infra/environments/local.yaml", format!("environment: local\n{ENVIRONMENT}"))?;
    Ok(project)
}

#[test]
fn a_secret_in_the_spec_is_refused_and_not_shown() -> Result<()> {
    let project = harbour()?;
    for place in PLACES {
        for style in STYLES {
            let canary = Canary::new("PASSWORD");
            let escaped = format!("\"\\x{:02x}{}\"", canary.value.as_bytes()[0], &canary.value[1..]);
            let value = if style.contains("ESCAPED") { escaped } else { style.replace("CANARY", &canary.value) };
            if place.contains("//todo:HERE") && !style.starts_with("CANARY")
                || place.contains("[HERE]") && style.contains('\n')
            {
                continue;
            }
            let value = if place.contains("//todo:HERE") { canary.value.clone() } else { value };
            let place = place.replacen("uses: [HERE]", "uses: [pilot]", 1);
            assert_refused_and_hidden(&project, &spec(&place.replace("HERE", &value)), &canary, true)?;
        }
    }
    Ok(())
}

#[test]
fn an_alias_and_a_flow_map_hide_nothing_and_show_nothing() -> Result<()> {
    let project = harbour()?;
    for body in [
        "components:\n  bus: { type: pubsub.kafka, auth: { password: CANARY, username: { secret: a/B } }, brokres: [] }\n",
        "stock: &pw CANARY\ncomponents:\n  bus: { type: pubsub.kafka, auth: { password: *pw } }\n",
        "services:\n  pilot: { env: { A: &pw CANARY, SMTP_PASSWORD: *pw }, image: \"a/b:1\", prot: 1 }\n",
        "services:\n  pilot: { env: { SMTP_PASSWORD: CANARY, PROT: 1 }, image: \"a/b:1\", prot: 1 }\n",
        "components:\n  bus:\n    type: pubsub.kafka\n    auth: &auth { password: CANARY }\n  other: { type: pubsub.kafka, auth: { <<: *auth } }\n",
    ] {
        let canary = Canary::new("PASSWORD");
        assert_refused_and_hidden(&project, &spec(&body.replace("CANARY", &canary.value)), &canary, true)
            .context(body)?;
    }
    Ok(())
}

#[test]
fn a_line_that_is_broken_does_not_show_its_secret() -> Result<()> {
    let project = harbour()?;
    for broken in BROKEN {
        for place in
            ["components:\n  bus:\n    type: pubsub.kafka\n    auth:\n      HERE\n      sasl: plain\n", "HERE\n"]
        {
            let canary = Canary::new("PASSWORD");
            let text = spec(&place.replace("HERE", &broken.replace("CANARY", &canary.value)));
            assert_refused_and_hidden(&project, &text, &canary, true)?;
        }
    }
    Ok(())
}

#[test]
fn a_contract_shows_none_either() -> Result<()> {
    let project = harbour()?;
    fs::create_dir_all(project.join("handlers/pilot"))?;
    let body = "services: { pilot: { image: \"a/b:1\" } }\n";
    for contract in [
        "\"secrets\": [\"CANARY\"]",
        "\"password\": \"CANARY\"",
        "\"token\":\"CANARY\" \"CANARY\"",
        "\"dsn\": \"CANARY",
    ] {
        let canary = Canary::new("PASSWORD");
        let text = format!(
            "{{ \"contract\": \"v1\", \"service\": \"pilot\", {} }}\n",
            contract.replace("CANARY", &canary.value)
        );
        project.write("handlers/pilot/contract.json", text)?;
        assert_refused_and_hidden(&project, &spec(body), &canary, true).context(contract)?;
    }
    Ok(())
}
