//! How a holiday's days follow from the year: what one line of a country's list says.

use super::hindu::Table;
use super::transfer::Transfer;
use super::{HolidayKind, chinese, christian, hebrew, hindu, islamic};
use crate::{Day, Weekday};

/// From a year to the day of a holiday.
#[derive(Debug, Clone, Copy)]
pub(super) enum Date {
    /// Month and day of the Gregorian calendar.
    Fixed(u8, u8),
    /// The n-th weekday of a month; counted from its end where negative.
    Nth(u8, Weekday, i8),
    /// The first such weekday on a month's day or after it.
    From(u8, u8, Weekday),
    /// The last such weekday before a month's day.
    Before(u8, u8, Weekday),
    /// Easter Sunday of the western churches.
    Easter,
    /// Easter Sunday of the orthodox churches.
    OrthodoxEaster,
    /// Month and day of the Islamic calendar.
    Islamic(u8, u8),
    /// Month (from Tishri; Nisan is 8) and day of the Hebrew calendar.
    Hebrew(u8, u8),
    /// Month and day of the Chinese calendar.
    Chinese(u8, u8),
    /// A feast of a lunar calendar of India or Indonesia.
    Hindu(&'static Table),
    /// Qingming, the sun's fifth half-month: 4 or 5 April.
    Qingming,
    /// The equinox of March in Japan.
    MarchEquinox,
    /// The equinox of September in Japan.
    SeptemberEquinox,
    /// Decreed for these years: year, month, day.
    Decreed(&'static [(i16, u8, u8)]),
}

/// One line of a country's list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) date: Date,
    /// Days after (before, where negative) the date.
    plus: i16,
    /// How many days it lasts.
    pub(super) days: u8,
    from: i16,
    until: i16,
    /// Years in which it was not kept.
    lapsed: &'static [i16],
    /// Years in which it was kept so many days later or earlier than the rule says.
    moved: &'static [(i16, i8)],
    /// Where; everywhere when empty.
    pub(super) regions: &'static [&'static str],
    /// Where not; then it is not the whole country's.
    except: &'static [&'static str],
    pub(super) transfer: Transfer,
    /// First year in which it is transferred.
    transfer_from: i16,
    pub(super) kind: HolidayKind,
    pub(super) closed: bool,
}

/// A public holiday on every such date.
pub(super) const fn rule(name: &'static str, date: Date) -> Rule {
    Rule {
        name,
        date,
        plus: 0,
        days: 1,
        from: 0,
        until: i16::MAX,
        lapsed: &[],
        moved: &[],
        regions: &[],
        except: &[],
        transfer: Transfer::Stays,
        transfer_from: 0,
        kind: HolidayKind::Public,
        closed: false,
    }
}

/// A public holiday on a month's day.
pub(super) const fn on(name: &'static str, month: u8, day: u8) -> Rule {
    rule(name, Date::Fixed(month, day))
}

/// A public holiday on the n-th weekday of a month.
pub(super) const fn nth(name: &'static str, month: u8, weekday: Weekday, n: i8) -> Rule {
    rule(name, Date::Nth(month, weekday, n))
}

/// A public holiday so many days after Easter Sunday.
pub(super) const fn easter(name: &'static str, plus: i16) -> Rule {
    rule(name, Date::Easter).plus(plus)
}

impl Rule {
    pub(super) const fn plus(self, plus: i16) -> Self {
        Self { plus, ..self }
    }
    pub(super) const fn lasting(self, days: u8) -> Self {
        Self { days, ..self }
    }
    pub(super) const fn since(self, from: i16) -> Self {
        Self { from, ..self }
    }
    /// The last year in which it was kept.
    pub(super) const fn until(self, until: i16) -> Self {
        Self { until, ..self }
    }
    pub(super) const fn lapsed(self, lapsed: &'static [i16]) -> Self {
        Self { lapsed, ..self }
    }
    pub(super) const fn moved(self, moved: &'static [(i16, i8)]) -> Self {
        Self { moved, ..self }
    }
    pub(super) const fn only(self, regions: &'static [&'static str]) -> Self {
        Self { regions, ..self }
    }
    pub(super) const fn except(self, except: &'static [&'static str]) -> Self {
        Self { except, ..self }
    }
    pub(super) const fn transferred(self, transfer: Transfer) -> Self {
        Self { transfer, ..self }
    }
    pub(super) const fn transferred_since(self, transfer_from: i16, transfer: Transfer) -> Self {
        Self { transfer, transfer_from, ..self }
    }
    /// No public holiday, but a day that shops know.
    pub(super) const fn retail(self) -> Self {
        Self { kind: HolidayKind::Retail, ..self }
    }
    /// A stretch of days, no public holiday.
    pub(super) const fn season(self, days: u8) -> Self {
        Self { kind: HolidayKind::Season, days, ..self }
    }
    /// Shops are shut, by law or by custom.
    pub(super) const fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    /// Whether it is kept in a region; in the whole country where `None`.
    pub(super) fn applies(&self, region: Option<&str>) -> bool {
        match region {
            None => self.regions.is_empty() && self.except.is_empty(),
            Some(region) => {
                (self.regions.is_empty() || self.regions.contains(&region)) && !self.except.contains(&region)
            }
        }
    }

    /// Whether a day that was computed for a year gives a day in lieu.
    pub(super) fn transfers(&self, year: i32) -> bool {
        year >= i32::from(self.transfer_from)
    }

    /// The first days of the holiday in a year (two, where an Islamic feast comes twice).
    pub(super) fn days_of(&self, year: i32) -> Vec<Day> {
        let kept = (i32::from(self.from)..=i32::from(self.until)).contains(&year);
        if !kept || self.lapsed.iter().any(|lapsed| i32::from(*lapsed) == year) {
            return Vec::new();
        }
        let moved = self.moved.iter().find(|(moved, _)| i32::from(*moved) == year).map_or(0, |(_, by)| i32::from(*by));
        dates(self.date, year).into_iter().map(|day| day.plus(i32::from(self.plus) + moved)).collect()
    }
}

