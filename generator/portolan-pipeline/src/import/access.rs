//! Who may invoke a service: what a caller may do becomes its `invokes`, what that cannot say stands at the service.

use serde_json::{Value, json};

use super::draft::{Draft, Fields, fields, whole};
use crate::spec::node::Node;

pub(super) fn import_access(control: &Node, service: &str, draft: &mut Draft) {
    let mut callers = Fields::new();
    for policy in control.list_at(&["policies"]) {
        let any = policy.scalar_at(&["defaultAction"]) == Some("allow");
        let operations = policy.list_at(&["operations"]);
        // A policy whose default is to deny and that allows nothing is nobody's.
        let allows = any || operations.iter().any(is_allowed);
        let Some(app) = policy.scalar_at(&["appId"]).filter(|_| allows) else { continue };
        let (caller, is_ours) = caller(app, policy, draft);
        let mut left = Vec::new();
        for operation in operations {
            match method(operation).filter(|_| is_ours && !any) {
                Some(method) => {
                    let method = json!(
                        fields([("service", Some(json!(service)))]).into_iter().chain(method).collect::<Fields>()
                    );
                    draft.service_of(app).methods.push((service.to_owned(), method));
                }
                None => left.extend(operation_fields(operation)),
            }
        }
        if any && is_ours {
            draft.service_of(app).invokes.insert(service.to_owned());
        }
        let said = fields([
            ("default", (any && !is_ours).then(|| json!("allow"))),
            ("operations", Some(left).filter(|left| !left.is_empty()).map(Value::Array)),
        ]);
        callers.extend(whole(said).map(|said| (caller, said)));
    }
    let access = fields([
        ("default", control.word_at(&["defaultAction"], &["allow"])),
        ("trustDomain", control.text_at(&["trustDomain"]).filter(|domain| *domain != json!("public"))),
        ("callers", whole(callers)),
    ]);
    if let (Some(access), Some(service)) = (whole(access), draft.services.get_mut(service)) {
        service.fields.insert("access".to_owned(), access);
    }
}

fn is_allowed(operation: &Node) -> bool {
    operation.scalar_at(&["action"]) == Some("allow")
}

/// The name of a caller, and whether it is of this namespace; one of another namespace is declared.
fn caller(app: &str, policy: &Node, draft: &mut Draft) -> (String, bool) {
    let Some(namespace) = policy.scalar_at(&["namespace"]).filter(|namespace| *namespace != draft.namespace) else {
        return (draft.name_of(app), true);
    };
    let name = if draft.services.contains_key(app) { format!("{app}-{namespace}") } else { app.to_owned() };
    let domain = policy.text_at(&["trustDomain"]).filter(|domain| *domain != json!("public"));
    let external = fields([("app", Some(json!(format!("{app}.{namespace}")))), ("trustDomain", domain)]);
    draft.external.entry(name.clone()).or_insert(external);
    (name, false)
}

fn verbs(operation: &Node) -> Option<Value> {
    let verbs = operation.words_at(&["httpVerb"]);
    (!verbs.is_empty() && !verbs.iter().any(|verb| verb == "*")).then(|| json!(verbs))
}

/// What `invokes` can say: one path, which is allowed.
fn method(operation: &Node) -> Option<Fields> {
    let path = operation.scalar_at(&["name"])?.strip_prefix('/')?;
    let plain = is_allowed(operation) && !path.is_empty() && !path.contains('*');
    plain.then(|| fields([("method", Some(json!(path))), ("verbs", verbs(operation))]))
}

fn operation_fields(operation: &Node) -> Option<Value> {
    let path = operation.text_at(&["name"]).filter(|path| path.as_str().is_some_and(|path| path.starts_with('/')))?;
    let action = operation.word_at(&["action"], &["allow", "deny"])?;
    let denied = Some(action).filter(|action| *action == json!("deny"));
    whole(fields([("path", Some(path)), ("verbs", verbs(operation)), ("action", denied)]))
}
