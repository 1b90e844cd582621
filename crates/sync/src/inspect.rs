//! What a file seems to be: its dialect, its columns' meaning, and the questions that its data leaves open.

use crate::blocks::{Blocks, name_columns};
use crate::codes::Codes;
use crate::fields::NullTokens;
use crate::parquet_rows::ParquetRows;
use crate::profile::Column;
use crate::records::{Block, Splitter};
use crate::source::{Source, broken};
use crate::{SyncError, dialect, encoding, guess, mapping as mappings};
use aisle_domain::Currency;
use aisle_domain::import::{Dialect, Encoding, FileFormat, Mapping, Meaning, Preview};
use std::io::{Cursor, Read};
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

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
    let begin = source.begin(dialect::SAMPLE_BYTES)?;
    if begin.starts_with(b"PAR1") {
        let names = ParquetRows::open(source.seekable()?, &file)?.columns;
        let scanned = Scanned::scan(source, &FileFormat::Parquet, &names, &file)?;
        return preview(source, file, FileFormat::Parquet, scanned, known, defaults);
    }
    let mut encoding = encoding::guess(&begin, begin.len() < dialect::SAMPLE_BYTES);
    if let Some((offset, byte)) = encoding::not_text(&begin, encoding) {
        return Err(SyncError::NotATable { file, found: format!("the byte {byte:#04x} at offset {offset}") });
    }
    loop {
        let (dialect, names) = text_dialect(source, &begin, encoding, &file)?;
        let format = FileFormat::Csv(dialect);
        let scanned = Scanned::scan(source, &format, &names, &file)?;
        // Only the whole file can prove that it is UTF-8.
        if encoding == Encoding::Utf8 && !scanned.valid_utf8 {
            encoding = Encoding::Windows1252;
            continue;
        }
        return preview(source, file, format, scanned, known, defaults);
    }
}

/// What one pass over a file's records finds.
struct Scanned {
    columns: Vec<Column>,
    codes: Codes,
    /// The first records, as texts.
    rows: Vec<Vec<String>>,
    valid_utf8: bool,
}

impl Scanned {
    fn scan(source: &Source, format: &FileFormat, names: &[String], file: &str) -> Result<Self, SyncError> {
        let meanings = guess::by_names(names);
        let position = |meaning| meanings.iter().position(|held| held.as_ref() == Some(&meaning));
        let watched = [Meaning::Item, Meaning::Order, Meaning::Quantity].map(position);
        let nulls = match format {
            FileFormat::Parquet => NullTokens::new(&[]),
            FileFormat::Csv(dialect) => NullTokens::new(&dialect.null_tokens),
        };
        let mut blocks = Blocks::open(source, format, names.len(), file)?;
        let mut scanned = Self { columns: Vec::new(), codes: Codes::default(), rows: Vec::new(), valid_utf8: true };
        scanned.columns = Lane::over(names, &nulls, |lanes| {
            blocks.try_for_each(|block| {
                let block = Arc::new(block?);
                lanes.take(&block);
                scanned.look(&block, watched);
                Ok(())
            })
        })?;
        if scanned.columns.iter().all(|column| column.rows == 0) {
            return Err(SyncError::Empty { file: file.to_owned() });
        }
        scanned.columns.iter_mut().for_each(Column::finish);
        Ok(scanned)
    }

    /// What concerns several columns, or the first rows.
    fn look(&mut self, block: &Block, [item, order, quantity]: [Option<usize>; 3]) {
        self.valid_utf8 &= block.valid_utf8();
        if let Some(at) = item {
            (0..block.len()).for_each(|row| self.codes.item(block.field(row, at)));
        }
        if let Some(at) = order {
            for row in 0..block.len() {
                let negative = quantity.is_some_and(|at| block.field(row, at).trim_ascii().first() == Some(&b'-'));
                self.codes.order(block.field(row, at), negative);
            }
        }
        let missing = PREVIEW_ROWS.saturating_sub(self.rows.len());
        for row in 0..block.len().min(missing) {
            let text = |at| String::from_utf8_lossy(block.field(row, at)).into_owned();
            self.rows.push((0..block.width()).map(text).collect());
        }
    }
}

/// Columns that one thread counts, each with its place in the file.
struct Lane(Vec<(usize, Column)>);

