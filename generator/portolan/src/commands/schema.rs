use portolan_pipeline::spec::schema::{contract_schema, stack_schema};

use crate::cli::{SchemaOf, SchemaWords};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::views::{Output, json};

/// Prints a JSON Schema.
pub(super) fn run(words: &SchemaWords, out: &mut Output) -> Result<Exit, Failure> {
    let schema = match words.of {
        SchemaOf::Stack => stack_schema(),
        SchemaOf::Contract => contract_schema(),
    };
    out.print(|to| json::write(&schema, to))?;
    Ok(Exit::Done)
}
