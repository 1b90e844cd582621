//! What commands print: tables and lines for people, one JSON document for programs, bars on a terminal.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line's one place that prints")]

use aisle_domain::job::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal;
use std::sync::Mutex;

/// Prints results and errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A result: as JSON where asked, else as the text.
    pub(super) fn result(self, value: &impl Serialize, text: &str) {
        if self.json {
            match serde_json::to_string_pretty(value) {
                Ok(document) => println!("{document}"),
                Err(error) => eprintln!("error: {error}"),
            }
        } else if !text.is_empty() {
            println!("{}", text.trim_end());
        }
    }

    /// Names and values.
    pub(super) fn pairs(self, pairs: &[(String, String)]) {
        let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines: Vec<String> = pairs.iter().map(|(name, value)| format!("{name:width$}  {value}")).collect();
        let map: serde_json::Map<String, serde_json::Value> =
            pairs.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        self.result(&map, &lines.join("\n"));
    }

    /// A line for people; nothing where JSON is wanted.
    pub(super) fn line(self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// An error.
    pub(super) fn error(self, text: &str) {
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": text }));
        } else {
            eprintln!("error: {text}");
        }
    }

    /// Shows the progress of a job: a bar on a terminal, a line for each tenth otherwise, nothing with JSON.
    pub(super) fn progress(self) -> Meter {
        let bar = (!self.json && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg} ({elapsed})");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Meter { bar, quiet: self.json, last: Mutex::new(None) }
    }
}

/// Shows progress.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    quiet: bool,
    last: Mutex<Option<(u64, String)>>,
}

impl Meter {
    /// Shows where the work is.
    pub(super) fn show(&self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            if let Some(total) = progress.total {
                bar.set_length(total);
            }
            bar.set_position(progress.done);
            bar.set_message(progress.note.clone());
            return;
        }
        let tenth =
            progress.total.filter(|total| *total > 0).map_or(0, |total| progress.done.saturating_mul(10) / total);
        let now = Some((tenth, progress.note.clone()));
        if let Ok(mut last) = self.last.lock()
            && *last != now
            && !self.quiet
            && !progress.note.is_empty()
        {
            eprintln!("{:>3}% {}", tenth * 10, progress.note);
            *last = now;
        }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
