//! Why a forecast is what it is: its additive parts by name over a span of periods, and the same as a sentence.
//!
//! The parts are those that scoring adds up ([`Components`](crate::Components)), with holidays told apart by event and
//! promotions and other drivers by name. Several drivers act on one factor, exp(sum of effects): each has the share of it
//! that its own effect has in the sum. The parts of a span add up to its forecast.

use crate::artefact::{Artefact, DriverKind};
use crate::plan::{Plan, Tally};
use crate::{EngineError, Scenario};
use aisle_domain::{Day, Granularity};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Why the forecast of a span is what it is. Amounts are in the measure's major unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// Length of the periods.
    pub granularity: Granularity,
    /// Steps of the forecast, from 0: the first and the one after the last.
    pub steps: (usize, usize),
    /// Last days of the span's first and last period.
    pub ends: (Day, Day),
    /// The forecast of the span.
    pub total: f64,
    /// Sales of the same periods a year before, where all of them are known.
    pub year_before: Option<f64>,
    /// The level first, then the others, greatest amount first; parts of nothing are left out.
    pub parts: Vec<Part>,
}

/// One part of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it comes from.
    pub influence: Influence,
    /// How much it adds.
    pub amount: f64,
    /// The same as a share of the level; `None` of the level itself, and where the level is too small to compare with.
    pub share: Option<f64>,
}

/// What a part of a forecast comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Influence {
    /// The level at the end of training.
    Level,
    /// The slope since then.
    Trend,
    /// The season of the year (and of the week, for days), and all that no other part explains.
    Season,
    /// An event of the calendar.
    Event(String),
    /// A promotion or markdown.
    Promotion(String),
    /// Another driver.
    Driver(String),
    /// The growth that the scenario assumes.
    Growth,
}

impl Influence {
    /// What it is called in a sentence.
    pub fn label(&self) -> &str {
        match self {
            Self::Level => "level",
            Self::Trend => "trend",
            Self::Season => "season",
            Self::Event(name) | Self::Promotion(name) | Self::Driver(name) => name,
            Self::Growth => "growth assumed",
        }
    }
}

/// How numbers are written in a sentence.
pub struct Wording<'a> {
    /// An amount with its unit: `1,240 pieces`.
    pub amount: &'a dyn Fn(f64) -> String,
    /// A share without sign: `18.3 %`.
    pub share: &'a dyn Fn(f64) -> String,
}

/// Parts named in a sentence; the table has all of them.
const NAMED: usize = 5;
/// Least share of the level that a sentence names.
const WORTH_NAMING: f64 = 0.005;
/// Beyond this share of the level, in any part, shares mislead and amounts are given.
const LARGEST_SHARE: f64 = 3.0;

/// Explains the forecast of one series over a span of its steps (from 0), under a scenario. `year_before`: what
/// [`year_before`] finds.
///
/// # Errors
/// [`EngineError::NoSuchSeries`]; [`EngineError::Scenario`] where the scenario is out of range. A span beyond the horizon
/// is cut to it.
pub fn explain(
    artefact: &Artefact,
    series: usize,
    scenario: &Scenario,
    span: Range<usize>,
    year_before: Option<f64>,
) -> Result<Why, EngineError> {
    let count = artefact.series().len();
    let model = artefact.series().get(series).ok_or(EngineError::NoSuchSeries { index: series, count })?;
    let header = artefact.header();
    let horizon = usize::from(header.horizon);
    let first = span.start.min(horizon - 1);
    let span = first..span.end.clamp(first + 1, horizon);
    let mut plan = Plan::default();
    plan.prepare(artefact, scenario)?;
    let Tally { base, trend, season, events, drivers, together, growth } = plan.tally(artefact, model, span.clone());
    let mut parts = vec![(Influence::Trend, trend), (Influence::Season, season), (Influence::Growth, growth)];
    parts
        .extend(header.events.iter().zip(events).map(|(event, amount)| (Influence::Event(event.name.clone()), amount)));
    parts.extend(header.drivers.iter().zip(drivers).map(|(driver, amount)| {
        let name = driver.name.clone();
        let influence = match driver.kind {
            DriverKind::Promotion => Influence::Promotion(name),
            DriverKind::Other => Influence::Driver(name),
        };
        (influence, amount)
    }));
    parts.push((Influence::Promotion("promotions together".to_owned()), together.0));
    parts.push((Influence::Driver("other features together".to_owned()), together.1));
    parts.retain(|(_, amount)| *amount != 0.0);
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let largest = parts.first().map_or(0.0, |(_, amount)| amount.abs());
    let comparable = base > 0.0 && largest <= LARGEST_SHARE * base;
    let mut told = vec![Part { influence: Influence::Level, amount: base, share: None }];
    told.extend(parts.into_iter().map(|(influence, amount)| Part {
        influence,
        amount,
        share: comparable.then(|| amount / base),
    }));
    let end = |step: usize| header.granularity.step(header.trained_through, step as i32 + 1);
    Ok(Why {
        granularity: header.granularity,
        steps: (span.start, span.end),
        ends: (end(span.start), end(span.end - 1)),
        total: told.iter().map(|part| part.amount).sum(),
        year_before,
        parts: told,
    })
}

