//! What the figures of a series count, as text.

use super::format;
use aisle_domain::{Currency, Measure};
use serde::{Deserialize, Serialize};

/// The unit that figures are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The currency, where they are money.
    pub currency: Option<Currency>,
    /// Decimals of the figures.
    pub decimals: usize,
}

impl Unit {
    /// The unit of a measure in a shop of this currency.
    pub fn of(measure: Measure, currency: Option<Currency>) -> Self {
        match measure {
            Measure::Revenue => {
                let decimals = currency.map_or(2, |currency| currency.decimals() as usize);
                Self { currency, decimals }
            }
            Measure::Quantity => Self { currency: None, decimals: 0 },
        }
    }

    /// A value in major units as text, with a word for what is counted where it is not money: `1,240 pieces`.
    pub fn phrase(self, value: f64) -> String {
        let text = self.text(value);
        if self.currency.is_none() && self.decimals == 0 { format!("{text} pieces") } else { text }
    }

    /// A value in major units as text.
    pub fn text(self, value: f64) -> String {
        format::major(value, self.currency, self.decimals)
    }
}
