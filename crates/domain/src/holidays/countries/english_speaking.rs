//! United Kingdom, Ireland, Australia, New Zealand, South Africa.

use crate::Weekday::{Friday, Monday, Tuesday, Wednesday};
use crate::holidays::Country;
use crate::holidays::rule::{Date, Rule, easter, nth, on, rule};
use crate::holidays::transfer::Transfer;

/// On the next working day where it falls on a weekend.
const fn weekdays(rule: Rule) -> Rule {
    rule.transferred(Transfer::NextWorkingDay)
}

pub(super) const UNITED_KINGDOM: Country = Country {
    code: "GB",
    name: "United Kingdom",
    regions: &["ENG", "NIR", "SCT", "WLS"],
    rules: &[
        weekdays(on("New Year's Day", 1, 1)).since(1974),
        weekdays(on("Second of January", 1, 2)).only(&["SCT"]),
        weekdays(on("Saint Patrick's Day", 3, 17)).only(&["NIR"]),
        easter("Good Friday", -2),
        easter("Easter Monday", 1).only(&["ENG", "NIR", "WLS"]),
        nth("Early May Bank Holiday", 5, Monday, 1).since(1978).lapsed(&[1995, 2020]),
        rule("Early May Bank Holiday", Date::Decreed(&[(1995, 5, 8), (2020, 5, 8)])),
        nth("Spring Bank Holiday", 5, Monday, -1).since(1971).lapsed(&[2002, 2012, 2022]),
        rule("Spring Bank Holiday", Date::Decreed(&[(2002, 6, 4), (2012, 6, 4), (2022, 6, 2)])),
        rule("Royal Jubilee", Date::Decreed(&[(1977, 6, 7), (2002, 6, 3), (2012, 6, 5), (2022, 6, 3)])),
        rule("Royal Wedding", Date::Decreed(&[(1981, 7, 29), (2011, 4, 29)])),
        rule("State Funeral", Date::Decreed(&[(2022, 9, 19)])).closed(),
        rule("Coronation", Date::Decreed(&[(1953, 6, 2), (2023, 5, 8)])),
        weekdays(on("Battle of the Boyne", 7, 12)).only(&["NIR"]),
        nth("Summer Bank Holiday", 8, Monday, -1).since(1971).only(&["ENG", "NIR", "WLS"]),
        nth("Summer Bank Holiday", 8, Monday, 1).since(1971).only(&["SCT"]),
        weekdays(on("Saint Andrew's Day", 11, 30)).since(2006).only(&["SCT"]),
        weekdays(on("Christmas Day", 12, 25)).closed(),
        weekdays(on("Boxing Day", 12, 26)),
    ],
    bridges: false,
};

pub(super) const IRELAND: Country = Country {
    code: "IE",
    name: "Ireland",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        // The first Monday of February, or 1 February where that is a Friday.
        nth("Saint Brigid's Day", 2, Monday, 1).since(2023).lapsed(&[2030, 2036, 2041, 2047, 2058, 2064]),
        rule(
            "Saint Brigid's Day",
            Date::Decreed(&[(2030, 2, 1), (2036, 2, 1), (2041, 2, 1), (2047, 2, 1), (2058, 2, 1), (2064, 2, 1)]),
        ),
        on("Saint Patrick's Day", 3, 17),
        easter("Easter Monday", 1),
        nth("May Bank Holiday", 5, Monday, 1).since(1994),
        nth("June Bank Holiday", 6, Monday, 1),
        nth("August Bank Holiday", 8, Monday, 1),
        nth("October Bank Holiday", 10, Monday, -1).since(1977),
        on("Christmas Day", 12, 25).closed(),
        on("Saint Stephen's Day", 12, 26),
        rule("Day of Mourning", Date::Decreed(&[(2001, 9, 14)])),
        rule("Day of Remembrance", Date::Decreed(&[(2022, 3, 18)])),
    ],
    bridges: false,
};

pub(super) const AUSTRALIA: Country = Country {
    code: "AU",
    name: "Australia",
    regions: &["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"],
    rules: &[
        weekdays(on("New Year's Day", 1, 1)),
        weekdays(on("Australia Day", 1, 26)).since(1995),
        nth("Labour Day", 3, Monday, 1).only(&["WA"]),
        nth("Labour Day", 3, Monday, 2).only(&["TAS", "VIC"]),
        nth("Labour Day", 5, Monday, 1).only(&["NT"]),
        nth("Labour Day", 5, Monday, 1).until(2012).only(&["QLD"]),
        nth("Labour Day", 10, Monday, 1).since(2013).until(2015).only(&["QLD"]),
        nth("Labour Day", 5, Monday, 1).since(2016).only(&["QLD"]),
        nth("Labour Day", 10, Monday, 1).only(&["ACT", "NSW", "SA"]),
        nth("Canberra Day", 3, Monday, 2).since(2008).only(&["ACT"]),
        nth("Adelaide Cup Day", 3, Monday, 2).since(2006).only(&["SA"]),
        easter("Good Friday", -2).closed(),
        easter("Easter Saturday", -1).except(&["TAS", "WA"]),
        easter("Easter Sunday", 0).since(2011).only(&["NSW"]),
        easter("Easter Sunday", 0).since(2016).only(&["ACT", "VIC"]),
        easter("Easter Sunday", 0).since(2017).only(&["QLD"]),
        easter("Easter Sunday", 0).since(2022).only(&["WA"]),
        easter("Easter Sunday", 0).since(2024).only(&["NT", "SA"]),
        easter("Easter Monday", 1),
        on("Anzac Day", 4, 25).closed(),
        nth("Western Australia Day", 6, Monday, 1).only(&["WA"]),
        rule("Reconciliation Day", Date::From(5, 27, Monday)).since(2018).only(&["ACT"]),
        nth("King's Birthday", 6, Monday, 2).except(&["QLD", "WA"]),
        nth("King's Birthday", 6, Monday, 2).until(2015).lapsed(&[2012]).only(&["QLD"]),
        nth("King's Birthday", 10, Monday, 1).since(2016).only(&["QLD"]),
        nth("King's Birthday", 9, Monday, -1).only(&["WA"]),
        nth("Picnic Day", 8, Monday, 1).only(&["NT"]),
        rule("Royal Queensland Show", Date::From(8, 10, Wednesday)).only(&["QLD"]),
        rule("Friday before the Grand Final", Date::From(9, 24, Friday)).since(2015).only(&["VIC"]),
        nth("Melbourne Cup Day", 11, Tuesday, 1).only(&["VIC"]),
        rule("Mourning for Queen Elizabeth II", Date::Decreed(&[(2022, 9, 22)])),
        weekdays(on("Christmas Day", 12, 25)).closed(),
        weekdays(on("Boxing Day", 12, 26)),
    ],
    bridges: false,
};

