//! The JSON Schemas that editors and other tools read, generated from the types that the spec is read with.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::contract::Contract;
use super::document::Document;

/// Schema of a stack and of an environment.
pub fn stack_schema() -> Schema {
    schema_of::<Document>("https://portolan.dev/schema/v1/stack.schema.json", "portolan stack or environment")
}

/// Schema of a handler's contract.
pub fn contract_schema() -> Schema {
    schema_of::<Contract>("https://portolan.dev/schema/v1/contract.schema.json", "portolan handler contract")
}

fn schema_of<T: JsonSchema>(id: &str, title: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), id.into());
    schema.insert("title".to_owned(), title.into());
    schema
}
