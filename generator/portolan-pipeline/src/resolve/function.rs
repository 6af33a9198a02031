use super::resolver::Resolver;
use super::surroundings::Surroundings;
use crate::model::{Code, Fact, Function, Subscription};
use crate::spec::document::{self, Architecture, Run};
use crate::spec::{Duration, Located};

const MEMORY: u32 = 256;
const TIMEOUT: Duration = Duration::seconds(60);

impl Resolver<'_> {
    /// What a service's function is given: its own word, else that of `aws.function`, else the default.
    pub(super) fn function(
        &mut self,
        service: &Located<String>,
        written: &document::Function,
        run: &Fact<Run>,
        around: Surroundings<'_>,
    ) -> Option<Function> {
        around.aws.filter(|_| run.value == Run::Lambda)?;
        let nothing = document::Function::default();
        let all = self.document.aws.as_ref().map_or(&nothing, |aws| &aws.function);
        let path = |field: &str| format!("services.{}.function.{field}", service.value);
        let (memory, timeout) = (written.memory.as_ref(), written.timeout.as_ref());
        let architecture = written.architecture.as_ref().or(all.architecture.as_ref());
        let word = |architecture: &Architecture| architecture.word().to_owned();
        let reserved = written.reserved_concurrency.as_ref().or(all.reserved_concurrency.as_ref());
        Some(Function {
            memory: self.or_default(memory.or(all.memory.as_ref()), &path("memory"), MEMORY),
            timeout: self.or_default(timeout.or(all.timeout.as_ref()), &path("timeout"), TIMEOUT),
            architecture: self.or_default_as(architecture, &path("architecture"), Architecture::Arm64, word),
            reserved_concurrency: reserved.map(Fact::from),
            code: self.code(&service.value, &written.code, &all.code),
        })
    }

    /// Where `cargo lambda build --output-format zip` leaves it, unless something else is written.
    fn code(&mut self, service: &str, own: &document::Code, all: &document::Code) -> Code {
        let bucket = own.bucket.as_ref().or(all.bucket.as_ref());
        if let (Some(bucket), None) = (bucket, &own.zip) {
            let prefix = own.prefix.as_ref().or(all.prefix.as_ref());
            let before = prefix.map_or("", |prefix| prefix.value.as_str());
            let named = Fact { value: format!("{before}{service}.zip"), at: prefix.map(|prefix| prefix.at) };
            let key = own.key.as_ref().map_or(named, Fact::from);
            return Code::Bucket { bucket: bucket.into(), key, version: own.version.as_ref().map(Fact::from) };
        }
        let path = format!("services.{service}.function.code.zip");
        let zip = own.zip.as_ref().or(all.zip.as_ref());
        Code::Zip(self.or_default(zip, &path, format!("target/lambda/{service}/bootstrap.zip")))
    }
}

/// A group of its own for each topic: Lambda wants no two event sources of one group.
pub(super) fn part_groups(subscriptions: &mut [Subscription], around: Surroundings<'_>) {
    let from_kafka = |subscription: &&mut Subscription| !around.is_eventbridge(&subscription.component);
    let read: Vec<&mut Subscription> = subscriptions.iter_mut().filter(from_kafka).collect();
    if read.len() < 2 {
        return;
    }
    for subscription in read.into_iter().filter(|subscription| subscription.group.at.is_none()) {
        subscription.group.value = format!("{}-{}", subscription.group.value, subscription.topic);
    }
}
