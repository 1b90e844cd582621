//! A mapping as the fields of a form, and back: what the page shows, a user corrects and both server functions read.

use crate::ports::MappingAnswer;
use aisle_domain::import::{
    ColumnMapping, DateOrder, DecimalMark, Delimiter, Dialect, Encoding, Entity, FileFormat, Mapping, Meaning,
    RepeatedRows,
};
use aisle_domain::{Currency, Granularity, Problem, ProblemCode, Weekday};
use serde::{Deserialize, Serialize};

/// One file's mapping, field by field as a form sends it: words and texts only. The four lists run in parallel, one entry
/// a column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FileAnswer {
    /// Name of the file within the import.
    pub file: String,
    /// What its rows are.
    pub entity: String,
    /// `csv` or `parquet`.
    pub format: String,
    /// Character encoding.
    pub encoding: String,
    /// Field separator.
    pub delimiter: String,
    /// Quoting character, or empty.
    pub quote: String,
    /// `true` where the first record names the columns.
    pub header: String,
    /// Decimal mark.
    pub decimal: String,
    /// Texts that mean "no value", one a line.
    pub nulls: String,
    /// Length of the periods: `day`, `week_friday`, `month`, or empty.
    pub granularity: String,
    /// Currency code, or empty.
    pub currency: String,
    /// Location of every row, or empty.
    pub location: String,
    /// `once` or `each`.
    pub repeated: String,
    /// Codes that are charges, one a line.
    pub charges: String,
    /// Prefixes of cancelled orders, one a line.
    pub cancels: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// What each means.
    pub meanings: Vec<String>,
    /// Names of features and attributes; empty for all others.
    pub names: Vec<String>,
    /// Order of the parts of dates; empty where there are none.
    pub orders: Vec<String>,
}

/// All answers of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    /// File by file.
    #[serde(default)]
    pub answers: Vec<FileAnswer>,
}

impl Answers {
    /// Reads a query string as the form sends it by GET; `None` where there are no answers in it.
    pub fn from_query(query: &str) -> Option<Vec<FileAnswer>> {
        let query = query.trim_start_matches('?');
        let read = serde_qs::Config::new(5, false).deserialize_str::<Self>(query).ok()?;
        Some(read.answers).filter(|answers| !answers.is_empty())
    }
}

/// Words and labels of a closed choice.
pub type Words<T> = &'static [(T, &'static str, &'static str)];

/// Character encodings.
pub const ENCODINGS: Words<Encoding> = &[
    (Encoding::Utf8, "utf8", "UTF-8"),
    (Encoding::Utf16Le, "utf16_le", "UTF-16, little endian"),
    (Encoding::Utf16Be, "utf16_be", "UTF-16, big endian"),
    (Encoding::Windows1252, "windows1252", "Windows-1252 (Latin-1)"),
];
/// Field separators.
pub const DELIMITERS: Words<Delimiter> = &[
    (Delimiter::Comma, "comma", "Comma"),
    (Delimiter::Semicolon, "semicolon", "Semicolon"),
    (Delimiter::Tab, "tab", "Tab"),
    (Delimiter::Pipe, "pipe", "Pipe |"),
    (Delimiter::Whitespace, "whitespace", "Blanks"),
];
/// Decimal marks.
pub const DECIMALS: Words<DecimalMark> =
    &[(DecimalMark::Point, "point", "Point: 1,234.5"), (DecimalMark::Comma, "comma", "Comma: 1.234,5")];
/// Orders of the parts of dates.
pub const ORDERS: Words<DateOrder> = &[
    (DateOrder::Ymd, "ymd", "Year, month, day"),
    (DateOrder::Dmy, "dmy", "Day, month, year"),
    (DateOrder::Mdy, "mdy", "Month, day, year"),
    (DateOrder::UnixSeconds, "unix_seconds", "Seconds since 1970"),
    (DateOrder::UnixMillis, "unix_millis", "Milliseconds since 1970"),
];
/// What happens to repeated rows.
pub const REPEATED: Words<RepeatedRows> =
    &[(RepeatedRows::Once, "once", "Count once"), (RepeatedRows::Each, "each", "Count each")];
