//! `cargo xtask dev`: build and serve again whenever a source file changes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::build;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::run;
use crate::stamp::files_below;

/// How often the sources are looked at.
const GLANCE: Duration = Duration::from_millis(500);

/// Serves, watches, rebuilds, restarts; ends with Ctrl-C. A build that fails leaves the last good server running.
pub(crate) fn dev(place: &Place, arguments: &[String]) -> Outcome<()> {
    let mut server = None;
    loop {
        let seen = dates(place)?;
        match build::build(place) {
            Ok(()) => {
                stop(server.take());
                let child = run::server(place, arguments).spawn();
                server = Some(child.map_err(|error| Failure::Missing(format!("cannot start the server: {error}")))?);
            }
            Err(failure) => eprintln!("{failure}\n  waiting for a change"),
        }
        while dates(place)? == seen {
            thread::sleep(GLANCE);
        }
        println!("  a file changed");
    }
}

fn stop(server: Option<std::process::Child>) {
    if let Some(mut child) = server {
        // Already ended, or ended now: either way there is nothing left to do.
        drop(child.kill());
        drop(child.wait());
    }
}

fn dates(place: &Place) -> Outcome<BTreeMap<PathBuf, Option<SystemTime>>> {
    let mut dates = BTreeMap::new();
    for part in ["app", "crates", "server", "frontend", "style", "migrations"] {
        for (_, file) in files_below(&place.root.join(part))? {
            if build::is_source(&file) {
                let date = file.metadata().and_then(|meta| meta.modified()).ok();
                dates.insert(file, date);
            }
        }
    }
    Ok(dates)
}