/// The last day of the same period a year before: 364 days, so that weekdays meet, 52 weeks, 12 months.
pub fn a_year_before(granularity: Granularity, end: Day) -> Day {
    granularity.step(end, -(granularity.year_back() as i32))
}

/// Sum of what was sold a year before the periods given; `None` where `sold` does not know one of them.
pub fn year_before(granularity: Granularity, periods: &[Day], sold: impl Fn(Day) -> Option<f64>) -> Option<f64> {
    let mut sum = 0.0;
    for end in periods {
        sum += sold(a_year_before(granularity, *end))?;
    }
    (!periods.is_empty()).then_some(sum)
}

impl Why {
    /// Change on the year before, as a share of it; `None` where that is unknown or nothing.
    pub fn change(&self) -> Option<f64> {
        self.year_before.filter(|before| *before != 0.0).map(|before| (self.total - before) / before.abs())
    }

    /// The amounts rounded to so many decimals such that they still add up to the rounded total: the remainder goes to the
    /// greatest part. In the order of [`parts`](Self::parts), the total last.
    pub fn rounded(&self, decimals: u32) -> Vec<f64> {
        let unit = (0..decimals).fold(1.0, |unit, _| unit * 10.0);
        let mut amounts: Vec<f64> = self.parts.iter().map(|part| libm::round(part.amount * unit)).collect();
        let total = libm::round(self.total * unit);
        let missing = total - amounts.iter().sum::<f64>();
        let greatest = (0..amounts.len()).max_by(|a, b| amounts[*a].abs().total_cmp(&amounts[*b].abs()));
        if let Some(greatest) = greatest {
            amounts[greatest] += missing;
        }
        amounts.push(total);
        amounts.into_iter().map(|amount| amount / unit).collect()
    }

    /// What the span is called: `next week`, `the next 13 weeks`, `weeks 5 to 8 ahead`.
    pub fn span(&self) -> String {
        let word = self.granularity.word();
        match self.steps {
            (0, 1) => format!("next {word}"),
            (0, last) => format!("the next {last} {word}s"),
            (first, last) if last == first + 1 => format!("{word} {last} ahead"),
            (first, last) => format!("{word}s {} to {last} ahead", first + 1),
        }
    }

    /// The whole as a sentence.
    pub fn sentence(&self, wording: &Wording<'_>) -> String {
        let mut text = capital(&self.span());
        text.push_str(": ");
        text.push_str(&(wording.amount)(self.total));
        self.compare(wording, &mut text);
        let level = self.parts.first().map_or(0.0, |part| part.amount);
        text.push_str(". ");
        let least = WORTH_NAMING * level.abs().max(self.total.abs());
        let others = self.parts.get(1..).unwrap_or_default();
        let (named, rest): (Vec<&Part>, Vec<&Part>) = others.iter().partition(|part| part.amount.abs() >= least);
        let left_out = rest.len() + named.len().saturating_sub(NAMED);
        let told: Vec<String> = named.iter().take(NAMED).map(|part| self.tell(part, wording)).collect();
        text.push_str(&format!("Level {}", (wording.amount)(level)));
        if told.is_empty() {
            text.push_str("; nothing else moves it much.");
            return text;
        }
        text.push_str(&format!("; {}", told.join(", ")));
        if left_out > 0 {
            text.push_str(&format!(", and {left_out} smaller"));
        }
        text.push('.');
        text
    }

    fn compare(&self, wording: &Wording<'_>, text: &mut String) {
        let word = self.granularity.word();
        let ending = if self.steps.1 - self.steps.0 == 1 { "" } else { "s" };
        let against = format!("the same {word}{ending} last year");
        match (self.year_before, self.change()) {
            (None, _) => {}
            (Some(_), None) => text.push_str(&format!(", after nothing in {against}")),
            (Some(_), Some(change)) if change.abs() < 0.000_5 => text.push_str(&format!(", as much as in {against}")),
            (Some(_), Some(change)) => {
                let way = if change > 0.0 { "above" } else { "below" };
                text.push_str(&format!(", {} {way} {against}", (wording.share)(change.abs())));
            }
        }
    }

