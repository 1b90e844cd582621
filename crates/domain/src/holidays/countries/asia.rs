//! Turkey, the United Arab Emirates, Saudi Arabia, India, Indonesia.
//!
//! Islamic feasts are Umm al-Qura's, put right by the days on which each country kept them up to 2026.

use crate::holidays::Country;
use crate::holidays::hindu;
use crate::holidays::rule::{Date, easter, on, rule};
use crate::holidays::transfer::Transfer;

pub(super) const TURKEY: Country = Country {
    code: "TR",
    name: "Turkey",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        on("National Sovereignty Day", 4, 23),
        on("Labour Day", 5, 1).since(2009),
        on("Youth and Sports Day", 5, 19),
        on("Democracy and National Unity Day", 7, 15).since(2017),
        on("Victory Day", 8, 30),
        on("Republic Day", 10, 29),
        rule("Eid al-Fitr", Date::Islamic(10, 1)).lasting(3).moved(&[(2007, -1), (2008, -1), (2010, -1), (2016, -1)]),
        rule("Eid al-Adha", Date::Islamic(12, 10)).lasting(4).moved(&[(2005, -1), (2012, -1), (2015, 1), (2016, 1)]),
    ],
    bridges: false,
};

pub(super) const UNITED_ARAB_EMIRATES: Country = Country {
    code: "AE",
    name: "United Arab Emirates",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        rule("Night Journey", Date::Islamic(7, 27)).until(2018).moved(&[(2017, -1), (2018, 1)]),
        // The whole weekend from the 29th of Ramadan; since 2025 only its 30th, in years that have one.
        rule("End of Ramadan", Date::Islamic(9, 29)).since(2019).until(2024),
        rule("End of Ramadan", Date::Islamic(9, 30)).since(2019),
        rule("Eid al-Fitr", Date::Islamic(10, 1)).lasting(3),
        rule("Day of Arafah", Date::Islamic(12, 9)).moved(&[(2018, 1)]),
        rule("Eid al-Adha", Date::Islamic(12, 10)).lasting(3).moved(&[(2018, 1)]),
        rule("Islamic New Year", Date::Islamic(1, 1)).moved(&[
            (2017, 1),
            (2020, 3),
            (2021, 3),
            (2023, 2),
            (2025, 1),
            (2026, -1),
        ]),
        rule("Prophet's Birthday", Date::Islamic(3, 12)).moved(&[
            (2018, -2),
            (2021, 3),
            (2023, 2),
            (2025, 1),
            (2026, 3),
        ]),
        on("Commemoration Day", 11, 30).since(2015).until(2018),
        on("Commemoration Day", 12, 1).since(2019).until(2023),
        on("National Day", 12, 2).since(1971).lasting(2),
        rule("Decreed Mourning", Date::Decreed(&[(2022, 5, 14), (2022, 5, 15), (2022, 5, 16)])),
    ],
    bridges: false,
};

pub(super) const SAUDI_ARABIA: Country = Country {
    code: "SA",
    name: "Saudi Arabia",
    regions: &[],
    rules: &[
        on("Founding Day", 2, 22).since(2022).transferred(Transfer::ArabianWeekend),
        // From the day after the 29th of Ramadan.
        rule("Eid al-Fitr", Date::Islamic(9, 30)).lasting(4).transferred(Transfer::ArabianFeast),
        rule("Eid al-Adha", Date::Islamic(12, 9)).lasting(4).moved(&[(2015, 1)]).transferred(Transfer::ArabianFeast),
        on("National Day", 9, 23).since(2005).transferred(Transfer::ArabianWeekend),
        rule("Decreed Holiday", Date::Decreed(&[(2011, 2, 26), (2015, 1, 25), (2022, 11, 23)])),
    ],
    bridges: false,
};

