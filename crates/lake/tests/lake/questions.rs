//! Answers agree with the rows, at every granularity, whatever was appended how.

use crate::shop::{Sold, batch, commit};
use aisle_domain::facts::{FEATURES, SALES};
use aisle_domain::{Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_lake::{ExportFormat, ExportSource, FeatureFilter, Lake, LakeError, PanelQuery, SaleFilter, SaleKind};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn granularities() -> Vec<Granularity> {
    let weeks = Weekday::ALL.map(|ends| Granularity::Week { ends });
    [Granularity::Day, Granularity::Month].into_iter().chain(weeks).collect()
}

fn a_row() -> impl Strategy<Value = Sold> {
    let places = prop_oneof![Just("a"), Just("b/1"), Just("ç")];
    let items = prop_oneof![Just("x"), Just("y"), Just("z'z")];
    let kinds = prop_oneof![4 => Just("sale"), 1 => Just("return"), 1 => Just("charge")];
    let amount = || prop_oneof![1 => Just(None), 6 => (-1_000_000_i64..1_000_000).prop_map(Some)];
    (-400_i32..500, places, items, kinds, amount(), amount()).prop_map(
        |(day, location, item, kind, quantity, revenue)| Sold {
            day,
            span: 1,
            location,
            item,
            kind,
            quantity,
            revenue,
            currency: "EUR",
        },
    )
}

fn check_panels(rows: &[Sold], chunks: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
        for (sequence, chunk) in rows.chunks(rows.len().div_ceil(chunks).max(1)).enumerate() {
            let sequence = sequence as i64 + 1;
            lake.append(&SALES, vec![batch("i1", sequence * 1_000, chunk)], &commit("i1", sequence)).await.unwrap();
        }
        for (granularity, measure) in
            granularities().into_iter().flat_map(|g| [(g, Measure::Revenue), (g, Measure::Quantity)])
        {
            let query = PanelQuery { granularity, measure, filter: SaleFilter::default() };
            let panel = lake.sales_panel(&query).await.unwrap();
            let mut expected: BTreeMap<(SeriesKey, Day), Option<i64>> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.kind != "charge") {
                let key = SeriesKey {
                    location: LocationId::new(row.location).unwrap(),
                    item: ItemId::new(row.item).unwrap(),
                };
                let end = granularity.end_of(Day::from_epoch_days(row.day));
                let amount = if measure == Measure::Revenue { row.revenue } else { row.quantity };
                let sum = expected.entry((key, end)).or_default();
                *sum = amount.map_or(*sum, |amount| Some(sum.unwrap_or(0) + amount));
            }
            let mut found = 0;
            for (key, values) in panel.keys.iter().zip(&panel.values) {
                for (end, value) in panel.ends.iter().zip(values) {
                    let wanted = expected.get(&(key.clone(), *end)).copied().flatten();
                    assert_eq!(*value, wanted, "{key} {end} {granularity:?} {measure:?}");
                    found += usize::from(value.is_some());
                }
            }
            assert_eq!(found, expected.values().flatten().count(), "{granularity:?}");
            assert!(panel.ends.windows(2).all(|pair| granularity.step(pair[0], 1) == pair[1]));
            assert!(panel.keys.is_sorted());

            let totals = lake.totals(granularity, &SaleFilter::default()).await.unwrap();
            let of = |total: &aisle_lake::PeriodTotal| {
                if measure == Measure::Revenue { total.revenue_minor } else { total.quantity }
            };
            let from_totals: i64 = totals.iter().filter_map(of).sum();
            let from_panel: i64 = panel.values.iter().flatten().flatten().sum();
            assert_eq!(from_totals, from_panel);
            assert_eq!(
                totals.iter().map(|t| t.rows).sum::<u64>(),
                rows.iter().filter(|r| r.kind != "charge").count() as u64
            );
        }
        let sums = lake.sums_by_kind(&SaleFilter::everything()).await.unwrap();
        for kind in SaleKind::ALL {
            let found = sums.iter().find(|sum| sum.kind == kind);
            let of_kind: Vec<&Sold> = rows.iter().filter(|row| row.kind == kind.name()).collect();
            assert_eq!(found.map_or(0, |sum| sum.rows), of_kind.len() as u64);
            let revenue: i128 = of_kind.iter().filter_map(|row| row.revenue).map(i128::from).sum();
            assert_eq!(found.and_then(|sum| sum.revenue_minor).unwrap_or(0), revenue);
        }
        check_pages(&lake, rows.len()).await;
    });
}

