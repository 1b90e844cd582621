//! Money in integer minor units, quantities in fixed decimals: no binary fractions, so sums are exact.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a series counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Money taken, in the minor unit of the shop's currency.
    Revenue,
    /// Units sold.
    Quantity,
}

impl Measure {
    /// The word used in columns, parameters and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Quantity => "quantity",
        }
    }

    /// Reads a measure's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Revenue, Self::Quantity].into_iter().find(|measure| measure.name() == word)
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number.
    #[error("{text:?} is not a decimal number")]
    NotANumber {
        /// What was read.
        text: String,
    },
    /// More decimals than the unit has, and they are not zeros.
    #[error("{text:?} has more than {decimals} decimals")]
    TooFine {
        /// What was read.
        text: String,
        /// Decimals of the unit.
        decimals: u32,
    },
    /// Outside of what fits.
    #[error("{text:?} is out of range")]
    OutOfRange {
        /// What was read.
        text: String,
    },
    /// Not an ISO 4217 code.
    #[error("{text:?} is not a currency; expected three letters, such as USD")]
    Currency {
        /// What was read.
        text: String,
    },
}

/// Reads a decimal with a point, such as `-24924.50`, as an integer count of 10^-`decimals`.
///
/// # Errors
/// [`AmountError`]; digits beyond `decimals` are refused unless zero: nothing is rounded in silence.
pub fn parse_decimal(text: &str, decimals: u32) -> Result<i64, AmountError> {
    let wrong = || AmountError::NotANumber { text: text.to_owned() };
    let too_large = || AmountError::OutOfRange { text: text.to_owned() };
    let body = text.strip_prefix('-').or_else(|| text.strip_prefix('+')).unwrap_or(text);
    let negative = text.starts_with('-');
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    let kept = fraction.len().min(decimals as usize);
    if fraction.as_bytes()[kept..].iter().any(|b| *b != b'0') {
        return Err(AmountError::TooFine { text: text.to_owned(), decimals });
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(b'0', decimals as usize - kept);
    for digit in whole.bytes().chain(fraction.bytes().take(kept)).chain(padding) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit - b'0'))).ok_or_else(too_large)?;
    }
    Ok(if negative { -value } else { value })
}

fn write_decimal(f: &mut fmt::Formatter<'_>, value: i64, decimals: u32) -> fmt::Result {
    let unit = 10u64.pow(decimals);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    if decimals == 0 {
        write!(f, "{sign}{whole}")
    } else {
        write!(f, "{sign}{whole}.{fraction:0width$}", width = decimals as usize)
    }
}

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a three-letter code.
    ///
    /// # Errors
    /// [`AmountError::Currency`] where it is not three ASCII letters.
    pub fn new(code: &str) -> Result<Self, AmountError> {
        match code.as_bytes() {
            [a, b, c] if code.bytes().all(|x| x.is_ascii_alphabetic()) => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()]))
            }
            _ => Err(AmountError::Currency { text: code.to_owned() }),
        }
    }

    /// The code, in capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimals of its minor unit (ISO 4217: 2 for most, 0 for the yen, 3 for the Gulf dinars).
    pub fn decimals(&self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"XAF" | b"XOF" | b"UGX" | b"PYG" => 0,
            b"BHD" | b"KWD" | b"OMR" | b"JOD" | b"TND" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }

    /// The sign that prices are written with, or the code where there is none in common use.
    pub fn sign(&self) -> &str {
        match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"JPY" => "¥",
            _ => self.code(),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = AmountError;
    fn try_from(code: String) -> Result<Self, AmountError> {
        Self::new(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money: an integer count of the currency's minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units (cents).
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a decimal amount in major units, such as `24924.5`.
    ///
    /// # Errors
    /// [`AmountError`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        Ok(Self { minor: parse_decimal(text, currency.decimals())?, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.minor, self.currency.decimals())?;
        write!(f, " {}", self.currency)
    }
}

/// A quantity in ten-thousandths of its unit (pieces, kilograms, litres: the item says which).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quantity(pub i64);

impl Quantity {
    /// Decimals kept.
    pub const DECIMALS: u32 = 4;
    /// One whole unit.
    pub const ONE: i64 = 10_000;

    /// Reads a decimal quantity.
    ///
    /// # Errors
    /// [`AmountError`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        parse_decimal(text, Self::DECIMALS).map(Self)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 % Self::ONE == 0 {
            write!(f, "{}", self.0 / Self::ONE)
        } else {
            write_decimal(f, self.0, Self::DECIMALS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(Money::parse("24924.5", Currency::USD).map(|m| m.minor), Ok(2_492_450));
        assert_eq!(Money::parse("-0.05", Currency::USD).map(|m| m.to_string()), Ok("-0.05 USD".to_owned()));
        assert_eq!(Money::parse("1.230", Currency::USD).map(|m| m.minor), Ok(123));
        assert!(matches!(Money::parse("1.234", Currency::USD), Err(AmountError::TooFine { .. })));
        assert!(matches!(Money::parse("1,2", Currency::USD), Err(AmountError::NotANumber { .. })));
        assert!(matches!(Money::parse(".", Currency::USD), Err(AmountError::NotANumber { .. })));
        assert!(matches!(Money::parse("99999999999999999999", Currency::USD), Err(AmountError::OutOfRange { .. })));
        assert_eq!(Quantity::parse("6").map(|q| q.to_string()), Ok("6".to_owned()));
        assert_eq!(Currency::new("usd"), Ok(Currency::USD));
    }
}
