//! A mail server that keeps what it is sent, and answers as it is told.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What it says of a mail once, before it takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Not now.
    NotNow,
    /// Never.
    Never,
    /// It takes the mail and says nothing.
    Nothing,
}

/// A mail that it took.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Who it is for.
    pub to: String,
    /// Headers and text.
    pub text: String,
}

#[derive(Debug, Default)]
struct State {
    says: BTreeMap<String, Says>,
    asked: usize,
    taken: Vec<Taken>,
}

/// The mail server.
pub struct Sink {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Sink {
    /// Starts one on a free port.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                // A client that is killed ends its conversation in the middle.
                thread::spawn(move || drop(converse(&stream, &state)));
            }
        });
        Ok(Self { port, state })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it says of the next mail to somebody.
    pub fn say(&self, to: &str, says: Says) {
        lock(&self.state).says.insert(to.to_owned(), says);
    }

    /// How many mails it was asked to take.
    pub fn asked(&self) -> usize {
        lock(&self.state).asked
    }

    /// The mails that it took.
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.state).taken.clone()
    }
}

impl Taken {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A test that panicked while it held the lock left nothing half done.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn converse(mut stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut mail = Taken::default();
    stream.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-sink\r\n250 8BITMIME",
            "RCPT" => {
                line.trim_start_matches("RCPT TO:").trim_matches(['<', '>']).clone_into(&mut mail.to);
                "250 ok"
            }
            "MAIL" => "250 ok",
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    match line? {
                        line if line == "." => break,
                        line => mail.text += &(line + "\n"),
                    }
                }
                match take(state, std::mem::take(&mut mail)) {
                    None => "250 taken",
                    Some(Says::NotNow) => "451 not now",
                    Some(Says::Never) => "550 never",
                    Some(Says::Nothing) => continue,
                }
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => "502 what",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

fn take(state: &Mutex<State>, mail: Taken) -> Option<Says> {
    let mut state = lock(state);
    state.asked += 1;
    let says = state.says.remove(&mail.to);
    if matches!(says, None | Some(Says::Nothing)) {
        state.taken.push(mail);
    }
    says
}
