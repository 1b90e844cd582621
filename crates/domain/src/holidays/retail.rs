//! Days that shops know though nobody has them off, by country.

use super::hindu;
use super::rule::{Date, Rule, easter, nth, on, rule};
use crate::Weekday::{Friday, Monday, Sunday, Thursday};

/// The events of a country.
pub(super) fn rules_of(country: &str) -> impl Iterator<Item = &'static Rule> {
    EVENTS.iter().filter(move |(_, countries)| countries.contains(&country)).map(|(event, _)| event)
}

type Event = (Rule, &'static [&'static str]);

/// Where Christmas is kept by most.
const CHRISTIAN: &[&str] = &[
    "US", "CA", "MX", "BR", "EC", "GB", "IE", "DE", "AT", "CH", "FR", "ES", "IT", "PT", "NL", "BE", "PL", "SE", "NO",
    "DK", "FI", "AU", "NZ", "ZA",
];
/// Where Easter Sunday is no public holiday, and shops feel it all the same.
const EASTER: &[&str] = &["US", "CA", "MX", "BR", "EC", "GB", "IE", "DE", "AT", "CH", "FR", "ES", "AU", "NZ", "ZA"];
const VALENTINE: &[&str] = &[
    "US", "CA", "MX", "EC", "GB", "IE", "DE", "AT", "CH", "FR", "ES", "IT", "PT", "NL", "BE", "PL", "SE", "NO", "DK",
    "FI", "TR", "AE", "IN", "CN", "JP", "KR", "AU", "NZ", "ZA",
];
const SECOND_SUNDAY_OF_MAY: &[&str] =
    &["US", "CA", "BR", "EC", "DE", "AT", "CH", "IT", "NL", "BE", "DK", "FI", "TR", "AU", "NZ", "ZA", "IN", "CN", "JP"];
const THIRD_SUNDAY_OF_JUNE: &[&str] =
    &["US", "CA", "MX", "EC", "GB", "IE", "FR", "NL", "TR", "IN", "CN", "JP", "ZA", "CH"];
const BLACK_FRIDAY_FOLLOWERS: &[&str] = &[
    "DE", "AT", "CH", "FR", "ES", "IT", "PT", "NL", "BE", "PL", "SE", "NO", "DK", "FI", "IE", "EC", "AU", "NZ", "ZA",
    "AE", "TR",
];

/// Years in which Pentecost is the last Sunday of May.
const PENTECOST_AT_THE_END_OF_MAY: &[(i16, i8)] = &[
    (1950, 7),
    (1955, 7),
    (1958, 7),
    (1966, 7),
    (1969, 7),
    (1971, 7),
    (1977, 7),
    (1980, 7),
    (1982, 7),
    (1985, 7),
    (1993, 7),
    (1996, 7),
    (1998, 7),
    (2004, 7),
    (2007, 7),
    (2009, 7),
    (2012, 7),
    (2020, 7),
    (2023, 7),
    (2034, 7),
    (2039, 7),
    (2042, 7),
    (2045, 7),
    (2050, 7),
    (2053, 7),
    (2061, 7),
    (2064, 7),
    (2066, 7),
    (2072, 7),
    (2075, 7),
    (2077, 7),
    (2080, 7),
    (2088, 7),
    (2091, 7),
    (2093, 7),
    (2099, 7),
];