/// Most threads that count columns.
const MOST_LANES: usize = 4;
/// Blocks that may wait for a thread.
const WAITING: usize = 1;

/// Where blocks go, once for every thread.
struct Lanes(Vec<SyncSender<Arc<Block>>>);

impl Lanes {
    fn take(&self, block: &Arc<Block>) {
        for lane in &self.0 {
            // Only a lane that panicked does not listen, and its panic is passed on at the end.
            let _ = lane.send(Arc::clone(block));
        }
    }
}

impl Lane {
    /// Counts the columns of all blocks that `feed` hands out, every column on one thread, in the order of the blocks.
    fn over(
        names: &[String],
        nulls: &NullTokens,
        feed: impl FnOnce(&Lanes) -> Result<(), SyncError>,
    ) -> Result<Vec<Column>, SyncError> {
        let count = thread::available_parallelism().map_or(1, usize::from).clamp(1, MOST_LANES).min(names.len().max(1));
        let mut lanes: Vec<Self> = (0..count).map(|_| Self(Vec::new())).collect();
        for (at, name) in names.iter().enumerate() {
            lanes[at % count].0.push((at, Column::new(name)));
        }
        let mut columns = thread::scope(|scope| {
            let (mut senders, mut running) = (Vec::with_capacity(count), Vec::with_capacity(count));
            for lane in lanes {
                let (sender, blocks) = sync_channel::<Arc<Block>>(WAITING);
                senders.push(sender);
                running.push(scope.spawn(move || lane.count(&blocks, nulls)));
            }
            let fed = feed(&Lanes(senders));
            let counted: Vec<Self> =
                running.into_iter().map(|lane| lane.join().unwrap_or_else(|panic| resume_unwind(panic))).collect();
            fed.map(|()| counted.into_iter().flat_map(|lane| lane.0).collect::<Vec<_>>())
        })?;
        columns.sort_by_key(|(at, _)| *at);
        Ok(columns.into_iter().map(|(_, column)| column).collect())
    }

    fn count(mut self, blocks: &Receiver<Arc<Block>>, nulls: &NullTokens) -> Self {
        for block in blocks {
            // Column by column: what is known of one stays close at hand.
            for (at, column) in &mut self.0 {
                (0..block.len()).for_each(|row| column.add(block.field(row, *at), nulls));
            }
        }
        self
    }
}

fn preview(
    source: &Source,
    file: String,
    format: FileFormat,
    scanned: Scanned,
    known: &[Mapping],
    defaults: &Defaults,
) -> Result<Preview, SyncError> {
    let Scanned { columns, codes, rows, .. } = scanned;
    let (mut mapping, mut questions) = guess::mapping(format, &columns, &codes, defaults);
    let shape = mappings::shape(&mapping);
    let kept = known.iter().find(|kept| mappings::shape(kept) == shape);
    if let Some(kept) = kept {
        mapping = taken_over(kept, &mapping);
        questions.clear();
        guess::complete(&mut mapping, &columns, &mut questions);
    }
    let mark = guess::mark_of(&mapping.format);
    let profiles = columns.iter().map(|column| column.profile(mark)).collect();
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

/// How a text is written, by its start, and what its columns are called.
fn text_dialect(
    source: &Source,
    begin: &[u8],
    encoding: Encoding,
    file: &str,
) -> Result<(Dialect, Vec<String>), SyncError> {
    let failed = |error| broken(&source.path, &error);
    let mut text = Vec::new();
    let mut decoded = encoding::decode(Box::new(Cursor::new(begin.to_vec())), encoding).map_err(failed)?;
    decoded.read_to_end(&mut text).map_err(failed)?;
    // A record that the start cuts off says nothing.
    let cut = begin.len() == dialect::SAMPLE_BYTES;
    let whole = text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).filter(|_| cut);
    text.truncate(whole.map_or(text.len(), |last| last + 1));
    let dialect = dialect::guess(&text, encoding);
    let first = Splitter::new(text.as_slice(), &dialect, None).first_record().map_err(failed)?;
    let first = first.ok_or_else(|| SyncError::Empty { file: file.to_owned() })?;
    let numbered = || (1..=first.len()).map(|n| format!("column_{n}")).collect();
    let names = if dialect.header { name_columns(first) } else { numbered() };
    Ok((dialect, names))
}
