#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by ending")]

use std::collections::BTreeSet;

use super::{Graph, graph_stack};
use crate::resolve::resolve_stack;
use crate::spec::{Files, ReadError, STACK_PATH, parse_project};

/// Names that close a label, begin a keyword, a comment, a directive or an entity, or are the same but for a sign.
const STACK: &str = r#"
portolan: v1
stack: "end\"]; x"
topics: { "a\"] --> b": , "a.b": , "a-b": , end: , "%%{init: {}}%%": , "<b>&amp;\\n": }
secrets: { "s|t": [K] }
components:
  bus: { type: pubsub.kafka, brokers: ["b.ns.svc.cluster.local:9092"] }
  "store\\": { type: state.redis, metadata: { redisPassword: { secret: s|t/K } } }
services:
  "x\e[31m\ny":
    image: i
    subscribes: { "a\"] --> b": { group: "g\"|" }, "a.b": { route: "/`#35;" }, "<b>&amp;\\n": }
    publishes: [a-b, end, "%%{init: {}}%%"]
    invokes: [subgraph]
    uses: ["store\\"]
    scale: { min: 0, max: 3, lag: 20 }
external: { subgraph: { url: "https://user:word@example.org:8443/a" } }
"#;

struct Texts;

impl Files for Texts {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        match path {
            STACK_PATH => Ok(STACK.to_owned()),
            "infra/environments/local.yaml" => Ok("environment: local".to_owned()),
            _ => Err(ReadError::Missing),
        }
    }
}

fn graph() -> Graph {
    graph_stack(&resolve_stack(&parse_project(&Texts, "local").unwrap()).0)
}

/// A line of a drawing with every quoted text taken out, and those texts.
fn parted(line: &str) -> (String, Vec<String>) {
    let (mut bare, mut quoted) = (String::new(), Vec::new());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            bare.push(letter);
            continue;
        }
        let mut text = String::new();
        loop {
            match letters.next() {
                Some('"') => break,
                Some('\\') => text.extend(['\\', letters.next().unwrap()]),
                Some(letter) => text.push(letter),
                None => panic!("a quote is open: {line}"),
            }
        }
        quoted.push(text);
    }
    (bare, quoted)
}

#[test]
fn every_edge_ends_at_a_node() {
    let graph = graph();
    let known: BTreeSet<_> = graph.nodes.iter().map(|node| &node.id).collect();
    assert!(graph.edges.iter().all(|edge| known.contains(&edge.from) && known.contains(&edge.to)));
    assert!(graph.edges.is_sorted() && known.len() == graph.nodes.len());
    assert!(graph.edges.len() >= 15, "{:#?}", graph.edges);
}

#[test]
fn mermaid_declares_every_node_and_leaves_no_name_unquoted() {
    let drawing = graph().mermaid();
    let mut lines = drawing.lines();
    assert_eq!(lines.next(), Some("flowchart LR"));
    let mut declared = BTreeSet::new();
    for line in lines {
        let (bare, quoted) = parted(line);
        assert!(bare.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-.>|[](){}".contains(letter)), "{line}");
        assert_eq!(quoted.len(), 1, "{line}");
        assert!(!quoted[0].contains(['`', '{', '|', '[', '\\', '&']), "{line}");
        assert!(!quoted[0].replace("<br/>", "").contains(['<', '>']), "{line}");
        match bare.trim().split(' ').collect::<Vec<_>>()[..] {
            [from, "-->||" | "-.->||", to] => {
                assert!(declared.contains(from) && declared.contains(to), "{line}");
            }
            [node] => {
                let name = node.split(['[', '(', '{']).next().unwrap();
                assert!(declared.insert(name.to_owned()), "{line} stands there twice");
            }
            _ => panic!("{line}"),
        }
    }
    assert!(declared.contains("topic_a_b") && declared.contains("topic_a_b_2"), "{declared:?}");
    assert!(drawing.contains("#34;#93; --#62; b"), "{drawing}");
}

#[test]
fn dot_declares_every_node_and_is_balanced() {
    let drawing = graph().dot();
    let body = drawing.strip_suffix("\n}\n").unwrap();
    let (bare, quoted) = parted(body.lines().next().unwrap());
    assert_eq!((bare.as_str(), quoted), ("digraph  {", vec![r#"end\"]; x in local"#.to_owned()]));
    let mut declared = BTreeSet::new();
    for line in body.lines().skip(2) {
        let (bare, quoted) = parted(line);
        match (bare.trim().split(' ').collect::<Vec<_>>()[..].first(), &quoted[..]) {
            (Some(&"->"), [from, to, _]) => assert!(declared.contains(from) && declared.contains(to), "{line}"),
            (Some(_), [name, _]) => assert!(declared.insert(name.clone()), "{line} stands there twice"),
            _ => panic!("{line}"),
        }
        assert!(bare.ends_with("];") && bare.matches('[').count() == 1, "{line}");
    }
    assert!(drawing.contains(r#""component/store\\""#) && drawing.contains(r"<b>&amp;amp;\\n"), "{drawing}");
}

#[test]
fn the_text_steers_no_terminal_and_shows_no_user() {
    let text = graph().text();
    assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'), "{text}");
    assert!(text.contains("service x\u{fffd}[31m\u{fffd}y: dapr, 0 to 3 replicas\n"), "{text}");
    let all = [graph().mermaid(), graph().dot(), text].concat() + &format!("{:?}", graph().nodes);
    assert!(all.contains("example.org:8443") && !all.contains("user:word"), "{all}");
}
