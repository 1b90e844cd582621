//! United States, Canada, Mexico, Brazil, Ecuador.

use crate::Weekday::{Friday, Monday, Thursday, Tuesday};
use crate::holidays::Country;
use crate::holidays::rule::{Date, Rule, easter, nth, on, rule};
use crate::holidays::transfer::Transfer;

pub(super) const UNITED_STATES: Country = Country {
    code: "US",
    name: "United States",
    regions: &[
        "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY",
        "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH",
        "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA", "WI", "WV", "WY",
    ],
    rules: &[
        on("New Year's Day", 1, 1).transferred(Transfer::Nearest),
        nth("Martin Luther King Jr. Day", 1, Monday, 3).since(1986),
        on("Lincoln's Birthday", 2, 12).only(&["CT", "IL", "NJ", "NY"]),
        nth("Washington's Birthday", 2, Monday, 3).since(1971),
        easter("Mardi Gras", -47).only(&["LA"]),
        nth("Town Meeting Day", 3, Tuesday, 1).only(&["VT"]),
        nth("Casimir Pulaski Day", 3, Monday, 1).only(&["IL"]),
        on("Cesar Chavez Day", 3, 31).since(1995).only(&["CA"]),
        easter("Good Friday", -2).only(&["CT", "DE", "IN", "KY", "LA", "NC", "NJ", "TN", "TX"]),
        nth("Patriots' Day", 4, Monday, 3).since(1969).only(&["MA", "ME"]),
        on("Emancipation Day", 4, 16).since(2005).only(&["DC"]),
        nth("Memorial Day", 5, Monday, -1).since(1971),
        on("Juneteenth", 6, 19).since(2021).transferred(Transfer::Nearest),
        on("West Virginia Day", 6, 20).only(&["WV"]),
        on("Independence Day", 7, 4).transferred(Transfer::Nearest),
        on("Pioneer Day", 7, 24).only(&["UT"]),
        nth("Victory Day", 8, Monday, 2).only(&["RI"]),
        nth("Labor Day", 9, Monday, 1),
        nth("Columbus Day", 10, Monday, 2).since(1971),
        nth("Nevada Day", 10, Friday, -1).since(2000).only(&["NV"]),
        on("Veterans Day", 11, 11).transferred(Transfer::Nearest),
        nth("Thanksgiving", 11, Thursday, 4).closed(),
        nth("Day after Thanksgiving", 11, Thursday, 4)
            .plus(1)
            .only(&["CA", "DE", "FL", "IN", "MD", "MI", "NC", "NH", "NV", "OK", "PA", "TX", "WA", "WV"]),
        on("Christmas Eve", 12, 24).only(&["KS", "MI", "NC", "TX", "WI"]),
        on("Christmas Day", 12, 25).transferred(Transfer::Nearest).closed(),
        on("Day after Christmas", 12, 26).only(&["NC", "TX"]),
    ],
    bridges: false,
};

pub(super) const CANADA: Country = Country {
    code: "CA",
    name: "Canada",
    regions: &["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"],
    rules: &[
        on("New Year's Day", 1, 1).transferred(Transfer::NextWorkingDay),
        nth("Family Day", 2, Monday, 3).since(1990).only(&["AB"]),
        nth("Family Day", 2, Monday, 3).since(2007).only(&["SK"]),
        nth("Family Day", 2, Monday, 3).since(2008).only(&["ON"]),
        nth("Family Day", 2, Monday, 3).since(2018).only(&["NB"]),
        nth("Family Day", 2, Monday, 2).since(2013).until(2018).only(&["BC"]),
        nth("Family Day", 2, Monday, 3).since(2019).only(&["BC"]),
        nth("Louis Riel Day", 2, Monday, 3).since(2008).only(&["MB"]),
        nth("Islander Day", 2, Monday, 2).since(2009).until(2009).only(&["PE"]),
        nth("Islander Day", 2, Monday, 3).since(2010).only(&["PE"]),
        nth("Heritage Day", 2, Monday, 3).since(2015).only(&["NS"]),
        easter("Good Friday", -2).closed(),
        rule("Victoria Day", Date::Before(5, 25, Monday)).only(&["AB", "BC", "MB", "NT", "NU", "ON", "SK", "YT"]),
        rule("National Patriots' Day", Date::Before(5, 25, Monday)).only(&["QC"]),
        on("Saint John the Baptist Day", 6, 24).only(&["QC"]).transferred(Transfer::SundayToNextDay).closed(),
        on("National Indigenous Peoples Day", 6, 21).since(1996).only(&["NT"]),
        on("National Indigenous Peoples Day", 6, 21).since(2017).only(&["YT"]),
        on("Canada Day", 7, 1),
        on("Nunavut Day", 7, 9).since(2001).only(&["NU"]),
        nth("British Columbia Day", 8, Monday, 1).only(&["BC"]),
        nth("New Brunswick Day", 8, Monday, 1).only(&["NB"]),
        nth("Saskatchewan Day", 8, Monday, 1).only(&["SK"]),
        nth("Civic Holiday", 8, Monday, 1).only(&["NT", "NU"]),
        nth("Discovery Day", 8, Monday, 3).only(&["YT"]),
        nth("Labour Day", 9, Monday, 1),
        rule("Funeral of Queen Elizabeth II", Date::Decreed(&[(2022, 9, 19)]))
            .only(&["BC", "NB", "NL", "NS", "PE", "YT"]),
        on("Truth and Reconciliation Day", 9, 30).since(2023).only(&["BC", "YT"]),
        on("Truth and Reconciliation Day", 9, 30).since(2024).only(&["MB"]),
        on("Truth and Reconciliation Day", 9, 30).since(2022).only(&["NT", "NU", "PE"]),
        nth("Thanksgiving", 10, Monday, 2).only(&["AB", "BC", "MB", "NT", "NU", "ON", "QC", "SK", "YT"]),
        on("Remembrance Day", 11, 11).only(&["AB", "BC", "NB", "NL", "NS", "NT", "NU", "PE", "SK", "YT"]),
        on("Christmas Day", 12, 25).transferred(Transfer::NextWorkingDay).closed(),
        on("Boxing Day", 12, 26).only(&["ON"]).transferred(Transfer::NextWorkingDay),
    ],
    bridges: false,
};

