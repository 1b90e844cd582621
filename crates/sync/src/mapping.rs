//! Mappings as files: TOML beside the data, found again by the shape of the next file.

use crate::SyncError;
use aisle_domain::import::{Entity, FileFormat, Mapping, Meaning};

/// Writes a mapping as TOML.
///
/// # Errors
/// [`SyncError::MappingFile`] where a value cannot be written.
pub fn to_toml(mapping: &Mapping) -> Result<String, SyncError> {
    toml::to_string_pretty(mapping).map_err(|error| SyncError::MappingFile { reason: error.to_string() })
}

/// Reads a mapping from TOML.
///
/// # Errors
/// [`SyncError::MappingFile`] with line and column where it is not TOML of that shape.
pub fn from_toml(text: &str) -> Result<Mapping, SyncError> {
    toml::from_str(text).map_err(|error| SyncError::MappingFile { reason: error.to_string() })
}

/// Names the shape of a file, 32 hexadecimal digits: its format and its columns in order. Files of one shape are read by
/// one mapping.
pub fn shape(mapping: &Mapping) -> String {
    let format = match mapping.format {
        FileFormat::Csv(_) => "csv",
        FileFormat::Parquet => "parquet",
    };
    let mut text = format.to_owned();
    for column in &mapping.columns {
        text.push('\u{1f}');
        text.push_str(column.column.trim());
    }
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()))
}

/// Checks that a mapping says all that its entity needs.
///
/// # Errors
/// [`SyncError::Mapping`] with what is missing and what to do.
pub fn validate(mapping: &Mapping) -> Result<(), SyncError> {
    let has = |meaning: &Meaning| mapping.columns.iter().any(|column| column.meaning == *meaning);
    let refuse = |reason: String| Err(SyncError::Mapping { reason });
    for (index, column) in mapping.columns.iter().enumerate() {
        let repeatable = matches!(column.meaning, Meaning::Ignore);
        if !repeatable && mapping.columns[..index].iter().any(|earlier| earlier.meaning == column.meaning) {
            return refuse(format!(
                "two columns mean {:?}; ignore one, for instance {}",
                column.meaning, column.column
            ));
        }
        if column.meaning.is_dated() && column.date_order.is_none() {
            return refuse(format!("column {} holds dates in an unknown order; set its date_order", column.column));
        }
    }
    let money = has(&Meaning::Revenue) || has(&Meaning::UnitPrice);
    let needed: &[Meaning] = match mapping.entity {
        Entity::Items => &[Meaning::Item],
        Entity::Locations => &[Meaning::Location],
        Entity::Customers => &[Meaning::Customer],
        Entity::Sales | Entity::Orders => &[Meaning::Item, Meaning::Date],
        Entity::Prices => &[Meaning::Item, Meaning::Date, Meaning::UnitPrice],
        Entity::Promotions => &[Meaning::FirstDay],
        Entity::CalendarEvents => &[Meaning::EventName],
        Entity::Features => &[Meaning::Date],
        Entity::StockLevels => &[Meaning::Item, Meaning::Date, Meaning::OnHand],
        Entity::Deliveries => &[Meaning::Date, Meaning::OrderedDay],
    };
    if let Some(missing) = needed.iter().find(|meaning| !has(meaning)) {
        return refuse(format!("{} need a column for {missing:?}", mapping.entity.name()));
    }
    match mapping.entity {
        Entity::Sales | Entity::Orders => {
            if !has(&Meaning::Location) && mapping.location.is_none() {
                return refuse("no column says the location; set `location` to where it was sold".to_owned());
            }
            if !has(&Meaning::Quantity) && !has(&Meaning::Revenue) {
                return refuse("neither quantity nor revenue has a column; one is needed".to_owned());
            }
            if mapping.currency.is_none() {
                return refuse("the currency is unknown; set `currency`, such as USD".to_owned());
            }
        }
        Entity::StockLevels if !has(&Meaning::Location) && mapping.location.is_none() => {
            return refuse("no column says the location; set `location` to where the stock is".to_owned());
        }
        Entity::Deliveries if !has(&Meaning::Item) && !has(&Meaning::Supplier) => {
            return refuse("deliveries need a column for Item or Supplier".to_owned());
        }
        Entity::CalendarEvents if !has(&Meaning::Date) && !has(&Meaning::FirstDay) => {
            return refuse("calendar events need a column for Date or FirstDay".to_owned());
        }
        Entity::Prices if money && mapping.currency.is_none() => {
            return refuse("the currency is unknown; set `currency`, such as USD".to_owned());
        }
        Entity::Features if has(&Meaning::FeatureName) != has(&Meaning::FeatureValue) => {
            return refuse("a column of feature names needs one of feature values, and the other way round".to_owned());
        }
        _ => {}
    }
    Ok(())
}