/// Lengths of periods.
pub const GRANULARITIES: Words<Granularity> = &[
    (Granularity::Day, "day", "Days"),
    (Granularity::Week { ends: Weekday::Monday }, "week_monday", "Weeks to Monday"),
    (Granularity::Week { ends: Weekday::Tuesday }, "week_tuesday", "Weeks to Tuesday"),
    (Granularity::Week { ends: Weekday::Wednesday }, "week_wednesday", "Weeks to Wednesday"),
    (Granularity::Week { ends: Weekday::Thursday }, "week_thursday", "Weeks to Thursday"),
    (Granularity::Week { ends: Weekday::Friday }, "week_friday", "Weeks to Friday"),
    (Granularity::Week { ends: Weekday::Saturday }, "week_saturday", "Weeks to Saturday"),
    (Granularity::Week { ends: Weekday::Sunday }, "week_sunday", "Weeks to Sunday"),
    (Granularity::Month, "month", "Months"),
];
/// What a column can mean. Features and attributes have a name beside it.
pub const MEANINGS: &[(&str, &str)] = &[
    ("ignore", "Not read"),
    ("item", "Item"),
    ("item_name", "Item's name"),
    ("category", "Item's category"),
    ("location", "Location"),
    ("location_name", "Location's name"),
    ("location_kind", "Location's kind"),
    ("date", "Date or period"),
    ("first_day", "First day"),
    ("last_day", "Last day"),
    ("quantity", "Quantity"),
    ("revenue", "Revenue of the row"),
    ("unit_price", "Price of one unit"),
    ("customer", "Customer"),
    ("order", "Order or invoice"),
    ("holiday_flag", "Holiday flag"),
    ("event_name", "Promotion's or event's name"),
    ("discount", "Discount"),
    ("on_hand", "Units that were there"),
    ("on_order", "Units on order"),
    ("supplier", "Supplier"),
    ("ordered_day", "Day ordered"),
    ("expected_day", "Day promised"),
    ("feature", "Feature, named…"),
    ("feature_name", "Name of the row's feature"),
    ("feature_value", "Value of the row's feature"),
    ("attribute", "Attribute, named…"),
];

/// Words of the meanings that rows of an entity have, beside "not read".
fn meanings_of(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Sales | Entity::Orders => &[
            "item",
            "item_name",
            "category",
            "location",
            "date",
            "quantity",
            "revenue",
            "unit_price",
            "customer",
            "order",
            "holiday_flag",
        ],
        Entity::Items => &["item", "item_name", "category", "attribute"],
        Entity::Locations => &["location", "location_name", "location_kind", "attribute"],
        Entity::Customers => &["customer", "attribute"],
        Entity::Prices => &["item", "item_name", "location", "date", "unit_price"],
        Entity::Promotions => &["item", "location", "first_day", "last_day", "event_name", "discount"],
        Entity::CalendarEvents => &["location", "date", "first_day", "last_day", "event_name"],
        Entity::Features => &["item", "location", "date", "holiday_flag", "feature", "feature_name", "feature_value"],
        Entity::StockLevels => &["item", "location", "date", "on_hand", "on_order"],
        Entity::Deliveries => &["item", "location", "date", "ordered_day", "expected_day", "supplier", "quantity"],
    }
}

/// The meanings to choose from for a column of an entity, as (word, label): those that the entity has, and the present
/// one even where it is not among them. All of them where the entity is not known.
pub fn meanings_offered(entity: &str, present: &str) -> Vec<(String, String)> {
    let usable = Entity::parse(entity).map(meanings_of);
    let offered =
        |word: &str| word == "ignore" || word == present || usable.is_none_or(|usable| usable.contains(&word));
    MEANINGS
        .iter()
        .filter(|(word, _)| offered(word))
        .map(|(word, label)| ((*word).to_owned(), (*label).to_owned()))
        .collect()
}

/// The word of a value.
pub fn word<T: Copy + PartialEq>(words: Words<T>, value: T) -> &'static str {
    words.iter().find(|(known, ..)| *known == value).map_or("", |(_, word, _)| word)
}

