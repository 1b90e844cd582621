//! What a file's rows are and what its columns mean, by names and values; what neither settles becomes a question.

use crate::Defaults;
use crate::codes::Codes;
use crate::currency;
use crate::meaning::{by_name, is_currency, snake_case};
use crate::profile::Column;
use aisle_domain::import::{
    ColumnMapping, DecimalMark, Delimiter, Entity, FileFormat, Mapping, Meaning, Question, RepeatedRows, ValueType,
};
use aisle_domain::{Granularity, Weekday};

/// What the names alone say, column by column; the item, order and quantity columns are followed more closely in the scan.
pub(crate) fn by_names(names: &[String]) -> Vec<Option<Meaning>> {
    let mut meanings: Vec<Option<(Meaning, usize)>> = names.iter().map(|name| by_name(name)).collect();
    let snakes: Vec<String> = names.iter().map(|name| snake_case(name)).collect();
    let lines = snakes.iter().any(|name| name.starts_with("lineitem_"));
    for (meaning, name) in meanings.iter_mut().zip(&snakes) {
        match name.as_str() {
            // Shopify's order export: `Name` is the order, and totals are the order's, repeated on no line but its first.
            "name" if lines => *meaning = Some((Meaning::Order, 0)),
            "name" => *meaning = Some((Meaning::ItemName, 90)),
            "type" => *meaning = Some((Meaning::LocationKind, 90)),
            "total" | "subtotal" | "paid_at" if lines => *meaning = None,
            _ => {}
        }
    }
    (0..meanings.len())
        .map(|at| {
            let (meaning, rank) = meanings[at].as_ref()?;
            let beaten = meanings
                .iter()
                .enumerate()
                .any(|(other, held)| held.as_ref().is_some_and(|(m, r)| m == meaning && (*r, other) < (*rank, at)));
            (!beaten).then(|| meaning.clone())
        })
        .collect()
}

/// The mapping that names and values suggest, and what they leave open.
pub(crate) fn mapping(
    mut format: FileFormat,
    columns: &[Column],
    codes: &Codes,
    defaults: &Defaults,
) -> (Mapping, Vec<Question>) {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut meanings = by_names(&names);
    let mut questions = Vec::new();
    if let FileFormat::Csv(dialect) = &mut format {
        let (mark, open) = decimal_mark(columns);
        dialect.decimal = mark;
        if open && dialect.delimiter != Delimiter::Comma {
            let text = "numbers such as 1.234 or 1,234: which sign separates whole from fraction?";
            questions.push(question(None, text, "decimal", &["point", "comma"]));
        }
    }
    let mark = mark_of(&format);
    let has = |meanings: &[Option<Meaning>], meaning: Meaning| meanings.contains(&Some(meaning));
    let sold = has(&meanings, Meaning::Quantity) || has(&meanings, Meaning::Revenue);
    // Where nothing is named a date, the columns that hold dates are: one is taken, several are asked about.
    if sold && !has(&meanings, Meaning::Date) {
        let holds_dates = |at: &usize| {
            let kind = columns[*at].settle(mark).kind;
            meanings[*at].is_none() && matches!(kind, ValueType::Date | ValueType::Timestamp)
        };
        let dated: Vec<usize> = (0..columns.len()).filter(holds_dates).collect();
        if let [first, ..] = dated.as_slice() {
            meanings[*first] = Some(Meaning::Date);
        }
        if dated.len() > 1 {
            let names: Vec<&str> = dated.iter().map(|at| columns[*at].name.as_str()).collect();
            let text = "several columns hold dates; which one is the day of the sale?";
            questions.push(question(None, text, "date", &names));
        }
    }
    // Where nothing is named an item, what sales are counted by is: the item's name, or else its group.
    if !has(&meanings, Meaning::Item) && sold && has(&meanings, Meaning::Date) {
        let stand_in =
            [Meaning::ItemName, Meaning::Category].into_iter().find(|meaning| has(&meanings, meaning.clone()));
        for meaning in meanings.iter_mut().filter(|meaning| meaning.is_some() && **meaning == stand_in) {
            *meaning = Some(Meaning::Item);
        }
    }
    let entity = entity(&meanings, columns, mark).unwrap_or_else(|| {
        let options: Vec<&str> = Entity::ALL.iter().map(|entity| entity.name()).collect();
        let dated = columns.iter().any(|column| {
            column.epoch().is_some() || matches!(column.settle(mark).kind, ValueType::Date | ValueType::Timestamp)
        });
        let text = if dated {
            "what are the rows of this file?"
        } else {
            "what are the rows of this file? No column holds days, which all but items, locations and customers need"
        };
        questions.push(question(None, text, "entity", &options));
        Entity::Items
    });
    let mapped: Vec<ColumnMapping> = columns
        .iter()
        .zip(meanings)
        .map(|(column, meaning)| {
            let meaning = fitted(entity, meaning, column, mark);
            ColumnMapping { column: column.name.clone(), meaning, date_order: None }
        })
        .collect();
    let mut mapping = Mapping {
        entity,
        format,
        columns: mapped,
        granularity: None,
        currency: defaults.currency,
        location: None,
        repeated_rows: RepeatedRows::Once,
        charge_codes: Vec::new(),
        cancel_prefixes: Vec::new(),
    };
    let means = |meaning: Meaning| mapping.columns.iter().any(|column| column.meaning == meaning);
    let revenue = means(Meaning::Revenue);
    let (located, priced) = (means(Meaning::Location), means(Meaning::UnitPrice));
    if revenue && matches!(entity, Entity::Sales | Entity::Orders) {
        let prices = mapping.columns.iter_mut().filter(|column| column.meaning == Meaning::UnitPrice);
        prices.for_each(|column| column.meaning = Meaning::Ignore);
    }
    if matches!(entity, Entity::Sales | Entity::Orders | Entity::StockLevels) && !located {
        mapping.location = defaults.location.clone();
        if mapping.location.is_none() {
            questions.push(question(None, "no column says where it was; where was it?", "location", &["main"]));
        }
    }
    let money = matches!(entity, Entity::Sales | Entity::Orders) || (entity == Entity::Prices && priced);
    if money {
        let said = mapping.columns.iter().position(|column| is_currency(&column.meaning)).map(|at| &columns[at]);
        (mapping.currency, questions) = currency::settle(said, defaults.currency, questions);
        // Signs and names of currencies are for people: the column then says nothing that could be checked.
        if said.is_some_and(|column| currency::codes(column).is_empty()) {
            let unread = mapping.columns.iter_mut().filter(|column| is_currency(&column.meaning));
            unread.for_each(|column| column.meaning = Meaning::Ignore);
        }
    }
    if entity == Entity::Orders {
        mapping.charge_codes = codes.charges();
        mapping.cancel_prefixes = codes.cancel_prefixes();
    }
    complete(&mut mapping, columns, &mut questions);
    (mapping, questions)
}

