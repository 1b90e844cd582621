//! What calendars say, told back by the rules.

use super::*;
use crate::Weekday;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn on(code: &str, region: Option<&str>, date: &str) -> Vec<String> {
    let holidays = country(code).unwrap().holidays(region, day(date), day(date));
    holidays.iter().map(Holiday::full_name).collect()
}

#[test]
fn holidays_and_days_in_lieu_fall_on_their_known_days() {
    for (code, region, date, name) in [
        ("US", None, "2011-11-24", "Thanksgiving"),
        ("US", None, "2021-12-31", "New Year's Day (observed)"),
        ("US", None, "2022-06-20", "Juneteenth (observed)"),
        ("US", Some("MA"), "2024-04-15", "Patriots' Day"),
        ("US", None, "2012-02-05", "Super Bowl"),
        ("US", None, "2023-02-12", "Super Bowl"),
        ("US", None, "2024-12-02", "Cyber Monday"),
        ("GB", None, "2022-06-02", "Spring Bank Holiday"),
        ("GB", None, "2021-12-28", "Boxing Day (observed)"),
        ("GB", None, "2024-03-10", "Mother's Day"),
        ("GB", Some("SCT"), "2023-08-07", "Summer Bank Holiday"),
        ("DE", None, "2017-10-31", "Reformation Day"),
        ("DE", Some("SN"), "2023-11-22", "Repentance and Prayer Day"),
        ("DE", Some("BY"), "2024-05-30", "Corpus Christi"),
        ("EC", None, "2019-08-09", "Independence of Quito (observed)"),
        ("EC", None, "2023-05-26", "Battle of Pichincha (observed)"),
        ("EC", None, "2025-11-04", "All Souls' Day (observed)"),
        ("EC", None, "2024-02-13", "Carnival"),
        ("FR", None, "2023-06-04", "Mother's Day"),
        ("NL", None, "2014-04-26", "King's Day"),
        ("SE", None, "2024-06-22", "Midsummer Day"),
        ("CN", None, "2024-06-10", "Dragon Boat Festival"),
        ("CN", None, "2023-01-22", "Spring Festival"),
        ("JP", None, "2019-05-02", "Citizens' Holiday"),
        ("JP", None, "2009-05-06", "Constitution Day (observed)"),
        ("KR", None, "2017-10-06", "Chuseok (observed)"),
        ("KR", None, "2025-05-06", "Buddha's Birthday (observed)"),
        ("IN", None, "2024-10-31", "Diwali"),
        ("SA", None, "2024-04-10", "Eid al-Fitr"),
        ("TR", None, "2024-04-10", "Eid al-Fitr"),
        ("ID", None, "2024-03-11", "Nyepi"),
        ("AU", Some("VIC"), "2024-11-05", "Melbourne Cup Day"),
        ("ZA", None, "2024-06-17", "Youth Day (observed)"),
        ("NZ", None, "2025-06-20", "Matariki"),
    ] {
        let found = on(code, region, date);
        assert!(found.iter().any(|found| found == name), "{code} {region:?} {date}: {found:?}, expected {name}");
    }
}

#[test]
fn what_is_not_kept_is_not_told() {
    assert!(on("US", None, "2019-06-19").is_empty());
    assert!(on("DE", Some("BE"), "2024-05-30").is_empty());
    assert!(on("NL", None, "2014-04-27").is_empty());
    assert!(on("EC", None, "2016-08-12").is_empty());
    assert!(on("PT", None, "2014-10-05").is_empty());
    // A region that nobody knows keeps the country's days.
    assert_eq!(on("US", Some("XX"), "2024-07-04"), ["Independence Day"]);
    assert!(country("XX").is_none());
}

#[test]
fn every_country_has_holidays_in_every_year() {
    let (first, last) = (day("1950-01-01"), day("2100-12-31"));
    for country in countries() {
        let holidays = country.holidays(None, first, last);
        for year in YEARS {
            let this = holidays.iter().filter(|holiday| holiday.first.civil().0 == year);
            let public = this.filter(|holiday| holiday.kind == HolidayKind::Public).count();
            assert!((2..60).contains(&public), "{} {year}: {public}", country.code);
        }
        assert!(holidays.windows(2).all(|pair| pair[0].first <= pair[1].first));
        assert!(holidays.iter().all(|holiday| holiday.first <= holiday.last));
    }
}

/// A stretch asked for in two parts tells the same as asked for at once: days in lieu across the turn of a year included.
#[test]
fn a_stretch_may_be_cut_anywhere() {
    for code in ["US", "GB", "JP", "KR", "EC", "AE"] {
        let country = country(code).unwrap();
        let whole = country.holidays(None, day("2004-01-01"), day("2030-12-31"));
        let mut parts = Vec::new();
        for year in 2004..=2030 {
            let (first, last) = (Day::from_civil(year, 1, 1).unwrap(), Day::from_civil(year, 12, 31).unwrap());
            parts.extend(country.holidays(None, first, last).into_iter().filter(|holiday| holiday.first >= first));
        }
        assert_eq!(whole, parts, "{code}");
    }
}

#[test]
fn codes_are_sorted_and_regions_are_known() {
    assert!(countries().windows(2).all(|pair| pair[0].code < pair[1].code));
    for country in countries() {
        for rule in country.rules {
            assert!(
                rule.regions.iter().all(|region| country.regions.contains(region)),
                "{} {}",
                country.code,
                rule.name
            );
        }
    }
    assert_eq!(day("2013-06-29").weekday(), Weekday::Saturday);
}