fn meaning_word(meaning: &Meaning) -> (&'static str, &str) {
    match meaning {
        Meaning::Item => ("item", ""),
        Meaning::ItemName => ("item_name", ""),
        Meaning::Category => ("category", ""),
        Meaning::Location => ("location", ""),
        Meaning::LocationName => ("location_name", ""),
        Meaning::LocationKind => ("location_kind", ""),
        Meaning::Date => ("date", ""),
        Meaning::FirstDay => ("first_day", ""),
        Meaning::LastDay => ("last_day", ""),
        Meaning::Quantity => ("quantity", ""),
        Meaning::Revenue => ("revenue", ""),
        Meaning::UnitPrice => ("unit_price", ""),
        Meaning::Customer => ("customer", ""),
        Meaning::Order => ("order", ""),
        Meaning::HolidayFlag => ("holiday_flag", ""),
        Meaning::EventName => ("event_name", ""),
        Meaning::Discount => ("discount", ""),
        Meaning::OnHand => ("on_hand", ""),
        Meaning::OnOrder => ("on_order", ""),
        Meaning::Supplier => ("supplier", ""),
        Meaning::OrderedDay => ("ordered_day", ""),
        Meaning::ExpectedDay => ("expected_day", ""),
        Meaning::Feature(name) => ("feature", name),
        Meaning::FeatureName => ("feature_name", ""),
        Meaning::FeatureValue => ("feature_value", ""),
        Meaning::Attribute(name) => ("attribute", name),
        Meaning::Ignore => ("ignore", ""),
    }
}

fn read_meaning(word: &str, name: &str, column: &str) -> Option<Meaning> {
    // A feature without a name of its own is called as its column is.
    let name = || if name.trim().is_empty() { column.to_owned() } else { name.trim().to_owned() };
    Some(match word {
        "item" => Meaning::Item,
        "item_name" => Meaning::ItemName,
        "category" => Meaning::Category,
        "location" => Meaning::Location,
        "location_name" => Meaning::LocationName,
        "location_kind" => Meaning::LocationKind,
        "date" => Meaning::Date,
        "first_day" => Meaning::FirstDay,
        "last_day" => Meaning::LastDay,
        "quantity" => Meaning::Quantity,
        "revenue" => Meaning::Revenue,
        "unit_price" => Meaning::UnitPrice,
        "customer" => Meaning::Customer,
        "order" => Meaning::Order,
        "holiday_flag" => Meaning::HolidayFlag,
        "event_name" => Meaning::EventName,
        "discount" => Meaning::Discount,
        "on_hand" => Meaning::OnHand,
        "on_order" => Meaning::OnOrder,
        "supplier" => Meaning::Supplier,
        "ordered_day" => Meaning::OrderedDay,
        "expected_day" => Meaning::ExpectedDay,
        "feature" => Meaning::Feature(name()),
        "feature_name" => Meaning::FeatureName,
        "feature_value" => Meaning::FeatureValue,
        "attribute" => Meaning::Attribute(name()),
        "ignore" | "" => Meaning::Ignore,
        _ => return None,
    })
}

impl FileAnswer {
    /// A mapping as fields.
    pub fn of(file: &str, mapping: &Mapping) -> Self {
        let mut answer = Self {
            file: file.to_owned(),
            entity: mapping.entity.name().to_owned(),
            granularity: mapping.granularity.map(|g| word(GRANULARITIES, g)).unwrap_or_default().to_owned(),
            currency: mapping.currency.map(|c| c.code().to_owned()).unwrap_or_default(),
            location: mapping.location.clone().unwrap_or_default(),
            repeated: word(REPEATED, mapping.repeated_rows).to_owned(),
            charges: mapping.charge_codes.join("\n"),
            cancels: mapping.cancel_prefixes.join("\n"),
            ..Self::default()
        };
        match &mapping.format {
            FileFormat::Parquet => answer.format = "parquet".to_owned(),
            FileFormat::Csv(dialect) => {
                answer.format = "csv".to_owned();
                answer.encoding = word(ENCODINGS, dialect.encoding).to_owned();
                answer.delimiter = word(DELIMITERS, dialect.delimiter).to_owned();
                answer.quote = dialect.quote.map(String::from).unwrap_or_default();
                answer.header = if dialect.header { "true".to_owned() } else { String::new() };
                answer.decimal = word(DECIMALS, dialect.decimal).to_owned();
                answer.nulls = dialect.null_tokens.join("\n");
            }
        }
        for column in &mapping.columns {
            let (meaning, name) = meaning_word(&column.meaning);
            answer.columns.push(column.column.clone());
            answer.meanings.push(meaning.to_owned());
            answer.names.push(name.to_owned());
            answer.orders.push(column.date_order.map(|order| word(ORDERS, order)).unwrap_or_default().to_owned());
        }
        answer
    }

