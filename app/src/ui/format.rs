//! Numbers and times as text: the same on the server and in the browser, so without locale and without clock.

use crate::ports::Amount;
use aisle_domain::{Currency, Day, Money, Quantity};

/// The sign of a minus in text (U+2212, as wide as a digit).
const MINUS: &str = "\u{2212}";

/// A whole number with thousands separated: `-12,345`.
pub fn count(value: i64) -> String {
    signed(value < 0, grouped(&value.unsigned_abs().to_string()))
}

/// A number with so many decimals and thousands separated: `1,234.50`.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    signed(negative, format!("{}{point}{fraction}", grouped(whole)))
}

/// A number in at most four characters and its magnitude: `950`, `12.3 k`, `45.5 M`, `1.20 bn`.
pub fn compact(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        x if x >= 999_500_000.0 => (value / 1e9, " bn"),
        x if x >= 999_500.0 => (value / 1e6, " M"),
        x if x >= 9_995.0 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        _ if unit.is_empty() && scaled.fract() == 0.0 => 0,
        x if x >= 99.95 => 0,
        x if x >= 9.995 => 1,
        _ => 2,
    };
    format!("{}{unit}", number(scaled, decimals))
}

/// Money to the minor unit: `$1,234.50`, `1,234.50 SEK`.
pub fn money(value: Money) -> String {
    let decimals = value.currency.decimals();
    let unit = 10u64.pow(decimals);
    let (whole, fraction) = (value.minor.unsigned_abs() / unit, value.minor.unsigned_abs() % unit);
    let whole = grouped(&whole.to_string());
    let text = match decimals {
        0 => whole,
        width => format!("{whole}.{fraction:0width$}", width = width as usize),
    };
    with_currency(value.minor < 0, &text, value.currency)
}

/// Money in major units, shortened: `$45.5 M`.
pub fn money_compact(major: f64, currency: Currency) -> String {
    let text = compact(major.abs());
    with_currency(major < 0.0, &text, currency)
}

/// A quantity without idle zeros: `6`, `0.25`.
pub fn quantity(value: Quantity) -> String {
    let text = value.to_string();
    let text = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    signed(value.0 < 0, format!("{}{point}{fraction}", grouped(whole)))
}

/// An amount in full.
pub fn amount(value: Amount) -> String {
    match value {
        Amount::Money(value) => money(value),
        Amount::Quantity(value) => quantity(value),
        Amount::Count(value) => count(value),
        Amount::Share(value) => share(value, 1),
    }
}

/// An amount, shortened for tiles and narrow columns.
pub fn amount_compact(value: Amount) -> String {
    match value {
        Amount::Money(value) => {
            money_compact(value.minor as f64 / 10f64.powi(value.currency.decimals() as i32), value.currency)
        }
        Amount::Quantity(value) => compact(value.0 as f64 / Quantity::ONE as f64),
        Amount::Count(value) => compact(value as f64),
        Amount::Share(value) => share(value, 1),
    }
}

/// Major units of a measure: with the currency where it is money, else as a number. `decimals` for the plain number.
pub fn major(value: f64, currency: Option<Currency>, decimals: usize) -> String {
    match currency {
        Some(currency) => with_currency(value < 0.0, &number(value.abs(), decimals), currency),
        None => number(value, decimals),
    }
}

/// A share as percent: `12.3 %`.
pub fn share(value: f64, decimals: usize) -> String {
    format!("{}\u{a0}%", number(value * 100.0, decimals))
}

/// A share as percent with its sign, also where it is positive: `+4.2 %`.
pub fn change(value: f64) -> String {
    let text = share(value, 1);
    if text.starts_with(MINUS) || value <= 0.0 { text } else { format!("+{text}") }
}

/// A day as people write it: `27 Jan 2012`.
pub fn day(value: Day) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, date) = value.civil();
    format!("{date} {} {year}", MONTHS[(month as usize).saturating_sub(1).min(11)])
}