/// Pages of any size give every row once, in order.
async fn check_pages(lake: &Lake, expected: usize) {
    let everything = SaleFilter::everything();
    let whole = lake.sales_rows(None, &everything, usize::MAX).await.unwrap();
    assert_eq!(whole.len(), expected);
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let page = lake.sales_rows(cursor.as_ref(), &everything, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some(last.cursor());
        paged.extend(page);
    }
    assert_eq!(paged, whole);
    assert!(paged.is_sorted_by_key(aisle_lake::SaleRow::cursor));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn panels_totals_and_pages_agree_with_the_rows(rows in prop::collection::vec(a_row(), 0..60), chunks in 1_usize..4) {
        check_panels(&rows, chunks);
    }
}

async fn lake_with(rows: &[Sold]) -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    lake.append(&SALES, vec![batch("i1", 1, rows)], &commit("i1", 1)).await.unwrap();
    (folder, lake)
}

#[tokio::test]
async fn a_lake_without_rows_answers_everything_with_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("new/lake").to_str().unwrap()).await.unwrap();
    let query = PanelQuery { granularity: Granularity::Day, measure: Measure::Revenue, filter: SaleFilter::default() };
    assert!(lake.sales_panel(&query).await.unwrap().keys.is_empty());
    assert_eq!(lake.span().await.unwrap(), None);
    assert!(lake.totals(Granularity::Month, &SaleFilter::default()).await.unwrap().is_empty());
    assert!(lake.sales_rows(None, &SaleFilter::default(), 10).await.unwrap().is_empty());
    assert!(lake.features_panel(&FeatureFilter::default()).await.unwrap().is_empty());
    assert!(lake.prices(&[]).await.unwrap().is_empty());
    assert!(lake.promotions(None, None).await.unwrap().is_empty());
    assert!(lake.history(&SALES, 10).await.unwrap().is_empty());
    assert!(lake.tables().await.unwrap().iter().all(|table| table.rows == 0 && table.version.is_none()));
    assert_eq!(lake.sql("SELECT count(*) FROM sales").await.unwrap()[0].num_rows(), 1);
}

#[tokio::test]
async fn filters_narrow_and_the_cache_never_answers_for_older_rows() {
    let (_folder, lake) = lake_with(&[
        Sold::on("2024-01-31", "a", "x", 5),
        Sold::on("2024-02-01", "a", "y", 7),
        Sold::on("2024-02-02", "b", "x", 11),
    ])
    .await;
    let sum = |filter: SaleFilter| {
        let lake = lake.clone();
        async move {
            let query = PanelQuery { granularity: Granularity::Month, measure: Measure::Revenue, filter };
            lake.sales_panel(&query).await.unwrap().values.iter().flatten().flatten().sum::<i64>()
        }
    };
    let day = |text: &str| Some(Day::parse(text).unwrap());
    assert_eq!(sum(SaleFilter::default()).await, 23);
    assert_eq!(sum(SaleFilter { from: day("2024-02-01"), ..SaleFilter::default() }).await, 18);
    assert_eq!(sum(SaleFilter { from: day("2024-01-31"), to: day("2024-02-01"), ..SaleFilter::default() }).await, 12);
    assert_eq!(sum(SaleFilter { locations: vec![LocationId::new("b").unwrap()], ..SaleFilter::default() }).await, 11);
    assert_eq!(sum(SaleFilter { items: vec![ItemId::new("x' OR 1=1").unwrap()], ..SaleFilter::default() }).await, 0);
    let more = batch("i2", 1, &[Sold::on("2024-02-02", "b", "x", 100)]);
    lake.append(&SALES, vec![more], &commit("i2", 1)).await.unwrap();
    assert_eq!(sum(SaleFilter::default()).await, 123);
}

#[tokio::test]
async fn the_span_says_days_currency_and_native_period() {
    let week = |day| Sold { span: 7, ..Sold::on(day, "a", "x", 5) };
    let (_folder, lake) = lake_with(&[week("2024-01-26"), week("2024-02-02")]).await;
    let span = lake.span().await.unwrap().unwrap();
    assert_eq!((span.first.to_string(), span.last.to_string()), ("2024-01-20".to_owned(), "2024-02-02".to_owned()));
    assert_eq!(span.native, Granularity::Week { ends: Weekday::Friday });
    assert_eq!((span.currencies, span.rows), (vec![Currency::USD], 2));
    let info = lake.tables().await.unwrap().into_iter().find(|table| table.name == "sales").unwrap();
    assert_eq!(
        info.first_day.zip(info.last_day),
        Some((Day::parse("2024-01-26").unwrap(), Day::parse("2024-02-02").unwrap()))
    );
    assert_eq!((info.rows, info.files), (2, 2));
    assert!(info.bytes > 0);
}

