//! Which carrier takes which row.

use handler_protocol::{Outgoing, What};

use crate::mail::MailCarrier;
use crate::relay::{Carried, Carrier};
use crate::transport::Ready;

/// The carriers of a service: mail goes to the mail server, all else to what carries its events.
pub struct Carriers<E, M = MailCarrier> {
    events: E,
    mail: Option<M>,
}

impl<E: Carrier, M: Carrier> Carriers<E, M> {
    /// Of what carries events, and of what carries mail where the service sends any.
    pub const fn new(events: E, mail: Option<M>) -> Self {
        Self { events, mail }
    }

    /// One answer for each row of a run, all of which are mails or none is.
    async fn carry_run(&self, rows: &[Outgoing], mails: bool) -> Vec<Carried> {
        match &self.mail {
            _ if !mails => self.events.carry(rows).await,
            Some(mail) => mail.carry(rows).await,
            None => rows.iter().map(|_| Carried::Refused("the contract names no SMTP_HOST".to_owned())).collect(),
        }
    }
}

impl<E: Carrier, M: Carrier> Carrier for Carriers<E, M> {
    /// Rows that follow each other and have one carrier go to it together.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = Vec::with_capacity(rows.len());
        for run in rows.chunk_by(|one, next| is_mail(one) == is_mail(next)) {
            carried.extend(self.carry_run(run, run.first().is_some_and(is_mail)).await);
        }
        carried
    }

    /// With mail beside events nobody keeps a key in order over both.
    fn is_gapless(&self) -> bool {
        self.mail.is_none() && self.events.is_gapless()
    }
}

impl<E: Ready, M: Send + Sync + 'static> Ready for Carriers<E, M> {
    async fn is_ready(&self) -> Result<(), String> {
        self.events.is_ready().await
    }
}

const fn is_mail(row: &Outgoing) -> bool {
    matches!(row.what, What::Mail(_))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::{Arc, Mutex};

    use handler_contract::Mail;

    use super::*;

    /// Takes all, and remembers what it was handed.
    #[derive(Default)]
    struct Handed {
        ids: Mutex<Vec<Vec<String>>>,
    }

    impl Carrier for Arc<Handed> {
        fn carry(&self, rows: &[Outgoing]) -> impl Future<Output = Vec<Carried>> + Send {
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            let answers = ids.iter().map(|_| Carried::Delivered).collect();
            self.ids.lock().unwrap().push(ids);
            std::future::ready(answers)
        }
    }

    fn rows(text: &str) -> Vec<Outgoing> {
        let row = |(id, kind): (usize, char)| {
            let mail = Mail { to: String::new(), subject: String::new(), text: String::new(), html: None };
            let what = if kind.is_uppercase() { What::Mail(mail) } else { What::Cancel { job: String::new() } };
            Outgoing { id: id.to_string(), key: kind.to_lowercase().to_string(), traceparent: None, what }
        };
        text.chars().enumerate().map(row).collect()
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn delivered(carried: &[Carried]) -> Vec<bool> {
        carried.iter().map(|one| *one == Carried::Delivered).collect()
    }

    #[test]
    fn each_row_goes_to_the_carrier_of_its_kind() {
        let (events, mail) = (Arc::new(Handed::default()), Arc::new(Handed::default()));
        let carried = block_on(Carriers::new(Arc::clone(&events), Some(Arc::clone(&mail))).carry(&rows("abAc")));
        assert_eq!(delivered(&carried), [true; 4]);
        assert_eq!(*events.ids.lock().unwrap(), [vec!["0", "1"], vec!["3"]]);
        assert_eq!(*mail.ids.lock().unwrap(), [["2"]]);
    }

    #[test]
    fn mail_of_a_service_without_a_mail_carrier_is_set_aside() {
        let events = Arc::new(Handed::default());
        let carried = block_on(Carriers::<_, Arc<Handed>>::new(events, None).carry(&rows("A")));
        assert!(matches!(carried[..], [Carried::Refused(_)]));
    }
}
