//! A file for `dapr run -f`, told by what stands in it.

use super::draft::{Draft, setting};
use super::object::Object;
use super::plain::is_variable_secret;
use super::report::{Log, PlainSecret};
use serde_json::json;

/// What such a file is called here; it has no kind of its own.
pub(super) const KIND: &str = "dapr.yaml";

pub(super) fn import_run_files(objects: &[Object], draft: &mut Draft, log: &mut Log) {
    for object in objects.iter().filter(|object| object.kind == KIND) {
        for app in object.node.list_at(&["apps"]) {
            let folder = app.scalar_at(&["appDirPath"]).and_then(|path| path.trim_end_matches('/').rsplit('/').next());
            // Without an id it is the folder's name (dapr/cli, `pkg/runfileconfig`).
            let Some(id) = app.scalar_at(&["appID"]).or(folder) else {
                let reason = "the app has neither an id nor a folder";
                log.left(object.place(app.at), KIND, "apps", reason, "add `appID`");
                continue;
            };
            let mut variables = Vec::new();
            for (name, value) in app.map_at(&["env"]) {
                let Some(text) = value.text() else { continue };
                let secret = is_variable_secret(&name.text, text);
                if secret {
                    log.secrets.push(PlainSecret {
                        place: object.place(value.at),
                        object: format!("{KIND} {id}"),
                        field: name.text.clone(),
                        reference: format!("{id}/{}", name.text),
                    });
                }
                let value = if secret { draft.reference(id, &name.text) } else { setting(text) };
                variables.push((name.text.clone(), value));
            }
            for (name, _) in
                app.map().iter().filter(|(key, _)| !["appID", "appPort", "env"].contains(&key.text.as_str()))
            {
                let reason = "it says how the app is run on one machine, and the spec says what is deployed";
                log.left(object.place(name.at), &format!("{KIND} {id}"), &name.text, reason, "");
            }
            let port = app.scalar_at(&["appPort"]).and_then(|port| port.parse::<u16>().ok());
            let service = draft.service_of(id);
            service.env.extend(variables);
            if let Some(port) = port.filter(|port| *port != 8080 && !service.is_known) {
                service.fields.insert("port".to_owned(), json!(port));
            }
        }
        for (name, _) in object.node.map().iter().filter(|(key, _)| !["apps", "version"].contains(&key.text.as_str())) {
            let reason = "it says how the apps are run on one machine, and the spec says what is deployed";
            log.left(object.place(name.at), KIND, &name.text, reason, "");
        }
        log.carried.push(KIND.to_owned());
    }
}
