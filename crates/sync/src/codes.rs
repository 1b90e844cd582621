//! Which item codes are charges, and which order numbers are cancellations, by the pattern of the others.

use std::collections::{BTreeMap, BTreeSet};

/// Distinct codes without a digit, after which they are taken for how this shop names its items.
const MOST_CHARGES: usize = 60;

/// Counts over item and order numbers.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    rows: u64,
    /// Rows of codes that look like charges, by code.
    odd: BTreeMap<String, u64>,
    too_many: bool,
    long: u64,
    /// First four letters of codes that hold digits too.
    stems: BTreeSet<[u8; 4]>,
    orders: u64,
    /// Rows, and rows with a negative quantity, by the letter before an otherwise numeric order number.
    letters: BTreeMap<u8, (u64, u64)>,
}

impl Codes {
    /// Adds a row's item code.
    pub(crate) fn item(&mut self, code: &[u8]) {
        let code = code.trim_ascii();
        if code.is_empty() {
            return;
        }
        self.rows += 1;
        let digits = code.iter().any(u8::is_ascii_digit);
        let gift = code.len() > 5 && code[..5].eq_ignore_ascii_case(b"gift_");
        self.long += u64::from(digits && code.len() > 3);
        if digits && !gift && code.len() > 3 {
            if let [a, b, c, d, ..] = code
                && code[..4].iter().all(u8::is_ascii_alphabetic)
            {
                self.stems.insert([*a, *b, *c, *d].map(|letter| letter.to_ascii_uppercase()));
            }
            return;
        }
        if self.too_many {
            return;
        }
        let code = String::from_utf8_lossy(code).to_uppercase();
        if self.odd.len() < MOST_CHARGES || self.odd.contains_key(&code) {
            *self.odd.entry(code).or_default() += 1;
        } else {
            self.too_many = true;
        }
    }

    /// Adds a row's order number.
    pub(crate) fn order(&mut self, order: &[u8], negative: bool) {
        self.orders += 1;
        if let [letter, rest @ ..] = order.trim_ascii()
            && letter.is_ascii_alphabetic()
            && !rest.is_empty()
            && rest.iter().all(u8::is_ascii_digit)
        {
            let (rows, negatives) = self.letters.entry(*letter).or_default();
            *rows += 1;
            *negatives += u64::from(negative);
        }
    }

    /// Codes that name no goods: without a digit, of at most two signs, or gift vouchers, where nearly all others are
    /// longer and numbered.
    pub(crate) fn charges(&self) -> Vec<String> {
        if self.too_many || self.long * 100 < self.rows * 95 {
            return Vec::new();
        }
        let goods = |code: &str| {
            let bytes = code.as_bytes();
            bytes.len() > 4 && self.stems.iter().any(|stem| bytes.starts_with(stem))
        };
        let short = |code: &str| code.len() <= 2;
        let numbered = |code: &str| code.bytes().any(|byte| byte.is_ascii_digit());
        let charge = |code: &&String| !goods(code) && (!numbered(code) || short(code) || code.starts_with("GIFT_"));
        self.odd.keys().filter(charge).cloned().collect()
    }

    /// Letters that mark cancelled orders: their rows are a minority and all negative.
    pub(crate) fn cancel_prefixes(&self) -> Vec<String> {
        let marks = self.letters.iter().filter(|(_, (rows, negatives))| rows == negatives && rows * 2 < self.orders);
        marks.map(|(letter, _)| char::from(*letter).to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges_stand_out_from_numbered_goods() {
        let mut codes = Codes::default();
        for n in 0..1000 {
            codes.item(format!("{}A", 20_000 + n).as_bytes());
            codes.order(format!("{}", 536_000 + n).as_bytes(), n % 100 == 0);
        }
        for code in ["POST", "D", "C2", "BANK CHARGES", "DCGSSBOY", "DCGS0003", "gift_0001_20"] {
            codes.item(code.as_bytes());
        }
        codes.order(b"C536379", true);
        codes.order(b"A563185", false);
        assert_eq!(codes.charges(), ["BANK CHARGES", "C2", "D", "GIFT_0001_20", "POST"]);
        assert_eq!(codes.cancel_prefixes(), ["C"]);
        let mut words = Codes::default();
        (0..100).for_each(|n| words.item(if n % 2 == 0 { b"hammer" } else { b"nails" }));
        assert!(words.charges().is_empty());
    }
}
