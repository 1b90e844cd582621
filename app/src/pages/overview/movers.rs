//! Series that moved most.

use crate::addresses;
use crate::ports::Mover;
use crate::ui::{Delta, EmptyState, Table, format};
use aisle_domain::{Currency, Granularity, SeriesKey};
use leptos::prelude::*;

/// A table of movers. The change is relative to the period compared with; the difference is in major units.
pub fn movers(
    movers: Vec<Mover>,
    caption: &'static str,
    currency: Option<Currency>,
    granularity: Granularity,
) -> AnyView {
    if movers.is_empty() {
        return view! { <EmptyState title="No series moved this way"/> }.into_any();
    }
    let rows = movers
        .into_iter()
        .map(|mover| {
            let before = plain(mover.before);
            let relative = (before != 0.0).then(|| (plain(mover.recent) - before) / before.abs());
            let name = match SeriesKey::parse(&mover.key) {
                Some(key) => view! { <a href=addresses::series(&key, None)>{mover.label}</a> }.into_any(),
                None => mover.label.into_any(),
            };
            view! {
                <tr>
                    <th scope="row" class="wrap">{name}</th>
                    <td class="number">{format::amount_compact(mover.recent)}</td>
                    <td class="number">{signed(mover.difference, currency)}</td>
                    <td class="number"><Delta relative/></td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Series", ""), ("Recent", "number"), ("Difference", "number"), ("Change", "number")];
    let recent = format::counted(granularity.moving() as u64, granularity.word());
    let hint = format!("Recent: the last {recent}, compared with the same a year before.");
    view! { <Table caption columns>{rows}</Table><p class="hint">{hint}</p> }.into_any()
}

fn plain(amount: crate::ports::Amount) -> f64 {
    use crate::ports::Amount;
    match amount {
        Amount::Money(money) => money.minor as f64,
        Amount::Quantity(quantity) => quantity.0 as f64,
        Amount::Count(count) => count as f64,
        Amount::Share(share) => share,
    }
}

fn signed(difference: f64, currency: Option<Currency>) -> String {
    let text = match currency {
        Some(currency) => format::money_compact(difference, currency),
        None => format::compact(difference),
    };
    if difference > 0.0 { format!("+{text}") } else { text }
}
