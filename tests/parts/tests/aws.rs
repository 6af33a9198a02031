//! What stands in for AWS.

use std::path::Path;

use anyhow::Result;
use portolan_parts::Aws;
use serde_json::json;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";

#[test]
fn a_queue_is_made_in_the_account_of_the_credential() -> Result<()> {
    for mut aws in [Aws::ministack(ACCOUNT, REGION)?, Aws::moto(ACCOUNT, REGION)?] {
        let url = aws.call("sqs", "CreateQueue", &json!({ "QueueName": "letters" }))?["QueueUrl"].clone();
        let asked = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
        let arn = aws.call("sqs", "GetQueueAttributes", &asked)?["Attributes"]["QueueArn"].clone();
        assert_eq!(arn, format!("arn:aws:sqs:{REGION}:{ACCOUNT}:letters"));

        let pid = aws.process().pid();
        drop(aws);
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }
    Ok(())
}

#[test]
fn a_request_is_held_against_the_services_own_model() -> Result<()> {
    let aws = Aws::ministack(ACCOUNT, REGION)?;
    let refused = aws.call("events", "PutRule", &json!({ "Name": "letters", "Patern": "{}" }));
    assert!(refused.is_err_and(|error| error.to_string().contains("Patern")));
    let refused = aws.call("events", "PutRule", &json!({ "Name": "letters", "EventPattern": "{}" }));
    assert!(
        refused.is_err_and(|error| error.to_string().contains("ClientError") || error.to_string().contains("Pattern"))
    );
    Ok(())
}
