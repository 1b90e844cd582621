//! How a text file is written: what separates its fields, whether quotes quote, whether the first record is a header.

use crate::records::Splitter;
use crate::{dates, numbers};
use aisle_domain::import::{DateOrder, DecimalMark, Delimiter, Dialect, Encoding};

/// Bytes looked at; the encoding and the columns are judged by the whole file, the separators by its start.
pub(crate) const SAMPLE_BYTES: usize = 512 * 1024;

/// The dialect of a text by its start; decimal mark and nulls are left to the scan of the columns.
pub(crate) fn guess(sample: &[u8], encoding: Encoding) -> Dialect {
    let base = Dialect { encoding, ..Dialect::default() };
    let candidates = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe, Delimiter::Whitespace];
    let mut best: Option<(f64, Dialect)> = None;
    for delimiter in candidates {
        for quote in [Some('"'), None] {
            let dialect = Dialect { delimiter, quote, ..base.clone() };
            let fit = fit(sample, &dialect);
            // Blanks are within texts everywhere: they separate only where nothing else does.
            let fit = if delimiter == Delimiter::Whitespace { fit / 4.0 } else { fit };
            if best.as_ref().is_none_or(|(held, _)| fit > held + 1e-9) {
                best = Some((fit, dialect));
            }
        }
    }
    let mut dialect = best.filter(|(fit, _)| *fit > 0.0).map_or(base, |(_, dialect)| dialect);
    dialect.header = has_header(sample, &dialect);
    dialect
}

/// 0 where one column comes out; else the share of records of one width, more for wider tables.
fn fit(sample: &[u8], dialect: &Dialect) -> f64 {
    let Ok(Some(block)) = Splitter::new(sample, dialect, None).next_block() else { return 0.0 };
    let (good, bad) = (block.len() as f64, block.malformed.len() as f64);
    let width = block.width() as f64;
    if width < 2.0 { 0.0 } else { (good / (good + bad)).powi(4) * (1.0 + width.ln() / 10.0) }
}

/// A header holds no number and no date, and no text twice.
fn has_header(sample: &[u8], dialect: &Dialect) -> bool {
    let first = Splitter::new(sample, dialect, None).first_record();
    let Ok(Some(names)) = first else { return false };
    let valued = |name: &String| {
        let text = name.as_bytes();
        numbers::parse(text, DecimalMark::Point).is_some()
            || numbers::parse(text, DecimalMark::Comma).is_some()
            || [DateOrder::Ymd, DateOrder::Dmy, DateOrder::Mdy].iter().any(|order| dates::parse(text, *order).is_some())
    };
    let named = names.iter().filter(|name| !name.is_empty()).count();
    named > 0 && !names.iter().any(valued)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_headers_are_told_apart() {
        let check = |text: &str, delimiter, header| {
            let dialect = guess(text.as_bytes(), Encoding::Utf8);
            assert_eq!((dialect.delimiter, dialect.header), (delimiter, header), "{text}");
        };
        check("a,b\n1,2\n", Delimiter::Comma, true);
        check("a;b\n1,5;2,5\n3,5;4\n", Delimiter::Semicolon, true);
        check("a\tb\rx, y\t2\r", Delimiter::Tab, true);
        check("a|b\r\n1|2\r\n", Delimiter::Pipe, true);
        check("sku   qty\nA1    5\n", Delimiter::Whitespace, true);
        check("1,2,pv\n3,4,buy\n", Delimiter::Comma, false);
        check("name,qty\n\"red, large\",1\n\"blue \"\"x\"\"\",2\n", Delimiter::Comma, true);
    }
}