pub(super) const NEW_ZEALAND: Country = Country {
    code: "NZ",
    name: "New Zealand",
    regions: &[],
    rules: &[
        weekdays(on("New Year's Day", 1, 1)),
        weekdays(on("Second of January", 1, 2)),
        on("Waitangi Day", 2, 6).transferred_since(2014, Transfer::NextWorkingDay),
        easter("Good Friday", -2).closed(),
        easter("Easter Monday", 1),
        on("Anzac Day", 4, 25).transferred_since(2014, Transfer::NextWorkingDay).closed(),
        nth("King's Birthday", 6, Monday, 1),
        rule("Matariki", Date::Decreed(&MATARIKI)),
        rule("Memorial Day for Queen Elizabeth II", Date::Decreed(&[(2022, 9, 26)])),
        nth("Labour Day", 10, Monday, 4),
        weekdays(on("Christmas Day", 12, 25)).closed(),
        weekdays(on("Boxing Day", 12, 26)),
    ],
    bridges: false,
};

/// The first schedule of Te Kāhui o Matariki Public Holiday Act 2022.
const MATARIKI: [(i16, u8, u8); 31] = [
    (2022, 6, 24),
    (2023, 7, 14),
    (2024, 6, 28),
    (2025, 6, 20),
    (2026, 7, 10),
    (2027, 6, 25),
    (2028, 7, 14),
    (2029, 7, 6),
    (2030, 6, 21),
    (2031, 7, 11),
    (2032, 7, 2),
    (2033, 6, 24),
    (2034, 7, 7),
    (2035, 6, 29),
    (2036, 7, 18),
    (2037, 7, 10),
    (2038, 6, 25),
    (2039, 7, 15),
    (2040, 7, 6),
    (2041, 7, 19),
    (2042, 7, 11),
    (2043, 7, 3),
    (2044, 6, 24),
    (2045, 7, 7),
    (2046, 6, 29),
    (2047, 7, 19),
    (2048, 7, 3),
    (2049, 6, 25),
    (2050, 7, 15),
    (2051, 6, 30),
    (2052, 6, 21),
];

/// Sunday's on Monday, by the Public Holidays Act 1994.
const fn sunday(rule: Rule) -> Rule {
    rule.transferred_since(1995, Transfer::SundayToMonday)
}

pub(super) const SOUTH_AFRICA: Country = Country {
    code: "ZA",
    name: "South Africa",
    regions: &[],
    rules: &[
        sunday(on("New Year's Day", 1, 1)),
        sunday(on("Human Rights Day", 3, 21)).since(1995),
        easter("Good Friday", -2),
        easter("Family Day", 1),
        sunday(on("Freedom Day", 4, 27)).since(1995),
        sunday(on("Workers' Day", 5, 1)).since(1995),
        sunday(on("Youth Day", 6, 16)).since(1995),
        sunday(on("National Women's Day", 8, 9)).since(1995),
        sunday(on("Heritage Day", 9, 24)).since(1995),
        sunday(on("Day of Reconciliation", 12, 16)),
        sunday(on("Christmas Day", 12, 25)).closed(),
        sunday(on("Day of Goodwill", 12, 26)),
        rule("Election Day", Date::Decreed(&SOUTH_AFRICAN_ELECTIONS)),
        rule("Decreed Holiday", Date::Decreed(&SOUTH_AFRICAN_DECREES)),
    ],
    bridges: false,
};

const SOUTH_AFRICAN_ELECTIONS: [(i16, u8, u8); 11] = [
    (1999, 6, 2),
    (2004, 4, 14),
    (2006, 3, 1),
    (2009, 4, 22),
    (2011, 5, 18),
    (2014, 5, 7),
    (2016, 8, 3),
    (2019, 5, 8),
    (2021, 11, 1),
    (2024, 5, 29),
    (2026, 11, 4),
];
const SOUTH_AFRICAN_DECREES: [(i16, u8, u8); 5] =
    [(2008, 5, 2), (2011, 12, 27), (2016, 12, 27), (2022, 12, 27), (2023, 12, 15)];
