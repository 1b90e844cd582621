//! What a file seems to be: its dialect, its columns' meaning, and the questions that its data leaves open.

use crate::codes::Codes;
use crate::fields::NullTokens;
use crate::parquet_rows::ParquetRows;
use crate::profile::{Bins, Column};
use crate::reader::name_columns;
use crate::records::{Block, Splitter};
use crate::source::{Source, read_full};
use crate::{SyncError, dialect, guess, mapping as mappings};
use aisle_domain::Currency;
use aisle_domain::import::{Dialect, FileFormat, Mapping, Meaning, Preview};
use std::io::Read;
use std::path::Path;

/// Rows shown in a preview.
const PREVIEW_ROWS: usize = 20;

/// What the shop says once for every file that does not say it itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Currency of money columns.
    pub currency: Option<Currency>,
    /// Location of rows whose file has no column for it.
    pub location: Option<String>,
}

/// Reads the whole file (each member of a zip, named `archive.zip/member.csv`) and says what it holds.
///
/// `known` are the mappings kept from earlier files; one with the same columns is taken over, its dialect aside. Every value
/// is looked at: types and the order of dates are those that hold for the whole column.
///
/// # Errors
/// [`SyncError`] where the file cannot be opened, unpacked or split into records at all.
pub fn inspect(
    path: &Path,
    display_name: &str,
    known: &[Mapping],
    defaults: &Defaults,
) -> Result<Vec<Preview>, SyncError> {
    let sources = Source::list(path)?;
    if sources.is_empty() {
        return Err(SyncError::Empty { file: display_name.to_owned() });
    }
    sources.iter().map(|source| inspect_one(source, display_name, known, defaults)).collect()
}

fn inspect_one(source: &Source, display: &str, known: &[Mapping], defaults: &Defaults) -> Result<Preview, SyncError> {
    let file = source.member.as_ref().map_or_else(|| display.to_owned(), |member| format!("{display}/{member}"));
    let parquet = source.is_parquet()?;
    let format = if parquet { FileFormat::Parquet } else { FileFormat::Csv(text_dialect(source, &file)?) };
    let names = column_names(source, &format, &file)?;
    let meanings = guess::by_names(&names);
    let position = |meaning| meanings.iter().position(|held| held.as_ref() == Some(&meaning));
    let (item, order, quantity) = (position(Meaning::Item), position(Meaning::Order), position(Meaning::Quantity));

    let nulls = null_tokens(&format);
    let mut columns: Vec<Column> = names.iter().map(|name| Column::new(name)).collect();
    let (mut codes, mut rows) = (Codes::default(), Vec::new());
    scan(source, &format, &file, names.len(), |block| {
        for row in 0..block.len() {
            for (at, column) in columns.iter_mut().enumerate() {
                let text = block.field(row, at);
                column.add(text, nulls.is_null(text));
            }
            if let Some(at) = item {
                codes.item(block.field(row, at));
            }
            if let Some(at) = order {
                let negative = quantity.is_some_and(|at| block.field(row, at).trim_ascii().first() == Some(&b'-'));
                codes.order(block.field(row, at), negative);
            }
            if rows.len() < PREVIEW_ROWS {
                let text = |at| String::from_utf8_lossy(block.field(row, at)).into_owned();
                rows.push((0..names.len()).map(text).collect());
            }
        }
    })?;
    if columns.iter().all(|column| column.rows == 0) {
        return Err(SyncError::Empty { file });
    }

    let (mut mapping, mut questions) = guess::mapping(format, &columns, &codes, defaults);
    let shape = mappings::shape(&mapping);
    let kept = known.iter().find(|kept| mappings::shape(kept) == shape);
    if let Some(kept) = kept {
        mapping = taken_over(kept, &mapping);
        questions.clear();
        guess::complete(&mut mapping, &columns, &mut questions);
    }
    let mark = guess::mark_of(&mapping.format);
    let mut bins: Vec<Option<Bins>> = columns.iter().map(|column| column.bins(mark)).collect();
    scan(source, &mapping.format, &file, names.len(), |block| {
        for (at, bins) in bins.iter_mut().enumerate().filter_map(|(at, bins)| Some((at, bins.as_mut()?))) {
            (0..block.len()).for_each(|row| bins.add(block.field(row, at)));
        }
    })?;
    let profiles = columns.iter().zip(bins).map(|(column, bins)| column.profile(mark, bins)).collect();
    Ok(Preview {
        file,
        bytes: source.total,
        packing: source.packing,
        mapping,
        known: kept.is_some(),
        profiles,
        rows,
        questions,
    })
}

/// A kept mapping for a new file: how it is written is the new file's own, except for what was answered.
fn taken_over(kept: &Mapping, found: &Mapping) -> Mapping {
    let mut mapping = kept.clone();
    if let (FileFormat::Csv(old), FileFormat::Csv(new)) = (&kept.format, &found.format) {
        let (decimal, null_tokens) = (old.decimal, old.null_tokens.clone());
        mapping.format = FileFormat::Csv(Dialect { decimal, null_tokens, ..new.clone() });
    }
    mapping
}

fn text_dialect(source: &Source, file: &str) -> Result<Dialect, SyncError> {
    let encoding = source.encoding()?;
    let mut sample = vec![0; dialect::SAMPLE_BYTES];
    let mut text = source.text(encoding, Default::default())?;
    let held = read_full(&mut text, &mut sample).map_err(|error| broken(source, &error))?;
    if held == 0 {
        return Err(SyncError::Empty { file: file.to_owned() });
    }
    // A record that the sample cuts off says nothing.
    let whole = if held == sample.len() { sample.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) } else { None };
    sample.truncate(whole.map_or(held, |last| last + 1));
    Ok(dialect::guess(&sample, encoding))
}

fn column_names(source: &Source, format: &FileFormat, file: &str) -> Result<Vec<String>, SyncError> {
    match format {
        FileFormat::Parquet => Ok(ParquetRows::open(source.seekable()?, file)?.columns),
        FileFormat::Csv(dialect) => {
            let text = source.text(dialect.encoding, Default::default())?;
            let first = Splitter::new(text, dialect, None).first_record().map_err(|error| broken(source, &error))?;
            let first = first.ok_or_else(|| SyncError::Empty { file: file.to_owned() })?;
            let numbered = || (1..=first.len()).map(|n| format!("column_{n}")).collect();
            Ok(if dialect.header { name_columns(first) } else { numbered() })
        }
    }
}

fn scan(
    source: &Source,
    format: &FileFormat,
    file: &str,
    width: usize,
    mut look: impl FnMut(&Block),
) -> Result<(), SyncError> {
    match format {
        FileFormat::Parquet => {
            let mut rows = ParquetRows::open(source.seekable()?, file)?;
            while let Some(block) = rows.next_block()? {
                look(&block);
            }
        }
        FileFormat::Csv(dialect) => {
            let text: Box<dyn Read + Send> = source.text(dialect.encoding, Default::default())?;
            let mut splitter = Splitter::new(text, dialect, Some(width));
            let failed = |error| broken(source, &error);
            if dialect.header {
                splitter.first_record().map_err(failed)?;
            }
            while let Some(block) = splitter.next_block().map_err(failed)? {
                look(&block);
            }
        }
    }
    Ok(())
}

fn null_tokens(format: &FileFormat) -> NullTokens {
    match format {
        FileFormat::Parquet => NullTokens::new(&[]),
        FileFormat::Csv(dialect) => NullTokens::new(&dialect.null_tokens),
    }
}

fn broken(source: &Source, error: &std::io::Error) -> SyncError {
    SyncError::Packing { path: source.path.clone(), reason: error.to_string() }
}
