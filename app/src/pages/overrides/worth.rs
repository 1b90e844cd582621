//! What overrides were worth, by author.

use crate::ports::overrides::{AuthorWorth, Worth};
use crate::ui::{EmptyState, Table, Unit, format};
use leptos::prelude::*;

/// Errors with and without the overrides of each author, and of all.
pub(super) fn authors_table(authors: Vec<AuthorWorth>, unit: Unit) -> AnyView {
    if authors.is_empty() {
        return view! {
            <EmptyState title="Nothing to measure yet">
                <p>"When sales of a period that was overridden are in, the error of the override is compared with the model's."</p>
            </EmptyState>
        }
        .into_any();
    }
    let all = authors.iter().fold(Worth::default(), |sum, author| sum.and(author.worth));
    let count = authors.iter().map(|author| author.overrides).sum();
    let rows =
        authors.into_iter().map(|author| row(author.author, author.overrides, author.worth, unit)).collect_view();
    let columns = vec![
        ("Author", ""),
        ("Overrides", "number"),
        ("Periods", "number"),
        ("Error of the model", "number"),
        ("Error with overrides", "number"),
        ("Change", "number"),
    ];
    view! {
        <p>{verdict(all)}</p>
        <Table caption="Worth of overrides by author" columns>{rows}{row("All".to_owned(), count, all, unit)}</Table>
        <p class="hint">"Errors are sums of |forecast − sales| over the parts overridden, against the forecast on the day that each override was made."</p>
    }
    .into_any()
}

fn row(name: String, overrides: u64, worth: Worth, unit: Unit) -> AnyView {
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="number">{overrides.to_string()}</td>
            <td class="number">{worth.periods.to_string()}</td>
            <td class="number">{unit.text(worth.error_without)}</td>
            <td class="number">{unit.text(worth.error_with)}</td>
            <td class="number">{worth.better().map_or_else(|| "–".to_owned(), |better| format::change(-better))}</td>
        </tr>
    }
    .into_any()
}

fn verdict(all: Worth) -> String {
    match all.better() {
        Some(better) if better > 0.0 => format!("Overrides made forecasts better by {}.", format::share(better, 1)),
        Some(better) if better < 0.0 => format!("Overrides made forecasts worse by {}.", format::share(-better, 1)),
        _ => "Overrides made no difference to the error.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_says_which_way() {
        let worth = |error_with| Worth { periods: 1, error_with, error_without: 10.0 };
        assert_eq!(verdict(worth(8.0)), "Overrides made forecasts better by 20.0\u{a0}%.");
        assert_eq!(verdict(worth(15.0)), "Overrides made forecasts worse by 50.0\u{a0}%.");
        assert_eq!(verdict(worth(10.0)), "Overrides made no difference to the error.");
    }
}
