//! What stands in the cells of the grid: heads, texts, figures, links.

use super::windows::GridRow;
use crate::addresses;
use crate::ports::{SeriesColumn, SeriesQuery};
use crate::ui::{Delta, Sparkline, Unit, format};
use leptos::prelude::*;

/// A column as shown: one of a series, or the number of series in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// A column of the query.
    Of(SeriesColumn),
    /// How many series a group has.
    Count,
}

/// The columns that a query shows, in their order.
pub fn heads(query: &SeriesQuery) -> Vec<Head> {
    let chosen = |column: &SeriesColumn| query.columns.is_empty() || query.columns.contains(column);
    let figures =
        [SeriesColumn::Last, SeriesColumn::Recent, SeriesColumn::Change, SeriesColumn::Forecast, SeriesColumn::Wape];
    match query.group {
        Some(group) => {
            let names = [Head::Of(group), Head::Count];
            names.into_iter().chain(figures.into_iter().filter(chosen).map(Head::Of)).collect()
        }
        // The item stays: it is what a row is known by, and its link.
        None => SeriesColumn::ALL
            .into_iter()
            .filter(|column| *column == SeriesColumn::Item || chosen(column))
            .map(Head::Of)
            .collect(),
    }
}

impl Head {
    /// Its words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Count => "Series",
            Self::Of(column) => column_label(column),
        }
    }

    /// Its class: how wide it is, and `number` where its cells are figures.
    pub fn class(self) -> &'static str {
        match self {
            Self::Count => "number narrow",
            Self::Of(SeriesColumn::Item) => "wide",
            Self::Of(SeriesColumn::Category | SeriesColumn::Location | SeriesColumn::Model) => "middle",
            Self::Of(SeriesColumn::Trend) => "trend",
            Self::Of(SeriesColumn::Change | SeriesColumn::Wape) => "number narrow",
            Self::Of(_) => "number",
        }
    }

    /// Whether its texts sort A first by default.
    fn is_text(self) -> bool {
        use SeriesColumn as C;
        matches!(self, Self::Of(C::Item | C::Category | C::Location | C::Model))
    }

    /// How the rows are sorted by it: `None` where they are not.
    pub fn sorted(self, query: &SeriesQuery) -> Option<&'static str> {
        let by_it = Self::Of(query.sort.unwrap_or(SeriesColumn::Recent)) == self;
        let ascending = query.ascending.unwrap_or(self.is_text());
        by_it.then_some(if ascending { "ascending" } else { "descending" })
    }

    /// The query that sorts by it, the other way round where it does already; `None` where nobody sorts by it.
    pub fn sort_query(self, query: &SeriesQuery) -> Option<SeriesQuery> {
        let Self::Of(column) = self else { return None };
        if column == SeriesColumn::Trend {
            return None;
        }
        let ascending = self.sorted(query).map(|order| order == "descending");
        Some(SeriesQuery { sort: Some(column), ascending, ..query.clone() })
    }
}

/// A column's words.
pub fn column_label(column: SeriesColumn) -> &'static str {
    match column {
        SeriesColumn::Item => "Item",
        SeriesColumn::Category => "Category",
        SeriesColumn::Location => "Location",
        SeriesColumn::Last => "Last period",
        SeriesColumn::Recent => "Recent",
        SeriesColumn::Change => "On last year",
        SeriesColumn::Forecast => "Forecast",
        SeriesColumn::Wape => "Past error",
        SeriesColumn::Model => "Model",
        SeriesColumn::Trend => "Trend",
    }
}

/// Where a row leads: to the series, or into the group.
pub fn row_href(row: &GridRow, query: &SeriesQuery) -> String {
    match row {
        GridRow::Series(row) => addresses::series(&row.key, query.measure),
        GridRow::Group(row) => {
            let value = Some(row.value.clone());
            let mut inside = SeriesQuery { group: None, ..query.clone() };
            match query.group {
                Some(SeriesColumn::Category) => inside.category = value,
                Some(SeriesColumn::Location) => inside.location = value,
                _ => inside.model = value,
            }
            addresses::series_grid(&inside)
        }
    }
}

/// The content of a cell.
pub fn cell(row: &GridRow, head: Head, unit: Unit) -> AnyView {
    use SeriesColumn as C;
    let amount = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| unit.text(value)).into_any();
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format::share(value, 1)).into_any();
    let change = |relative: Option<f64>| view! { <Delta relative=relative/> }.into_any();
    match (row, head) {
        (GridRow::Group(row), Head::Count) => format::count(row.series as i64).into_any(),
        (GridRow::Series(_), Head::Count) => "1".into_any(),
        (GridRow::Group(row), Head::Of(C::Last)) => amount(Some(row.last)),
        (GridRow::Group(row), Head::Of(C::Recent)) => amount(Some(row.recent)),
        (GridRow::Group(row), Head::Of(C::Change)) => change(row.change),
        (GridRow::Group(row), Head::Of(C::Forecast)) => amount(row.forecast),
        (GridRow::Group(row), Head::Of(C::Wape)) => share(row.wape),
        (GridRow::Group(row), Head::Of(C::Model)) => format::words(&row.label).into_any(),
        (GridRow::Group(row), Head::Of(_)) => row.label.clone().into_any(),
        (GridRow::Series(row), Head::Of(column)) => match column {
            C::Item => row.item.clone().into_any(),
            C::Category => row.category.clone().unwrap_or_else(|| "–".to_owned()).into_any(),
            C::Location => row.location.clone().into_any(),
            C::Last => amount(row.last),
            C::Recent => amount(Some(row.recent)),
            C::Change => change(row.change),
            C::Forecast => match row.model_forecast {
                Some(model) => {
                    let model = format!("without overrides {}", unit.text(model));
                    let (shown, title) = (amount(row.forecast), model.clone());
                    view! { <span title=title>{shown}"*"<span class="spoken">{model}</span></span> }.into_any()
                }
                None => amount(row.forecast),
            },
            C::Wape => share(row.wape),
            C::Model => row.model.as_deref().map_or_else(|| "–".to_owned(), format::words).into_any(),
            C::Trend => {
                let values: Vec<f64> = row.trend.iter().map(|value| f64::from(*value)).collect();
                view! { <Sparkline values=values/> }.into_any()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_by_the_same_column_again_turns_it_round() {
        let query = SeriesQuery::default();
        let recent = Head::Of(SeriesColumn::Recent);
        assert_eq!(recent.sorted(&query), Some("descending"));
        let turned = recent.sort_query(&query).unwrap();
        assert_eq!((turned.sort, turned.ascending), (Some(SeriesColumn::Recent), Some(true)));
        let by_item = Head::Of(SeriesColumn::Item).sort_query(&turned).unwrap();
        assert_eq!(Head::Of(SeriesColumn::Item).sorted(&by_item), Some("ascending"));
        assert_eq!(Head::Of(SeriesColumn::Trend).sort_query(&query), None);
    }
}
