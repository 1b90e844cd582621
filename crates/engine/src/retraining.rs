//! Whether to train again: a pure decision on what monitoring found, told as a sentence.

use crate::monitoring::{Concern, Thresholds, Watched, WatchedInput};
use aisle_domain::Schedule;
use serde::{Deserialize, Serialize};

/// When models are trained again and made live without being asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// At these times, where data has come since.
    pub schedule: Schedule,
    /// Where the error, the bias or the coverage of the live forecast passes its threshold.
    pub on_degradation: bool,
    /// Where sales or inputs look unlike those that the live model was fitted on.
    pub on_drift: bool,
    /// Whether a challenger that is good enough becomes live by itself.
    pub auto_promote: bool,
    /// By how much a challenger's error may lie above the champion's, as a share of it.
    pub margin: f64,
    /// When the alarm is raised.
    pub thresholds: Thresholds,
    /// Days that decisions are kept.
    pub keep_days: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            schedule: Schedule::Off,
            on_degradation: true,
            on_drift: true,
            auto_promote: true,
            margin: 0.02,
            thresholds: Thresholds::default(),
            keep_days: 365,
        }
    }
}

impl Policy {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// Name of the first that is outside, and what was expected.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if !(0.0..=0.5).contains(&self.margin) {
            return Err(("margin", "0 to 50 %"));
        }
        if !(7..=3_650).contains(&self.keep_days) {
            return Err(("keep_days", "7 to 3650 days"));
        }
        self.thresholds.check()
    }
}

/// What made monitoring look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Data came.
    Import,
    /// Time passed.
    Timer,
    /// The schedule's time has come.
    Schedule,
}

impl Cause {
    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Timer => "timer",
            Self::Schedule => "schedule",
        }
    }
}

/// One watched part, as a decision sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// `total`, `location`, `category`.
    pub level: &'static str,
    /// Its name; empty for the total.
    pub name: String,
    /// What is watched.
    pub watched: Watched,
    /// What is wrong.
    pub concerns: Vec<Concern>,
}

/// What monitoring sees of one measure.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// What made it look.
    pub cause: Cause,
    /// Whether a model is live.
    pub trained: bool,
    /// Whether sales have come that the newest model, live or not, was not fitted on.
    pub new_data: bool,
    /// Whether a training is queued or running.
    pub under_way: bool,
    /// The parts, the total first.
    pub parts: &'a [Part],
    /// The inputs.
    pub inputs: &'a [WatchedInput],
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether to train.
    pub retrain: bool,
    /// Why, as a sentence.
    pub reason: String,
}

/// Share of a level's parts that must be concerned before they speak for the whole.
const MANY: f64 = 1.0 / 3.0;

/// Decides.
pub fn decide(look: &Look<'_>, policy: &Policy) -> Verdict {
    let wait = |reason: String| Verdict { retrain: false, reason };
    if !look.trained {
        return wait("Nothing was trained yet.".to_owned());
    }
    if look.under_way {
        return wait("A training is under way.".to_owned());
    }
    let (degraded, drifted) = (degraded(look), drifted(look, &policy.thresholds));
    if !look.new_data {
        let seen = "The newest model has seen all sales: training again would give the same one.";
        return wait(degraded.or(drifted).map_or_else(|| seen.to_owned(), |trouble| format!("{trouble} {seen}")));
    }
    let train = |reason: String| Verdict { retrain: true, reason };
    if look.cause == Cause::Schedule {
        return train("The schedule's time has come, and so have new sales.".to_owned());
    }
    match (degraded, drifted) {
        (Some(reason), _) if policy.on_degradation => train(reason),
        (_, Some(reason)) if policy.on_drift => train(reason),
        (Some(reason), _) | (None, Some(reason)) => wait(format!("{reason} Retraining on this is switched off.")),
        (None, None) => wait(holds(look, &policy.thresholds)),
    }
}

/// What is wrong with the errors of the whole, or of many parts.
fn degraded(look: &Look<'_>) -> Option<String> {
    concerned(look, Concern::is_degradation)
}

/// What has drifted: sales of the whole, or of many parts, or inputs.
fn drifted(look: &Look<'_>, by: &Thresholds) -> Option<String> {
    let inputs: Vec<String> = look
        .inputs
        .iter()
        .filter(|input| input.drifted(by))
        .map(|input| format!("{} (PSI {:.2})", input.name, input.stability.unwrap_or(0.0)))
        .collect();
    concerned(look, |concern| concern == Concern::Drifted).or_else(|| {
        (!inputs.is_empty()).then(|| {
            format!("Inputs no longer look like those of the same season before training: {}.", inputs.join(", "))
        })
    })
}

