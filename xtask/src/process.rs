//! Runs other programs: quietly, with the whole output in a log, a sign of life now and then, and on failure the part of
//! the log that says why.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};

/// How long a program may work before a line says that it still does.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// How much of a failed program's output is shown.
const TAIL: usize = 120;

/// One line of a program's output.
#[derive(Debug)]
enum Line {
    Out(String),
    Err(String),
}

/// What a program said, and whether it succeeded.
#[derive(Debug)]
pub(crate) struct Said {
    /// Standard output.
    pub(crate) out: Vec<String>,
    /// Standard output and standard error as they came.
    pub(crate) all: Vec<String>,
    /// Exit code 0.
    pub(crate) success: bool,
}

/// Runs `command`; a non-zero exit code is a [`Failure::Program`] with the end of the output.
pub(crate) fn run(name: &str, command: &mut Command, log: &Path) -> Outcome<Said> {
    let said = watch(name, command, log)?;
    if said.success {
        return Ok(said);
    }
    let from = said.all.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let shown = &said.all[from.max(said.all.len().saturating_sub(TAIL))..];
    Err(Failure::Program(format!("{name} failed:\n{}\n(all of it: {})", shown.join("\n"), log.display())))
}

/// Runs `command` to its end, whatever its exit code.
pub(crate) fn watch(name: &str, command: &mut Command, log: &Path) -> Outcome<Said> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    let mut file = File::create(log).map_err(|error| Failure::file(log, &error))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::Missing(format!("{name}: cannot start {:?}: {error}", command.get_program())))?;
    let (sender, receiver) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|stream| read_lines(stream, sender.clone(), Line::Out)),
        child.stderr.take().map(|stream| read_lines(stream, sender, Line::Err)),
    ];
    let started = Instant::now();
    let mut next_sign = started + SIGN_OF_LIFE;
    let mut said = Said { out: Vec::new(), all: Vec::new(), success: false };
    loop {
        let patience = next_sign.saturating_duration_since(Instant::now());
        let text = match receiver.recv_timeout(patience) {
            Ok(Line::Out(text)) => {
                said.out.push(text.clone());
                text
            }
            Ok(Line::Err(text)) => text,
            Err(RecvTimeoutError::Timeout) => {
                sign_of_life(name, started, &said);
                next_sign += SIGN_OF_LIFE;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        writeln!(file, "{text}").map_err(|error| Failure::file(log, &error))?;
        said.all.push(text);
        if Instant::now() >= next_sign {
            sign_of_life(name, started, &said);
            next_sign += SIGN_OF_LIFE;
        }
    }
    for reader in readers.into_iter().flatten() {
        // A reader only ends by end of file; its panic would be a bug worth seeing, not a reason to lose the exit code.
        drop(reader.join());
    }
    let status = child.wait().map_err(|error| Failure::Program(format!("{name}: {error}")))?;
    said.success = status.success();
    Ok(said)
}

fn sign_of_life(name: &str, started: Instant, said: &Said) {
    let compiled = said.all.iter().filter(|line| line.trim_start().starts_with("Compiling")).count();
    let last = said.all.iter().rev().find(|line| !line.starts_with('{')).map_or("", |line| line.trim());
    let last: String = last.chars().take(90).collect();
    let seconds = started.elapsed().as_secs();
    if compiled > 0 {
        println!("      {name}: {seconds} s, {compiled} crates so far, {last}");
    } else {
        println!("      {name}: {seconds} s, {last}");
    }
}

fn read_lines<R: Read + Send + 'static>(
    stream: R,
    sender: Sender<Line>,
    wrap: fn(String) -> Line,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            bytes.clear();
            if sender.send(wrap(text)).is_err() {
                break;
            }
        }
    })
}
