//! Which carrier takes which row.

#[cfg(feature = "aws")]
mod events;

use handler_contract::JOBS;
use handler_protocol::{Outgoing, What};

use crate::invoke::InvokeCarrier;
use crate::mail::MailCarrier;
use crate::relay::{Carried, Carrier};
use crate::transport::Ready;
#[cfg(feature = "aws")]
pub(crate) use events::EventCarrier;

/// The carriers of a service: each row goes to the one of its kind. Events and dead letters go to what carries its events.
pub struct Carriers<E, M = MailCarrier, J = Nobody> {
    events: E,
    mail: Option<M>,
    jobs: JobsGo<J>,
    invocations: Option<InvokeCarrier>,
}

/// Where jobs go.
enum JobsGo<J> {
    /// Into a table of the service's own.
    Table,
    /// To this carrier.
    To(J),
    /// Nowhere.
    Nowhere,
}

/// The carrier of what nobody carries.
#[derive(Debug)]
pub enum Nobody {}

/// What a row is to its carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Event,
    Job,
    /// What was a job that is due: no topic has dead letters of those.
    DeadJob,
    Invocation,
    Mail,
}

impl<E: Carrier, M: Carrier> Carriers<E, M> {
    /// Of what carries events, and of what carries mail where the service sends any.
    pub const fn new(events: E, mail: Option<M>) -> Self {
        Self { events, mail, jobs: JobsGo::Nowhere, invocations: None }
    }

    /// Jobs are kept in a table of the service's own.
    #[must_use]
    pub fn keeping_jobs(self) -> Self {
        Self { jobs: JobsGo::Table, ..self }
    }

    /// Jobs go to this carrier, where the service schedules any.
    pub fn with_jobs<J: Carrier>(self, jobs: Option<J>) -> Carriers<E, M, J> {
        let Self { events, mail, invocations, .. } = self;
        Carriers { events, mail, jobs: jobs.map_or(JobsGo::Nowhere, JobsGo::To), invocations }
    }
}

impl<E: Carrier, M: Carrier, J: Carrier> Carriers<E, M, J> {
    /// Invocations go to this carrier, where the service invokes anybody.
    #[must_use]
    pub fn with_invocations(self, invocations: Option<InvokeCarrier>) -> Self {
        Self { invocations, ..self }
    }

    /// One answer for each row of a run of one kind.
    async fn carry_run(&self, rows: &[Outgoing], kind: Kind) -> Vec<Carried> {
        match kind {
            Kind::Event => self.events.carry(rows).await,
            Kind::DeadJob => rows.iter().map(given_up).collect(),
            Kind::Job => match &self.jobs {
                JobsGo::To(jobs) => jobs.carry(rows).await,
                JobsGo::Table | JobsGo::Nowhere => refused(rows, "the contract schedules no jobs"),
            },
            Kind::Invocation => match &self.invocations {
                Some(invocations) => invocations.carry(rows).await,
                None => refused(rows, "the contract invokes no service"),
            },
            Kind::Mail => match &self.mail {
                Some(mail) => mail.carry(rows).await,
                None => refused(rows, "the contract names no SMTP_HOST"),
            },
        }
    }
}

impl<E: Carrier, M: Carrier, J: Carrier> Carrier for Carriers<E, M, J> {
    /// Rows that follow each other and have one carrier go to it together.
    async fn carry(&self, rows: &[Outgoing]) -> Vec<Carried> {
        let mut carried = Vec::with_capacity(rows.len());
        for run in rows.chunk_by(|one, next| kind(one) == kind(next)) {
            let Some(first) = run.first() else { continue };
            carried.extend(self.carry_run(run, kind(first)).await);
        }
        carried
    }

    /// Where rows go to several carriers, nobody keeps a key in order over all of them.
    fn is_gapless(&self, rows: &[&Outgoing]) -> bool {
        rows.iter().all(|row| kind(row) == Kind::Event) && self.events.is_gapless(rows)
    }

    fn keeps_jobs(&self) -> bool {
        matches!(self.jobs, JobsGo::Table)
    }
}

