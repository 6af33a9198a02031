//! A mail as it is sent.

use handler_contract::Mail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

/// Answering machines leave a mail with it alone.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The mail under the id that is the same at every repetition, or why it can never be one. No value of the mail becomes a
/// header's end: addresses have no such characters, and whatever else is not plain text is encoded.
pub(super) fn message(id: &str, mail: &Mail, from: &Mailbox) -> Result<Message, String> {
    let to: Address = mail.to.parse().map_err(|_| "the recipient's address is none".to_owned())?;
    let builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject.as_str())
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
    let message = match &mail.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
        None => builder.singlepart(SinglePart::plain(mail.text.clone())),
    };
    message.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        let html = Some("<p>Zwölf</p>".to_owned());
        Mail { to: to.to_owned(), subject: subject.to_owned(), text: "Zwölf\r\n.\r\nQUIT".to_owned(), html }
    }

    fn formatted(to: &str, subject: &str) -> Result<String, String> {
        let from = "Todo <todo@example.com>".parse().unwrap();
        message("1-2", &mail(to, subject), &from).map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    /// The names of the headers, without continued lines.
    fn names(text: &str) -> Vec<&str> {
        let head = text.split("\r\n\r\n").next().unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap()).collect()
    }

    #[test]
    fn it_is_text_and_html_in_plain_characters() {
        let text = formatted("a@example.com", "Milch für morgen").unwrap();
        assert!(text.is_ascii() && text.contains("text/plain") && text.contains("text/html"), "{text}");
        assert!(
            text.contains("Message-ID: <1-2@example.com>") && text.contains("Auto-Submitted: auto-generated"),
            "{text}"
        );
    }

    #[test]
    fn no_subject_adds_a_header() {
        let plain = formatted("a@example.com", "milk").unwrap();
        for subject in [
            "milk\r\nBcc: b@example.com",
            "milk\nBcc: b@example.com",
            "milk\rBcc: b@example.com",
            "milk\r\n\r\nbody",
            "milk\u{0}\u{7f}\u{85}\u{2028}Bcc: b@example.com",
            "=?utf-8?q?milk=0D=0ABcc:_b@example.com?=",
            &format!("{}\r\nBcc: b@example.com", "long ".repeat(60)),
        ] {
            let text = formatted("a@example.com", subject).unwrap();
            assert_eq!(names(&text), names(&plain), "{text}");
            let bare = text.replace("\r\n", "");
            assert!(!bare.contains(['\r', '\n', '\0']), "{text:?}");
        }
    }

    #[test]
    fn no_address_adds_a_recipient_or_a_command() {
        for to in [
            "a@example.com\r\nBcc: b@example.com",
            "a@example.com\r\nRCPT TO:<b@example.com>",
            "a@example.com\n",
            "a@example.com, b@example.com",
            "a@example.com> SIZE=1",
            "\"a\r\nb\"@example.com",
            "",
            "nobody",
        ] {
            assert_eq!(formatted(to, "milk"), Err("the recipient's address is none".to_owned()), "{to:?}");
        }
    }
}
