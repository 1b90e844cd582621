//! Records: the text of a file cut into fields, a block at a time.
//!
//! Quotes count at the start of a field only, are doubled inside, and may hold line ends. LF, CR and CRLF end a record;
//! empty lines are no records. A quote that is not closed within [`LONGEST_RECORD`] or by the end of the file costs its
//! first line, not the rest of the file.

use crate::source::read_full;
use aisle_domain::import::{Delimiter, Dialect};
use std::io::{self, Read};
use std::ops::Range;

/// Records in a block.
pub(crate) const BLOCK_RECORDS: usize = 65_536;
/// Bytes in a block after which it is closed early.
const BLOCK_BYTES: usize = 16 << 20;
/// Longest record, in bytes.
const LONGEST_RECORD: usize = 1 << 20;
const READ_BYTES: usize = 1 << 20;
/// Marks a field whose text was unescaped into `extra`.
const UNESCAPED: u32 = 1 << 31;

/// A record that is not made as its file's others are.
#[derive(Debug, Clone)]
pub(crate) struct Malformed {
    /// Line where it begins.
    pub(crate) line: u64,
    /// Where it lies.
    pub(crate) span: Range<usize>,
    /// Why it is refused.
    pub(crate) reason: String,
}

/// Records of a file, cut into fields: all of the same number of fields, the others set apart.
#[derive(Debug, Default)]
pub(crate) struct Block {
    data: Bytes,
    /// Texts of fields that held doubled quotes.
    extra: Bytes,
    fields: Vec<(u32, u32)>,
    width: usize,
    lines: Vec<u64>,
    spans: Vec<(u32, u32)>,
    /// Records refused.
    pub(crate) malformed: Vec<Malformed>,
    /// Bytes of the source read when the block was cut.
    pub(crate) bytes_done: u64,
}

/// Bytes, as text where all of them are valid UTF-8: fields of a checked text need no check of their own.
#[derive(Debug)]
enum Bytes {
    Text(String),
    Raw(Vec<u8>),
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Raw(Vec::new())
    }
}

impl Bytes {
    fn checked(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Raw(error.into_bytes()), Self::Text)
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }

    #[inline]
    fn text(&self, from: usize, to: usize) -> Option<&str> {
        match self {
            Self::Text(text) => text.get(from..to),
            Self::Raw(bytes) => std::str::from_utf8(bytes.get(from..to)?).ok(),
        }
    }
}

impl Block {
    /// Whether every byte is valid UTF-8.
    pub(crate) fn valid_utf8(&self) -> bool {
        matches!(self.data, Bytes::Text(_))
    }

    /// Records, malformed ones aside.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Fields of each record.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Text of a field.
    #[inline]
    pub(crate) fn field(&self, row: usize, column: usize) -> &[u8] {
        let (start, end) = self.fields[row * self.width + column];
        if start & UNESCAPED == 0 {
            &self.data.bytes()[start as usize..end as usize]
        } else {
            &self.extra.bytes()[(start & !UNESCAPED) as usize..end as usize]
        }
    }

    /// Text of a field; `None` where it is not valid UTF-8.
    #[inline]
    pub(crate) fn text(&self, row: usize, column: usize) -> Option<&str> {
        let (start, end) = self.fields[row * self.width + column];
        if start & UNESCAPED == 0 {
            self.data.text(start as usize, end as usize)
        } else {
            self.extra.text((start & !UNESCAPED) as usize, end as usize)
        }
    }

    /// Line where a record begins.
    pub(crate) fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// A record as it was read.
    pub(crate) fn raw(&self, row: usize) -> &[u8] {
        let (start, end) = self.spans[row];
        &self.data.bytes()[start as usize..end as usize]
    }

    /// The record that begins on a line.
    pub(crate) fn row_of_line(&self, line: u64) -> Option<usize> {
        self.lines.binary_search(&line).ok()
    }

    /// A malformed record as it was read.
    pub(crate) fn raw_malformed(&self, malformed: &Malformed) -> &[u8] {
        &self.data.bytes()[malformed.span.clone()]
    }
}

/// A block as it grows.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    data: Vec<u8>,
    extra: Vec<u8>,
    fields: Vec<(u32, u32)>,
    width: usize,
    lines: Vec<u64>,
    spans: Vec<(u32, u32)>,
    malformed: Vec<Malformed>,
}