fn concerned(look: &Look<'_>, which: impl Fn(Concern) -> bool) -> Option<String> {
    let of = |part: &Part| part.concerns.iter().copied().find(|concern| which(*concern));
    if let Some((total, concern)) = look.parts.iter().find(|p| p.level == "total").and_then(|p| Some((p, of(p)?))) {
        return Some(format!("Over the whole shop {}: {}.", concern.text(), figure(&total.watched, concern)));
    }
    for level in ["category", "location"] {
        let parts: Vec<&Part> = look.parts.iter().filter(|part| part.level == level).collect();
        let found: Vec<(&Part, Concern)> = parts.iter().filter_map(|part| Some((*part, of(part)?))).collect();
        let Some((worst, concern)) = found.first() else { continue };
        if parts.len() > 1 && found.len() as f64 >= MANY * parts.len() as f64 {
            return Some(format!(
                "{} of {} parts by {level} are off, such as {}, where {}: {}.",
                found.len(),
                parts.len(),
                worst.name,
                concern.text(),
                figure(&worst.watched, *concern)
            ));
        }
    }
    None
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn figure(watched: &Watched, concern: Concern) -> String {
    match concern {
        Concern::Degraded => {
            format!("WAPE {} instead of {}", percent(watched.wape), percent(watched.promised.unwrap_or(0.0)))
        }
        Concern::Biased => format!("tracking signal {:.1}", watched.tracking_signal.unwrap_or(0.0)),
        Concern::Miscalibrated => format!("{} within the 80 % interval", percent(watched.coverage80.unwrap_or(0.0))),
        Concern::Drifted => format!("PSI {:.2}", watched.stability.unwrap_or(0.0)),
    }
}

fn holds(look: &Look<'_>, by: &Thresholds) -> String {
    let Some(total) = look.parts.iter().find(|part| part.level == "total") else {
        return "No whole period has come since training.".to_owned();
    };
    let watched = &total.watched;
    if watched.periods < by.periods {
        return format!("{} of the {} periods have come that errors are judged by.", watched.periods, by.periods);
    }
    let promised = watched.promised.map_or_else(String::new, |promised| format!(" ({} promised)", percent(promised)));
    let off = look.parts.iter().filter(|part| !part.concerns.is_empty()).count();
    let parts = if off == 0 { String::new() } else { format!(" {off} of {} parts are off.", look.parts.len()) };
    format!("The forecast holds: WAPE {}{promised} over {} periods.{parts}", percent(watched.wape), watched.periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(level: &'static str, name: &str, concerns: &[Concern]) -> Part {
        let watched = Watched {
            points: 100,
            periods: 6,
            wape: 0.3,
            promised: Some(0.1),
            coverage80: Some(0.4),
            tracking_signal: Some(5.5),
            stability: Some(0.5),
            chance: 0.1,
        };
        Part { level, name: name.to_owned(), watched, concerns: concerns.to_vec() }
    }

    fn look<'a>(parts: &'a [Part], inputs: &'a [WatchedInput]) -> Look<'a> {
        Look { cause: Cause::Timer, trained: true, new_data: true, under_way: false, parts, inputs }
    }

    #[test]
    fn nothing_is_done_where_training_would_change_nothing() {
        let bad = [part("total", "", &[Concern::Degraded])];
        let policy = Policy::default();
        let said = |look: Look<'_>| {
            let verdict = decide(&look, &policy);
            assert!(!verdict.retrain, "{verdict:?}");
            verdict.reason
        };
        assert!(said(Look { trained: false, ..look(&bad, &[]) }).contains("trained yet"));
        assert!(said(Look { under_way: true, ..look(&bad, &[]) }).contains("under way"));
        let seen = said(Look { new_data: false, cause: Cause::Schedule, ..look(&bad, &[]) });
        assert!(seen.contains("WAPE 30.0 % instead of 10.0 %") && seen.contains("would give the same"), "{seen}");
        assert!(
            said(look(&[part("total", "", &[])], &[])).contains("holds: WAPE 30.0 % (10.0 % promised) over 6 periods")
        );
        let early = Policy { thresholds: Thresholds { periods: 8, ..Thresholds::default() }, ..Policy::default() };
        assert!(decide(&look(&[part("total", "", &[])], &[]), &early).reason.contains("6 of the 8 periods"));
    }

    #[test]
    fn the_schedule_degradation_and_drift_lead_to_a_training_where_they_may() {
        let policy = Policy::default();
        let well = [part("total", "", &[])];
        assert!(decide(&Look { cause: Cause::Schedule, ..look(&well, &[]) }, &policy).retrain);
        assert!(!decide(&look(&well, &[]), &policy).retrain);
        for (concern, switched_off) in [
            (Concern::Degraded, Policy { on_degradation: false, ..Policy::default() }),
            (Concern::Biased, Policy { on_degradation: false, ..Policy::default() }),
            (Concern::Miscalibrated, Policy { on_degradation: false, ..Policy::default() }),
            (Concern::Drifted, Policy { on_drift: false, ..Policy::default() }),
        ] {
            let parts = [part("total", "", &[concern])];
            let verdict = decide(&look(&parts, &[]), &policy);
            assert!(verdict.retrain && verdict.reason.contains(concern.text()), "{verdict:?}");
            let verdict = decide(&look(&parts, &[]), &switched_off);
            assert!(!verdict.retrain && verdict.reason.contains("switched off"), "{verdict:?}");
        }
        let moved = WatchedInput { name: "Fuel_Price".to_owned(), points: 90, stability: Some(2.0), chance: 0.2 };
        let verdict = decide(&look(&well, std::slice::from_ref(&moved)), &policy);
        assert!(verdict.retrain && verdict.reason.contains("Fuel_Price (PSI 2.00)"), "{verdict:?}");
    }

    #[test]
    fn single_parts_do_not_speak_for_the_shop_and_many_do() {
        let with = |off: usize| {
            let mut parts = vec![part("total", "", &[])];
            parts.extend((0..9).map(|index| {
                part("location", &format!("store {index}"), if index < off { &[Concern::Degraded] } else { &[] })
            }));
            decide(&look(&parts, &[]), &Policy::default())
        };
        assert!(!with(2).retrain);
        assert!(with(2).reason.contains("2 of 10 parts are off"), "{:?}", with(2));
        assert!(with(3).retrain);
        assert!(with(3).reason.contains("3 of 9 parts by location are off, such as store 0"), "{:?}", with(3));
    }

    #[test]
    fn a_policy_out_of_range_is_named() {
        assert_eq!(Policy::default().check(), Ok(()));
        assert_eq!(Policy { margin: 0.6, ..Policy::default() }.check(), Err(("margin", "0 to 50 %")));
        assert!(Policy { keep_days: 1, ..Policy::default() }.check().is_err());
    }
}