pub(crate) fn mark_of(format: &FileFormat) -> DecimalMark {
    match format {
        FileFormat::Csv(dialect) => dialect.decimal,
        FileFormat::Parquet => DecimalMark::Point,
    }
}

/// Fills in what the dates themselves say, and asks for what is still missing.
pub(crate) fn complete(mapping: &mut Mapping, columns: &[Column], questions: &mut Vec<Question>) {
    order_dates(mapping, columns, questions);
    if matches!(mapping.entity, Entity::Sales | Entity::Features) && mapping.granularity.is_none() {
        mapping.granularity = Some(granularity(mapping, columns, questions));
    }
    if let Err(error) = crate::mapping::validate(mapping)
        && questions.is_empty()
    {
        questions.push(question(None, &error.to_string(), "meaning", &[]));
    }
}

/// The order of each date column's parts: the one that reads every value, or a question.
fn order_dates(mapping: &mut Mapping, columns: &[Column], questions: &mut Vec<Question>) {
    for (mapped, column) in mapping.columns.iter_mut().zip(columns) {
        if !mapped.meaning.is_dated() {
            continue;
        }
        let orders = column.orders();
        let kept = mapped.date_order;
        mapped.date_order = match (orders.as_slice(), column.epoch()) {
            ([one], _) => Some(*one),
            ([], Some(epoch)) => Some(epoch),
            (several, _) if kept.is_some_and(|order| several.contains(&order)) => kept,
            ([], None) => {
                let text = format!("most values of {} are no dates; which column holds the date?", column.name);
                questions.push(question(Some(&column.name), &text, "date_order", &["ymd", "dmy", "mdy"]));
                None
            }
            _ => {
                let text = format!("no day of {} is past the 12th: does the day or the month come first?", column.name);
                questions.push(question(Some(&column.name), &text, "date_order", &["dmy", "mdy"]));
                None
            }
        };
    }
}

pub(crate) fn question(column: Option<&str>, text: &str, field: &str, options: &[&str]) -> Question {
    Question {
        column: column.map(str::to_owned),
        text: text.to_owned(),
        field: field.to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    }
}

/// The decimal mark of all columns of numbers, and whether it could be either.
fn decimal_mark(columns: &[Column]) -> (DecimalMark, bool) {
    let (mut points, mut commas, mut either) = (0, 0, 0);
    for column in columns.iter().filter(|column| column.numeric()) {
        points += column.points;
        commas += column.commas;
        either += column.either;
    }
    let mark = if commas > points { DecimalMark::Comma } else { DecimalMark::Point };
    (mark, points == 0 && commas == 0 && either > 0)
}