/// A time in microseconds since 1970 UTC: `2026-11-21 07:05 UTC`.
pub fn time(micros: i64) -> String {
    let minutes = micros.div_euclid(60_000_000);
    let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let day = Day::from_epoch_days(days.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
    format!("{day} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// A time as the `datetime` attribute wants it.
pub fn time_attribute(micros: i64) -> String {
    time(micros).replacen(' ', "T", 1).replace(" UTC", "Z")
}

/// A length of time in microseconds: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    match seconds {
        ..1 => format!("{} ms", (micros / 1_000).max(0)),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// A size in bytes: `1.4 MB` (powers of ten).
pub fn bytes(value: u64) -> String {
    match value {
        ..1_000 => format!("{value} B"),
        1_000..1_000_000 => format!("{} kB", number(value as f64 / 1e3, 1)),
        1_000_000..1_000_000_000 => format!("{} MB", number(value as f64 / 1e6, 1)),
        _ => format!("{} GB", number(value as f64 / 1e9, 1)),
    }
}

/// A word with a capital first letter.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An identifier of ours (`seasonal_naive`) as people read it.
pub fn words(identifier: &str) -> String {
    capital(&identifier.replace('_', " "))
}

/// A count and its noun: `1 series`, `3 files`. The plural is the noun with `s` unless it ends so already.
pub fn counted(value: u64, noun: &str) -> String {
    let ending = if value == 1 || noun.ends_with('s') { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(&value.to_string()))
}

fn signed(negative: bool, text: String) -> String {
    if negative { format!("{MINUS}{text}") } else { text }
}

fn with_currency(negative: bool, text: &str, currency: Currency) -> String {
    let sign = currency.sign();
    let minus = if negative { MINUS } else { "" };
    if sign == currency.code() { format!("{minus}{text}\u{a0}{sign}") } else { format!("{minus}{sign}{text}") }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_signed_and_rounded() {
        assert_eq!(count(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(number(1_234.5, 2), "1,234.50");
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(f64::NAN, 2), "–");
        assert_eq!(compact(45_544_116.3), "45.5 M");
        assert_eq!(compact(950.0), "950");
        assert_eq!(compact(9_994.0), "9,994");
        assert_eq!(compact(12_300.0), "12.3 k");
        assert_eq!(compact(999_999.0), "1.00 M");
        assert_eq!(share(0.1234, 1), "12.3\u{a0}%");
        assert_eq!(change(0.05), "+5.0\u{a0}%");
        assert_eq!(change(-0.05), "\u{2212}5.0\u{a0}%");
    }

    #[test]
    fn money_and_quantities_keep_their_last_digit() {
        let usd = |minor| Money { minor, currency: Currency::USD };
        assert_eq!(money(usd(123_450)), "$1,234.50");
        assert_eq!(money(usd(-5)), "\u{2212}$0.05");
        let yen = Currency::new("JPY").unwrap();
        assert_eq!(money(Money { minor: 1_200, currency: yen }), "¥1,200");
        let krona = Currency::new("SEK").unwrap();
        assert_eq!(money(Money { minor: 100, currency: krona }), "1.00\u{a0}SEK");
        assert_eq!(quantity(Quantity(2_500)), "0.25");
        assert_eq!(quantity(Quantity(-60_000)), "\u{2212}6");
        assert_eq!(money_compact(-45_544_116.3, Currency::USD), "\u{2212}$45.5 M");
    }

    #[test]
    fn times_are_utc_whatever_the_machine_says() {
        assert_eq!(time(0), "1970-01-01 00:00 UTC");
        assert_eq!(time(-1), "1969-12-31 23:59 UTC");
        // `date -u -d @1795244700`
        assert_eq!(time(1_795_244_700_000_000), "2026-11-21 07:05 UTC");
        assert_eq!(time_attribute(1_795_244_700_000_000), "2026-11-21T07:05Z");
        assert_eq!(duration(200_000_000), "3 min 20 s");
        assert_eq!(bytes(1_440_000), "1.4 MB");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(3_331, "series"), "3,331 series");
    }
}
