//! Requests that nobody wrote: made up from the service's own document, well-formed and not, each time the same ones.

use portolan_parts::{Scratch, schemathesis};

use crate::world::World;

/// What is asserted of each answer: no error of the server, and what the document says of it.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      negative_data_rejection,unsupported_method,ignored_auth";

/// How many examples of each operation; `SCHEMATHESIS_EXAMPLES` asks for more.
const EXAMPLES: &str = "20";

#[test]
fn no_request_is_an_error_of_the_server() {
    let world = World::start();
    let cookie = world.auth.sign_in("eve@example.com").unwrap();
    let scratch = Scratch::new("schemathesis").unwrap();
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut client = schemathesis().unwrap();
    client.current_dir(scratch.path()).args(["run", "--seed", "7", "--max-examples", &examples, "--checks", CHECKS]);
    client.args(["--no-color", "--header", &format!("Cookie: {cookie}")]);
    client.arg(format!("http://127.0.0.1:{}/openapi.json", world.stage.port()));
    let output = client.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("passed"), "{said}");
}
