//! The lunisolar calendar of China, as a table of its years from 1949 to 2100.
//!
//! One number a year: bits 17 and up count the days from 1 January to the first day of the lunar year; bits 13 to 16 name
//! the month that is followed by a leap month of the same number (0: none); bit n of the rest is set where the n-th month,
//! leap month included, has 30 days instead of 29. The table agrees with the Hong Kong Observatory's conversion table.
//! Korea's calendar counts by its own midnight, an hour later: rules for Korea name the years in which a day differs.

use crate::Day;

const FIRST: i32 = 1949;

/// The day of a month of the lunar year that begins in `year` (leap months are not asked for); `None` outside of the table.
pub(super) fn day(year: i32, month: u8, date: u8) -> Option<Day> {
    let packed = *YEARS.get(usize::try_from(year.checked_sub(FIRST)?).ok()?)?;
    let (ahead, leap) = (packed >> 17, (packed >> 13) & 15);
    // A leap month comes after the month whose number it has.
    let before = u32::from(month) - 1 + u32::from(leap != 0 && u32::from(month) > leap);
    let full = (packed & ((1 << before) - 1)).count_ones();
    let days = ahead + 29 * before + full + u32::from(date) - 1;
    Some(Day::from_civil(year, 1, 1).ok()?.plus(days as i32))
}

#[rustfmt::skip]
const YEARS: [u32; 152] = [
    0x38f52d, 0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2, 0x420da5, 0x2e7d4a, 0x540d4a, 0x3d0a95, 0x600a97, 0x4c0556,
    0x36cab5, 0x5a0ad5, 0x4606d2, 0x308ea5, 0x560ea5, 0x40064a, 0x286c97, 0x4e0a9b, 0x3af55a, 0x5e056a, 0x480b69,
    0x34b752, 0x5a0b52, 0x420b25, 0x2c964b, 0x520a4b, 0x3d14ab, 0x6002ad, 0x4a056d, 0x36cb69, 0x5c0da9, 0x460d92,
    0x309d25, 0x560d25, 0x415a4d, 0x640a56, 0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9, 0x34be92, 0x5a0e92, 0x440d26,
    0x2c6a56, 0x500a57, 0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9, 0x5c0749, 0x460693, 0x2e952b, 0x54052b, 0x3e0a5b,
    0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49, 0x32ba93, 0x580a95, 0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa,
    0x6205d2, 0x4c0da5, 0x36dd4a, 0x5c0d4a, 0x460c95, 0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5,
    0x5e0725, 0x48064b, 0x32ac97, 0x560cab, 0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25, 0x36da4b,
    0x5a0a4b, 0x4404ab, 0x2ea55b, 0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, 0x5e0d25, 0x480a55, 0x32b4ad,
    0x5804b6, 0x4005b5, 0x2c6daa, 0x520ec9, 0x3f1e92, 0x620e92, 0x4c0d26, 0x36ca56, 0x5a0a57, 0x4404d6, 0x2e86d5,
    0x540755, 0x400749, 0x286e93, 0x4e0693, 0x38f52b, 0x5e052b, 0x460a5b, 0x32b55a, 0x58056a, 0x420b65, 0x2c974a,
    0x520b4a, 0x3d1a95, 0x620a95, 0x4a052d, 0x34caad, 0x5a0ab5, 0x4605aa, 0x2e8ba5, 0x540da5, 0x400d4a, 0x2a7c95,
    0x4e0c96, 0x38f94e, 0x5e0556, 0x480ab5, 0x32b5b2, 0x5806d2, 0x420ea5, 0x2e8e4a, 0x50064b, 0x3b0c97, 0x6004ab,
    0x4a055b, 0x34cad6, 0x5a0b6a, 0x460752, 0x309725, 0x540b25, 0x3e0a8b, 0x28549b, 0x4e04ab,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates from the Hong Kong Observatory's conversion tables.
    #[test]
    fn new_years_and_festivals_fall_on_their_known_days() {
        for (year, month, date, expected) in [
            (1950, 1, 1, "1950-02-17"),
            (1985, 1, 1, "1985-02-20"),
            (2008, 1, 1, "2008-02-07"),
            (2020, 5, 5, "2020-06-25"),
            (2020, 8, 15, "2020-10-01"),
            (2023, 1, 1, "2023-01-22"),
            (2025, 8, 15, "2025-10-06"),
            (2026, 1, 1, "2026-02-17"),
            (2033, 8, 15, "2033-09-08"),
            (2034, 1, 1, "2034-02-19"),
            (2100, 1, 1, "2100-02-09"),
        ] {
            assert_eq!(day(year, month, date).map(|d| d.to_string()).as_deref(), Some(expected));
        }
        assert_eq!(day(1948, 1, 1), None);
        assert_eq!(day(2101, 1, 1), None);
    }

    #[test]
    fn each_lunar_year_ends_where_the_next_begins() {
        for year in 1949..2100 {
            let packed = YEARS[(year - FIRST) as usize];
            let months = 12 + u32::from((packed >> 13) & 15 != 0);
            let length = 29 * months + (packed & 0x1fff).count_ones();
            let next = day(year + 1, 1, 1).unwrap();
            assert_eq!(next.since(day(year, 1, 1).unwrap()), length as i32, "{year}");
        }
    }
}