    fn tell(&self, part: &Part, wording: &Wording<'_>) -> String {
        let sign = if part.amount < 0.0 { "\u{2212}" } else { "+" };
        let size = part.share.map_or_else(|| (wording.amount)(part.amount.abs()), |share| (wording.share)(share.abs()));
        format!("{} {sign}{size}", part.influence.label())
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{golden, score};
    use aisle_domain::Weekday;

    fn words() -> (impl Fn(f64) -> String, impl Fn(f64) -> String) {
        (|value: f64| format!("{value:.0} pieces"), |share: f64| format!("{:.0} %", share * 100.0))
    }

    #[test]
    fn parts_add_up_to_the_forecast_of_every_span_under_every_scenario() {
        for granularity in [Granularity::Day, Granularity::Week { ends: Weekday::Friday }, Granularity::Month] {
            let artefact = golden::artefact(granularity, 13).unwrap();
            for scenario in golden::scenarios() {
                for series in 0..artefact.series().len() {
                    let forecast = score(&artefact, series, &scenario).unwrap();
                    for (first, last) in [(0, 1), (0, 13), (4, 9), (12, 13)] {
                        let why = explain(&artefact, series, &scenario, first..last, None).unwrap();
                        let mean: f64 = forecast.mean[first..last].iter().sum();
                        assert!((why.total - mean).abs() <= 1e-9 * (1.0 + mean.abs()), "{why:?} is not {mean}");
                        let rounded = why.rounded(2);
                        let (total, parts) = rounded.split_last().unwrap();
                        assert!((parts.iter().sum::<f64>() - total).abs() < 1e-6, "{rounded:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_cancelled_event_and_a_scenario_without_growth_are_no_parts() {
        let artefact = golden::artefact(Granularity::Week { ends: Weekday::Friday }, 13).unwrap();
        let event = artefact.header().events[0].name.clone();
        let names = |query: &str, series| -> Vec<String> {
            let scenario = Scenario::from_query(query).unwrap();
            let why = explain(&artefact, series, &scenario, 0..13, None).unwrap();
            why.parts.iter().map(|part| part.influence.label().to_owned()).collect()
        };
        let moved = (0..artefact.series().len()).find(|series| names("", *series).contains(&event)).unwrap();
        assert!(!names(&format!("event.{event}=cancelled"), moved).contains(&event));
        assert!(!names("", moved).contains(&"growth assumed".to_owned()));
        assert!(names("growth=1.1", moved).contains(&"growth assumed".to_owned()));
    }

    fn why(parts: &[(Influence, f64)], steps: (usize, usize), year_before: Option<f64>) -> Why {
        let level = parts[0].1;
        let share = |index: usize, amount: f64| (index > 0 && level > 0.0).then(|| amount / level);
        let day = Day::from_epoch_days(15_345);
        Why {
            granularity: Granularity::Week { ends: Weekday::Friday },
            steps,
            ends: (day, day),
            total: parts.iter().map(|(_, amount)| amount).sum(),
            year_before,
            parts: parts
                .iter()
                .enumerate()
                .map(|(index, (influence, amount))| Part {
                    influence: influence.clone(),
                    amount: *amount,
                    share: share(index, *amount),
                })
                .collect(),
        }
    }

    #[test]
    fn the_sentence_names_what_counts() {
        let (amount, share) = words();
        let wording = Wording { amount: &amount, share: &share };
        let thanksgiving = Influence::Event("Thanksgiving".to_owned());
        let markdown = Influence::Promotion("markdown".to_owned());
        let parts = [
            (Influence::Level, 1_000.0),
            (thanksgiving, 140.0),
            (Influence::Season, 90.0),
            (markdown, -30.0),
            (Influence::Trend, 1.0),
        ];
        assert_eq!(
            why(&parts, (0, 1), Some(1_000.0)).sentence(&wording),
            "Next week: 1201 pieces, 20 % above the same week last year. Level 1000 pieces; Thanksgiving +14 %, season +9 %, \
             markdown \u{2212}3 %, and 1 smaller."
        );
        assert_eq!(
            why(&parts[..1], (0, 13), Some(0.0)).sentence(&wording),
            "The next 13 weeks: 1000 pieces, after nothing in the same weeks last year. Level 1000 pieces; nothing else moves \
             it much."
        );
        let negative = [(Influence::Level, -10.0), (Influence::Season, 40.0)];
        assert_eq!(
            why(&negative, (4, 8), None).sentence(&wording),
            "Weeks 5 to 8 ahead: 30 pieces. Level -10 pieces; season +40 pieces."
        );
    }

    #[test]
    fn a_year_before_meets_the_weekday_and_needs_every_period() {
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(a_year_before(Granularity::Day, day("2024-03-01")).weekday(), day("2024-03-01").weekday());
        assert_eq!(a_year_before(Granularity::Month, day("2024-02-29")), day("2023-02-28"));
        let ends = [day("2024-01-31"), day("2024-02-29")];
        let known = |end: Day| (end != day("2023-02-28")).then_some(5.0);
        assert_eq!(year_before(Granularity::Month, &ends[..1], known), Some(5.0));
        assert_eq!(year_before(Granularity::Month, &ends, known), None);
    }
}
