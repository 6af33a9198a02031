use std::collections::BTreeSet;

use crate::model::{Aws, Service};
use crate::render::tree::{Map, Tree};
use crate::spec::{SecretKey, Setting};

/// A right: what may be done, to which things.
pub(super) fn allow(actions: &[&str], resources: impl IntoIterator<Item = String>) -> Map {
    let one_or_all = |mut items: Vec<Tree>| if items.len() == 1 { items.remove(0) } else { Tree::from(items) };
    Map::new()
        .with("Effect", "Allow")
        .with("Action", one_or_all(actions.iter().map(|action| Tree::from(*action)).collect()))
        .with("Resource", one_or_all(resources.into_iter().map(Tree::from).collect()))
}

/// To read exactly the secrets that a function uses, or that its variables refer to.
pub(super) fn allow_secrets(aws: &Aws, service: &Service) -> Vec<Map> {
    let told = service.env.iter().filter_map(|(_, value)| as_key(&value.value));
    let keys: BTreeSet<&SecretKey> = service.secrets.iter().map(|key| &key.value).chain(told).collect();
    let resources: BTreeSet<(String, bool)> = keys.into_iter().filter_map(|key| aws.secret_resource(key)).collect();
    let of_kind = |wanted: bool| -> Vec<String> {
        let found = resources.iter().filter(|(_, is_parameter)| *is_parameter == wanted);
        found.map(|(arn, _)| arn.clone()).collect()
    };
    let rights = [("secretsmanager:GetSecretValue", of_kind(false)), ("ssm:GetParameters", of_kind(true))];
    rights.into_iter().filter(|(_, arns)| !arns.is_empty()).map(|(action, arns)| allow(&[action], arns)).collect()
}

/// To attach a network card in a VPC. These actions of EC2 know no resource that could be named before it is there.
pub(super) fn allow_network() -> Map {
    allow(
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        ["*".to_owned()],
    )
}

fn as_key(setting: &Setting) -> Option<&SecretKey> {
    match setting {
        Setting::Secret(key) => Some(key),
        Setting::Plain(_) => None,
    }
}
