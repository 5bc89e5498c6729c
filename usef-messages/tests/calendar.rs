//! The ISP calendar: days whose clocks change, all over the world and its history.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use proptest::prelude::*;
use usef_messages::calendar::{IspCalendar, Run, Tz, conflicts};
use usef_messages::{Duration, Payload};

fn day(date: &str, zone: &str, isp: &str) -> IspCalendar {
    let (date, zone) = (date.parse().expect("a day"), zone.parse::<Tz>().expect("a zone"));
    IspCalendar::new(date, zone, &isp.parse().expect("a duration")).expect("a calendar")
}

#[test]
fn days_have_as_many_isps_as_their_clocks_make_them() {
    for (zone, date, counts) in [
        ("Europe/Amsterdam", "2024-04-02", [96, 48, 288, 24]),
        ("Europe/Amsterdam", "2024-03-31", [92, 46, 276, 23]),
        ("Europe/Amsterdam", "2024-10-27", [100, 50, 300, 25]),
        ("Europe/London", "2026-03-29", [92, 46, 276, 23]),
        ("Europe/London", "2026-10-25", [100, 50, 300, 25]),
        ("Australia/Lord_Howe", "2024-04-07", [98, 49, 294, 24]),
        ("Australia/Lord_Howe", "2024-10-06", [94, 47, 282, 23]),
        ("America/Santiago", "2024-09-08", [92, 46, 276, 23]),
        ("America/Santiago", "2024-04-06", [100, 50, 300, 25]),
        ("America/Santiago", "2024-04-07", [96, 48, 288, 24]),
        ("Africa/Cairo", "2024-04-26", [92, 46, 276, 23]),
        ("Africa/Cairo", "2024-10-31", [100, 50, 300, 25]),
        ("America/Havana", "2024-03-10", [92, 46, 276, 23]),
        ("America/Havana", "2024-11-03", [100, 50, 300, 25]),
        ("America/Sao_Paulo", "2018-02-17", [100, 50, 300, 25]),
        ("America/Sao_Paulo", "2018-02-18", [96, 48, 288, 24]),
        // One minute past midnight the clock went back an hour: the day starts with its first minute.
        ("America/St_Johns", "2006-10-29", [100, 50, 300, 25]),
        ("America/St_Johns", "2006-10-28", [96, 48, 288, 24]),
        // Days left out, and a day that stood twice.
        ("Pacific/Apia", "2011-12-29", [96, 48, 288, 24]),
        ("Pacific/Apia", "2011-12-30", [0, 0, 0, 0]),
        ("Pacific/Apia", "2011-12-31", [96, 48, 288, 24]),
        ("Pacific/Kwajalein", "1993-08-21", [0, 0, 0, 0]),
        ("Pacific/Apia", "1892-07-04", [192, 96, 576, 48]),
    ] {
        let isps = ["PT15M", "PT30M", "PT5M", "PT60M"];
        assert_eq!(isps.map(|isp| day(date, zone, isp).count()), counts, "{zone} {date}");
    }
}

#[test]
fn a_day_starts_with_its_first_instant_even_if_that_is_not_midnight() {
    for (zone, date, start, local) in [
        ("America/Santiago", "2024-09-08", "2024-09-08T04:00:00Z", "2024-09-08 01:00:00 -03"),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z", "2024-04-26 01:00:00 EEST"),
        ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", "2024-11-03 00:00:00 CDT"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31 00:00:00 +14"),
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00:00Z", "2024-04-07 00:00:00 +11"),
    ] {
        let day = day(date, zone, "PT15M");
        assert_eq!(day.start(), start.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), "{zone}");
        assert_eq!(day.local_start(1).unwrap().to_string(), local);
    }
    let skipped = day("2011-12-30", "Pacific/Apia", "PT15M");
    assert_eq!(
        (skipped.start(), skipped.interval(1), skipped.isp_at(skipped.start())),
        (skipped.end(), None, None)
    );
    assert_eq!(skipped.intervals().count(), 0);
}

#[test]
fn the_clock_on_the_wall_shows_an_hour_twice_or_not_at_all() {
    let local = |date, isp| day(date, "Europe/Amsterdam", "PT15M").local_start(isp).unwrap().to_string();
    assert_eq!(local("2024-03-31", 8), "2024-03-31 01:45:00 CET");
    assert_eq!(local("2024-03-31", 9), "2024-03-31 03:00:00 CEST");
    assert_eq!(local("2024-10-27", 9), "2024-10-27 02:00:00 CEST");
    assert_eq!(local("2024-10-27", 13), "2024-10-27 02:00:00 CET");
    let autumn = day("2024-10-27", "Europe/Amsterdam", "PT15M");
    assert_eq!(autumn.interval(0), None);
    assert_eq!(autumn.interval(101), None);
    assert_eq!(autumn.local_start(100).unwrap().to_string(), "2024-10-27 23:45:00 CET");
    assert_eq!(autumn.isp_at(autumn.end()), None);
    assert_eq!(autumn.isp_at(autumn.end() - TimeDelta::nanoseconds(1)), Some(100));
    assert_eq!(autumn.isp_at(autumn.start() - TimeDelta::nanoseconds(1)), None);
}