impl Growing {
    /// A block of records of this many fields.
    pub(crate) fn with_width(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// The block; `bytes_done` of its source have been read.
    pub(crate) fn finish(self, bytes_done: u64) -> Block {
        let (data, extra) = (Bytes::checked(self.data), Bytes::checked(self.extra));
        let Self { fields, width, lines, spans, malformed, .. } = self;
        Block { data, extra, fields, width, lines, spans, malformed, bytes_done }
    }

    /// Adds a record of texts, written as comma-separated with quotes where needed.
    pub(crate) fn push_record<'a>(&mut self, line: u64, texts: impl Iterator<Item = &'a [u8]>) {
        let begin = self.data.len();
        for (index, text) in texts.enumerate() {
            if index > 0 {
                self.data.push(b',');
            }
            let quoted = text.iter().any(|b| matches!(b, b',' | b'"' | b'\r' | b'\n'));
            if quoted {
                let start = self.extra.len() as u32;
                self.extra.extend_from_slice(text);
                self.fields.push((start | UNESCAPED, self.extra.len() as u32));
                self.data.push(b'"');
                for byte in text {
                    self.data.extend(std::iter::repeat_n(*byte, 1 + usize::from(*byte == b'"')));
                }
                self.data.push(b'"');
            } else {
                let start = self.data.len() as u32;
                self.data.extend_from_slice(text);
                self.fields.push((start, self.data.len() as u32));
            }
        }
        self.lines.push(line);
        self.spans.push((begin as u32, self.data.len() as u32));
    }

    /// Whether a block built of texts is large enough.
    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= BLOCK_RECORDS || self.data.len() >= BLOCK_BYTES
    }

    /// Whether it holds no record.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

enum Cut {
    /// A record that ends before this offset.
    Record(usize),
    /// The text ends within a record.
    Unfinished,
    /// The quoting is broken.
    Broken(&'static str),
}

/// Cuts a stream of UTF-8 into blocks.
pub(crate) struct Splitter<R> {
    input: R,
    pending: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    delimiter: u8,
    blanks: bool,
    quote: Option<u8>,
    /// Fields of a record; of the first one, where `None`.
    width: Option<usize>,
    special: [bool; 256],
}

impl<R: Read> Splitter<R> {
    /// A splitter of records with `width` fields, or as many as the first has.
    pub(crate) fn new(input: R, dialect: &Dialect, width: Option<usize>) -> Self {
        let delimiter = match dialect.delimiter {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
            Delimiter::Whitespace => b' ',
        };
        let blanks = dialect.delimiter == Delimiter::Whitespace;
        let mut special = [false; 256];
        for byte in [delimiter, b'\r', b'\n'] {
            special[usize::from(byte)] = true;
        }
        special[usize::from(b'\t')] |= blanks;
        let quote = dialect.quote.and_then(|quote| u8::try_from(quote).ok()).filter(u8::is_ascii);
        Self { input, pending: Vec::new(), at: 0, ended: false, line: 1, delimiter, blanks, quote, width, special }
    }

    /// Begins counting lines at `line`.
    pub(crate) fn starting_at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// The first record's texts (a header), taken off the stream; `None` where there is none.
    pub(crate) fn first_record(&mut self) -> io::Result<Option<Vec<String>>> {
        let width = self.width.take();
        let block = self.cut(1)?;
        self.width = width;
        let texts = |block: Block| {
            (0..block.width).map(|column| String::from_utf8_lossy(block.field(0, column)).trim().to_owned()).collect()
        };
        Ok(block.filter(|block| block.len() == 1).map(texts))
    }

    /// The next block; `None` at the end.
    pub(crate) fn next_block(&mut self) -> io::Result<Option<Block>> {
        self.cut(BLOCK_RECORDS)
    }

    fn cut(&mut self, most: usize) -> io::Result<Option<Block>> {
        // A block takes over what the last one left and gives back what it does not need.
        let mut block = Growing::with_width(self.width.unwrap_or(0));
        if self.at > 0 {
            self.pending.drain(..self.at);
            self.at = 0;
        }
        let expected = most.min(BLOCK_RECORDS) * self.width.unwrap_or(0);
        block.fields.reserve(expected);
        block.lines.reserve(most.min(BLOCK_RECORDS));
        block.spans.reserve(most.min(BLOCK_RECORDS));
        while block.lines.len() + block.malformed.len() < most && self.at < BLOCK_BYTES {
            if self.at == self.pending.len() && !self.fill()? {
                break;
            }
            self.skip_empty_lines();
            if self.at == self.pending.len() {
                continue;
            }
            let (begin, line) = (self.at, self.line);
            let first_field = block.fields.len();
            let first_extra = block.extra.len();
            match self.record(&mut block) {
                Cut::Record(end) => {
                    let found = block.fields.len() - first_field;
                    let width = *self.width.get_or_insert(found);
                    block.width = width;
                    if found == width {
                        block.lines.push(line);
                        block.spans.push((begin as u32, end as u32));
                    } else {
                        block.fields.truncate(first_field);
                        let reason = format!("{found} fields found, {width} expected; complete or shorten the record");
                        block.malformed.push(Malformed { line, span: begin..end, reason });
                    }
                }
                Cut::Unfinished if !self.ended && self.pending.len() - begin < LONGEST_RECORD => {
                    block.fields.truncate(first_field);
                    block.extra.truncate(first_extra);
                    (self.at, self.line) = (begin, line);
                    self.fill()?;
                }
                cut => {
                    block.fields.truncate(first_field);
                    block.extra.truncate(first_extra);
                    let reason = match cut {
                        Cut::Broken(reason) => reason,
                        _ => "a quote is opened and not closed; close it",
                    };
                    (self.at, self.line) = (begin, line);
                    let end = self.drop_line();
                    block.malformed.push(Malformed { line, span: begin..end, reason: reason.to_owned() });
                }
            }
        }
        if block.lines.is_empty() && block.malformed.is_empty() {
            return Ok(None);
        }
        let rest = self.pending.split_off(self.at);
        block.data = std::mem::replace(&mut self.pending, rest);
        self.at = 0;
        Ok(Some(block.finish(0)))
    }

