//! Secrets: which there are and which keys they have. A value is never read.

use serde_json::json;

use super::draft::Draft;
use super::object::Object;
use super::report::Log;

/// Where portolan's own templates name the keys that they want.
const KEYS: [&str; 3] = ["metadata", "annotations", "portolan.dev/keys"];

pub(super) fn import_secrets(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    let mut origin = None;
    for object in objects {
        let keys: Vec<String> = match (object.kind.as_str(), object.group.as_str()) {
            ("Secret", "") => {
                let keys = ["data", "stringData"].iter().flat_map(|part| object.node.map_at(&[part]));
                let keys: Vec<String> = keys.map(|(key, _)| key.text.clone()).collect();
                if keys.is_empty() {
                    origin = origin.or(Some("template"));
                } else {
                    origin = Some("existing");
                    let reason = "only its name and its keys are in the spec, which holds no values";
                    log.left(
                        object.place(object.node.at),
                        &object.title(),
                        "data",
                        reason,
                        "keep it out of the repository",
                    );
                }
                let wanted = object.node.scalar_at(&KEYS).unwrap_or_default();
                keys.into_iter().chain(wanted.split(',').filter(|key| !key.is_empty()).map(str::to_owned)).collect()
            }
            ("ExternalSecret", "external-secrets.io") => {
                origin = Some("external-secrets");
                let source = &mut draft.secret_source;
                for (field, path) in
                    [("store", &["spec", "secretStoreRef", "name"][..]), ("refresh", &["spec", "refreshInterval"])]
                {
                    if let Some(text) = object.node.scalar_at(path).filter(|text| *text != "3600s" && *text != "1h") {
                        source.insert(field.to_owned(), json!(text));
                    }
                }
                object
                    .node
                    .list_at(&["spec", "data"])
                    .iter()
                    .filter_map(|item| Some(item.scalar_at(&["secretKey"])?.to_owned()))
                    .collect()
            }
            ("SealedSecret", "bitnami.com") => {
                origin = Some("sealed-secrets");
                object.node.map_at(&["spec", "encryptedData"]).iter().map(|(key, _)| key.text.clone()).collect()
            }
            _ => continue,
        };
        let name = object.node.scalar_at(&["spec", "target", "name"]).unwrap_or(&object.name).to_owned();
        draft.declare(&name, keys.into_iter().filter(|key| !key.contains('/')));
    }
    // Where nothing brings them here, somebody else does.
    let origin = origin.unwrap_or("existing");
    if origin != "template" {
        draft.secret_source.insert("from".to_owned(), json!(origin));
    }
}
