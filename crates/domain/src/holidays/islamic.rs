//! The Islamic calendar: Umm al-Qura's months (Saudi Arabia) from 1945 to 2077, arithmetic months outside of it.
//!
//! Where a country sights the moon itself its feasts fall a day earlier or later than here; rules name the years in which
//! they did. Future dates are within a day of what will be announced; after 2077 within two.

use crate::Day;

/// The first year (of the Hijra) of the table, which starts on 5 December 1945.
const FIRST: i32 = 1365;
const FIRST_DAY: i32 = -8_793;

/// All days in a Gregorian year that are this day of this Islamic month: none, one or two.
pub(super) fn days(year: i32, month: u8, date: u8) -> impl Iterator<Item = Day> {
    // 33 Islamic years take 32 Gregorian ones; the guess is at most one off.
    let guess = (year - 622) * 33 / 32;
    (guess - 1..=guess + 2).filter_map(move |hijri| day(hijri, month, date)).filter(move |day| day.civil().0 == year)
}

fn day(hijri: i32, month: u8, date: u8) -> Option<Day> {
    let index = usize::try_from(hijri - FIRST).ok();
    let Some((index, lengths)) = index.and_then(|index| Some((index, *LENGTHS.get(index)?))) else {
        return arithmetic(hijri, month, date);
    };
    let years: i32 = LENGTHS[..index].iter().map(|lengths| 348 + lengths.count_ones() as i32).sum();
    let before = i32::from(month) - 1;
    let full = (lengths & ((1 << before) - 1)).count_ones() as i32;
    Some(Day::from_epoch_days(FIRST_DAY + years + 29 * before + full + i32::from(date) - 1))
}

/// The tabular calendar with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29 of thirty, civil epoch (16 July 622,
/// Julian). Source: E. G. Richards, Mapping Time, ch. 18.
fn arithmetic(hijri: i32, month: u8, date: u8) -> Option<Day> {
    let (months, date) = (i32::from(month) - 1, i32::from(date));
    let days = 354 * (hijri - 1) + (3 + 11 * hijri).div_euclid(30) + 29 * months + (months + 1) / 2 + date - 1;
    (hijri > 0).then(|| Day::from_epoch_days(-492_148 + days))
}

/// Bit n of a year is set where its n-th month has 30 days instead of 29.
#[rustfmt::skip]
const LENGTHS: [u16; 136] = [
    0xd55, 0x555, 0x555, 0xd55, 0x6d5, 0x555, 0xea5, 0xd2a, 0xaaa, 0xcd5, 0x655, 0x572, 0xda9, 0x555, 0xaaa, 0x555,
    0x52d, 0xa6d, 0x55a, 0x555, 0x74d, 0xd53, 0xd54, 0x556, 0xd55, 0x2d5, 0xd55, 0xd54, 0xd45, 0x655, 0x52d, 0xa5d,
    0x55a, 0xad5, 0x6aa, 0xd4b, 0x52a, 0xa57, 0x4ae, 0x976, 0x56c, 0xb55, 0xaaa, 0xa55, 0x4ad, 0x95d, 0x2da, 0x5d9,
    0xdb2, 0xba4, 0xb4a, 0xa55, 0x2b5, 0x575, 0xb6a, 0xbd2, 0xbc4, 0xb89, 0xa95, 0x52d, 0x5ad, 0xb6a, 0x6d4, 0xdc9,
    0xd92, 0xaa6, 0x956, 0x2ae, 0x56d, 0x36a, 0xb55, 0xaaa, 0x94d, 0x49d, 0x95d, 0x2ba, 0x5b5, 0x5aa, 0xd55, 0xa9a,
    0x92e, 0x26e, 0x55d, 0xada, 0x6d4, 0x6a5, 0x54b, 0xa97, 0x54e, 0xaae, 0x5ac, 0xba9, 0xd92, 0xb25, 0x64b, 0xcab,
    0x55a, 0xb55, 0x6d2, 0xea5, 0xe4a, 0xa95, 0x52d, 0xaad, 0x36c, 0x759, 0x6d2, 0x695, 0x52d, 0xa5b, 0x4ba, 0x9ba,
    0x3b4, 0xb69, 0xb52, 0xaa6, 0x4b6, 0x96d, 0x2ec, 0x6d9, 0xeb2, 0xd54, 0xd2a, 0xa56, 0x4ae, 0x96d, 0xd6a, 0xb54,
    0xb29, 0xa93, 0x52b, 0xa57, 0x536, 0xab5, 0x6aa, 0xe93,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// First days of Ramadan and of both Eids in Saudi Arabia's official calendar.
    #[test]
    fn known_months_begin_on_their_days() {
        for (month, date, expected) in [
            (9, 1, "2011-08-01"),
            (9, 1, "2020-04-24"),
            (9, 1, "2025-03-01"),
            (10, 1, "2024-04-10"),
            (10, 1, "2025-03-30"),
            (12, 10, "2023-06-28"),
            (12, 10, "2026-05-27"),
        ] {
            let year: i32 = expected[..4].parse().unwrap();
            let found: Vec<String> = days(year, month, date).map(|day| day.to_string()).collect();
            assert_eq!(found, [expected]);
        }
    }

    #[test]
    fn two_eids_fall_into_one_year_and_the_table_meets_arithmetic() {
        assert_eq!(days(2000, 10, 1).count(), 2);
        for hijri in 1365..1501 {
            let apart = day(hijri, 1, 1).unwrap().since(arithmetic(hijri, 1, 1).unwrap());
            assert!((-2..=2).contains(&apart), "{hijri}: {apart}");
        }
        // No month is lost or doubled from one year to the next.
        for hijri in 1300..1540 {
            let length = day(hijri + 1, 1, 1).unwrap().since(day(hijri, 1, 1).unwrap());
            assert!((352..=357).contains(&length), "{hijri}: {length}");
        }
    }
}
