//! Germany, Austria, Switzerland, the Netherlands, Belgium, Poland.

use crate::Weekday::{Monday, Thursday, Wednesday};
use crate::holidays::Country;
use crate::holidays::rule::{Date, easter, nth, on, rule};
use crate::holidays::transfer::Transfer;

pub(super) const GERMANY: Country = Country {
    code: "DE",
    name: "Germany",
    regions: &["BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        on("Epiphany", 1, 6).only(&["BW", "BY", "ST"]).closed(),
        on("Women's Day", 3, 8).since(2019).only(&["BE"]).closed(),
        on("Women's Day", 3, 8).since(2023).only(&["MV"]).closed(),
        easter("Good Friday", -2).closed(),
        easter("Easter Sunday", 0).only(&["BB"]).closed(),
        easter("Easter Monday", 1).closed(),
        on("Labour Day", 5, 1).closed(),
        rule("Liberation Day", Date::Decreed(&[(2020, 5, 8), (2025, 5, 8)])).only(&["BE"]).closed(),
        easter("Ascension Day", 39).closed(),
        easter("Pentecost", 49).only(&["BB"]).closed(),
        easter("Whit Monday", 50).closed(),
        easter("Corpus Christi", 60).only(&["BW", "BY", "HE", "NW", "RP", "SL"]).closed(),
        rule("Uprising of 1953", Date::Decreed(&[(2028, 6, 17)])).only(&["BE"]).closed(),
        on("Assumption Day", 8, 15).only(&["SL"]).closed(),
        on("Children's Day", 9, 20).since(2019).only(&["TH"]).closed(),
        on("German Unity Day", 10, 3).since(1990).closed(),
        on("Reformation Day", 10, 31).lapsed(&[2017]).only(&["BB", "MV", "SN", "ST", "TH"]).closed(),
        on("Reformation Day", 10, 31).since(2018).only(&["HB", "HH", "NI", "SH"]).closed(),
        rule("Reformation Day", Date::Decreed(&[(2017, 10, 31)])).closed(),
        on("All Saints' Day", 11, 1).only(&["BW", "BY", "NW", "RP", "SL"]).closed(),
        rule("Repentance and Prayer Day", Date::Before(11, 23, Wednesday)).since(1995).only(&["SN"]).closed(),
        rule("Repentance and Prayer Day", Date::Before(11, 23, Wednesday)).since(1990).until(1994).closed(),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26).closed(),
    ],
    bridges: false,
};

pub(super) const AUSTRIA: Country = Country {
    code: "AT",
    name: "Austria",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        on("Epiphany", 1, 6).closed(),
        easter("Easter Monday", 1).closed(),
        on("Labour Day", 5, 1).closed(),
        easter("Ascension Day", 39).closed(),
        easter("Whit Monday", 50).closed(),
        easter("Corpus Christi", 60).closed(),
        on("Assumption Day", 8, 15).closed(),
        on("National Day", 10, 26).since(1967).closed(),
        on("All Saints' Day", 11, 1).closed(),
        // Shops may open.
        on("Immaculate Conception", 12, 8),
        on("Christmas Day", 12, 25).closed(),
        on("Saint Stephen's Day", 12, 26).closed(),
    ],
    bridges: false,
};

