//! What runs where, for people.

use crate::World;

impl World {
    /// A table of addresses.
    pub fn table(&self) -> String {
        let mut rows = vec![
            ("Kafka".to_owned(), self.kafka.brokers().to_owned()),
            ("PostgreSQL".to_owned(), self.postgres.url("postgres")),
            ("mails go to".to_owned(), format!("127.0.0.1:{}", self.mails.port())),
        ];
        for running in &self.running {
            let sidecar = running.sidecar_port().map(|port| format!("  sidecar http://127.0.0.1:{port}"));
            let address = format!("http://127.0.0.1:{}", running.port());
            rows.push((running.name.clone(), address + &sidecar.unwrap_or_default()));
        }
        rows.push(("logs".to_owned(), self.logs().join("all.log").display().to_string()));
        let widest = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let lines: Vec<String> = rows.into_iter().map(|(name, address)| format!("{name:widest$}  {address}")).collect();
        lines.join("\n")
    }
}
