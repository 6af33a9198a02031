use super::super::file::RenderedFile;
use super::super::object::{manifest_path, object_in};
use super::super::tree::{Map, Tree};
use super::metrics::{DEAD_LETTERS, FINISHED, INGRESS, OUTBOX_AGE, lags};
use crate::model::Stack;

/// Grafana's grid is 24 wide; two panels stand side by side.
const WIDTH: u64 = 12;
const HEIGHT: u64 = 8;

/// A dashboard in a ConfigMap with the label that Grafana's usual sidecar looks for.
pub(super) fn render_dashboard(stack: &Stack) -> RenderedFile {
    let name = format!("{}-dashboard", stack.name.value);
    let labels = Map::new().with("grafana_dashboard", "1");
    let namespace = Tree::text(&stack.cluster.namespace);
    let mut json = serde_json::to_string_pretty(&Tree::from(dashboard(stack))).unwrap_or_default();
    json.push('\n');
    let data = Map::new().with(format!("{}-{}.json", stack.name.value, stack.environment), json);
    let document = object_in(stack, namespace, "v1", "ConfigMap", &name, labels).with("data", data);
    RenderedFile::new(manifest_path(stack, "dashboard"), document)
}

fn dashboard(stack: &Stack) -> Map {
    let title = format!("{} {}", stack.name.value, stack.environment);
    Map::new()
        .with("uid", format!("portolan-{}-{}", stack.name.value, stack.environment))
        .with("title", title)
        .with("tags", vec![Tree::from("portolan")])
        .with("schemaVersion", 39)
        .with("refresh", "30s")
        .with("time", Map::new().with("from", "now-1h").with("to", "now"))
        .with("templating", Map::new().with("list", vec![source_variable()]))
        .with("panels", panels(stack))
}

/// Which Prometheus is asked is chosen in Grafana.
fn source_variable() -> Tree {
    Map::new().with("name", "source").with("type", "datasource").with("query", "prometheus").into()
}

fn panels(stack: &Stack) -> Vec<Tree> {
    let namespace = &stack.cluster.namespace.value;
    let rate = |metric: &str, by: &str| format!("sum by ({by}) (rate({metric}{{namespace=\"{namespace}\"}}[5m]))");
    let lags = lags(stack);
    let waiting = lags.iter().map(|lag| (lag.waiting(stack, "", ""), format!("{} {}", lag.service.name, lag.topic)));
    let by_topic = || "{{service}} {{topic}}".to_owned();
    let status = "{{service}} {{topic}} {{process_status}}".to_owned();
    let component = "{{service}} {{component}}".to_owned();
    let failed =
        format!("sum by (service, component) (dapr_runtime_component_init_fail_total{{namespace=\"{namespace}\"}})");
    let age = format!("max by (service) ({OUTBOX_AGE}{{namespace=\"{namespace}\"}})");
    let all = vec![
        ("Events that wait", "short", waiting.collect()),
        ("Deliveries by sidecars", "ops", vec![(rate(INGRESS, "service, topic, process_status"), status)]),
        ("Events finished by consumers", "ops", vec![(rate(FINISHED, "service, topic"), by_topic())]),
        ("Dead letters of consumers", "ops", vec![(rate(DEAD_LETTERS, "service, topic"), by_topic())]),
        ("Oldest event in the outbox", "s", vec![(age, "{{service}}".to_owned())]),
        ("Components that did not load", "short", vec![(failed, component)]),
    ];
    (0..).zip(all).map(|(number, (title, unit, queries))| panel(number, title, unit, queries)).collect()
}

fn panel(number: u64, title: &str, unit: &'static str, queries: Vec<(String, String)>) -> Tree {
    let source = || Map::new().with("type", "prometheus").with("uid", "${source}");
    let place =
        Map::new().with("x", number % 2 * WIDTH).with("y", number / 2 * HEIGHT).with("w", WIDTH).with("h", HEIGHT);
    let targets = (1_u64..).zip(queries).map(|(letter, (expression, legend))| {
        let target = Map::new().with("refId", format!("Q{letter}")).with("datasource", source());
        target.with("expr", expression).with("legendFormat", legend).into()
    });
    Map::new()
        .with("id", number + 1)
        .with("type", "timeseries")
        .with("title", title)
        .with("datasource", source())
        .with("gridPos", place)
        .with("fieldConfig", Map::new().with("defaults", Map::new().with("unit", unit)))
        .with("targets", targets.collect::<Vec<Tree>>())
        .into()
}
