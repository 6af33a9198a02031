use crate::spec::arn::Arn;
use crate::spec::decode::{Entries, Located, record, words};
use crate::spec::duration::Duration;

record! {
    /// The AWS account that the stack uses: its bus, its functions, what they may read.
    pub struct Aws {
        /// The account's number, twelve digits in quotes.
        "account" => account: Option<Located<String>>,
        /// The region.
        "region" => region: Option<Located<String>>,
        /// The partition; default what the region belongs to.
        "partition" => partition: Option<Located<Partition>>,
        /// The EventBridge bus; default `<stack>-<environment>`.
        "bus" => bus: Option<Located<String>>,
        /// The name of the EKS cluster, where pods put events on the bus or get them from it.
        "cluster" => cluster: Option<Located<String>>,
        /// What every function is given unless its service says otherwise.
        "function" => function: Function,
        /// How long the functions' logs are kept; default 30d.
        "logRetention" => log_retention: Option<Located<Duration>>,
        /// The ARN behind each secret: a JSON secret of Secrets Manager, or the path of parameters in SSM.
        "secrets" => secrets: Entries<Located<Arn>>,
        /// The keys of KMS that these secrets are encrypted with, where they are your own.
        "keys" => keys: Vec<Located<Arn>>,
        /// The subnets and security groups of functions that work in a VPC.
        "network" => network: Network,
    }
}

words! {
    /// A part of AWS that has accounts of its own.
    pub enum Partition {
        /// The regions that are in neither of the others.
        Aws = "aws",
        /// China.
        China = "aws-cn",
        /// `GovCloud`.
        Government = "aws-us-gov",
    }
}

record! {
    /// What a Lambda function is given.
    pub struct Function {
        /// Memory in MiB, 128 to 10240; CPU follows from it; default 256.
        "memory" => memory: Option<Located<u32>>,
        /// How long it may work on one batch or event, at most 900s; default 60s.
        "timeout" => timeout: Option<Located<Duration>>,
        /// The processor; default arm64.
        "architecture" => architecture: Option<Located<Architecture>>,
        /// At most so many at once, and so many kept free for it; default neither.
        "reservedConcurrency" => reserved_concurrency: Option<Located<u32>>,
        /// Where its code is; default the zip of `cargo lambda build --output-format zip`.
        "code" => code: Code,
    }
}

words! {
    /// The processor that a function's code was built for.
    pub enum Architecture {
        /// Graviton.
        Arm64 = "arm64",
        /// Intel and AMD.
        X8664 = "x86_64",
    }
}

record! {
    /// Where a function's code is.
    pub struct Code {
        /// An S3 bucket.
        "bucket" => bucket: Option<Located<String>>,
        /// What stands before `<service>.zip` in the bucket, where `key` is not written.
        "prefix" => prefix: Option<Located<String>>,
        /// The object in the bucket.
        "key" => key: Option<Located<String>>,
        /// The version of the object.
        "version" => version: Option<Located<String>>,
        /// A zip on this machine instead, relative to the project's folder.
        "zip" => zip: Option<Located<String>>,
    }
}

record! {
    /// The VPC that functions work in.
    pub struct Network {
        /// Its subnets.
        "subnets" => subnets: Vec<Located<String>>,
        /// The security groups of the functions.
        "securityGroups" => security_groups: Vec<Located<String>>,
    }
}

record! {
    /// How Lambda reads a Kafka broker for functions.
    pub struct EventSource {
        /// The ARN of the MSK cluster; without it the broker is reached at its addresses.
        "cluster" => cluster: Option<Located<Arn>>,
        /// The secret in Secrets Manager with `username` and `password`.
        "credentials" => credentials: Option<Located<Arn>>,
        /// The secret in Secrets Manager with the authority's `certificate`.
        "authority" => authority: Option<Located<Arn>>,
        /// At most so many records in one batch; default 100.
        "batchSize" => batch_size: Option<Located<u32>>,
        /// How long a batch waits for more, in whole seconds up to 300s; default Lambda's, half a second.
        "batchWindow" => batch_window: Option<Located<Duration>>,
    }
}
