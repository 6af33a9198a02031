//! What a function is told of secrets is where they lie. They are read once, when it starts.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use serde_json::Value;

use super::{connect, explained};
use crate::arn::Arn;
use crate::environment::{ConfigurationError, Environment, Problems};

/// Parameters in one request: SSM's limit.
const AT_ONCE: usize = 10;

/// Where a variable's value lies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reference {
    /// A property of a JSON secret in Secrets Manager.
    Property(Arn, String),
    /// A parameter in SSM.
    Parameter(Arn),
}

/// The variables, and those of `PORTOLAN_SECRETS` with their values.
pub(crate) async fn with_secrets(environment: &Environment) -> Result<Environment, ConfigurationError> {
    let mut problems = Problems::default();
    let references = references(environment, &mut problems);
    if references.is_empty() {
        problems.into_result()?;
        return Ok(environment.clone());
    }
    let region = environment.required("AWS_REGION", &mut problems);
    problems.into_result()?;
    let aws = connect(&region).await;
    let mut problems = Problems::default();
    let mut values = secrets(&aws, &references, &mut problems).await;
    values.extend(parameters(&aws, &references, &mut problems).await);
    problems.into_result()?;
    Ok(environment.and(values))
}

/// `NAME=REFERENCE,...`.
fn references(environment: &Environment, problems: &mut Problems) -> BTreeMap<String, Reference> {
    let text = environment.optional("PORTOLAN_SECRETS").unwrap_or_default();
    let mut references = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').map(|(name, reference)| (name, Reference::read(reference))) {
            Some((name, Some(reference))) if !name.is_empty() => {
                references.insert(name.to_owned(), reference);
            }
            Some((name, None)) if !name.is_empty() => problems.add(format!(
                "PORTOLAN_SECRETS: the reference of {name} has to be ARN#KEY of Secrets Manager, or the ARN of a parameter in SSM"
            )),
            _ => problems.add("PORTOLAN_SECRETS has to be NAME=REFERENCE for each secret, parted by commas".to_owned()),
        }
    }
    references
}

impl Reference {
    fn read(text: &str) -> Option<Self> {
        let (arn, property) = text.split_once('#').map_or((text, None), |(arn, key)| (arn, Some(key)));
        let arn = Arn::read(arn)?;
        match (arn.service(), property) {
            ("secretsmanager", Some(key)) if !key.is_empty() => Some(Self::Property(arn, key.to_owned())),
            ("ssm", None) if arn.resource().starts_with("parameter/") => Some(Self::Parameter(arn)),
            _ => None,
        }
    }
}

/// Each secret is read once, however many of its properties are wanted.
async fn secrets(
    aws: &SdkConfig,
    references: &BTreeMap<String, Reference>,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut wanted: BTreeMap<&Arn, Vec<(&String, &String)>> = BTreeMap::new();
    for (name, reference) in references {
        if let Reference::Property(arn, key) = reference {
            wanted.entry(arn).or_default().push((name, key));
        }
    }
    let client = aws_sdk_secretsmanager::Client::new(aws);
    let mut values = BTreeMap::new();
    for (arn, names) in wanted {
        let answer = client.get_secret_value().secret_id(arn.as_str()).send().await;
        let text = match answer.as_ref().map(|answer| answer.secret_string()) {
            Ok(text) => text.unwrap_or_default(),
            Err(error) => {
                problems.add(format!("the secret {arn} cannot be read: {}", explained(error)));
                continue;
            }
        };
        for (name, key) in names {
            match property(text, key) {
                Some(value) => {
                    values.insert(name.clone(), value);
                }
                None => problems.add(format!("{name}: the secret {arn} is no JSON object with the text {key}")),
            }
        }
    }
    values
}

fn property(text: &str, key: &str) -> Option<String> {
    match serde_json::from_str::<BTreeMap<String, Value>>(text).ok()?.remove(key)? {
        Value::String(text) => Some(text),
        // A port is often written without quotes.
        number @ Value::Number(_) => Some(number.to_string()),
        _ => None,
    }
}

async fn parameters(
    aws: &SdkConfig,
    references: &BTreeMap<String, Reference>,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let parameter = |(name, reference): (&String, &Reference)| match reference {
        Reference::Parameter(arn) => Some((name.clone(), arn.clone())),
        Reference::Property(..) => None,
    };
    let wanted: Vec<(String, Arn)> = references.iter().filter_map(parameter).collect();
    let mut arns: Vec<&Arn> = wanted.iter().map(|(_, arn)| arn).collect();
    arns.sort();
    arns.dedup();
    let client = aws_sdk_ssm::Client::new(aws);
    let mut found = BTreeMap::new();
    for arns in arns.chunks(AT_ONCE) {
        let names = arns.iter().map(|arn| arn.as_str().to_owned()).collect();
        match client.get_parameters().set_names(Some(names)).with_decryption(true).send().await {
            Ok(answer) => found.extend(
                answer
                    .parameters
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|parameter| Some((parameter.arn?, parameter.value?))),
            ),
            Err(error) => problems.add(format!("parameters cannot be read: {}", explained(&error))),
        }
    }
    let mut values = BTreeMap::new();
    for (name, arn) in wanted {
        match found.get(arn.as_str()) {
            Some(value) => {
                values.insert(name, value.clone());
            }
            None => problems.add(format!("{name}: there is no parameter {arn}")),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BTreeMap<String, Reference>, String> {
        let mut problems = Problems::default();
        let references = references(&Environment::from([("PORTOLAN_SECRETS", text)]), &mut problems);
        problems.into_result().map(|()| references).map_err(|error| error.to_string())
    }

    #[test]
    fn a_reference_is_a_property_or_a_parameter() {
        let secret = "arn:aws:secretsmanager:eu-west-1:12:secret:todo/db-AbCdEf";
        let parameter = "arn:aws:ssm:eu-west-1:12:parameter/todo/a=b";
        let references = read(&format!("URL={secret}#URL, TOKEN={parameter}")).unwrap();
        assert_eq!(references["URL"], Reference::Property(Arn::read(secret).unwrap(), "URL".to_owned()));
        assert_eq!(references["TOKEN"], Reference::Parameter(Arn::read(parameter).unwrap()));
    }

    #[test]
    fn what_is_none_is_told_by_its_name_and_not_by_its_text() {
        for text in ["URL=hunter2", "URL=arn:aws:secretsmanager:eu-west-1:12:secret:hunter2", "hunter2", "=hunter2"] {
            let problem = read(text).unwrap_err();
            assert!(problem.contains("PORTOLAN_SECRETS") && !problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_property_is_text_or_a_number() {
        let text = r#"{"A":"one","PORT":587,"LIST":[]}"#;
        let found = ["A", "PORT", "LIST", "NONE"].map(|key| property(text, key));
        assert_eq!(found, [Some("one".to_owned()), Some("587".to_owned()), None, None]);
        assert_eq!(property("one", "A"), None);
    }
}