pub(super) const SWITZERLAND: Country = Country {
    code: "CH",
    name: "Switzerland",
    regions: &[
        "AG", "AI", "AR", "BE", "BL", "BS", "FR", "GE", "GL", "GR", "JU", "LU", "NE", "NW", "OW", "SG", "SH", "SO",
        "SZ", "TG", "TI", "UR", "VD", "VS", "ZG", "ZH",
    ],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        on("Saint Berchtold's Day", 1, 2).only(&["AG", "BE", "JU", "LU", "TG", "VD"]),
        on("Epiphany", 1, 6).only(&["SZ", "TI", "UR"]).closed(),
        on("Republic Day", 3, 1).only(&["NE"]),
        on("Saint Joseph's Day", 3, 19).only(&["NW", "SZ", "TI", "UR", "VS"]).closed(),
        // The first Thursday of April, a week later where that is in Holy Week.
        nth("Battle of Näfels", 4, Thursday, 1)
            .moved(&[(2007, 7), (2010, 7), (2012, 7), (2015, 7), (2018, 7), (2021, 7), (2026, 7), (2029, 0)])
            .only(&["GL"]),
        easter("Good Friday", -2).except(&["GR", "TI", "VS"]).closed(),
        easter("Easter Monday", 1).except(&["FR", "NE", "NW", "OW", "SO", "VS", "ZG"]).closed(),
        on("Labour Day", 5, 1).only(&["BL", "BS", "JU", "NE", "SH", "TG", "TI", "ZH", "AG"]),
        easter("Ascension Day", 39).closed(),
        easter("Whit Monday", 50).except(&["FR", "NE", "NW", "OW", "SO", "VS", "ZG"]).closed(),
        easter("Corpus Christi", 60)
            .only(&["AG", "AI", "JU", "LU", "NE", "NW", "OW", "SZ", "TI", "UR", "VS", "ZG"])
            .closed(),
        on("Independence of Jura", 6, 23).only(&["JU"]),
        on("Saints Peter and Paul", 6, 29).only(&["TI"]),
        on("National Day", 8, 1).since(1994).closed(),
        on("Assumption Day", 8, 15).only(&["AG", "AI", "JU", "LU", "NW", "OW", "SZ", "TI", "UR", "VS", "ZG"]).closed(),
        // The Thursday after the first Sunday of September, and the Monday after its third.
        rule("Genevan Fast", Date::From(9, 5, Thursday)).only(&["GE"]),
        rule("Federal Fast Monday", Date::From(9, 16, Monday)).only(&["VD"]),
        on("Saint Nicholas of Flüe", 9, 25).only(&["OW"]),
        on("All Saints' Day", 11, 1)
            .only(&["AG", "AI", "GL", "JU", "LU", "NW", "OW", "SG", "SZ", "TI", "UR", "VS", "ZG"])
            .closed(),
        on("Immaculate Conception", 12, 8).only(&["AG", "AI", "LU", "NW", "OW", "SZ", "TI", "UR", "VS", "ZG"]),
        on("Christmas Day", 12, 25).closed(),
        on("Saint Stephen's Day", 12, 26)
            .only(&["AG", "AI", "AR", "BE", "BL", "BS", "GL", "GR", "LU", "SG", "SH", "SZ", "TG", "TI", "UR", "ZH"])
            .closed(),
        on("Restoration Day", 12, 31).only(&["GE"]),
    ],
    bridges: false,
};

pub(super) const NETHERLANDS: Country = Country {
    code: "NL",
    name: "Netherlands",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        easter("Good Friday", -2),
        easter("Easter Sunday", 0),
        easter("Easter Monday", 1),
        on("King's Day", 4, 30).until(2013).transferred(Transfer::SundayMovesToSaturday),
        on("King's Day", 4, 27).since(2014).transferred(Transfer::SundayMovesToSaturday),
        rule("Liberation Day", Date::Decreed(&LIBERATIONS)),
        easter("Ascension Day", 39),
        easter("Pentecost", 49),
        easter("Whit Monday", 50),
        on("Christmas Day", 12, 25),
        on("Second Day of Christmas", 12, 26),
    ],
    bridges: false,
};

/// A day off every five years.
const LIBERATIONS: [(i16, u8, u8); 21] = {
    let mut days = [(0, 5, 5); 21];
    let mut index = 0;
    while index < days.len() {
        days[index].0 = 1990 + 5 * index as i16;
        index += 1;
    }
    days
};

pub(super) const BELGIUM: Country = Country {
    code: "BE",
    name: "Belgium",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        easter("Easter Sunday", 0),
        easter("Easter Monday", 1),
        on("Labour Day", 5, 1),
        easter("Ascension Day", 39),
        easter("Pentecost", 49),
        easter("Whit Monday", 50),
        on("National Day", 7, 21),
        on("Assumption Day", 8, 15),
        on("All Saints' Day", 11, 1),
        on("Armistice Day", 11, 11),
        on("Christmas Day", 12, 25),
    ],
    bridges: false,
};

pub(super) const POLAND: Country = Country {
    code: "PL",
    name: "Poland",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1).closed(),
        on("Epiphany", 1, 6).since(2011).closed(),
        easter("Easter Sunday", 0).closed(),
        easter("Easter Monday", 1).closed(),
        on("Labour Day", 5, 1).closed(),
        on("Constitution Day", 5, 3).since(1990).closed(),
        easter("Pentecost", 49).closed(),
        easter("Corpus Christi", 60).closed(),
        on("Assumption Day", 8, 15).since(1989).closed(),
        on("All Saints' Day", 11, 1).closed(),
        on("Independence Day", 11, 11).since(1989).closed(),
        rule("Independence Centenary", Date::Decreed(&[(2018, 11, 12)])).closed(),
        on("Christmas Eve", 12, 24).since(2025).closed(),
        on("Christmas Day", 12, 25).closed(),
        on("Second Day of Christmas", 12, 26).closed(),
    ],
    bridges: false,
};
