//! Easter, western and orthodox.

use crate::Day;

/// Easter Sunday of the western churches ("anonymous Gregorian", as given by J. Meeus, Astronomical Algorithms, ch. 8).
pub fn easter(year: i32) -> Option<Day> {
    let a = year.rem_euclid(19);
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let day = h + l - 7 * m + 114;
    Day::from_civil(year, (day / 31) as u32, (day % 31 + 1) as u32).ok()
}

/// Easter Sunday of the orthodox churches, as a Gregorian day of 1900 to 2099 (2100: by the Julian calendar's 14 days).
pub(super) fn orthodox_easter(year: i32) -> Option<Day> {
    let (a, b, c) = (year % 4, year % 7, year % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let day = d + e + 114;
    let behind = 13 + i32::from(year >= 2100);
    Some(Day::from_civil(year, (day / 31) as u32, (day % 31 + 1) as u32).ok()?.plus(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Western dates from the tables of the U.S. Census Bureau, orthodox ones from the Greek archdiocese's.
    #[test]
    fn easter_falls_on_its_known_sundays() {
        for (year, western, orthodox) in [
            (1954, "04-18", "04-25"),
            (1990, "04-15", "04-15"),
            (2008, "03-23", "04-27"),
            (2011, "04-24", "04-24"),
            (2024, "03-31", "05-05"),
            (2025, "04-20", "04-20"),
            (2038, "04-25", "04-25"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), format!("{year}-{western}"));
            assert_eq!(orthodox_easter(year).unwrap().to_string(), format!("{year}-{orthodox}"));
        }
    }
}
