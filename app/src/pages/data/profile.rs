//! What a column's values look like: type, nulls, range, bars.

use crate::ui::format;
use aisle_domain::import::{ColumnProfile, ValueType};
use leptos::prelude::*;

/// Type, nulls, distinct values and range in words, and the histogram as small bars.
#[component]
pub fn Profile(
    /// The profile.
    profile: ColumnProfile,
) -> impl IntoView {
    let nulls = match profile.nulls {
        0 => "no gaps".to_owned(),
        nulls => format!("{} empty", format::share(nulls as f64 / profile.rows.max(1) as f64, 1)),
    };
    let distinct = match profile.distinct {
        1_000.. => "1,000 or more values".to_owned(),
        distinct => format::counted(u64::from(distinct), "value"),
    };
    let range = match (profile.min, profile.max) {
        (Some(min), Some(max)) if min != max => format!("{min} … {max}"),
        (Some(only), _) | (_, Some(only)) => only,
        _ => "–".to_owned(),
    };
    let most = profile.histogram.iter().map(|bin| bin.rows).max().unwrap_or(0).max(1) as f64;
    let width = 100.0 / profile.histogram.len().max(1) as f64;
    let spoken: Vec<String> = profile.histogram.iter().map(|bin| format!("{}: {}", bin.label, bin.rows)).collect();
    let label = format!("Rows by value. {}", spoken.join(", "));
    let bars = profile
        .histogram
        .into_iter()
        .enumerate()
        .map(|(position, bin)| {
            // The smallest bin that is not empty is still seen.
            let height = if bin.rows == 0 { 0.0 } else { (30.0 * bin.rows as f64 / most).max(1.0) };
            let x = format!("{:.2}", position as f64 * width + width * 0.05);
            let title = format!("{}: {} rows", bin.label, bin.rows);
            view! {
                <rect x=x y=format!("{:.2}", 30.0 - height) width=format!("{:.2}", width * 0.9) height=format!("{height:.2}")><title>{title}</title></rect>
            }
        })
        .collect_view();
    view! {
        <div class="profile">
            <span>{kind_label(profile.kind)}", "{nulls}", "{distinct}</span>
            <span class="range">{range}</span>
            <svg class="bars" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label=label fill="currentColor">{bars}</svg>
        </div>
    }
}

fn kind_label(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Empty => "Empty",
        ValueType::Boolean => "Yes or no",
        ValueType::Integer => "Whole numbers",
        ValueType::Decimal => "Numbers",
        ValueType::Date => "Days",
        ValueType::Timestamp => "Moments",
        ValueType::Text => "Text",
    }
}
