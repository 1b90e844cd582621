//! Days and moments as files write them.

use aisle_domain::Day;
use aisle_domain::import::DateOrder;

/// Microseconds in a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// A date, and the moment where it holds a time. A time without a zone is taken as UTC; the day is the one written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: Day,
    /// Microseconds since 1970 UTC.
    pub(crate) micros: Option<i64>,
}

/// Reads a date in the given order of parts.
pub(crate) fn parse(text: &[u8], order: DateOrder) -> Option<Moment> {
    match order {
        DateOrder::UnixSeconds => unix(text, 1_000_000),
        DateOrder::UnixMillis => unix(text, 1_000),
        _ => {
            let text = text.trim_ascii();
            let (day, rest) = match iso(text) {
                Some(found) if order == DateOrder::Ymd => found,
                _ => date(text, order)?,
            };
            timed(day, rest)
        }
    }
}

/// Reads `YYYY-MM-DD`, with a time or without; what is written otherwise is left to [`parse`].
#[inline]
pub(crate) fn iso_moment(text: &[u8]) -> Option<Moment> {
    let (day, rest) = iso(text)?;
    timed(day, rest)
}

/// A day, and the time that follows it, if one does.
#[inline]
fn timed(day: Day, rest: &[u8]) -> Option<Moment> {
    let micros = match rest {
        [] => None,
        [b'T' | b't' | b' ' | b',', time @ ..] => {
            let time = time.trim_ascii();
            Some(i64::from(day.epoch_days()) * DAY_MICROS + plain_time(time).or_else(|| time_of_day(time))?)
        }
        _ => return None,
    };
    Some(Moment { day, micros })
}

/// Microseconds after midnight of `hh:mm:ss`, the plain case.
#[inline]
fn plain_time(text: &[u8]) -> Option<i64> {
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *text else { return None };
    let digits = [h0, h1, m0, m1, s0, s1];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = number(&digits);
    let (hour, minute, second) = (number / 10_000, number / 100 % 100, number % 100);
    (hour < 24 && minute < 60 && second <= 60).then(|| i64::from((hour * 60 + minute) * 60 + second) * 1_000_000)
}

fn unix(text: &[u8], unit: i64) -> Option<Moment> {
    let number = crate::numbers::parse(text.trim_ascii(), aisle_domain::import::DecimalMark::Point)?;
    let divisor = 10i128.pow(u32::from(number.scale));
    let micros = i64::try_from(i128::from(number.mantissa) * i128::from(unit) / divisor).ok()?;
    let days = i32::try_from(micros.div_euclid(DAY_MICROS)).ok()?;
    (-719_162..=2_932_896).contains(&days).then_some(Moment { day: Day::from_epoch_days(days), micros: Some(micros) })
}

/// The plain case, `YYYY-MM-DD`, without looking for words and marks.
#[inline]
fn iso(text: &[u8]) -> Option<(Day, &[u8])> {
    let (date, rest) = text.split_at_checked(10)?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *date else { return None };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = number(&digits);
    Some((civil(number / 10_000, number / 100 % 100, number % 100)?, rest))
}

enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

