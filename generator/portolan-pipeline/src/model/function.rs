use super::Fact;
use crate::spec::Duration;
use crate::spec::document::Architecture;

/// What a Lambda function is given.
#[derive(Debug, Clone)]
pub struct Function {
    /// Memory in MiB.
    pub memory: Fact<u32>,
    /// How long it may work on one batch or event.
    pub timeout: Fact<Duration>,
    /// The processor that its code was built for.
    pub architecture: Fact<Architecture>,
    /// At most so many at once.
    pub reserved_concurrency: Option<Fact<u32>>,
    /// Where its code is.
    pub code: Code,
}

/// Where a function's code is.
#[derive(Debug, Clone)]
pub enum Code {
    /// In S3.
    Bucket {
        /// The bucket.
        bucket: Fact<String>,
        /// The object.
        key: Fact<String>,
        /// Its version.
        version: Option<Fact<String>>,
    },
    /// In a zip on this machine, relative to the project's folder.
    Zip(Fact<String>),
}