#[test]
fn half_an_hour_more_leaves_room_for_no_whole_hour() {
    let day = day("2024-04-07", "Australia/Lord_Howe", "PT1H");
    assert_eq!((day.count(), day.remainder()), (24, TimeDelta::minutes(30)));
    assert_eq!(day.isp_at(day.end() - TimeDelta::minutes(30)), None);
    assert_eq!(day.isp_at(day.end() - TimeDelta::minutes(31)), Some(24));
}

#[test]
fn every_day_of_the_corpus_has_the_count_that_its_name_says() {
    let Some(data) = std::env::var_os("CONFORMANCE_DATA") else {
        eprintln!("SKIPPED: CONFORMANCE_DATA is not set, so no day was read");
        return;
    };
    let folder = std::path::Path::new(&data).join("usef/corpus/days-3.1.0");
    let mut days = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let count: u32 = stem.rsplit('-').next().and_then(|count| count.parse().ok()).expect("a count");
        let document = std::fs::read(&path).expect("a day");
        let Payload::DPrognosis(plan) = Payload::from_xml_strict(&document).expect("a message") else {
            panic!("{stem} is no D-Prognosis")
        };
        let day =
            IspCalendar::of_message(plan.period, &plan.time_zone, &plan.isp_duration).expect("a calendar");
        assert_eq!(day.count(), count, "{stem}");
        let runs: Vec<Run> = plan.isps.iter().map(|isp| Run::new(isp.start, isp.duration_isps())).collect();
        assert!(runs.iter().all(|run| day.is_within(*run)), "{stem}");
        assert_eq!((day.missing(runs.clone()), conflicts(runs)), (vec![], vec![]), "{stem}");
        days += 1;
    }
    assert!(days >= 24, "only {days} days were found");
}

/// In every zone, for two years.
#[test]
fn consecutive_days_follow_each_other_without_gap_or_overlap() {
    let first: NaiveDate = "2021-01-01".parse().unwrap();
    let isp = Duration::from_minutes(5);
    let mut lengths = BTreeSet::new();
    for zone in chrono_tz::TZ_VARIANTS {
        let mut end = None;
        for date in first.iter_days().take(730) {
            let day = IspCalendar::new(date, zone, &isp).unwrap();
            assert_eq!(*end.get_or_insert(day.start()), day.start(), "{zone} {date}");
            assert_eq!(day.remainder(), TimeDelta::zero(), "{zone} {date}");
            end = Some(day.end());
            lengths.insert(day.count());
        }
    }
    // Up to three hours, at Antarctica/Casey.
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [252, 264, 276, 282, 288, 294, 300, 312, 324]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn isps_tile_the_day_and_an_instant_finds_its_isp(
        zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        day in prop_oneof![-80_000_i32..30_000, -800_000_i32..3_000_000],
        isp in prop::sample::select((1..=1440).filter(|isp| 1440 % isp == 0).collect::<Vec<u32>>()),
        at in 0_i64..90_000,
    ) {
        let Some(date) = NaiveDate::from_epoch_days(day) else { return Ok(()) };
        let Ok(day) = IspCalendar::new(date, zone, &Duration::from_minutes(isp)) else {
            prop_assert!(!(1..=9999).contains(&date.year()));
            return Ok(());
        };
        let mut next = day.start();
        let mut count = 0;
        for (isp, interval) in day.intervals() {
            count += 1;
            prop_assert_eq!(isp, count);
            prop_assert_eq!(interval.start, next);
            prop_assert_eq!(interval.end - interval.start, day.isp_duration());
            prop_assert_eq!(day.isp_at(interval.start), Some(isp));
            prop_assert_eq!(day.isp_at(interval.end - TimeDelta::nanoseconds(1)), Some(isp));
            next = interval.end;
        }
        prop_assert_eq!(count, day.count());
        prop_assert_eq!(next + day.remainder(), day.end());
        prop_assert!(day.remainder() < day.isp_duration());
        if day.start() < day.end() {
            prop_assert_eq!(day.start().with_timezone(&zone).date_naive(), date);
        }
        prop_assert!((day.start() - TimeDelta::seconds(1)).with_timezone(&zone).date_naive() < date);
        let instant = day.start() + TimeDelta::seconds(at);
        if let Some(isp) = day.isp_at(instant) {
            prop_assert!(day.interval(isp).unwrap().contains(&instant));
        } else {
            prop_assert!(instant >= day.end() - day.remainder());
        }
        let tomorrow = IspCalendar::new(date.succ_opt().unwrap(), zone, &Duration::from_minutes(isp));
        if let Ok(tomorrow) = tomorrow {
            prop_assert_eq!(day.end(), tomorrow.start());
        }
    }
}