pub(super) const MEXICO: Country = Country {
    code: "MX",
    name: "Mexico",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Constitution Day", 2, 5).until(2005),
        nth("Constitution Day", 2, Monday, 1).since(2006),
        on("Benito Juárez's Birthday", 3, 21).until(2006),
        nth("Benito Juárez's Birthday", 3, Monday, 3).since(2007),
        on("Labour Day", 5, 1),
        on("Independence Day", 9, 16),
        on("Revolution Day", 11, 20).until(2005),
        nth("Revolution Day", 11, Monday, 3).since(2006),
        rule("Change of Government", Date::Decreed(&MEXICAN_GOVERNMENTS)),
        on("Christmas Day", 12, 25),
    ],
    bridges: false,
};

const MEXICAN_GOVERNMENTS: [(i16, u8, u8); 13] = [
    (1970, 12, 1),
    (1976, 12, 1),
    (1982, 12, 1),
    (1988, 12, 1),
    (1994, 12, 1),
    (2000, 12, 1),
    (2006, 12, 1),
    (2012, 12, 1),
    (2018, 12, 1),
    (2024, 10, 1),
    (2030, 10, 1),
    (2036, 10, 1),
    (2042, 10, 1),
];

pub(super) const BRAZIL: Country = Country {
    code: "BR",
    name: "Brazil",
    regions: &["AM", "BA", "RJ", "RS", "SP"],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Saint George's Day", 4, 23).since(2008).only(&["RJ"]),
        easter("Good Friday", -2),
        on("Tiradentes' Day", 4, 21),
        on("Labour Day", 5, 1),
        on("Bahia's Independence Day", 7, 2).only(&["BA"]),
        on("Constitutionalist Revolution Day", 7, 9).since(1997).only(&["SP"]),
        on("Amazonas Day", 9, 5).only(&["AM"]),
        on("Independence Day", 9, 7),
        on("Gaucho Day", 9, 20).only(&["RS"]),
        on("Our Lady of Aparecida", 10, 12).since(1980),
        on("All Souls' Day", 11, 2),
        on("Republic Day", 11, 15),
        on("Black Awareness Day", 11, 20).since(2002).until(2023).only(&["RJ"]),
        on("Black Awareness Day", 11, 20).since(2024),
        on("Christmas Day", 12, 25),
    ],
    bridges: false,
};

/// Moved by the law of December 2016 on long weekends.
const fn long_weekend(rule: Rule) -> Rule {
    rule.transferred_since(2017, Transfer::LongWeekend)
}

pub(super) const ECUADOR: Country = Country {
    code: "EC",
    name: "Ecuador",
    regions: &["G", "P"],
    rules: &[
        on("New Year's Day", 1, 1).transferred_since(2017, Transfer::Nearest),
        easter("Carnival", -48).lasting(2),
        easter("Good Friday", -2),
        long_weekend(on("Labour Day", 5, 1)),
        long_weekend(on("Battle of Pichincha", 5, 24)),
        on("Foundation of Guayaquil", 7, 25).only(&["G"]),
        long_weekend(on("Independence of Quito", 8, 10)),
        long_weekend(on("Independence of Guayaquil", 10, 9)),
        long_weekend(on("All Souls' Day", 11, 2)),
        on("Independence of Cuenca", 11, 3).transferred_since(2017, Transfer::SundayToNextDay),
        on("Foundation of Quito", 12, 6).only(&["P"]),
        on("Christmas Day", 12, 25).transferred_since(2017, Transfer::Nearest).closed(),
    ],
    bridges: false,
};