fn entity(meanings: &[Option<Meaning>], columns: &[Column], mark: DecimalMark) -> Option<Entity> {
    let has = |meaning: Meaning| meanings.contains(&Some(meaning));
    let sold = has(Meaning::Quantity) || has(Meaning::Revenue);
    let dated = has(Meaning::Date);
    let lines = has(Meaning::Order) || has(Meaning::Customer) || (has(Meaning::UnitPrice) && !has(Meaning::Revenue));
    let values = || {
        meanings.iter().zip(columns).any(|(meaning, column)| {
            meaning.is_none() && matches!(column.settle(mark).kind, ValueType::Integer | ValueType::Decimal)
        })
    };
    // Master data has one row for each identifier.
    let keyed_by = |meaning: Meaning| {
        meanings.iter().position(|held| *held == Some(meaning.clone())).is_some_and(|at| columns[at].unique())
    };
    match () {
        () if dated && has(Meaning::OrderedDay) && (has(Meaning::Item) || has(Meaning::Supplier)) => {
            Some(Entity::Deliveries)
        }
        () if dated && has(Meaning::Item) && has(Meaning::OnHand) && !sold => Some(Entity::StockLevels),
        () if dated && has(Meaning::Item) && sold && lines => Some(Entity::Orders),
        () if dated && has(Meaning::Item) && sold => Some(Entity::Sales),
        () if has(Meaning::FirstDay) && (has(Meaning::Discount) || (has(Meaning::EventName) && has(Meaning::Item))) => {
            Some(Entity::Promotions)
        }
        () if has(Meaning::EventName) && (dated || has(Meaning::FirstDay)) => Some(Entity::CalendarEvents),
        () if dated && has(Meaning::Item) && has(Meaning::UnitPrice) => Some(Entity::Prices),
        () if dated && (has(Meaning::FeatureName) || has(Meaning::HolidayFlag) || values()) => Some(Entity::Features),
        () if dated => None,
        () if keyed_by(Meaning::Item) => Some(Entity::Items),
        () if keyed_by(Meaning::Location) && !has(Meaning::Item) => Some(Entity::Locations),
        () if keyed_by(Meaning::Customer) && !has(Meaning::Item) => Some(Entity::Customers),
        () => None,
    }
}

/// A column's meaning as its entity can use it.
fn fitted(entity: Entity, meaning: Option<Meaning>, column: &Column, mark: DecimalMark) -> Meaning {
    use Meaning as M;
    let usable: &[M] = match entity {
        Entity::Orders => &[
            M::Item,
            M::ItemName,
            M::Category,
            M::Location,
            M::Date,
            M::Quantity,
            M::Revenue,
            M::UnitPrice,
            M::Customer,
            M::Order,
        ],
        Entity::Sales => {
            &[M::Item, M::ItemName, M::Category, M::Location, M::Date, M::Quantity, M::Revenue, M::HolidayFlag]
        }
        Entity::Items => &[M::Item, M::ItemName, M::Category],
        Entity::Locations => &[M::Location, M::LocationName, M::LocationKind],
        Entity::Customers => &[M::Customer],
        Entity::Prices => &[M::Item, M::ItemName, M::Location, M::Date, M::UnitPrice],
        Entity::Promotions => &[M::Item, M::Location, M::FirstDay, M::LastDay, M::EventName, M::Discount],
        Entity::CalendarEvents => &[M::Location, M::Date, M::FirstDay, M::LastDay, M::EventName],
        Entity::Features => &[M::Item, M::Location, M::Date, M::HolidayFlag, M::FeatureName, M::FeatureValue],
        Entity::StockLevels => &[M::Item, M::Location, M::Date, M::OnHand, M::OnOrder],
        Entity::Deliveries => &[M::Item, M::Location, M::Date, M::OrderedDay, M::ExpectedDay, M::Supplier, M::Quantity],
    };
    let number = matches!(column.settle(mark).kind, ValueType::Integer | ValueType::Decimal | ValueType::Boolean);
    match meaning {
        Some(meaning) if usable.contains(&meaning) => meaning,
        Some(meaning) if is_currency(&meaning) && matches!(entity, Entity::Sales | Entity::Orders | Entity::Prices) => {
            meaning
        }
        Some(M::LocationKind) if entity == Entity::Items => M::Category,
        _ if matches!(entity, Entity::Items | Entity::Locations | Entity::Customers) => {
            M::Attribute(snake_case(&column.name))
        }
        _ if entity == Entity::Features && number => M::Feature(snake_case(&column.name)),
        _ => M::Ignore,
    }
}

/// The length of the periods, by the dates: always one weekday, always one end of the month, or any day.
fn granularity(mapping: &Mapping, columns: &[Column], questions: &mut Vec<Question>) -> Granularity {
    let date = mapping.columns.iter().position(|column| column.meaning == Meaning::Date);
    let Some(column) = date.and_then(|at| columns.get(at)).filter(|column| column.distinct() >= 3) else {
        return Granularity::Day;
    };
    if column.monthly() {
        return Granularity::Month;
    }
    match column.weekday() {
        None => Granularity::Day,
        Some(day @ (Weekday::Sunday | Weekday::Monday)) => {
            let first = format!("{day:?}").to_lowercase();
            let (ends, starts) = if day == Weekday::Sunday { ("sunday", "saturday") } else { ("monday", "sunday") };
            let text = format!(
                "every date is a {first}: is it the last day of its week (week ends {ends}) or the first (week ends {starts})?"
            );
            let options = [format!("week ends {ends}"), format!("week ends {starts}")];
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            questions.push(question(Some(&column.name), &text, "granularity", &options));
            // Either is named by a Sunday as its likelier last day.
            Granularity::Week { ends: Weekday::Sunday }
        }
        Some(ends) => Granularity::Week { ends },
    }
}
