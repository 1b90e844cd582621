//! Sweden, Norway, Denmark, Finland.

use crate::Weekday::{Friday, Saturday};
use crate::holidays::Country;
use crate::holidays::rule::{Date, easter, on, rule};

pub(super) const SWEDEN: Country = Country {
    code: "SE",
    name: "Sweden",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Epiphany", 1, 6),
        easter("Good Friday", -2),
        easter("Easter Sunday", 0),
        easter("Easter Monday", 1),
        on("Labour Day", 5, 1),
        easter("Ascension Day", 39),
        easter("Pentecost", 49),
        easter("Whit Monday", 50).until(2004),
        on("National Day", 6, 6).since(2005),
        rule("Midsummer Day", Date::From(6, 20, Saturday)).closed(),
        rule("All Saints' Day", Date::From(10, 31, Saturday)),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26),
    ],
    bridges: false,
};

pub(super) const NORWAY: Country = Country {
    code: "NO",
    name: "Norway",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        easter("Maundy Thursday", -3).closed(),
        easter("Good Friday", -2).closed(),
        easter("Easter Sunday", 0).closed(),
        easter("Easter Monday", 1).closed(),
        on("Labour Day", 5, 1).closed(),
        on("Constitution Day", 5, 17).closed(),
        easter("Ascension Day", 39).closed(),
        easter("Pentecost", 49).closed(),
        easter("Whit Monday", 50).closed(),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26).closed(),
    ],
    bridges: false,
};

pub(super) const DENMARK: Country = Country {
    code: "DK",
    name: "Denmark",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        easter("Maundy Thursday", -3).closed(),
        easter("Good Friday", -2).closed(),
        easter("Easter Sunday", 0).closed(),
        easter("Easter Monday", 1).closed(),
        easter("Great Prayer Day", 26).until(2023).closed(),
        easter("Ascension Day", 39).closed(),
        easter("Pentecost", 49).closed(),
        easter("Whit Monday", 50).closed(),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26).closed(),
    ],
    bridges: false,
};

pub(super) const FINLAND: Country = Country {
    code: "FI",
    name: "Finland",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Epiphany", 1, 6),
        easter("Good Friday", -2),
        easter("Easter Sunday", 0),
        easter("Easter Monday", 1),
        on("Labour Day", 5, 1),
        easter("Ascension Day", 39),
        easter("Pentecost", 49),
        rule("Midsummer Eve", Date::From(6, 19, Friday)),
        rule("Midsummer Day", Date::From(6, 20, Saturday)).closed(),
        rule("All Saints' Day", Date::From(10, 31, Saturday)),
        on("Independence Day", 12, 6),
        on("Christmas Eve", 12, 24),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26),
    ],
    bridges: false,
};
