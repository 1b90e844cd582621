//! A PostgreSQL server of a test's own: started on a free loopback port, with its data in a temporary folder, stopped and
//! removed when dropped. Behind the feature `testing`; also used by the tests of the crates above.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const SUPERUSER: &str = "aisle";

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    account: Option<String>,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts a server. Where PostgreSQL is missing: panics when the environment says `CI=true`, otherwise says what is left
    /// out and gives `None`.
    ///
    /// # Panics
    /// Where the server does not start; the message holds its log.
    pub fn start() -> Option<Self> {
        let Some(programs) = find_programs() else {
            let missing = "PostgreSQL is missing (no initdb in PATH or /usr/lib/postgresql/*/bin)";
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}, and CI=true requires it");
            report(&format!("{missing}: the tests on PostgreSQL are left out; install the package postgresql"));
            return None;
        };
        let folder = tempfile::Builder::new().prefix("aisle-postgres").tempdir().expect("a temporary folder");
        // The server refuses to run as root: the folder then goes to another account, which also runs the server.
        let account = is_root().then(|| hand_over(folder.path()));
        let server = Self { programs, folder, account, port: free_port(), databases: AtomicU32::new(0) };
        server.initialise();
        Some(server)
    }

    /// Makes an empty database and gives its address, for `Store::connect`.
    ///
    /// # Panics
    /// Where the server refuses.
    pub fn fresh_database(&self) -> String {
        let name = format!("shop_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        self.run("createdb", ["-h", "127.0.0.1", "-p", &port, "-U", SUPERUSER, &name]);
        format!("postgres://{SUPERUSER}@127.0.0.1:{port}/{name}")
    }

    fn initialise(&self) {
        let (data, sockets) = (self.data(), self.folder.path().display().to_string());
        let log = self.folder.path().join("log").display().to_string();
        self.run("initdb", ["-D", &data, "-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"]);
        // The data is thrown away, so nothing needs to reach the disk.
        let options = format!(
            "-p {} -h 127.0.0.1 -k {sockets} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300",
            self.port
        );
        self.run("pg_ctl", ["-D", &data, "-l", &log, "-w", "-t", "60", "-o", &options, "start"]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn command<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let program = self.programs.join(program);
        let mut command = match &self.account {
            Some(account) => {
                let mut command = Command::new("runuser");
                command.args(["-u", account, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Runs a program to its end. Its errors go to a file, not a pipe: a server it starts would hold the pipe open.
    fn run<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a str>) {
        let errors = self.folder.path().join("errors");
        let file = std::fs::File::create(&errors).expect("a file for errors");
        let status = self.command(program, arguments).stderr(file).status();
        if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
            let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
            panic!("{program} of PostgreSQL failed ({status:?}):\n{}\n{}", read("errors"), read("log"));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        let stopped = self.command("pg_ctl", ["-D", &data, "-m", "fast", "-w", "stop"]).stderr(Stdio::null()).status();
        if !stopped.is_ok_and(|status| status.success()) {
            report(&format!("the PostgreSQL server in {data} could not be stopped; stop it by hand"));
        }
    }
}

/// The folder with `initdb` and the rest: from PATH, else the newest of Debian's.
fn find_programs() -> Option<PathBuf> {
    // A link in PATH is followed: the other programs lie where it points.
    let home_of = |folder: PathBuf| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned());
    let in_path = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).filter_map(home_of).find(|folder| is_complete(folder)));
    in_path.or_else(|| {
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(|entry| {
                let folder = entry.ok()?.path();
                let version = folder.file_name().and_then(OsStr::to_str)?.parse().ok()?;
                Some((version, folder.join("bin")))
            })
            .filter(|(_, programs)| is_complete(programs))
            .collect();
        versions.sort();
        versions.pop().map(|(_, programs)| programs)
    })
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "createdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output();
    user.is_ok_and(|user| user.stdout.trim_ascii() == b"0")
}

/// Gives the folder to the account that PostgreSQL's package made, or to `nobody`; returns the account.
fn hand_over(folder: &Path) -> String {
    for account in ["postgres", "nobody"] {
        let owned = Command::new("chown").arg(account).arg(folder).stderr(Stdio::null()).status();
        if owned.is_ok_and(|status| status.success()) {
            return account.to_owned();
        }
    }
    panic!("PostgreSQL does not run as root, and there is neither an account postgres nor nobody to run it as");
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out must say so")]
fn report(text: &str) {
    eprintln!("{text}");
}
