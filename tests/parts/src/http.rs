//! As much HTTP/1.1 as parts on this machine need: no TLS, one request a connection on the client's side.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

const PATIENCE: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// GET from a port of this machine.
pub fn get(port: u16, path: &str) -> Result<Response> {
    send(port, "GET", path, &[], b"")
}

/// POST to a port of this machine.
pub fn post(port: u16, path: &str, content_type: &str, body: &[u8]) -> Result<Response> {
    send(port, "POST", path, &[("content-type", content_type)], body)
}

/// Any request to a port of this machine.
pub fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Response> {
    send_within(PATIENCE, port, method, path, headers, body)
}

/// The same, with so much patience for each part of the answer.
pub fn send_within(
    patience: Duration,
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response> {
    exchange(patience, port, method, path, headers, body).with_context(|| format!("{method} {path} at port {port}"))
}

fn exchange(
    patience: Duration,
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(patience))?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat())?;
    let mut reader = BufReader::new(stream);
    let message = Message::read_head(&mut reader)?.context("no answer")?;
    let status: u16 = message.start.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
    let body = if status == 204 || method == "HEAD" { Vec::new() } else { message.read_body(&mut reader, true)? };
    Ok(Response { status, headers: message.headers, body })
}

/// The head of a request or of a response.
pub(crate) struct Message {
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Message {
    /// Reads a head; none when the other side closed instead.
    pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let Some(start) = line(reader)? else {
            return Ok(None);
        };
        let mut headers = Vec::new();
        while let Some(text) = line(reader)?.filter(|text| !text.is_empty()) {
            let (name, value) = text.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Some(Self { start, headers }))
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Reads the body that the head announces; a body without an announced length ends with the connection, if `until_close`.
    pub(crate) fn read_body(&self, reader: &mut impl BufRead, until_close: bool) -> io::Result<Vec<u8>> {
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return chunks(reader);
        }
        let mut body = Vec::new();
        if let Some(length) = self.header("content-length") {
            let length: u64 = length.parse().map_err(|_| invalid("a content-length that is no number"))?;
            let read = reader.take(length).read_to_end(&mut body)?;
            if read as u64 != length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        } else if until_close {
            reader.read_to_end(&mut body)?;
        }
        Ok(body)
    }
}

fn chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| invalid("a chunk without a size"))?;
        if size == 0 {
            // Trailers, if any, and the empty line.
            while line(reader)?.is_some_and(|text| !text.is_empty()) {}
            return Ok(body);
        }
        let read = reader.take(size).read_to_end(&mut body)?;
        if read as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line(reader)?;
    }
}

/// A line without its ending; none at the end of the stream.
fn line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut text = String::new();
    if reader.read_line(&mut text)? == 0 {
        return Ok(None);
    }
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> io::Result<(Message, Vec<u8>)> {
        let mut reader = text.as_bytes();
        let message = Message::read_head(&mut reader)?.ok_or_else(|| invalid("no head"))?;
        let body = message.read_body(&mut reader, false)?;
        Ok((message, body))
    }

    #[test]
    fn a_body_of_given_length_ends_there() -> io::Result<()> {
        let (message, body) = parse("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef")?;
        assert_eq!((message.start.as_str(), body.as_slice()), ("POST /a HTTP/1.1", b"abc".as_slice()));
        Ok(())
    }

    #[test]
    fn chunks_are_joined() -> io::Result<()> {
        let (_, body) =
            parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n")?;
        assert_eq!(body, b"abc0123456789");
        Ok(())
    }

    #[test]
    fn a_body_cut_short_is_an_error() {
        assert!(parse("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc").is_err());
        assert!(parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc").is_err());
    }
}