#[tokio::test]
async fn where_rows_tell_only_what_sold_a_period_without_a_row_is_one_without_a_sale() {
    let rows = [
        Sold::on("2024-01-01", "a", "x", 5),
        Sold::on("2024-01-02", "a", "y", 7),
        // Nothing sold at all on the 3rd: shut, or records are missing.
        Sold::on("2024-01-04", "a", "x", 5),
        Sold::on("2024-01-05", "b", "z", 5),
    ];
    let query = PanelQuery { granularity: Granularity::Day, measure: Measure::Revenue, filter: SaleFilter::default() };
    let (_folder, lake) = lake_with(&rows).await;
    let panel = lake.sales_panel(&query).await.unwrap();
    assert!(panel.only_what_sold, "lines of orders");
    let filled = (*panel).clone().with_nothing_sold();
    assert_eq!(filled.values[0], [Some(5), Some(0), None, Some(5), None]);
    assert_eq!(filled.values[1], [None, Some(7), None, Some(0), None], "before its first sale nothing is known");
    assert_eq!(filled.values[2], [None, None, None, None, Some(5)]);
}

#[tokio::test]
async fn money_in_two_currencies_is_not_summed_in_silence() {
    let euros = Sold { currency: "EUR", ..Sold::on("2024-01-31", "a", "x", 5) };
    let (_folder, lake) = lake_with(&[Sold::on("2024-01-31", "a", "x", 7), euros]).await;
    let query = |filter| PanelQuery { granularity: Granularity::Day, measure: Measure::Revenue, filter };
    let error = lake.sales_panel(&query(SaleFilter::default())).await.unwrap_err();
    assert_eq!(error.to_string(), "sales are in several currencies (EUR, USD); choose one");
    assert!(matches!(
        lake.totals(Granularity::Day, &SaleFilter::default()).await,
        Err(LakeError::MixedCurrencies { .. })
    ));
    let euros = SaleFilter { currency: Some(Currency::EUR), ..SaleFilter::default() };
    let panel = lake.sales_panel(&query(euros)).await.unwrap();
    assert_eq!((panel.currency, &panel.values), (Some(Currency::EUR), &vec![vec![Some(5)]]));
}

#[tokio::test]
async fn features_are_series_and_the_later_import_corrects_the_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    let first = crate::shop::features("i1", Some("a"), "temperature", &[("2024-01-01", 3.5), ("2024-01-02", -1.0)]);
    let fuel = crate::shop::features("i1", None, "fuel_price", &[("2024-01-01", 2.5)]);
    lake.append(&FEATURES, vec![first, fuel], &commit("i1", 1)).await.unwrap();
    let mended = crate::shop::features("i2", Some("a"), "temperature", &[("2024-01-01", 4.0)]);
    lake.append(&FEATURES, vec![mended], &commit("i2", 1)).await.unwrap();
    let all = lake.features_panel(&FeatureFilter::default()).await.unwrap();
    assert_eq!(all.iter().map(|series| series.name.as_str()).collect::<Vec<_>>(), ["fuel_price", "temperature"]);
    assert_eq!(all[1].points.iter().map(|point| point.value).collect::<Vec<_>>(), [4.0, -1.0]);
    let here = FeatureFilter { locations: vec![LocationId::new("b").unwrap()], ..FeatureFilter::default() };
    assert_eq!(lake.features_panel(&here).await.unwrap().len(), 1, "only what holds everywhere");
}

#[tokio::test]
async fn exports_hold_the_rows_and_queries_only_read() {
    let (_folder, lake) = lake_with(&[Sold::on("2024-01-31", "a, \"b\"", "x", -5)]).await;
    let mut text = Vec::new();
    let query = ExportSource::Sql("SELECT day, location, revenue_minor, customer FROM sales".to_owned());
    assert_eq!(lake.export(&query, ExportFormat::Csv, &mut text).await.unwrap(), 1);
    let expected = "day,location,revenue_minor,customer\n2024-01-31,\"a, \"\"b\"\"\",-5,\n";
    assert_eq!(String::from_utf8(text).unwrap(), expected);
    let mut parquet = Vec::new();
    let table = ExportSource::Table("sales".to_owned());
    assert_eq!(lake.export(&table, ExportFormat::Parquet, &mut parquet).await.unwrap(), 1);
    assert_eq!(&parquet[..4], b"PAR1");
    let unknown = ExportSource::Table("users".to_owned());
    assert!(matches!(lake.export(&unknown, ExportFormat::Csv, Vec::new()).await, Err(LakeError::UnknownTable { .. })));
    for statement in
        ["DROP TABLE sales", "INSERT INTO sales SELECT * FROM sales", "SET datafusion.execution.batch_size = 1"]
    {
        assert!(matches!(lake.sql(statement).await, Err(LakeError::Query(_))), "{statement}");
    }
    let outside = lake.sql("SELECT * FROM '/etc/passwd'").await;
    assert!(outside.is_err(), "queries see the fact tables only");
}
