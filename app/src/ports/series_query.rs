//! The grid's view as a query string: `q=mug&location=1&sort=change&order=asc&columns=item,recent`.

use super::query_string::{join, pairs};
use super::{SeriesColumn, SeriesQuery};
use aisle_domain::Measure;

impl SeriesQuery {
    /// The view as a query string without `?`; empty for the usual view.
    pub fn to_query(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
        let columns = columns.join(",");
        let order = self.ascending.map(|ascending| if ascending { "asc" } else { "desc" });
        let fields = [
            ("q", self.text.as_deref()),
            ("location", self.location.as_deref()),
            ("category", self.category.as_deref()),
            ("model", self.model.as_deref()),
            ("measure", self.measure.map(Measure::name)),
            ("sort", self.sort.map(SeriesColumn::name)),
            ("order", order),
            ("group", self.group.map(SeriesColumn::name)),
            ("columns", (!columns.is_empty()).then_some(columns.as_str())),
        ];
        join(fields.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))))
    }

    /// Reads [`to_query`](Self::to_query)'s form, and a form's (`column=item&column=recent`, empty fields). Names of
    /// others and words that mean nothing are passed over: a link saved long ago still opens.
    pub fn from_query(query: &str) -> Self {
        let mut view = Self::default();
        for (name, value) in pairs(query).filter(|(_, value)| !value.trim().is_empty()) {
            match name.as_str() {
                "q" => view.text = Some(value),
                "location" => view.location = Some(value),
                "category" => view.category = Some(value),
                "model" => view.model = Some(value),
                "measure" => view.measure = Measure::parse(&value),
                "sort" => view.sort = SeriesColumn::parse(&value),
                "order" => view.ascending = ["desc", "asc"].iter().position(|word| *word == value).map(|at| at == 1),
                "group" => view.group = SeriesColumn::parse(&value).filter(|column| column.groups()),
                "columns" | "column" => {
                    for column in value.split(',').filter_map(SeriesColumn::parse) {
                        if !view.columns.contains(&column) {
                            view.columns.push(column);
                        }
                    }
                }
                _ => {}
            }
        }
        view
    }
}

impl SeriesColumn {
    /// Whether series can be grouped by it.
    pub fn groups(self) -> bool {
        matches!(self, Self::Category | Self::Location | Self::Model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    fn views() -> impl Strategy<Value = SeriesQuery> {
        let text =
            || proptest::option::of("[^ \t\n\r\u{85}\u{a0}].{0,12}".prop_filter("not blank", |t| !t.trim().is_empty()));
        let words = (text(), text(), text(), text());
        let measure = proptest::option::of(select(vec![Measure::Revenue, Measure::Quantity]));
        let sort = proptest::option::of(select(SeriesColumn::ALL.to_vec()));
        let group = proptest::option::of(select(
            SeriesColumn::ALL.into_iter().filter(|column| column.groups()).collect::<Vec<_>>(),
        ));
        let columns = subsequence(SeriesColumn::ALL.to_vec(), 0..=SeriesColumn::ALL.len());
        let rest = (measure, sort, proptest::option::of(any::<bool>()), group, columns);
        (words, rest).prop_map(|((text, location, category, model), (measure, sort, ascending, group, columns))| {
            SeriesQuery { text, location, category, model, measure, sort, ascending, group, columns }
        })
    }

    proptest! {
        #[test]
        fn a_view_survives_its_link(view in views()) {
            prop_assert_eq!(SeriesQuery::from_query(&view.to_query()), view);
        }

        #[test]
        fn any_query_string_gives_a_view_that_survives(query in ".{0,60}") {
            let view = SeriesQuery::from_query(&query);
            prop_assert_eq!(SeriesQuery::from_query(&view.to_query()), view);
        }
    }

    #[test]
    fn the_written_form_is_stable() {
        let view = SeriesQuery {
            text: Some("red mug".to_owned()),
            sort: Some(SeriesColumn::Change),
            ascending: Some(true),
            columns: vec![SeriesColumn::Item, SeriesColumn::Recent],
            ..SeriesQuery::default()
        };
        assert_eq!(view.to_query(), "q=red%20mug&sort=change&order=asc&columns=item%2Crecent");
        assert_eq!(SeriesQuery::default().to_query(), "");
        assert_eq!(SeriesQuery::from_query("q=&column=item&column=recent&group=trend").columns.len(), 2);
    }
}
