//! Keys and certificates in PEM, made by OpenSSL's command: a library for them would have to be compiled for every test.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{command, tool};

/// A self-signed authority in a folder.
#[derive(Debug)]
pub struct Authority {
    folder: PathBuf,
    pem: String,
}

/// A certificate for the loopback address and its key, as files.
#[derive(Debug)]
pub struct Certificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key, PKCS#8.
    pub key: PathBuf,
}

impl Authority {
    /// Creates one, with its files in `folder`.
    pub fn create(folder: &Path) -> Result<Self> {
        let mut request = request(folder, "ca", "/CN=portolan parts")?;
        request.args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
        command::output(request)?;
        let pem = read(&folder.join("ca.pem"))?;
        Ok(Self { folder: folder.to_owned(), pem })
    }

    /// Its own certificate, which clients are told to trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its own certificate as a file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A server's certificate for `localhost` and 127.0.0.1.
    pub fn server(&self, name: &str) -> Result<Certificate> {
        let mut request = request(&self.folder, name, "/CN=localhost")?;
        request.arg("-CA").arg(self.file()).arg("-CAkey").arg(self.folder.join("ca.key"));
        request.args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]);
        request.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
        command::output(request)?;
        Ok(Certificate {
            certificate: self.folder.join(format!("{name}.pem")),
            key: self.folder.join(format!("{name}.key")),
        })
    }
}

impl Certificate {
    /// Key and certificates one after the other, as brokers want them.
    pub fn bundle(&self, authority: &Authority) -> Result<String> {
        Ok(format!("{}{}{}", read(&self.key)?, read(&self.certificate)?, authority.pem()))
    }
}

/// A pair of keys without a certificate, as files: the private one and the public one.
pub(crate) fn key_pair(folder: &Path, name: &str) -> Result<(PathBuf, PathBuf)> {
    let (private, public) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pub")));
    let mut generate = Command::new(tool::openssl()?);
    generate.args(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out"]).arg(&private);
    command::output(generate)?;
    let mut publish = Command::new(tool::openssl()?);
    publish.args(["pkey", "-pubout", "-in"]).arg(&private).arg("-out").arg(&public);
    command::output(publish)?;
    Ok((private, public))
}

/// Begins a request for a new key and a certificate signed by itself, or by an authority that the caller adds.
fn request(folder: &Path, name: &str, subject: &str) -> Result<Command> {
    let mut openssl = Command::new(tool::openssl()?);
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    openssl.args(["-days", "30", "-subj", subject]);
    openssl.arg("-keyout").arg(folder.join(format!("{name}.key"))).arg("-out").arg(folder.join(format!("{name}.pem")));
    Ok(openssl)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
