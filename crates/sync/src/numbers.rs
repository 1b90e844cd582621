//! Numbers as people and programs write them, read exactly: digits and a scale, never a binary fraction.

use crate::chunk::Rounding;
use aisle_domain::import::DecimalMark;

/// `mantissa` x 10^-`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) mantissa: i64,
    pub(crate) scale: u8,
    /// Written with a percent sign.
    pub(crate) percent: bool,
}

/// Powers of ten, exact as binary fractions; a scale is at most 18.
const TENS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// Most decimals kept; further ones are beyond any unit here and come from binary fractions.
const MOST_DIGITS: u32 = 18;

/// Reads a number: signs, thousands groups, a currency sign before or after, `%`, an exponent, brackets for negatives.
#[inline]
pub(crate) fn parse(text: &[u8], mark: DecimalMark) -> Option<Decimal> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let point = if mark == DecimalMark::Point { b'.' } else { b',' };
    // The plain case, which is nearly every number: up to 18 digits and one mark.
    if digits.is_empty() || digits.len() > 18 {
        return parse_ornate(text, mark);
    }
    let (mut mantissa, mut scale, mut seen) = (0i64, 0u8, false);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + i64::from(digit);
            scale += u8::from(seen);
        } else if *byte == point && !seen {
            seen = true;
        } else {
            return parse_ornate(text, mark);
        }
    }
    if seen && digits.len() == 1 {
        return None;
    }
    Some(Decimal { mantissa: if negative { -mantissa } else { mantissa }, scale, percent: false })
}