fn dates(date: Date, year: i32) -> Vec<Day> {
    let civil = |month: u8, day: u8| Day::from_civil(year, u32::from(month), u32::from(day)).ok();
    let ahead = |from: Day, to: Weekday| (to as i32 - from.weekday() as i32).rem_euclid(7);
    let one = match date {
        Date::Islamic(month, day) => return islamic::days(year, month, day).collect(),
        Date::Decreed(days) => {
            let this = days.iter().filter(|(decreed, _, _)| i32::from(*decreed) == year);
            return this.filter_map(|(_, month, day)| civil(*month, *day)).collect();
        }
        Date::Fixed(month, day) => civil(month, day),
        Date::Nth(month, weekday, n) if n > 0 => {
            civil(month, 1).map(|first| first.plus(ahead(first, weekday) + 7 * (i32::from(n) - 1)))
        }
        Date::Nth(month, weekday, n) => {
            let last = crate::calendar::days_in_month(year, u32::from(month)) as u8;
            civil(month, last).map(|last| {
                let behind = (last.weekday() as i32 - weekday as i32).rem_euclid(7);
                last.plus(7 * (i32::from(n) + 1) - behind)
            })
        }
        Date::From(month, day, weekday) => civil(month, day).map(|from| from.plus(ahead(from, weekday))),
        Date::Before(month, day, weekday) => {
            civil(month, day).map(|to| to.plus(ahead(to, weekday) - 7 * i32::from(ahead(to, weekday) >= 0)))
        }
        Date::Easter => christian::easter(year),
        Date::OrthodoxEaster => christian::orthodox_easter(year),
        Date::Hebrew(month, day) => hebrew::day(year, month, day),
        Date::Chinese(month, day) => chinese::day(year, month, day),
        Date::Hindu(table) => hindu::day(table, year),
        Date::Qingming => civil(4, qingming(year)),
        Date::MarchEquinox => civil(3, equinox(year, 20.8431)),
        Date::SeptemberEquinox => civil(9, equinox(year, 23.2488)),
    };
    one.into_iter().collect()
}

/// Day of April. The usual formula of almanacs: .2422 of a day a year, leap days taken out.
fn qingming(year: i32) -> u8 {
    let (in_century, start) = if year < 2000 { (year - 1900, 5.59) } else { (year - 2000, 4.81) };
    let leaps = if year < 2000 { (in_century - 1).div_euclid(4) } else { in_century.div_euclid(4) };
    (f64::from(in_century) * 0.2422 + start) as u8 - leaps.clamp(0, 25) as u8
}

/// Day of the month in Japan. Source: the formula of Japan's almanacs for 1980 to 2099.
fn equinox(year: i32, start: f64) -> u8 {
    let since = year - 1980;
    (start + 0.242_194 * f64::from(since) - f64::from(since.div_euclid(4))) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use Weekday::{Friday, Monday, Thursday, Wednesday};

    #[test]
    fn rules_give_their_known_days() {
        for (date, expected) in [
            (Date::Nth(11, Thursday, 4), "2011-11-24"),
            (Date::Nth(5, Monday, -1), "2024-05-27"),
            (Date::Nth(5, Monday, -1), "2023-05-29"),
            (Date::From(6, 20, Friday), "2025-06-20"),
            // Repentance and Prayer Day: the last Wednesday before 23 November, never that day itself.
            (Date::Before(11, 23, Wednesday), "2022-11-16"),
            (Date::Before(11, 23, Wednesday), "2023-11-22"),
            (Date::Before(5, 25, Monday), "2026-05-18"),
            (Date::Qingming, "2008-04-04"),
            (Date::Qingming, "2010-04-05"),
            (Date::MarchEquinox, "2026-03-20"),
            (Date::SeptemberEquinox, "2012-09-22"),
        ] {
            let year: i32 = expected[..4].parse().unwrap();
            assert_eq!(rule("", date).days_of(year).iter().map(Day::to_string).collect::<Vec<_>>(), [expected]);
        }
        // No such day, no holiday.
        assert!(on("", 2, 29).days_of(2023).is_empty());
    }
}
