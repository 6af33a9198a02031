use crate::model::{Broker, Encryption, Fact, MetadataItem};
use crate::spec::Setting;

/// What pubsub.kafka wants to know, from the one broker.
pub(super) fn kafka_metadata(broker: &Broker, largest_record: Option<Fact<u32>>) -> Vec<MetadataItem> {
    let mut metadata = vec![item("brokers", broker.addresses.setting())];
    metadata.extend(authentication_metadata(broker));
    metadata.extend(encryption_metadata(broker));
    // Oldest, or a group that is born after the first event never sees it.
    metadata.push(item("initialOffset", Fact::derived(plain("oldest"))));
    metadata.extend(largest_record.map(|size| item("maxMessageBytes", size.map(|bytes| plain(&bytes.to_string())))));
    metadata
}

/// `certificate` is TLS without a user, and Dapr takes it only with an authority; `none` turns TLS off.
fn without_a_user(encryption: &Fact<Encryption>) -> Fact<Setting> {
    match &encryption.value {
        Encryption::Tls { ca: Some(_) } => Fact { value: plain("certificate"), at: encryption.at },
        _ => Fact::derived(plain("none")),
    }
}

fn authentication_metadata(broker: &Broker) -> Vec<MetadataItem> {
    let Some(credentials) = &broker.credentials else {
        return vec![item("authType", without_a_user(&broker.encryption))];
    };
    vec![
        item("authType", Fact { value: plain("password"), at: credentials.sasl.at }),
        item("saslUsername", credentials.username.clone().map(Setting::Secret)),
        item("saslPassword", credentials.password.clone().map(Setting::Secret)),
        item("saslMechanism", credentials.sasl.clone().map(|sasl| plain(sasl.dapr()))),
    ]
}

/// Dapr encrypts unless told otherwise, or unless `authType` is none.
fn encryption_metadata(broker: &Broker) -> Vec<MetadataItem> {
    let encryption = &broker.encryption;
    match &encryption.value {
        Encryption::Off if broker.credentials.is_none() => Vec::new(),
        Encryption::Off => vec![item("disableTls", Fact { value: plain("true"), at: encryption.at })],
        Encryption::Tls { ca: None } => Vec::new(),
        Encryption::Tls { ca: Some(ca) } => {
            vec![item("caCert", Fact { value: Setting::Secret(ca.clone()), at: encryption.at })]
        }
    }
}

/// An item that portolan derives.
pub(super) fn item(key: &str, value: Fact<Setting>) -> MetadataItem {
    MetadataItem { key: key.to_owned(), key_at: None, value }
}

/// A value that is no secret.
pub(super) fn plain(text: &str) -> Setting {
    Setting::Plain(text.to_owned())
}
