//! Change, sparkline, progress, badge.

use super::format;
use aisle_domain::job::{JobState, Progress};
use leptos::prelude::*;

/// What a badge or message means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Neutral,
    /// Under way.
    Info,
    /// As it should be.
    Good,
    /// Wants a look.
    Warning,
    /// Failed.
    Bad,
}

impl Tone {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }

    /// The tone of a job's state.
    pub fn of_job(state: JobState) -> Self {
        match state {
            JobState::Queued | JobState::Cancelled => Self::Neutral,
            JobState::Running => Self::Info,
            JobState::Succeeded => Self::Good,
            JobState::Failed => Self::Bad,
        }
    }
}

/// A word in a coloured frame; the word says it, the colour helps.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    text: String,
    /// What it means.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{text}</span> }.into_any()
}

/// A relative change: arrow, percent, and against what.
#[component]
pub fn Delta(
    /// The change, 1 = 100 %; `None`: nothing to compare with.
    relative: Option<f64>,
    /// Whether more is better.
    #[prop(default = true)]
    up_is_good: bool,
    /// Compared with what; left out where a column's head says it.
    #[prop(into, optional)]
    against: String,
) -> impl IntoView {
    let (class, arrow, spoken, text) = match relative {
        None => ("delta none", "", "", "–".to_owned()),
        Some(value) if value.abs() < 0.0005 => ("delta flat", "=", "", format::share(0.0, 1)),
        Some(value) => {
            let class = if (value > 0.0) == up_is_good { "delta good" } else { "delta bad" };
            let (arrow, spoken) = if value > 0.0 { ("▲", "up ") } else { ("▼", "down ") };
            (class, arrow, spoken, format::share(value.abs(), 1))
        }
    };
    let against = (!against.is_empty()).then(|| view! { <span class="against">{format!(" {against}")}</span> });
    view! {
        <span class=class>
            <span aria-hidden="true">{arrow}</span><span class="spoken">{spoken}</span>{text}{against}
        </span>
    }
    .into_any()
}

/// Recent values as a small line, the last one marked. Decoration beside a number: hidden from assistive technology
/// unless `label` says what it shows.
#[component]
pub fn Sparkline(
    /// The values, oldest first.
    values: Vec<f64>,
    /// What it shows, for assistive technology.
    #[prop(into, optional)]
    label: String,
) -> impl IntoView {
    let (path, last) = sparkline_path(&values);
    let (role, hidden, name) =
        if label.is_empty() { (None, Some("true"), None) } else { (Some("img"), None, Some(label)) };
    let dot = last.map(|(x, y)| view! { <circle cx=one_decimal(x) cy=one_decimal(y) r="2" fill="currentColor"/> });
    view! {
        <svg class="sparkline" viewBox="0 0 100 28" width="100" height="28" role=role aria-hidden=hidden aria-label=name>
            <path d=path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>
            {dot}
        </svg>
    }
    .into_any()
}

/// How far a job has come: a bar where the total is known, its note either way.
#[component]
pub fn ProgressBar(
    /// The progress.
    progress: Progress,
    /// Names what progresses, for assistive technology.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let text = progress_text(&progress);
    let note = (!progress.note.is_empty()).then(|| view! { <span class="note">{progress.note}</span> });
    let bar = match progress.total {
        Some(total) => {
            view! { <progress aria-label=label max=total.max(1).to_string() value=progress.done.min(total).to_string()></progress> }
                .into_any()
        }
        None => view! { <progress aria-label=label></progress> }.into_any(),
    };
    view! { <div class="progress">{bar}<span class="amount">{text}</span>{note}</div> }.into_any()
}

/// `12,000 of 40,000 (30 %)`.
fn progress_text(progress: &Progress) -> String {
    let done = format::count(progress.done.min(i64::MAX as u64) as i64);
    match progress.total {
        Some(total) if total > 0 => {
            let all = format::count(total.min(i64::MAX as u64) as i64);
            format!("{done} of {all} ({})", format::share(progress.done.min(total) as f64 / total as f64, 0))
        }
        _ => done,
    }
}

/// The path on a grid of 100 x 28, and its last point.
fn sparkline_path(values: &[f64]) -> (String, Option<(f64, f64)>) {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let span = if high > low { high - low } else { 1.0 };
    let step = 94.0 / (values.len().max(2) - 1) as f64;
    let mut path = String::with_capacity(values.len() * 10);
    let mut last = None;
    for (position, value) in values.iter().enumerate() {
        if !value.is_finite() {
            last = None;
            continue;
        }
        let (x, y) = (3.0 + step * position as f64, 25.0 - 22.0 * (value - low) / span);
        path.push(if last.is_none() { 'M' } else { 'L' });
        path.push_str(&format!("{x:.1} {y:.1}"));
        last = Some((x, y));
    }
    (path, last)
}

fn one_decimal(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_spans_its_frame_and_breaks_at_gaps() {
        assert_eq!(sparkline_path(&[0.0, 1.0]).0, "M3.0 25.0L97.0 3.0");
        assert_eq!(sparkline_path(&[1.0, f64::NAN, 1.0]).0, "M3.0 25.0M97.0 25.0");
        assert_eq!(sparkline_path(&[]), (String::new(), None));
    }

    #[test]
    fn progress_says_how_far_it_is() {
        let progress = Progress { done: 12_000, total: Some(40_000), note: String::new() };
        assert_eq!(progress_text(&progress), "12,000 of 40,000 (30\u{a0}%)");
        assert_eq!(progress_text(&Progress { done: 5, total: None, note: String::new() }), "5");
    }
}
