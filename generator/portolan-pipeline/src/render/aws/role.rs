use super::request::{Requests, Step};
use super::tag_list;
use crate::render::tree::{Map, Tree};

/// What every policy is written in.
const LANGUAGE: &str = "2012-10-17";

/// A role that one service of AWS takes on, and what may be done by it.
pub(super) struct Role<'a> {
    pub(super) name: &'a str,
    pub(super) principal: &'static str,
    pub(super) actions: &'static [&'static str],
    /// For whom alone it is taken on.
    pub(super) condition: Option<Map>,
    pub(super) statements: Vec<Map>,
}

pub(super) fn render_role(requests: &mut Requests<'_>, role: Role<'_>) {
    let actions: Vec<Tree> = role.actions.iter().map(|action| Tree::from(*action)).collect();
    let trust = Map::new()
        .with("Effect", "Allow")
        .with("Principal", Map::new().with("Service", role.principal))
        .with("Action", actions)
        .maybe("Condition", role.condition);
    let body = Map::new()
        .with("RoleName", role.name)
        .with("AssumeRolePolicyDocument", policy(vec![trust]))
        .with("Tags", tag_list(requests.stack));
    requests.add(Step::Role, role.name, body);
    let body = Map::new()
        .with("RoleName", role.name)
        .with("PolicyName", "portolan")
        .with("PolicyDocument", policy(role.statements));
    requests.add(Step::RolePolicy, role.name, body);
}

/// The APIs take a policy as text.
fn policy(statements: Vec<Map>) -> Tree {
    let statements: Vec<Tree> = statements.into_iter().map(Tree::from).collect();
    Map::new().with("Version", LANGUAGE).with("Statement", statements).into_json()
}