    /// The mapping that the fields say.
    ///
    /// # Errors
    /// [`ProblemCode::Invalid`] naming the field that cannot be read.
    pub fn read(&self) -> Result<MappingAnswer, Problem> {
        let entity = Entity::parse(&self.entity).ok_or_else(|| self.wrong("entity", &self.entity))?;
        let format = match self.format.as_str() {
            "parquet" => FileFormat::Parquet,
            "csv" => FileFormat::Csv(self.dialect()?),
            other => return Err(self.wrong("format", other)),
        };
        let at = |list: &[String], index: usize| list.get(index).cloned().unwrap_or_default();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.iter().enumerate() {
            let meaning = at(&self.meanings, index);
            let meaning =
                read_meaning(&meaning, &at(&self.names, index), column).ok_or_else(|| self.wrong(column, &meaning))?;
            let date_order = self.optional(ORDERS, "date_order", &at(&self.orders, index))?;
            columns.push(ColumnMapping { column: column.clone(), meaning, date_order });
        }
        let currency = self.currency.trim();
        let currency = match currency {
            "" => None,
            code => Some(Currency::new(code).map_err(|error| {
                Problem::new(ProblemCode::Invalid, format!("{}: {error}", self.file)).with_field("currency")
            })?),
        };
        let location = Some(self.location.trim().to_owned()).filter(|location| !location.is_empty());
        let mapping = Mapping {
            entity,
            format,
            columns,
            granularity: self.optional(GRANULARITIES, "granularity", &self.granularity)?,
            currency,
            location,
            repeated_rows: self.optional(REPEATED, "repeated", &self.repeated)?.unwrap_or_default(),
            charge_codes: lines(&self.charges),
            cancel_prefixes: lines(&self.cancels),
        };
        Ok(MappingAnswer { file: self.file.clone(), mapping })
    }

    fn dialect(&self) -> Result<Dialect, Problem> {
        let missing = |field: &'static str, found: &str| self.wrong(field, found);
        let mut quotes = self.quote.chars();
        let quote = quotes.next();
        if quotes.next().is_some() {
            return Err(missing("quote", &self.quote));
        }
        Ok(Dialect {
            encoding: self.optional(ENCODINGS, "encoding", &self.encoding)?.ok_or_else(|| missing("encoding", ""))?,
            delimiter: self
                .optional(DELIMITERS, "delimiter", &self.delimiter)?
                .ok_or_else(|| missing("delimiter", ""))?,
            quote,
            header: self.header == "true",
            decimal: self.optional(DECIMALS, "decimal", &self.decimal)?.ok_or_else(|| missing("decimal", ""))?,
            null_tokens: lines(&self.nulls),
        })
    }

    fn optional<T: Copy>(&self, words: Words<T>, field: &str, text: &str) -> Result<Option<T>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        let found = words.iter().find(|(_, word, _)| *word == text).map(|(value, ..)| *value);
        found.map(Some).ok_or_else(|| self.wrong(field, text))
    }

    fn wrong(&self, field: &str, found: &str) -> Problem {
        let detail = format!("{}: {field} is {found:?}; choose one of the answers offered", self.file);
        Problem::new(ProblemCode::Invalid, detail).with_field(field)
    }
}

