//! The lists in a pub/sub component's metadata that say who may do what with which topic (dapr 1.18, `pkg/scopes`).

use std::collections::{BTreeMap, BTreeSet};

use super::plain;
use crate::model::{Component, MetadataItem};
use crate::source::Span;

/// One list, `app1=topic1,topic2;app2=topic3` or `topic1,topic2`, and where it stands.
pub(in crate::checks) struct TopicList<'a> {
    pub(in crate::checks) key: &'static str,
    pub(in crate::checks) item: &'a MetadataItem,
    text: &'a str,
}

/// The lists with a scope for each app: of publishing and of subscribing.
pub(in crate::checks) const BY_APP: [&str; 2] = ["publishingScopes", "subscriptionScopes"];
/// The lists of topics for all apps.
pub(in crate::checks) const FOR_ALL: [&str; 2] = ["allowedTopics", "protectedTopics"];

impl<'a> TopicList<'a> {
    /// The list of this name, whatever its case, where it says anything.
    pub(in crate::checks) fn of(component: &'a Component, key: &'static str) -> Option<Self> {
        let item = component.item(key)?;
        let text = plain(item).filter(|text| !text.trim().is_empty())?;
        Some(Self { key, item, text })
    }

    pub(in crate::checks) fn at(&self) -> Option<Span> {
        self.item.value.at.or(self.item.key_at)
    }

    /// The parts for single apps: the app and its topics; nothing of a part without `=`, as Dapr passes over it.
    pub(in crate::checks) fn apps(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut apps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (app, listed) in self.parts().filter_map(|part| part.split_once('=')) {
            apps.entry(app.trim()).or_default().extend(topics(listed));
        }
        apps
    }

    /// The parts that Dapr passes over.
    pub(in crate::checks) fn unread(&self) -> impl Iterator<Item = &'a str> {
        self.parts().filter(|part| !part.is_empty() && !part.contains('='))
    }

    /// The topics of a list for all apps.
    pub(in crate::checks) fn topics(&self) -> BTreeSet<&'a str> {
        topics(self.text).collect()
    }

    fn parts(&self) -> impl Iterator<Item = &'a str> {
        self.text.split(';').map(str::trim)
    }
}

fn topics(listed: &str) -> impl Iterator<Item = &str> {
    listed.split(',').map(str::trim)
}
