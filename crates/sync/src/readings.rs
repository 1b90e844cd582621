//! What one text can be read as: a number by either decimal mark, a date by each order of its parts, true or false.

use crate::fields::boolean;
use crate::{dates, numbers};
use aisle_domain::import::{DateOrder, DecimalMark};

/// Orders of the parts of a date that a text in digits may have.
pub(crate) const ORDERS: [DateOrder; 3] = [DateOrder::Ymd, DateOrder::Dmy, DateOrder::Mdy];

/// What one value can be read as.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Kind {
    /// The number, where a point is the decimal mark.
    pub(crate) point: Option<f64>,
    /// The number, where a comma is the decimal mark.
    pub(crate) comma: Option<f64>,
    pub(crate) integer: bool,
    /// A number with one mark that may be either.
    pub(crate) either: bool,
    /// Days since 1970, by [`ORDERS`].
    pub(crate) days: [Option<i32>; 3],
    /// Some order finds a time of day.
    pub(crate) timestamp: bool,
    pub(crate) boolean: bool,
}

/// Reads a text without blanks around it. What most texts are is recognised by their shape.
#[inline]
pub(crate) fn read(text: &[u8]) -> Kind {
    if let Some(number) = plain_integer(text) {
        let number = Some(number as f64);
        let boolean = text.len() == 1 && boolean(text).is_some();
        let mut kind = Kind { point: number, comma: number, integer: true, boolean, ..Kind::default() };
        if text.len() == 8 && text[0] != b'-' {
            compact_date(text, &mut kind);
        }
        return kind;
    }
    if let [_, _, _, _, b'-', _, _, b'-', _, _, ..] = text
        && let Some(moment) = dates::iso_moment(text)
    {
        // A year in front is read by no other order, and the text is no number.
        let days = [Some(moment.day.epoch_days()), None, None];
        return Kind { days, timestamp: moment.micros.is_some(), ..Kind::default() };
    }
    read_closely(text)
}

fn read_closely(text: &[u8]) -> Kind {
    let mut kind = Kind { boolean: text.len() <= 5 && boolean(text).is_some(), ..Kind::default() };
    let point = numbers::parse(text, DecimalMark::Point);
    kind.point = point.map(numbers::Decimal::to_f64);
    kind.comma = numbers::parse(text, DecimalMark::Comma).map(numbers::Decimal::to_f64);
    let mark = text.iter().any(|byte| matches!(byte, b'.' | b','));
    kind.integer = !mark && point.is_some_and(|number| number.scale == 0 && !number.percent);
    kind.either = mark && kind.point.is_some() && kind.comma.is_some();
    if kind.integer && text.len() == 8 {
        compact_date(text, &mut kind);
    } else if kind.point.is_none() && kind.comma.is_none() && text.len() >= 6 && begins_like_a_date(text) {
        for (day, order) in kind.days.iter_mut().zip(ORDERS) {
            if let Some(moment) = dates::parse(text, order) {
                *day = Some(moment.day.epoch_days());
                kind.timestamp |= moment.micros.is_some();
            }
        }
    }
    kind
}

/// With a digit, or with the three letters that the shortest name of a month has.
fn begins_like_a_date(text: &[u8]) -> bool {
    text[0].is_ascii_digit() || text[..3].iter().all(u8::is_ascii_alphabetic)
}

/// `20111231`, where the year is a likely one.
fn compact_date(text: &[u8], kind: &mut Kind) {
    if let Some(moment) = dates::parse(text, DateOrder::Ymd)
        && (1950..2100).contains(&moment.day.civil().0)
    {
        kind.days[0] = Some(moment.day.epoch_days());
    }
}

/// Up to 18 digits, with a minus or without.
#[inline]
fn plain_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn shapes_read_as_a_close_look_does(
            text in "-?[0-9]{1,20}|[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?|-?[0-9]{0,4}[.,][0-9]{0,4}|(19|20)[0-9]{2}[01][0-9][0-3][0-9]|[tfyn01]|[0-9 .,e:/-]{1,12}"
        ) {
            let text = text.trim().as_bytes();
            prop_assert_eq!(read(text), read_closely(text), "{}", String::from_utf8_lossy(text));
        }
    }
}
