//! One event's occurrences laid over each other: how much more was sold around it, year beside year.

use crate::axes::{self, Margins};
use crate::spec::assemble;
use crate::{ChartKind, ChartSpec, ChartTable, Palette, Unit, dates};
use aisle_domain::{Day, Granularity};
use charming::element::{AxisLabel, AxisPointerType, ItemStyle, LineStyle, LineStyleType, Symbol};
use charming::series::Line;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One time that the event happened, or will.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventOccurrence {
    /// Its first day.
    pub first: Day,
    /// Last days of the periods around it, and how much more was sold than without it as a share (0.5: half as much again);
    /// `None` where nothing is known.
    pub uplift: Vec<(Day, Option<f64>)>,
    /// The same over all of these periods.
    pub whole: f64,
    /// Whether it is expected rather than past.
    pub expected: bool,
}

/// Occurrences of one event, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventOccurrences {
    /// The event.
    pub event: String,
    /// Whose sales, as in "… on sales of all items".
    pub subject: String,
    /// Length of the periods.
    pub granularity: Granularity,
    /// The occurrences.
    pub occurrences: Vec<EventOccurrence>,
}

const HEIGHT: u32 = 280;

/// A line for each occurrence over the periods before and after the event; the expected one dashed.
pub fn event_occurrences(data: &EventOccurrences, palette: &Palette) -> ChartSpec {
    let by_step: Vec<BTreeMap<i32, Option<f64>>> =
        data.occurrences.iter().map(|one| steps(one, data.granularity)).collect();
    let all: BTreeSet<i32> = by_step.iter().flat_map(|steps| steps.keys().copied()).collect();
    let names: Vec<String> = data.occurrences.iter().map(name).collect();
    let labels = all.iter().map(|step| short(*step)).collect();
    let every = AxisLabel::new().color(palette.muted.as_str()).font_size(12);
    let mut chart = axes::plain(&Margins { top: 40, right: 16, bottom: 30, left: 60 })
        .tooltip(axes::tooltip(Unit::Share, AxisPointerType::Line, palette))
        .legend(axes::legend(names.clone(), palette))
        .x_axis(axes::name_axis(labels, palette).axis_label(every))
        .y_axis(axes::value_axis(Unit::Share, 4, palette));
    let colours = palette.series.iter().cycle();
    for (((one, steps), name), colour) in data.occurrences.iter().zip(&by_step).zip(&names).zip(colours) {
        let colour = if one.expected { &palette.forecast } else { colour };
        let style = LineStyle::new().color(colour.as_str()).width(if one.expected { 2.25 } else { 1.75 });
        let style = if one.expected { style.type_(LineStyleType::Dashed) } else { style };
        let values = all.iter().map(|step| steps.get(step).copied().flatten());
        let line = Line::new()
            .name(name.as_str())
            .symbol(Symbol::Circle)
            .symbol_size(6)
            .line_style(style)
            .item_style(ItemStyle::new().color(colour.as_str()))
            .data(axes::points(values, Unit::Share));
        chart = chart.series(line);
    }
    let rows = all.iter().map(|step| {
        let cells = by_step.iter().map(|steps| Unit::Share.cell(steps.get(step).copied().flatten()));
        std::iter::once(long(*step, data.granularity)).chain(cells).collect()
    });
    let whole = data.occurrences.iter().map(|one| Unit::Share.full(one.whole));
    let sums: Vec<String> = std::iter::once("In all".to_owned()).chain(whole).collect();
    let table = ChartTable {
        caption: format!("What {} did to sales of {}", data.event, data.subject),
        headers: std::iter::once("Period".to_owned()).chain(names).collect(),
        rows: rows.chain([sums]).collect(),
    };
    assemble(ChartKind::EventOccurrences, &chart, summary(data), table, HEIGHT)
}

/// Uplifts by whole periods from the one that holds the event's first day.
fn steps(one: &EventOccurrence, granularity: Granularity) -> BTreeMap<i32, Option<f64>> {
    let holds = granularity.end_of(one.first);
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    one.uplift.iter().map(|(end, value)| (granularity.steps_between(holds, *end), finite(*value))).collect()
}

fn name(one: &EventOccurrence) -> String {
    let day = dates::written(one.first);
    if one.expected { format!("{day}, expected") } else { day }
}

fn short(step: i32) -> String {
    match step {
        0 => "event".to_owned(),
        ..0 => format!("{} before", -step),
        _ => format!("{step} after"),
    }
}

fn long(step: i32, granularity: Granularity) -> String {
    let away = dates::periods(granularity, step.unsigned_abs() as usize);
    match step {
        0 => "Begins in it".to_owned(),
        ..0 => format!("{away} before"),
        _ => format!("{away} after"),
    }
}

fn summary(data: &EventOccurrences) -> String {
    if data.occurrences.is_empty() {
        return format!("{} has not happened within the history of {} yet.", data.event, data.subject);
    }
    let told = data.occurrences.iter().map(|one| {
        let verb = if one.expected { "expected " } else { "" };
        format!("{} {verb}{}", dates::written(one.first), Unit::Share.full(one.whole))
    });
    let told: Vec<String> = told.collect();
    format!(
        "What {} did to sales of {}, as a share of what was expected without it: {}.",
        data.event,
        data.subject,
        told.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::Weekday;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn occurrence(first: &str, ends: &[(&str, Option<f64>)], whole: f64, expected: bool) -> EventOccurrence {
        let uplift = ends.iter().map(|(end, value)| (day(end), *value)).collect();
        EventOccurrence { first: day(first), uplift, whole, expected }
    }

    #[test]
    fn years_are_laid_over_each_other_by_the_week_of_the_event() {
        let data = EventOccurrences {
            event: "Thanksgiving".to_owned(),
            subject: "all items".to_owned(),
            granularity: Granularity::Week { ends: Weekday::Friday },
            occurrences: vec![
                occurrence("2010-11-25", &[("2010-11-19", Some(0.02)), ("2010-11-26", Some(0.4))], 0.2, false),
                occurrence("2011-11-24", &[("2011-11-25", Some(0.5)), ("2011-12-02", Some(f64::NAN))], 0.25, false),
                occurrence("2012-11-22", &[("2012-11-23", Some(0.45))], 0.45, true),
            ],
        };
        let spec = event_occurrences(&data, &Palette::light());
        assert_eq!(spec.table.headers, ["Period", "25 Nov 2010", "24 Nov 2011", "22 Nov 2012, expected"]);
        assert_eq!(spec.table.rows[0], ["1 week before", "2.0 %", "–", "–"]);
        assert_eq!(spec.table.rows[1], ["Begins in it", "40.0 %", "50.0 %", "45.0 %"]);
        assert_eq!(spec.table.rows[2], ["1 week after", "–", "–", "–"]);
        assert_eq!(spec.table.rows[3][0], "In all");
        assert!(spec.summary.contains("24 Nov 2011 25.0"), "{}", spec.summary);
        assert!(spec.option_json.contains("\"dashed\""));
        let none = EventOccurrences { occurrences: Vec::new(), ..data };
        assert!(event_occurrences(&none, &Palette::light()).summary.contains("has not happened"));
    }
}
