//! France, Spain, Italy, Portugal.

use crate::Weekday::Sunday;
use crate::holidays::Country;
use crate::holidays::rule::{Date, easter, nth, on, rule};

pub(super) const FRANCE: Country = Country {
    code: "FR",
    name: "France",
    regions: &["57", "6AE"],
    rules: &[
        on("New Year's Day", 1, 1),
        easter("Good Friday", -2).only(&["57", "6AE"]),
        easter("Easter Monday", 1),
        on("Labour Day", 5, 1).closed(),
        on("Victory Day", 5, 8).since(1982),
        easter("Ascension Day", 39),
        easter("Whit Monday", 50).lapsed(&[2005, 2006, 2007]),
        on("National Day", 7, 14),
        on("Assumption Day", 8, 15),
        on("All Saints' Day", 11, 1),
        on("Armistice Day", 11, 11),
        on("Christmas Day", 12, 25),
        on("Second Day of Christmas", 12, 26).only(&["57", "6AE"]),
    ],
    bridges: false,
};

pub(super) const SPAIN: Country = Country {
    code: "ES",
    name: "Spain",
    regions: &[
        "AN", "AR", "AS", "CB", "CE", "CL", "CM", "CN", "CT", "EX", "GA", "IB", "MC", "MD", "ML", "NC", "PV", "RI",
        "VC",
    ],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Epiphany", 1, 6),
        on("Day of Andalusia", 2, 28).only(&["AN"]),
        on("Day of the Balearic Islands", 3, 1).only(&["IB"]),
        on("Saint Joseph's Day", 3, 19).only(&["MC", "VC"]),
        easter("Maundy Thursday", -3).except(&["CT", "VC"]),
        easter("Good Friday", -2),
        easter("Easter Monday", 1).only(&["CT", "IB", "NC", "PV", "RI", "VC"]),
        on("Day of Aragon", 4, 23).only(&["AR"]),
        on("Day of Castile and León", 4, 23).only(&["CL"]),
        on("Labour Day", 5, 1),
        on("Day of Madrid", 5, 2).only(&["MD"]),
        on("Galician Literature Day", 5, 17).only(&["GA"]),
        on("Day of the Canary Islands", 5, 30).only(&["CN"]),
        on("Day of Castile-La Mancha", 5, 31).only(&["CM"]),
        easter("Corpus Christi", 60).only(&["CM"]),
        on("Day of Murcia", 6, 9).only(&["MC"]),
        on("Day of La Rioja", 6, 9).only(&["RI"]),
        on("Saint Anthony's Day", 6, 13).only(&["CE"]),
        on("Saint John's Day", 6, 24).only(&["CT", "VC"]),
        on("Saint James' Day", 7, 25).only(&["GA", "PV"]),
        on("Day of the Institutions", 7, 28).only(&["CB"]),
        on("Assumption Day", 8, 15),
        on("Day of Ceuta", 9, 2).only(&["CE"]),
        on("Day of Asturias", 9, 8).only(&["AS"]),
        on("Day of Extremadura", 9, 8).only(&["EX"]),
        on("Our Lady of Victory", 9, 8).only(&["ML"]),
        on("National Day of Catalonia", 9, 11).only(&["CT"]),
        on("Our Lady of Bien Aparecida", 9, 15).only(&["CB"]),
        on("Day of Melilla", 9, 17).only(&["ML"]),
        on("Day of the Valencian Community", 10, 9).only(&["VC"]),
        on("National Day", 10, 12),
        on("All Saints' Day", 11, 1),
        on("Saint Francis Xavier's Day", 12, 3).only(&["NC"]),
        on("Constitution Day", 12, 6).since(1983),
        on("Immaculate Conception", 12, 8),
        on("Christmas Day", 12, 25),
        on("Saint Stephen's Day", 12, 26).only(&["CT"]),
    ],
    bridges: false,
};

pub(super) const ITALY: Country = Country {
    code: "IT",
    name: "Italy",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        on("Epiphany", 1, 6),
        rule("Unification of Italy", Date::Decreed(&[(2011, 3, 17)])),
        easter("Easter Sunday", 0),
        easter("Easter Monday", 1),
        on("Liberation Day", 4, 25),
        on("Labour Day", 5, 1),
        on("Republic Day", 6, 2).since(2001),
        on("Assumption Day", 8, 15),
        on("Saint Francis' Day", 10, 4).since(2026),
        on("All Saints' Day", 11, 1),
        nth("National Unity Day", 11, Sunday, 1).since(1977),
        on("Immaculate Conception", 12, 8),
        on("Christmas Day", 12, 25).closed(),
        on("Saint Stephen's Day", 12, 26),
    ],
    bridges: false,
};

/// Suspended from 2013 to 2015.
const AUSTERITY: &[i16] = &[2013, 2014, 2015];

pub(super) const PORTUGAL: Country = Country {
    code: "PT",
    name: "Portugal",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        easter("Good Friday", -2),
        easter("Easter Sunday", 0),
        on("Freedom Day", 4, 25).since(1975),
        on("Labour Day", 5, 1),
        easter("Corpus Christi", 60).lapsed(AUSTERITY),
        on("Portugal Day", 6, 10),
        on("Assumption Day", 8, 15),
        on("Republic Day", 10, 5).lapsed(AUSTERITY),
        on("All Saints' Day", 11, 1).lapsed(AUSTERITY),
        on("Restoration of Independence", 12, 1).lapsed(AUSTERITY),
        on("Immaculate Conception", 12, 8),
        on("Christmas Day", 12, 25),
    ],
    bridges: false,
};