const EVENTS: [Event; 73] = [
    // Winter.
    (nth("Super Bowl", 2, Sunday, 1).since(2004).until(2021).retail(), &["US"]),
    (nth("Super Bowl", 2, Sunday, 2).since(2022).retail(), &["US"]),
    (on("Valentine's Day", 2, 14).retail(), VALENTINE),
    (on("Valentine's Day", 6, 12).retail(), &["BR"]),
    (on("White Day", 3, 14).retail(), &["JP", "KR"]),
    (easter("Carnival", -50).season(5), &["BR"]),
    (easter("Shrove Monday", -48).retail(), &["DE", "AT"]),
    (on("Women's Day", 3, 8).retail(), &["IT", "PL", "CN", "TR"]),
    (on("Saint Patrick's Day", 3, 17).retail(), &["US", "CA", "GB", "AU"]),
    (rule("Lantern Festival", Date::Chinese(1, 15)).retail(), &["CN"]),
    (rule("Lunar New Year", Date::Chinese(1, 1)).retail(), &["US", "CA", "GB", "AU", "NZ", "FR"]),
    (easter("Easter Sunday", 0).retail(), EASTER),
    (easter("Easter Monday", 1).retail(), &["US"]),
    (rule("Orthodox Easter", Date::OrthodoxEaster).retail(), &["US", "CA", "AU"]),
    (rule("Passover", Date::Hebrew(8, 15)).lasting(8).retail(), &["US", "CA", "GB"]),
    (rule("Rosh Hashanah", Date::Hebrew(1, 1)).lasting(2).retail(), &["US", "CA", "GB"]),
    (rule("Hanukkah", Date::Hebrew(3, 25)).lasting(8).retail(), &["US", "CA", "GB"]),
    // Mothers, fathers, children.
    (nth("Mother's Day", 5, Sunday, 2).retail(), SECOND_SUNDAY_OF_MAY),
    (on("Mother's Day", 5, 10).retail(), &["MX"]),
    (easter("Mother's Day", -21).retail(), &["GB", "IE"]),
    (nth("Mother's Day", 5, Sunday, 1).retail(), &["ES", "PT"]),
    // The last Sunday of May, a week later where that is Pentecost.
    (nth("Mother's Day", 5, Sunday, -1).moved(PENTECOST_AT_THE_END_OF_MAY).retail(), &["FR"]),
    (nth("Mother's Day", 5, Sunday, -1).retail(), &["SE"]),
    (nth("Mother's Day", 2, Sunday, 2).retail(), &["NO"]),
    (on("Mother's Day", 5, 26).retail(), &["PL"]),
    (on("Mother's Day", 12, 22).retail(), &["ID"]),
    (on("Mother's Day", 3, 21).retail(), &["AE", "SA"]),
    (on("Parents' Day", 5, 8).retail(), &["KR"]),
    (nth("Father's Day", 6, Sunday, 3).retail(), THIRD_SUNDAY_OF_JUNE),
    (nth("Father's Day", 6, Sunday, 2).retail(), &["AT", "BE"]),
    (nth("Father's Day", 8, Sunday, 2).retail(), &["BR"]),
    (nth("Father's Day", 9, Sunday, 1).retail(), &["AU", "NZ"]),
    (nth("Father's Day", 11, Sunday, 2).retail(), &["SE", "NO", "FI"]),
    (on("Father's Day", 3, 19).retail(), &["ES", "PT", "IT"]),
    (on("Father's Day", 6, 5).retail(), &["DK"]),
    (on("Father's Day", 6, 23).retail(), &["PL"]),
    (on("Children's Day", 4, 30).retail(), &["MX"]),
    (on("Children's Day", 6, 1).retail(), &["CN", "PL", "PT"]),
    (on("Children's Day", 11, 14).retail(), &["IN"]),
    // Spring to autumn.
    (on("Golden Week", 4, 29).season(7), &["JP"]),
    (on("Cinco de Mayo", 5, 5).retail(), &["US"]),
    (on("618", 6, 1).since(2010).season(18), &["CN"]),
    (on("Midsummer Eve", 6, 23).retail(), &["DK", "NO"]),
    (rule("Midsummer Eve", Date::From(6, 19, Friday)).retail(), &["SE"]),
    (on("Obon", 8, 13).season(4), &["JP"]),
    (rule("Qixi", Date::Chinese(7, 7)).retail(), &["CN"]),
    (on("Back to School", 8, 1).season(35), &["US", "CA"]),
    (on("Back to School", 8, 15).season(21), &["GB", "IE", "FR", "BE", "NL", "ES", "PT", "IT", "PL"]),
    (on("Back to School", 8, 1).season(31), &["MX"]),
    (on("Back to School", 1, 15).season(21), &["AU", "NZ", "BR", "ZA"]),
    (on("Back to School on the Coast", 4, 10).season(25), &["EC"]),
    (on("Back to School in the Highlands", 8, 15).season(25), &["EC"]),
    (rule("Ramadan", Date::Islamic(9, 1)).season(29), &["TR", "AE", "SA", "ID", "IN"]),
    (rule("Raksha Bandhan", Date::Hindu(&hindu::RAKSHA_BANDHAN)).retail(), &["IN"]),
    (rule("Ganesh Chaturthi", Date::Hindu(&hindu::GANESH_CHATURTHI)).retail(), &["IN"]),
    (rule("Navaratri", Date::Hindu(&hindu::NAVARATRI)).season(9), &["IN"]),
    (rule("Dhanteras", Date::Hindu(&hindu::DIWALI)).plus(-2).retail(), &["IN"]),
    (on("Oktoberfest", 9, 20).season(14), &["DE"]),
    (on("Halloween", 10, 31).retail(), &["US", "CA", "GB", "IE", "DE", "AT", "AU", "MX", "IT", "FR", "NL"]),
    (on("Day of the Dead", 11, 2).retail(), &["MX"]),
    (on("Singles' Day", 11, 11).since(2009).retail(), &["CN"]),
    (on("White Friday", 11, 22).since(2014).season(9), &["SA"]),
    // The long weekend before Revolution Day.
    (nth("Buen Fin", 11, Monday, 3).plus(-3).since(2011).season(4), &["MX"]),
    // The year's end.
    (nth("Black Friday", 11, Thursday, 4).plus(1).retail(), &["US", "CA"]),
    (nth("Black Friday", 11, Thursday, 4).plus(1).since(2010).retail(), &["BR", "GB"]),
    (nth("Black Friday", 11, Thursday, 4).plus(1).since(2013).retail(), BLACK_FRIDAY_FOLLOWERS),
    (nth("Cyber Monday", 11, Thursday, 4).plus(4).since(2005).retail(), &["US", "CA"]),
    (nth("Cyber Monday", 11, Thursday, 4).plus(4).since(2010).retail(), &["GB", "DE", "FR", "ES", "IT", "AU", "MX"]),
    (on("Saint Nicholas", 12, 5).retail(), &["NL", "BE", "DE", "AT"]),
    (on("Boxing Day", 12, 26).retail(), &["CA"]),
    (
        on("Christmas Eve", 12, 24).retail(),
        &[
            "US", "CA", "MX", "BR", "EC", "GB", "IE", "DE", "AT", "CH", "FR", "ES", "IT", "PT", "NL", "BE", "SE", "NO",
            "DK", "AU", "NZ", "ZA", "JP",
        ],
    ),
    (on("Christmas", 12, 25).retail(), &["JP", "CN"]),
    (on("New Year's Eve", 12, 31).retail(), CHRISTIAN),
];
