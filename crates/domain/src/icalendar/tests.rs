//! Files as calendar programs write them, and as nobody should.

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The first days of a single event with these lines, over 2024 to 2030.
fn days_of(lines: &str) -> Vec<String> {
    let file = read(
        format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Fair\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
            .as_bytes(),
        day("2024-01-01"),
        day("2030-12-31"),
    );
    assert_eq!(file.rejected, []);
    file.events.iter().map(|event| event.event.first.to_string()).collect()
}

#[test]
fn rules_recur_as_rfc_5545_says() {
    for (lines, expected) in [
        ("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY", &["2024-02-29", "2028-02-29"][..]),
        (
            "DTSTART;VALUE=DATE:20191128\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20261231",
            &["2024-11-28", "2025-11-27", "2026-11-26"],
        ),
        ("DTSTART:20240527T090000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", &["2024-05-27", "2025-05-26"]),
        (
            "DTSTART;VALUE=DATE:20240131\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
            &["2024-01-31", "2024-02-29", "2024-03-31"],
        ),
        (
            // Every second week from a Tuesday, weeks from Monday: the example of WKST in the standard.
            "DTSTART;VALUE=DATE:20240806\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            &["2024-08-06", "2024-08-11", "2024-08-20", "2024-08-25"],
        ),
        (
            "DTSTART;VALUE=DATE:20240806\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            &["2024-08-06", "2024-08-18", "2024-08-20", "2024-09-01"],
        ),
        (
            // The last working day of a month.
            "DTSTART;VALUE=DATE:20240131\r\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
            &["2024-01-31", "2024-02-29", "2024-03-29"],
        ),
        (
            "DTSTART;VALUE=DATE:20240101\r\nRRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20240125T000000Z",
            &["2024-01-01", "2024-01-11", "2024-01-21"],
        ),
        (
            "DTSTART;VALUE=DATE:20240101\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nEXDATE;VALUE=DATE:20250101\r\nRDATE;VALUE=DATE:20250106",
            &["2024-01-01", "2025-01-06", "2026-01-01"],
        ),
        // Friday the 13th.
        (
            "DTSTART;VALUE=DATE:20240913\r\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2",
            &["2024-09-13", "2024-12-13"],
        ),
    ] {
        assert_eq!(days_of(lines), expected, "{lines}");
    }
}

#[test]
fn lengths_texts_and_kinds_are_read() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Summer \n sale\\, second week; caf\u{e9}\nDTSTART;VALUE=DATE:20240701\nDTEND;VALUE=DATE:20240708\nLOCATION:Quito\nBEGIN:VALARM\nDTSTART:broken\nEND:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Inventory\nCATEGORIES:Work,Closed\nDTSTART;TZID=\"a:b\":20240801T220000\nDURATION:P2D\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Not at all\nSTATUS:CANCELLED\nDTSTART:20240801\nEND:VEVENT\nEND:VCALENDAR";
    let file = read(text.as_bytes(), day("2024-01-01"), day("2024-12-31"));
    assert_eq!(file.rejected, []);
    let [sale, inventory] = &file.events[..] else { panic!("{:?}", file.events) };
    assert_eq!(sale.event.name, "Summer sale, second week; café");
    assert_eq!((sale.event.first, sale.event.last), (day("2024-07-01"), day("2024-07-07")));
    assert_eq!((sale.kind, sale.place.as_deref(), sale.line), (HolidayKind::Local, Some("Quito"), 2));
    assert_eq!((inventory.event.first, inventory.event.last), (day("2024-08-01"), day("2024-08-02")));
    assert_eq!(inventory.kind, HolidayKind::Closure);
}

#[test]
fn a_moved_instance_takes_its_new_day() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Fair\nDTSTART:20240610\nRRULE:FREQ=YEARLY\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nSUMMARY:Fair\nRECURRENCE-ID:20250610\nDTSTART:20250617\nEND:VEVENT\nEND:VCALENDAR";
    let file = read(text.as_bytes(), day("2024-01-01"), day("2026-12-31"));
    let days: Vec<String> = file.events.iter().map(|event| event.event.first.to_string()).collect();
    assert_eq!(days, ["2024-06-10", "2025-06-17", "2026-06-10"]);
}

#[test]
fn what_cannot_be_read_is_told_by_line_and_the_rest_counts() {
    let text = "BEGIN:VCALENDAR\nno colon here\nBEGIN:VEVENT\nSUMMARY:Good\nDTSTART:20240101\nRRULE:FREQ=HOURLY\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Bad\nDTSTART:tomorrow\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20240105\nDTEND:20240101\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n";
    let file = read(text.as_bytes(), day("2024-01-01"), day("2024-12-31"));
    let lines: Vec<u32> = file.rejected.iter().map(|rejected| rejected.line).collect();
    assert_eq!(lines, [2, 6, 10, 12, 16]);
    assert_eq!(file.events.len(), 1);
    assert_eq!(file.events[0].event.name, "Good");
    assert_eq!(read(b"a,b\n1,2\n", day("2024-01-01"), day("2024-12-31")).rejected.last().map(|r| r.line), Some(2));
}

/// Lines that come close to being right.
fn hostile() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("BEGIN:VEVENT".to_owned()),
        Just("END:VEVENT".to_owned()),
        Just("BEGIN:VCALENDAR".to_owned()),
        Just("END:VALARM".to_owned()),
        "DTSTART(;VALUE=DATE)?:[0-9]{4}(01|02|12|13)[0-3][0-9](T[0-9]{6}Z?)?",
        "DTEND:[0-9]{8}",
        "DURATION:[+-]?P[0-9]{0,12}[WDTHM]?",
        "RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;INTERVAL=[0-9]{1,5})?(;COUNT=[0-9]{1,9})?(;BYMONTHDAY=-?[0-9]{1,2})?(;BYDAY=-?[0-9]{0,2}(MO|SU|é))?(;BYSETPOS=-?[0-9]{1,3})?",
        "(EXDATE|RDATE|RECURRENCE-ID):[0-9,T]{0,20}",
        "[ -~é\t]{0,20}",
    ];
    proptest::collection::vec(word, 0..30).prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #[test]
    fn any_text_is_read_or_told(text in hostile()) {
        let (first, last) = (day("2020-01-01"), day("2026-12-31"));
        let file = read(text.as_bytes(), first, last);
        for event in &file.events {
            prop_assert!(event.event.first <= event.event.last);
            prop_assert!(event.event.last >= first && event.event.first <= last);
        }
        prop_assert!(file.rejected.iter().all(|rejected| rejected.line >= 1 && !rejected.expected.is_empty()));
    }

    #[test]
    fn any_bytes_are_read_or_told(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, Day::from_epoch_days(i32::MIN), Day::from_epoch_days(i32::MAX));
    }

    /// Asking for a part of the days tells the same events as asking for all.
    #[test]
    fn the_days_asked_for_do_not_change_the_rule(interval in 1..5i32, ahead in 0..2000i32, kind in 0..4usize) {
        let frequency = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][kind];
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20180331\nRRULE:FREQ={frequency};INTERVAL={interval}\nEND:VEVENT\nEND:VCALENDAR");
        let (from, to) = (day("2020-01-01").plus(ahead), day("2026-12-31"));
        let all = read(text.as_bytes(), day("2018-01-01"), to);
        let part = read(text.as_bytes(), from, to);
        let expected: Vec<_> = all.events.into_iter().filter(|event| event.event.last >= from).collect();
        prop_assert_eq!(part.events, expected);
    }
}