/// The date at the start of a text, and what follows it.
fn date(text: &[u8], order: DateOrder) -> Option<(Day, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 8 {
        let number = number(&text[..8]);
        let (y, m, d) = match order {
            DateOrder::Ymd => (number / 10_000, number / 100 % 100, number % 100),
            DateOrder::Dmy => (number % 10_000, number / 10_000 % 100, number / 1_000_000),
            _ => (number % 10_000, number / 1_000_000, number / 10_000 % 100),
        };
        return Some((civil(y, m, d)?, &text[8..]));
    }
    if digits == 14 && order == DateOrder::Ymd {
        // 20111231235959: only the day is of use without marks in the time.
        return Some((date(&text[..8], order)?.0, &[]));
    }
    let (first, rest) = part(text)?;
    let rest = separated(rest)?;
    let (second, rest) = part(rest)?;
    let third = separated(rest).and_then(part).filter(|_| !matches!(rest, [b'T' | b't', ..]));
    let Some((third, rest)) = third else {
        // A month: its first day.
        return match (first, second) {
            (Part::Number { value: y, digits: 4 }, Part::Number { value: m, digits: ..=2 } | Part::Month(m)) => {
                Some((civil(y, m, 1)?, rest))
            }
            (Part::Month(m) | Part::Number { value: m, digits: ..=2 }, Part::Number { value: y, digits: 4 }) => {
                Some((civil(y, m, 1)?, rest))
            }
            _ => None,
        };
    };
    let day = match (first, second, third) {
        (Part::Number { value: d, digits: ..=2 }, Part::Month(m), Part::Number { value: y, digits }) => {
            civil(year(y, digits)?, m, d)
        }
        (Part::Number { value: y, digits: 4 }, Part::Month(m), Part::Number { value: d, .. }) => civil(y, m, d),
        (Part::Month(m), Part::Number { value: d, .. }, Part::Number { value: y, digits }) => {
            civil(year(y, digits)?, m, d)
        }
        (
            Part::Number { value: a, digits: na },
            Part::Number { value: b, digits: ..=2 },
            Part::Number { value: c, digits: nc },
        ) => match order {
            DateOrder::Ymd => (na == 4 && nc <= 2).then(|| civil(a, b, c)).flatten(),
            DateOrder::Dmy => (na <= 2).then(|| civil(year(c, nc)?, b, a)).flatten(),
            DateOrder::Mdy => (na <= 2).then(|| civil(year(c, nc)?, a, b)).flatten(),
            _ => None,
        },
        _ => None,
    };
    Some((day?, rest))
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

fn civil(year: u32, month: u32, day: u32) -> Option<Day> {
    Day::from_civil(year as i32, month, day).ok()
}

/// Two digits are 1970 to 2069.
fn year(value: u32, digits: usize) -> Option<u32> {
    match digits {
        4 => Some(value),
        2 => Some(if value < 70 { 2000 + value } else { 1900 + value }),
        _ => None,
    }
}

fn separated(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b',', b' ', rest @ ..] | [b'-' | b'/' | b'.' | b' ' | b',', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn part(text: &[u8]) -> Option<(Part, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 {
        return (digits <= 4).then(|| (Part::Number { value: number(&text[..digits]), digits }, &text[digits..]));
    }
    let letters = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if letters < 3 {
        return None;
    }
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = &text[..letters];
    let first = word[0].to_ascii_lowercase();
    let begins = |month: &str| {
        let begin = month.as_bytes().get(..letters).filter(|begin| begin[0] == first);
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(word))
    };
    let month = MONTHS.iter().position(|month| begins(month))?;
    Some((Part::Month(month as u32 + 1), &text[letters..]))
}

/// Microseconds after midnight UTC of `8:26`, `08:26:00.5`, `8:26 PM`, `08:26:00+02:00`, `08:26Z`.
fn time_of_day(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    let mut take = |mark: Option<u8>| -> Option<i64> {
        if let Some(mark) = mark {
            rest = rest.strip_prefix(&[mark])?;
        }
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=2).contains(&digits) {
            return None;
        }
        let value = i64::from(number(&rest[..digits]));
        rest = &rest[digits..];
        Some(value)
    };
    let hour = take(None)?;
    let minute = take(Some(b':'))?;
    let second = take(Some(b':')).unwrap_or(0);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut micros = ((hour * 60 + minute) * 60 + second) * 1_000_000;
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        let kept = digits.min(6);
        micros += i64::from(number(&fraction[..kept])) * 10i64.pow(6 - kept as u32);
        rest = &fraction[digits..];
    }
    let zone = rest.trim_ascii();
    let half_day = 12 * 3_600_000_000;
    match zone {
        [] | b"Z" | b"z" | b"UTC" | b"GMT" => Some(micros),
        b"AM" | b"am" | b"PM" | b"pm" if !(1..=12).contains(&hour) => None,
        b"AM" | b"am" => Some(if hour == 12 { micros - half_day } else { micros }),
        b"PM" | b"pm" => Some(if hour == 12 { micros } else { micros + half_day }),
        [sign @ (b'+' | b'-'), offset @ ..] => {
            let digits: Vec<u8> = offset.iter().copied().filter(|b| *b != b':').collect();
            if !digits.iter().all(u8::is_ascii_digit) || !matches!(digits.len(), 2 | 4) {
                return None;
            }
            let hours = i64::from(number(&digits[..2]));
            let minutes = i64::from(number(&digits[2..]));
            let ahead = (hours * 60 + minutes) * 60_000_000;
            Some(if *sign == b'+' { micros - ahead } else { micros + ahead })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, order: DateOrder) -> Option<String> {
        parse(text.as_bytes(), order).map(|m| m.day.to_string())
    }

    #[test]
    fn dates_are_read_in_every_order() {
        let same = Some("2009-08-04".to_owned());
        for (text, order) in [
            ("2009-08-04", DateOrder::Ymd),
            ("2009/8/4 10:00", DateOrder::Ymd),
            ("20090804", DateOrder::Ymd),
            ("4-Aug-09", DateOrder::Dmy),
            ("04.08.2009", DateOrder::Dmy),
            ("8/4/2009", DateOrder::Mdy),
            ("August 4, 2009", DateOrder::Mdy),
            ("4-Aug-09", DateOrder::Mdy),
            ("2009-08-04T23:59:59.123Z", DateOrder::Ymd),
            ("1249344000", DateOrder::UnixSeconds),
            ("1249344000000", DateOrder::UnixMillis),
        ] {
            assert_eq!(day(text, order), same, "{text}");
        }
        assert_eq!(day("Sept 4 2009", DateOrder::Mdy), Some("2009-09-04".to_owned()));
        for wrong in ["2009-13-01", "2009-02-30", "Date Not Captured", "", "12", "2009-08-04x", "2009-08-04 25:00"] {
            assert_eq!(day(wrong, DateOrder::Ymd), None, "{wrong}");
        }
        assert_eq!(day("31/12/2011", DateOrder::Mdy), None);
    }

    #[test]
    fn moments_are_in_utc() {
        let micros = |text: &str| parse(text.as_bytes(), DateOrder::Ymd).and_then(|m| m.micros);
        assert_eq!(micros("2010-12-01 08:26:00"), Some(1_291_191_960_000_000));
        assert_eq!(micros("2010-12-01T10:26:00+02:00"), Some(1_291_191_960_000_000));
        assert_eq!(micros("2010-12-01 8:26 AM"), Some(1_291_191_960_000_000));
        assert_eq!(micros("2010-12-01"), None);
    }
}
