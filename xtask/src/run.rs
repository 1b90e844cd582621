//! `cargo xtask run`: build, then become the server.

use std::process::Command;

use crate::build;
use crate::failure::{Failure, Outcome};
use crate::place::Place;

/// Builds and serves; does not return while the server runs.
pub(crate) fn run(place: &Place, arguments: &[String]) -> Outcome<()> {
    build::build(place)?;
    become_program(&mut server(place, arguments))
}

/// `aisle serve` with the built site, in the directory that the user stands in.
pub(crate) fn server(place: &Place, arguments: &[String]) -> Command {
    let mut command = place.program(&place.binary());
    if let Ok(here) = std::env::current_dir() {
        command.current_dir(here);
    }
    // The server takes variables that begin with AISLE_ for settings and refuses those that it does not know.
    command.env_remove("AISLE_TARGET_DIR").env("AISLE_SITE_DIR", place.site()).arg("serve").args(arguments);
    command
}

/// Replaces this process, so that signals and exit codes are the server's own.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Outcome<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Failure::Missing(format!("cannot start {:?}: {error}", command.get_program())))
}

/// Waits for the server and takes over its exit code.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Outcome<()> {
    let status = command
        .status()
        .map_err(|error| Failure::Missing(format!("cannot start {:?}: {error}", command.get_program())))?;
    std::process::exit(status.code().unwrap_or(1));
}
