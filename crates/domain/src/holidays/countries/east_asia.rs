//! China, Japan, South Korea.

use crate::Weekday::Monday;
use crate::holidays::Country;
use crate::holidays::rule::{Date, Rule, nth, on, rule};
use crate::holidays::transfer::Transfer;

/// Days that fall on a weekend are made up for. The weekends that are worked for longer holidays are decreed each year
/// and not told here.
const fn made_up(rule: Rule) -> Rule {
    rule.transferred(Transfer::NextWorkingDay)
}

pub(super) const CHINA: Country = Country {
    code: "CN",
    name: "China",
    regions: &[],
    rules: &[
        made_up(on("New Year's Day", 1, 1)),
        made_up(rule("Spring Festival", Date::Chinese(1, 1)).lasting(3)).until(2007),
        made_up(rule("Spring Festival", Date::Chinese(1, 1)).plus(-1).lasting(3)).since(2008).until(2013),
        made_up(rule("Spring Festival", Date::Chinese(1, 1)).lasting(3)).since(2014).until(2024),
        made_up(rule("Spring Festival", Date::Chinese(1, 1)).plus(-1).lasting(4)).since(2025),
        rule("Spring Festival Extension", Date::Decreed(&[(2020, 1, 31)])).lasting(3),
        made_up(rule("Tomb-Sweeping Day", Date::Qingming)).since(2008),
        made_up(on("Labour Day", 5, 1)).until(1999),
        made_up(on("Labour Day", 5, 1).lasting(3)).since(2000).until(2007),
        made_up(on("Labour Day", 5, 1)).since(2008).until(2024),
        made_up(on("Labour Day", 5, 1).lasting(2)).since(2025),
        made_up(rule("Dragon Boat Festival", Date::Chinese(5, 5))).since(2008),
        rule("Mid-Autumn Festival", Date::Chinese(8, 15)).since(2008).transferred(Transfer::WeekendOrMeeting),
        rule("Victory Anniversary", Date::Decreed(&[(2015, 9, 3)])),
        made_up(on("National Day", 10, 1).lasting(2)).until(1998),
        made_up(on("National Day", 10, 1).lasting(3)).since(1999),
    ],
    bridges: false,
};

/// Sunday's on the next day that is none (since 1973).
const fn sunday(rule: Rule) -> Rule {
    rule.transferred_since(1973, Transfer::SundayToNextDay)
}

pub(super) const JAPAN: Country = Country {
    code: "JP",
    name: "Japan",
    regions: &[],
    rules: &[
        sunday(on("New Year's Day", 1, 1)),
        sunday(on("Coming of Age Day", 1, 15)).until(1999),
        nth("Coming of Age Day", 1, Monday, 2).since(2000),
        sunday(on("National Foundation Day", 2, 11)).since(1967),
        sunday(on("Emperor's Birthday", 2, 23)).since(2020),
        sunday(rule("Vernal Equinox Day", Date::MarchEquinox)),
        sunday(on("Emperor's Birthday", 4, 29)).until(1988),
        sunday(on("Greenery Day", 4, 29)).since(1989).until(2006),
        sunday(on("Showa Day", 4, 29)).since(2007),
        sunday(on("Constitution Day", 5, 3)),
        sunday(on("Greenery Day", 5, 4)).since(2007),
        sunday(on("Children's Day", 5, 5)),
        sunday(on("Marine Day", 7, 20)).since(1996).until(2002),
        nth("Marine Day", 7, Monday, 3).since(2003).moved(&[(2020, 3), (2021, 3)]),
        sunday(on("Mountain Day", 8, 11)).since(2016).moved(&[(2020, -1), (2021, -3)]),
        sunday(on("Respect for the Aged Day", 9, 15)).since(1966).until(2002),
        nth("Respect for the Aged Day", 9, Monday, 3).since(2003),
        sunday(rule("Autumnal Equinox Day", Date::SeptemberEquinox)),
        sunday(on("Sports Day", 10, 10)).since(1966).until(1999),
        nth("Sports Day", 10, Monday, 2).since(2000).lapsed(&[2020, 2021]),
        rule("Sports Day", Date::Decreed(&[(2020, 7, 24), (2021, 7, 23)])),
        sunday(on("Culture Day", 11, 3)),
        sunday(on("Labour Thanksgiving Day", 11, 23)),
        sunday(on("Emperor's Birthday", 12, 23)).since(1989).until(2018),
        rule("Enthronement", Date::Decreed(&[(1990, 11, 12), (2019, 5, 1), (2019, 10, 22)])),
    ],
    bridges: true,
};

/// Feasts of three days, made up for since 2014.
const fn feast(rule: Rule) -> Rule {
    rule.plus(-1).lasting(3).transferred_since(2014, Transfer::SundayOrMeeting)
}

pub(super) const KOREA: Country = Country {
    code: "KR",
    name: "South Korea",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        feast(rule("Seollal", Date::Chinese(1, 1))).since(1989).moved(&[(1997, 1), (2027, 1), (2028, 1)]),
        on("Independence Movement Day", 3, 1).transferred_since(2022, Transfer::WeekendOrMeeting),
        on("Arbor Day", 4, 5).until(2005),
        rule("Buddha's Birthday", Date::Chinese(4, 8))
            .since(1975)
            .moved(&[(2001, 1), (2012, 30), (2023, 1)])
            .transferred_since(2023, Transfer::WeekendOrMeeting),
        on("Labour Day", 5, 1).since(2026).transferred(Transfer::WeekendOrMeeting),
        on("Children's Day", 5, 5).since(1975).transferred_since(2014, Transfer::WeekendOrMeeting),
        on("Memorial Day", 6, 6),
        on("Constitution Day", 7, 17).until(2007),
        on("Constitution Day", 7, 17).since(2026).transferred(Transfer::WeekendOrMeeting),
        on("Liberation Day", 8, 15).transferred_since(2021, Transfer::WeekendOrMeeting),
        feast(rule("Chuseok", Date::Chinese(8, 15))).since(1989).moved(&[(2040, 1)]),
        on("National Foundation Day", 10, 3).transferred_since(2021, Transfer::WeekendOrMeeting),
        on("Hangul Day", 10, 9).until(1990),
        on("Hangul Day", 10, 9).since(2013).transferred_since(2021, Transfer::WeekendOrMeeting),
        on("Christmas Day", 12, 25).transferred_since(2023, Transfer::WeekendOrMeeting),
        rule("Election Day", Date::Decreed(&KOREAN_ELECTIONS)),
        rule("Decreed Holiday", Date::Decreed(&KOREAN_DECREES)),
    ],
    bridges: false,
};

const KOREAN_ELECTIONS: [(i16, u8, u8); 19] = [
    (2006, 5, 31),
    (2007, 12, 19),
    (2008, 4, 9),
    (2010, 6, 2),
    (2012, 4, 11),
    (2012, 12, 19),
    (2014, 6, 4),
    (2016, 4, 13),
    (2017, 5, 9),
    (2018, 6, 13),
    (2020, 4, 15),
    (2022, 3, 9),
    (2022, 6, 1),
    (2024, 4, 10),
    (2025, 6, 3),
    (2026, 6, 3),
    (2028, 4, 12),
    (2030, 4, 3),
    (2030, 6, 12),
];
const KOREAN_DECREES: [(i16, u8, u8); 7] =
    [(2015, 8, 14), (2016, 5, 6), (2017, 10, 2), (2020, 8, 17), (2023, 10, 2), (2024, 10, 1), (2025, 1, 27)];