fn parse_ornate(text: &[u8], mark: DecimalMark) -> Option<Decimal> {
    // Words and moments are told at a glance.
    let never =
        |byte: &u8| matches!(byte, b':' | b'/' | b'_') || (byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
    if text.iter().any(never) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?.trim();
    let (text, bracketed) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let (text, percent) = text.strip_suffix('%').map_or((text, false), |t| (t.trim_end(), true));
    let is_sign = |c: char| matches!(c, '$' | '£' | '€' | '¥');
    let (text, negative) = strip_sign(text);
    let text = text.trim_start_matches(is_sign).trim_end_matches(is_sign).trim();
    let (text, negative) = if negative { (text, true) } else { strip_sign(text) };
    let (body, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok().filter(|e| e.abs() <= 30)?),
        None => (text, 0),
    };
    let (point, group) = if mark == DecimalMark::Point { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = body.split_once(point).unwrap_or((body, ""));
    let whole = ungrouped(whole, group)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let mut mantissa: i64 = 0;
    let (mut scale, mut digits) = (-exponent, 0u32);
    for (byte, fractional) in whole.bytes().map(|b| (b, false)).chain(fraction.bytes().map(|b| (b, true))) {
        if digits == MOST_DIGITS && fractional {
            break;
        }
        mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
        digits += u32::from(mantissa != 0);
        scale += i32::from(fractional);
    }
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    while scale > 18 {
        mantissa /= 10;
        scale -= 1;
    }
    let mantissa = if negative || bracketed { -mantissa } else { mantissa };
    Some(Decimal { mantissa, scale: scale as u8, percent })
}

fn strip_sign(text: &str) -> (&str, bool) {
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (rest.trim_start(), true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

/// Takes the separators out of `1,234,567`; `None` where the groups are not of three.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let separator = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let mut parts = whole.split(separator);
    let first = parts.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for part in parts {
        if part.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(part);
    }
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

impl Decimal {
    /// The number as a binary fraction, for outside features.
    pub(crate) fn to_f64(self) -> f64 {
        let value = self.mantissa as f64 / TENS[usize::from(self.scale)];
        if self.percent { value / 100.0 } else { value }
    }

    /// Whole units of 10^-`decimals`. Finer digits must be zero, or the number within 10^-6 of such a unit: the noise of
    /// a binary fraction. The flag says whether noise was dropped.
    #[inline]
    pub(crate) fn to_units(self, decimals: u32) -> Result<(i64, bool), NotUnits> {
        let scale = u32::from(self.scale);
        if scale <= decimals {
            let factor = 10i64.pow(decimals - scale);
            return self.mantissa.checked_mul(factor).map(|units| (units, false)).ok_or(NotUnits::OutOfRange);
        }
        let divisor = 10i64.pow(scale - decimals);
        let (quotient, rest) = (self.mantissa / divisor, self.mantissa % divisor);
        if rest == 0 {
            return Ok((quotient, false));
        }
        let gap = rest.abs().min(divisor - rest.abs());
        // gap / 10^scale <= 10^-6
        if i128::from(gap) * 1_000_000 > 10i128.pow(scale) {
            return Err(NotUnits::TooFine);
        }
        let up = rest.abs() * 2 > divisor;
        Ok((quotient + if up { rest.signum() } else { 0 }, true))
    }
}

/// Why a number is not a whole count of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotUnits {
    /// More decimals than the unit has.
    TooFine,
    /// Beyond 64 bits.
    OutOfRange,
}

/// Price times quantity (in ten-thousandths) in minor units: exact where it can be, else rounded half to even and counted.
#[inline]
pub(crate) fn product(price: Decimal, quantity: i64, decimals: u32, rounding: &mut Rounding) -> Option<i64> {
    let scale = u32::from(price.scale) + aisle_domain::Quantity::DECIMALS;
    // The plain case: it fits into 64 bits and comes out even.
    if let Some(exact) = price.mantissa.checked_mul(quantity)
        && (decimals..=18).contains(&scale)
    {
        let divisor = 10i64.pow(scale - decimals);
        if exact % divisor == 0 {
            return Some(exact / divisor);
        }
    }
    let exact = i128::from(price.mantissa) * i128::from(quantity);
    if scale <= decimals {
        return i64::try_from(exact * 10i128.pow(decimals - scale)).ok();
    }
    let divisor = 10i128.pow(scale - decimals);
    let (quotient, rest) = (exact.div_euclid(divisor), exact.rem_euclid(divisor));
    if rest == 0 {
        return i64::try_from(quotient).ok();
    }
    let up = rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 != 0);
    let rounded = quotient + i128::from(up);
    rounding.rows += 1;
    let gap = if up { divisor - rest } else { -rest };
    rounding.difference += (gap * i128::from(Rounding::PER_MINOR) / divisor) as i64;
    i64::try_from(rounded).ok()
}

/// Writes an integer count of 10^-`decimals` as a decimal.
pub(crate) fn write(value: i128, decimals: u32) -> String {
    let unit = 10u128.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction:0w$}", w = decimals as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i64, u8)> {
        parse(text.as_bytes(), DecimalMark::Point).map(|d| (d.mantissa, d.scale))
    }

    #[test]
    fn numbers_are_read_in_every_common_dress() {
        assert_eq!(read("24924.5"), Some((249_245, 1)));
        assert_eq!(read("-0.05"), Some((-5, 2)));
        assert_eq!(read("1,234,567.89"), Some((123_456_789, 2)));
        assert_eq!(read("$ 1,234.50"), Some((123_450, 2)));
        assert_eq!(read("-$5"), Some((-5, 0)));
        assert_eq!(read("(12.50)"), Some((-1250, 2)));
        assert_eq!(read("1.5e3"), Some((1500, 0)));
        assert_eq!(parse(b"1.234,5", DecimalMark::Comma).map(|d| (d.mantissa, d.scale)), Some((12_345, 1)));
        for wrong in ["", ".", "-", "1,23", "12a", "1.2.3", "abc", "--1", "1e99", "99999999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn money_is_exact_or_noise_or_refused() {
        let units = |text: &str| parse(text.as_bytes(), DecimalMark::Point).unwrap().to_units(2);
        assert_eq!(units("46039.49"), Ok((4_603_949, false)));
        assert_eq!(units("15.359999999"), Ok((1536, true)));
        assert_eq!(units("-15.359999999999999"), Ok((-1536, true)));
        assert_eq!(units("1234.567"), Err(NotUnits::TooFine));
        assert_eq!(units("1.230"), Ok((123, false)));
    }

    proptest::proptest! {
        #[test]
        fn products_are_those_of_wide_integers(price in -10_000_000i64..10_000_000, scale in 0u8..6, quantity in proptest::num::i64::ANY) {
            for quantity in [quantity, quantity >> 24, quantity >> 50, (quantity >> 50) * 10_000] {
                let price = Decimal { mantissa: price, scale, percent: false };
                let mut rounding = Rounding::default();
                let found = product(price, quantity, 2, &mut rounding);
                let parts = i128::from(price.mantissa) * i128::from(quantity) * 10i128.pow(2);
                let unit = 10i128.pow(u32::from(scale) + 4);
                let half_even = |n: i128| {
                    let (whole, rest) = (n.div_euclid(unit), n.rem_euclid(unit));
                    whole + i128::from(rest * 2 > unit || (rest * 2 == unit && whole % 2 != 0))
                };
                proptest::prop_assert_eq!(found, i64::try_from(half_even(parts)).ok());
                if found.is_some() {
                    proptest::prop_assert_eq!(rounding.rows, u64::from(parts % unit != 0));
                }
            }
        }
    }

    #[test]
    fn products_round_half_to_even_and_are_counted() {
        let mut rounding = Rounding::default();
        let price = |text: &str| parse(text.as_bytes(), DecimalMark::Point).unwrap();
        assert_eq!(product(price("2.55"), 60_000, 2, &mut rounding), Some(1530));
        assert_eq!(rounding.rows, 0);
        assert_eq!(product(price("0.005"), 10_000, 2, &mut rounding), Some(0));
        assert_eq!(product(price("0.015"), 10_000, 2, &mut rounding), Some(2));
        assert_eq!(product(price("0.001"), -10_000, 2, &mut rounding), Some(0));
        assert_eq!((rounding.rows, rounding.difference), (3, 100_000_000));
        assert_eq!(product(price("0.001"), 10_000_000, 2, &mut rounding), Some(100));
    }
}