    /// Reads more; false at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        let held = self.pending.len();
        self.pending.resize(held + READ_BYTES, 0);
        let line = self.line;
        let near = |error: io::Error| io::Error::new(error.kind(), format!("{error}, near line {line}"));
        let read = read_full(&mut self.input, &mut self.pending[held..]).map_err(near)?;
        self.pending.truncate(held + read);
        self.ended |= read == 0;
        Ok(read > 0)
    }

    fn skip_empty_lines(&mut self) {
        while let Some(byte) = self.pending.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b'\r' => {
                    self.line += 1;
                    self.at += usize::from(self.pending.get(self.at + 1) == Some(&b'\n'));
                }
                b' ' | b'\t' if self.blanks => {}
                _ => break,
            }
            self.at += 1;
        }
    }

    /// Passes over the rest of a physical line and says where it ends.
    fn drop_line(&mut self) -> usize {
        let rest = &self.pending[self.at..];
        let end = self.at + rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        self.at = end;
        self.end_line();
        end
    }

    /// Passes over one line end, if there is one here.
    fn end_line(&mut self) {
        match self.pending.get(self.at) {
            Some(b'\r') => self.at += 1 + usize::from(self.pending.get(self.at + 1) == Some(&b'\n')),
            Some(b'\n') => self.at += 1,
            _ => return,
        }
        self.line += 1;
    }

    /// Cuts one record's fields; leaves `at` after its line end.
    fn record(&mut self, block: &mut Growing) -> Cut {
        loop {
            let start = self.at;
            let mut end;
            if self.quote.is_some() && self.pending.get(start).copied() == self.quote {
                match self.quoted(block) {
                    Cut::Record(after) => end = after,
                    other => return other,
                }
            } else {
                end = start;
                let data = self.pending.as_slice();
                while end < data.len() && !self.special[usize::from(data[end])] {
                    end += 1;
                }
                block.fields.push((start as u32, end as u32));
            }
            self.at = end;
            if self.blanks {
                while matches!(self.pending.get(self.at), Some(b' ' | b'\t')) {
                    self.at += 1;
                }
            }
            match self.pending.get(self.at).copied() {
                None if !self.ended => return Cut::Unfinished,
                None => return Cut::Record(end),
                // Whether a CR at the end of what is read belongs to a CRLF is known only with the next byte.
                Some(b'\r') if self.at + 1 == self.pending.len() && !self.ended => return Cut::Unfinished,
                Some(b'\r' | b'\n') => {
                    self.end_line();
                    return Cut::Record(end);
                }
                Some(byte) if byte == self.delimiter && !self.blanks => self.at += 1,
                Some(_) if self.blanks && self.at > end => {}
                Some(_) => return Cut::Broken("text follows a closing quote; double quotes that are part of the text"),
            }
        }
    }

    /// Cuts a quoted field that begins here; the cut is where it ends.
    fn quoted(&mut self, block: &mut Growing) -> Cut {
        let quote = self.quote.unwrap_or(b'"');
        let data = self.pending.as_slice();
        let start = self.at + 1;
        let (mut at, mut doubled, mut line_ends) = (start, false, 0);
        loop {
            match data.get(at) {
                None => return Cut::Unfinished,
                Some(byte) if *byte == quote => match data.get(at + 1) {
                    Some(next) if *next == quote => {
                        doubled = true;
                        at += 2;
                    }
                    None if !self.ended => return Cut::Unfinished,
                    _ => break,
                },
                Some(b'\n') => {
                    line_ends += 1;
                    at += 1;
                }
                Some(b'\r') => {
                    line_ends += u64::from(data.get(at + 1) != Some(&b'\n'));
                    at += 1;
                }
                Some(_) => at += 1,
            }
        }
        if doubled {
            let from = block.extra.len() as u32;
            let mut was_quote = false;
            for byte in &data[start..at] {
                was_quote = *byte == quote && !was_quote;
                if !was_quote {
                    block.extra.push(*byte);
                }
            }
            block.fields.push((from | UNESCAPED, block.extra.len() as u32));
        } else {
            block.fields.push((start as u32, at as u32));
        }
        self.line += line_ends;
        Cut::Record(at + 1)
    }
}