impl<E: Ready, M: Send + Sync + 'static, J: Send + Sync + 'static> Ready for Carriers<E, M, J> {
    async fn is_ready(&self) -> Result<(), String> {
        self.events.is_ready().await
    }
}

impl Carrier for Nobody {
    async fn carry(&self, _: &[Outgoing]) -> Vec<Carried> {
        match *self {}
    }
}

fn kind(row: &Outgoing) -> Kind {
    match &row.what {
        What::DeadLetter(letter) if letter.topic == JOBS => Kind::DeadJob,
        What::Publish { .. } | What::DeadLetter(_) => Kind::Event,
        What::Schedule(_) | What::Cancel { .. } => Kind::Job,
        What::Invoke(_) => Kind::Invocation,
        What::Mail(_) => Kind::Mail,
    }
}

fn refused(rows: &[Outgoing], reason: &str) -> Vec<Carried> {
    rows.iter().map(|_| Carried::Refused(reason.to_owned())).collect()
}

/// A job that was given up is set aside where it is, as a whole: its row has what is needed to see why, and to schedule it again.
fn given_up(row: &Outgoing) -> Carried {
    let What::DeadLetter(letter) = &row.what else { return Carried::Refused(String::new()) };
    Carried::Refused(format!("a job that was given up after {} attempts: {}", letter.attempts, letter.reason))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::{Arc, Mutex};

    use handler_contract::Mail;
    use handler_protocol::DeadLetter;

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

    /// Keeps a key in order whatever fails.
    struct Gapless;

    impl Carrier for Gapless {
        async fn carry(&self, _: &[Outgoing]) -> Vec<Carried> {
            Vec::new()
        }

        fn is_gapless(&self, _: &[&Outgoing]) -> bool {
            true
        }
    }

    fn letter(topic: &str) -> DeadLetter {
        let (topic, handler, reason) = (topic.to_owned(), String::new(), "not yet".to_owned());
        DeadLetter { topic, handler, reason, attempts: 4, message: Vec::new() }
    }

    fn rows(text: &str) -> Vec<Outgoing> {
        let row = |(id, kind): (usize, char)| {
            let mail = Mail { to: String::new(), subject: String::new(), text: String::new(), html: None };
            let what = match kind {
                'A'..='Z' => What::Mail(mail),
                'j' => What::Cancel { job: String::new() },
                _ => What::DeadLetter(letter(if kind == 'd' { JOBS } else { "tasks" })),
            };
            Outgoing {
                id: id.to_string(),
                key: kind.to_lowercase().to_string(),
                traceparent: None,
                tracestate: None,
                what,
            }
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
    fn jobs_go_to_their_carrier_and_a_dead_one_stays_where_it_is() {
        let [events, jobs] = [(); 2].map(|()| Arc::new(Handed::default()));
        let carriers = Carriers::<_, Arc<Handed>>::new(Arc::clone(&events), None).with_jobs(Some(Arc::clone(&jobs)));
        let carried = block_on(carriers.carry(&rows("ajd")));
        assert_eq!(carried[2], Carried::Refused("a job that was given up after 4 attempts: not yet".to_owned()));
        assert_eq!(*events.ids.lock().unwrap(), [["0"]]);
        assert_eq!(*jobs.ids.lock().unwrap(), [["1"]]);
    }

    #[test]
    fn the_carrier_of_events_keeps_the_order_where_all_are_events() {
        let carriers = Carriers::<_, Arc<Handed>>::new(Gapless, None);
        let is_gapless = |text| carriers.is_gapless(&rows(text).iter().collect::<Vec<_>>());
        assert!(is_gapless("aab"));
        for text in ["aA", "aj", "ad"] {
            assert!(!is_gapless(text), "{text}");
        }
    }

    #[test]
    fn mail_of_a_service_without_a_mail_carrier_is_set_aside() {
        let events = Arc::new(Handed::default());
        let carried = block_on(Carriers::<_, Arc<Handed>>::new(events, None).carry(&rows("A")));
        assert!(matches!(carried[..], [Carried::Refused(_)]));
    }
}