pub(super) const INDIA: Country = Country {
    code: "IN",
    name: "India",
    regions: &[],
    rules: &[
        on("Republic Day", 1, 26).since(1950),
        rule("Maha Shivaratri", Date::Hindu(&hindu::MAHA_SHIVARATRI)),
        rule("Holi", Date::Hindu(&hindu::HOLI)),
        rule("Ram Navami", Date::Hindu(&hindu::RAM_NAVAMI)),
        rule("Mahavira's Birthday", Date::Hindu(&hindu::MAHAVIR)),
        easter("Good Friday", -2),
        on("Ambedkar's Birthday", 4, 14).since(1990),
        rule("Buddha Purnima", Date::Hindu(&hindu::BUDDHA_PURNIMA)),
        on("Independence Day", 8, 15),
        rule("Janmashtami", Date::Hindu(&hindu::JANMASHTAMI)),
        on("Gandhi's Birthday", 10, 2),
        rule("Dussehra", Date::Hindu(&hindu::DUSSEHRA)),
        rule("Diwali", Date::Hindu(&hindu::DIWALI)),
        rule("Guru Nanak's Birthday", Date::Hindu(&hindu::GURU_NANAK)),
        // The moon is seen a day later than in Arabia.
        rule("Eid al-Fitr", Date::Islamic(10, 1)).plus(1).moved(&[(2006, 1), (2016, -1)]),
        rule("Eid al-Adha", Date::Islamic(12, 10)).plus(1).moved(&[(2005, -1), (2014, 1), (2015, 1), (2026, -1)]),
        rule("Ashura", Date::Islamic(1, 10)).plus(1).moved(&[(2006, -1), (2008, -1)]),
        rule("Prophet's Birthday", Date::Islamic(3, 12)).plus(1).moved(&[(2016, 1), (2017, 1)]),
        on("Christmas Day", 12, 25),
    ],
    bridges: false,
};

pub(super) const INDONESIA: Country = Country {
    code: "ID",
    name: "Indonesia",
    regions: &[],
    rules: &[
        on("New Year's Day", 1, 1),
        rule("Lunar New Year", Date::Chinese(1, 1)).since(2003).moved(&[(2006, 1), (2007, 1), (2010, 1), (2013, 1)]),
        rule("Nyepi", Date::Hindu(&hindu::NYEPI)).since(1983),
        easter("Good Friday", -2),
        easter("Easter Sunday", 0).since(2024),
        easter("Ascension Day", 39),
        on("Labour Day", 5, 1).since(2014),
        rule("Waisak", Date::Hindu(&hindu::WAISAK)).since(1983),
        on("Pancasila Day", 6, 1).since(2016),
        on("Independence Day", 8, 17),
        rule("Night Journey", Date::Islamic(7, 27)).moved(&[
            (2005, 1),
            (2007, 1),
            (2010, 1),
            (2014, 1),
            (2016, 2),
            (2018, 1),
            (2029, 1),
        ]),
        rule("Eid al-Fitr", Date::Islamic(10, 1)).lasting(2).moved(&[
            (2006, 1),
            (2019, 1),
            (2023, 1),
            (2025, 1),
            (2026, 1),
            (2027, 1),
            (2028, 1),
            (2029, 1),
        ]),
        rule("Eid al-Adha", Date::Islamic(12, 10)).moved(&[
            (2010, 1),
            (2014, 1),
            (2015, 1),
            (2016, 1),
            (2018, 1),
            (2022, 1),
            (2023, 1),
            (2024, 1),
            (2027, 1),
            (2029, 1),
            (2030, 1),
        ]),
        rule("Islamic New Year", Date::Islamic(1, 1)).moved(&[
            (2011, 1),
            (2013, 1),
            (2019, 1),
            (2021, 2),
            (2025, 1),
            (2028, 1),
            (2029, 1),
            (2030, 1),
        ]),
        rule("Prophet's Birthday", Date::Islamic(3, 12)).moved(&[
            (2005, 1),
            (2012, 1),
            (2014, 1),
            (2016, 1),
            (2017, 1),
            (2021, 2),
            (2023, 1),
            (2024, 1),
            (2025, 1),
            (2027, 1),
            (2028, 1),
        ]),
        on("Christmas Day", 12, 25),
        rule("Election Day", Date::Decreed(&INDONESIAN_ELECTIONS)),
    ],
    bridges: false,
};

const INDONESIAN_ELECTIONS: [(i16, u8, u8); 11] = [
    (2009, 4, 9),
    (2009, 7, 8),
    (2014, 4, 9),
    (2014, 7, 9),
    (2015, 12, 9),
    (2017, 2, 15),
    (2018, 6, 27),
    (2019, 4, 17),
    (2020, 12, 9),
    (2024, 2, 14),
    (2024, 11, 27),
];
