//! The Hebrew calendar, by its arithmetic (E. G. Richards, Mapping Time, ch. 17).

use crate::Day;

/// Days from the calendar's epoch (7 October 3761 BC, Julian) to 1970-01-01.
const EPOCH: i64 = -2_092_590;

/// A day of the Hebrew calendar in the Gregorian `year`. Months are counted from Tishri (1), in which the year begins; in
/// leap years Adar I is 6 and Adar II is 7, in others Adar is 7, so that Nisan is always 8.
pub(super) fn day(year: i32, month: u8, date: u8) -> Option<Day> {
    // The first four months belong to the Hebrew year that begins in the Gregorian year's autumn.
    let hebrew = i64::from(year) + if month < 4 { 3_761 } else { 3_760 };
    let length = new_year(hebrew + 1) - new_year(hebrew);
    let leap = length > 380;
    let mut days = 0;
    for passed in 1..i64::from(month) {
        days += match passed {
            1 | 5 | 8 | 10 | 12 => 30,
            2 => 29 + i64::from(length % 10 == 5),
            3 => 30 - i64::from(length % 10 == 3),
            6 => 30 * i64::from(leap),
            _ => 29,
        };
    }
    let epoch_days = EPOCH + new_year(hebrew) + days + i64::from(date) - 1;
    Some(Day::from_epoch_days(i32::try_from(epoch_days).ok()?))
}

/// Days from the epoch to the first of Tishri, the four postponements included.
fn new_year(hebrew: i64) -> i64 {
    let delayed = delay(hebrew);
    let (last, next) = (delay(hebrew - 1), delay(hebrew + 1));
    delayed + if next - delayed == 356 { 2 } else { i64::from(delayed - last == 382) }
}

/// Days to the mean conjunction of Tishri, moved off Sundays, Wednesdays and Fridays.
fn delay(hebrew: i64) -> i64 {
    let months = (235 * hebrew - 234).div_euclid(19);
    let parts = 12_084 + 13_753 * months;
    let days = 29 * months + parts.div_euclid(25_920);
    days + i64::from((3 * (days + 1)).rem_euclid(7) < 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates from the calendars of those years.
    #[test]
    fn feasts_fall_on_their_known_days() {
        for (month, date, expected) in [
            (1, 1, "2023-09-16"),
            (1, 1, "2024-10-03"),
            (1, 10, "2022-10-05"),
            (3, 25, "2023-12-08"),
            (3, 25, "2024-12-26"),
            (8, 15, "2023-04-06"),
            (8, 15, "2024-04-23"),
            (8, 15, "2025-04-13"),
            (7, 14, "2024-03-24"),
        ] {
            let year: i32 = expected[..4].parse().unwrap();
            assert_eq!(day(year, month, date).unwrap().to_string(), expected);
        }
    }
}
