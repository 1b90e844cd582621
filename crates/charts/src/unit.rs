//! Numbers as text, and the names of the formats that the bundle writes the same numbers with.

use aisle_domain::Currency;
use serde::{Deserialize, Serialize};

/// What the values of a chart count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "unit", content = "currency")]
pub enum Unit {
    /// Money, in major units.
    Money(Currency),
    /// Units sold.
    Quantity,
    /// A share, 1 = 100 %.
    Share,
    /// A count.
    Count,
}

/// The sign of a minus in text (U+2212, as wide as a digit).
const MINUS: &str = "\u{2212}";

impl Unit {
    /// The value in full: `$1,234.50`, `12.3 %`, `1,234.5`, `1,234`; an en dash where it is not a number.
    pub fn full(self, value: f64) -> String {
        match self {
            Self::Money(currency) => self.around(value, &number(value.abs(), currency.decimals() as usize)),
            Self::Quantity if is_whole(value) => self.around(value, &number(value.abs(), 0)),
            Self::Quantity => self.around(value, &number(value.abs(), 1)),
            Self::Share => self.around(value, &number((value * 100.0).abs(), 1)),
            Self::Count => self.around(value, &number(value.abs(), 0)),
        }
    }

    /// The value in few characters: `$45.5 M`, `12.3 k`, `12.3 %`.
    pub fn compact(self, value: f64) -> String {
        match self {
            Self::Share => self.full(value),
            _ => self.around(value, &compact(value.abs())),
        }
    }

    /// The value in full, or an en dash.
    pub(crate) fn cell(self, value: Option<f64>) -> String {
        value.map_or_else(|| "–".to_owned(), |value| self.full(value))
    }

    /// The bundle's name for [`Self::full`]: `@full|prefix|decimals|suffix`.
    pub(crate) fn full_format(self) -> String {
        self.format("full")
    }

    /// The bundle's name for [`Self::compact`].
    pub(crate) fn compact_format(self) -> String {
        self.format("compact")
    }

    /// The value as charts carry it: rounded to what is shown, a gap where it is not finite.
    pub(crate) fn rounded(self, value: f64) -> Option<f64> {
        let steps = match self {
            Self::Money(currency) => 10f64.powi(currency.decimals() as i32),
            Self::Quantity => 10_000.0,
            Self::Share => 100_000.0,
            Self::Count => 1.0,
        };
        // + 0.0 turns a negative zero into a plain one.
        value.is_finite().then(|| (value * steps).round() / steps + 0.0).filter(|rounded| rounded.is_finite())
    }

    fn format(self, style: &str) -> String {
        let (prefix, suffix) = self.signs();
        match self {
            Self::Share => "@share|||".to_owned(),
            Self::Money(currency) => format!("@{style}|{prefix}|{}|{suffix}", currency.decimals()),
            Self::Quantity => format!("@{style}||auto|"),
            Self::Count => format!("@{style}||0|"),
        }
    }

    /// Signs before and after the digits.
    fn signs(&self) -> (&str, String) {
        match self {
            Self::Money(currency) if currency.sign() == currency.code() => ("", format!(" {}", currency.code())),
            Self::Money(currency) => (currency.sign(), String::new()),
            Self::Share => ("", " %".to_owned()),
            Self::Quantity | Self::Count => ("", String::new()),
        }
    }

    fn around(self, value: f64, digits: &str) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let (prefix, suffix) = self.signs();
        let negative = value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b));
        format!("{}{prefix}{digits}{suffix}", if negative { MINUS } else { "" })
    }
}

/// A number of zero or more with so many decimals and thousands separated by commas.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A number of zero or more in at most four digits and its magnitude.
fn compact(value: f64) -> String {
    let (scaled, unit) = match value {
        x if x >= 999_500_000.0 => (value / 1e9, " bn"),
        x if x >= 999_500.0 => (value / 1e6, " M"),
        x if x >= 9_995.0 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let decimals = match scaled {
        x if x >= 99.95 || (unit.is_empty() && is_whole(x)) => 0,
        x if x >= 9.995 => 1,
        _ => 2,
    };
    format!("{}{unit}", number(scaled, decimals))
}

fn is_whole(value: f64) -> bool {
    value.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_the_same_everywhere() {
        let usd = Unit::Money(Currency::USD);
        assert_eq!(usd.full(1_234_567.5), "$1,234,567.50");
        assert_eq!(usd.full(-0.001), "$0.00");
        assert_eq!(usd.full(-24_924.5), "\u{2212}$24,924.50");
        assert_eq!(usd.compact(45_544_116.29), "$45.5 M");
        assert_eq!(Unit::Money(Currency::new("SEK").unwrap()).full(1_000.0), "1,000.00 SEK");
        assert_eq!(Unit::Money(Currency::new("JPY").unwrap()).full(1_000.4), "¥1,000");
        assert_eq!(Unit::Share.full(0.1234), "12.3 %");
        assert_eq!(Unit::Quantity.full(12.0), "12");
        assert_eq!(Unit::Quantity.full(12.25), "12.2");
        assert_eq!(Unit::Count.compact(999_499.0), "999 k");
        assert_eq!(Unit::Count.compact(999_500.0), "1.00 M");
        assert_eq!(Unit::Count.full(f64::NAN), "–");
        assert_eq!(usd.full_format(), "@full|$|2|");
        assert_eq!(usd.rounded(f64::INFINITY), None);
        assert_eq!(usd.rounded(-0.001).map(f64::to_bits), Some(0));
    }
}
