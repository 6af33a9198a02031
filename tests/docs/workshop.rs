//! Where the steps of the pages are carried out: a folder for each page, and what the reader's machine would have.

use std::cell::OnceCell;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use portolan_parts::{Kafka, KubernetesApi, Scratch, helm, kubectl};

use crate::blocks::{Step, steps};
use crate::console::wrong;
use crate::jobs::Jobs;
use crate::letters;
use crate::pages::Page;
use crate::project;

/// The page that begins with an empty folder, beside the project.
const FROM_NOTHING: &str = "docs/guide/first-stack.md";
/// The page whose commands build the program.
const BUILDS: &str = "README.md";
/// Remembers the folder that the reader is in, as a terminal does.
const PREAMBLE: &str = "exec 2>&1\ntrap 'pwd > \"$DOCS_FOLDER\"' EXIT\n";

/// The reader's home, and a cluster from the first page on that wants one.
pub(crate) struct Workshop {
    home: Scratch,
    /// Its Jobs end before it does.
    cluster: OnceCell<(Jobs, KubernetesApi)>,
    broker: OnceCell<Kafka>,
}

impl Workshop {
    pub(crate) fn open() -> Result<Self> {
        Ok(Self { home: Scratch::new("docs-home")?, cluster: OnceCell::new(), broker: OnceCell::new() })
    }

    /// Carries out the steps of a page, in order and in one folder.
    pub(crate) fn run(&self, page: &Page) -> Result<()> {
        let steps = steps(&page.text)?;
        if steps.is_empty() {
            return Ok(());
        }
        let scratch = Scratch::new("docs")?;
        let mut folder = prepare(page, &scratch)?;
        for step in steps {
            match step {
                Step::Write { path, text } => write(&folder.join(path), &text)?,
                Step::Run { line, script, shown } => {
                    let output = self.bash(&script, &mut folder).with_context(|| format!("line {line}"))?;
                    let wrong = shown.as_ref().and_then(|shown| wrong(shown, &output));
                    ensure!(wrong.is_none(), "line {line}: {}\n{output}", wrong.unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    fn bash(&self, script: &str, folder: &mut PathBuf) -> Result<String> {
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c"]).arg(format!("{PREAMBLE}{script}")).stdin(Stdio::null());
        let now_in = self.home.join("folder");
        bash.current_dir(&*folder).env("DOCS_FOLDER", &now_in);
        self.furnish(&mut bash)?;
        if script.contains("kubectl") || script.contains("helm ") {
            bash.env("KUBECONFIG", self.cluster()?.kubeconfig());
        }
        if script.contains("$BROKERS") {
            bash.env("BROKERS", self.broker()?.brokers());
        }
        let output = bash.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "{}\n{script}\n{said}", output.status);
        *folder = PathBuf::from(fs::read_to_string(now_in)?.trim_end());
        Ok(said)
    }

    /// A home of its own, so that nothing of the tester's is written to; the toolchain and its caches are the tester's.
    fn furnish(&self, bash: &mut Command) -> Result<()> {
        let home = PathBuf::from(env::var_os("HOME").context("HOME is not set")?);
        let installed = self.home.join("cargo");
        let given = |name: &str, usual: &str| env::var_os(name).unwrap_or_else(|| home.join(usual).into());
        bash.env("HOME", self.home.path());
        bash.env("CARGO_HOME", given("CARGO_HOME", ".cargo"));
        bash.env("RUSTUP_HOME", given("RUSTUP_HOME", ".rustup"));
        bash.env("XDG_CACHE_HOME", given("XDG_CACHE_HOME", ".cache"));
        bash.env_remove("KUBECONFIG");
        bash.env("CARGO_INSTALL_ROOT", &installed).env("CARGO_TARGET_DIR", target());
        bash.env("HELM_CACHE_HOME", self.home.join("helm")).env("KUBECACHEDIR", self.home.join("kube"));
        bash.env("PATH", path(&installed)?);
        Ok(())
    }

    fn broker(&self) -> Result<&Kafka> {
        if self.broker.get().is_none() {
            // As with the cluster.
            let _ = self.broker.set(letters::broker()?);
        }
        self.broker.get().context("a broker")
    }

    fn cluster(&self) -> Result<&KubernetesApi> {
        if self.cluster.get().is_none() {
            // Only this thread is here, so nobody has set it since.
            let cluster = KubernetesApi::start()?;
            let _ = self.cluster.set((Jobs::finish(cluster.kubeconfig()), cluster));
        }
        self.cluster.get().map(|(_, cluster)| cluster).context("a cluster")
    }
}

/// Cargo takes the program that a page built for this checkout's own, whatever changes here afterwards: so it forgets it.
impl Drop for Workshop {
    fn drop(&mut self) {
        let built = fs::read_dir(target().join("release/.fingerprint")).into_iter().flatten().flatten();
        for unit in built.filter(|unit| unit.file_name().to_string_lossy().starts_with("portolan")) {
            // What stays is built anew by whoever touches it.
            let _ = fs::remove_dir_all(unit.path());
        }
    }
}

/// The folder that a page begins in.
fn prepare(page: &Page, scratch: &Scratch) -> Result<PathBuf> {
    let project = match page.name.as_str() {
        // Always the same one: cargo knows packages by their path.
        BUILDS => fresh(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs"))?,
        _ => scratch.join("portolan"),
    };
    project::copy(&project)?;
    Ok(if page.name == FROM_NOTHING { scratch.path().to_owned() } else { project })
}

fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(folder.to_owned())
}

/// Where this build goes, so that the page's own builds find the dependencies done.
fn target() -> &'static Path {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary)
}

/// What the reader has installed, then the portolan of this build, helm and kubectl, then the machine's own.
fn path(installed: &Path) -> Result<OsString> {
    let folder = |program: &OsStr| Path::new(program).parent().map(Path::to_owned).context("a program's folder");
    let mut folders = vec![installed.join("bin"), folder(OsStr::new(env!("CARGO_BIN_EXE_portolan")))?];
    folders.extend([folder(helm()?.get_program())?, folder(kubectl()?.get_program())?]);
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    Ok(env::join_paths(folders)?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}