/// Lines that are not blank, without the blanks around them.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "[a-zA-Z0-9_.%&=+ü-]{1,9}";

    fn meanings() -> impl Strategy<Value = Meaning> {
        let plain = (0..MEANINGS.len()).prop_map(|index| MEANINGS[index].0);
        (plain, TEXT).prop_map(|(word, name)| read_meaning(word, &name, "column").unwrap())
    }

    fn mappings() -> impl Strategy<Value = Mapping> {
        let order = proptest::option::of((0..ORDERS.len()).prop_map(|index| ORDERS[index].0));
        let columns = proptest::collection::vec((TEXT, meanings(), order), 1..14);
        let dialect = (
            0..ENCODINGS.len(),
            0..DELIMITERS.len(),
            proptest::option::of(prop_oneof![Just('"'), Just('\'')]),
            any::<bool>(),
            any::<bool>(),
        );
        let format = proptest::option::of((dialect, proptest::collection::vec(TEXT, 0..4)));
        let texts =
            (proptest::option::of(TEXT), proptest::collection::vec(TEXT, 0..3), proptest::collection::vec(TEXT, 0..3));
        let granularity = proptest::option::of((0..GRANULARITIES.len()).prop_map(|index| GRANULARITIES[index].0));
        (0..Entity::ALL.len(), format, columns, granularity, texts, any::<bool>()).prop_map(
            |(entity, format, columns, granularity, (location, charge_codes, cancel_prefixes), each)| Mapping {
                entity: Entity::ALL[entity],
                format: match format {
                    None => FileFormat::Parquet,
                    Some(((encoding, delimiter, quote, header, point), null_tokens)) => FileFormat::Csv(Dialect {
                        encoding: ENCODINGS[encoding].0,
                        delimiter: DELIMITERS[delimiter].0,
                        quote,
                        header,
                        decimal: if point { DecimalMark::Point } else { DecimalMark::Comma },
                        null_tokens,
                    }),
                },
                columns: columns
                    .into_iter()
                    .map(|(column, meaning, date_order)| ColumnMapping { column, meaning, date_order })
                    .collect(),
                granularity,
                currency: each.then_some(Currency::USD),
                location,
                repeated_rows: if each { RepeatedRows::Each } else { RepeatedRows::Once },
                charge_codes,
                cancel_prefixes,
            },
        )
    }

    proptest! {
        #[test]
        fn a_mapping_survives_the_form(mapping in mappings()) {
            let answer = FileAnswer::of("sales.csv", &mapping);
            prop_assert_eq!(answer.read().map(|answer| answer.mapping), Ok(mapping));
        }

        #[test]
        fn answers_survive_the_address(mappings in proptest::collection::vec(mappings(), 1..3)) {
            let answers = Answers { answers: mappings.iter().map(|mapping| FileAnswer::of("f.csv", mapping)).collect() };
            let query = serde_qs::to_string(&answers).unwrap();
            prop_assert_eq!(Answers::from_query(&query), Some(answers.answers));
        }
    }

    #[test]
    fn a_browser_writes_brackets_in_code_and_line_ends_as_crlf() {
        let query = "answers%5B0%5D%5Bfile%5D=a.csv&answers%5B0%5D%5Bcolumns%5D%5B1%5D=b&answers%5B0%5D%5Bcolumns%5D%5B0%5D=a&answers%5B0%5D%5Bcharges%5D=POST%0D%0ADOT";
        let answers = Answers::from_query(query).unwrap();
        assert_eq!(answers[0].columns, ["a", "b"]);
        assert_eq!(lines(&answers[0].charges), ["POST", "DOT"]);
        assert_eq!(Answers::from_query("measure=revenue"), None);
    }

    #[test]
    fn a_column_is_offered_what_its_entity_has_and_what_it_means_now() {
        let known: Vec<&str> = MEANINGS.iter().map(|(word, _)| *word).collect();
        for entity in Entity::ALL {
            assert!(meanings_of(entity).iter().all(|word| known.contains(word)), "{entity:?}");
            let offered = meanings_offered(entity.name(), "discount");
            let words: Vec<&str> = offered.iter().map(|(word, _)| word.as_str()).collect();
            assert!(words.contains(&"ignore") && words.contains(&"discount"), "{entity:?}: {words:?}");
            assert_eq!(
                words.contains(&"quantity"),
                matches!(entity, Entity::Sales | Entity::Orders | Entity::Deliveries),
                "{entity:?}"
            );
        }
        assert_eq!(meanings_offered("", "item").len(), MEANINGS.len());
    }

    #[test]
    fn a_word_that_is_not_offered_is_refused_by_name() {
        let answer = FileAnswer { file: "a.csv".to_owned(), entity: "spaceships".to_owned(), ..FileAnswer::default() };
        let problem = answer.read().unwrap_err();
        assert_eq!((problem.code, problem.field.as_deref()), (ProblemCode::Invalid, Some("entity")));
    }
}
