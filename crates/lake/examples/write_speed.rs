//! How fast facts are written and read back: `cargo run --release -p aisle-lake --example write_speed [-- ROWS]`.

use aisle_domain::facts::SALES;
use aisle_domain::{Day, Granularity, Measure, Weekday};
use aisle_lake::{Commit, Lake, LakeError, PanelQuery, SaleFilter, schema};
use arrow::array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use futures::StreamExt;
use std::error::Error;
use std::io::Write;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Instant;

const BATCH: i64 = 65_536;
const COMMIT: i64 = 1_048_576;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rows: i64 = std::env::args().nth(1).map_or(Ok(2_097_152), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(&folder.path().to_string_lossy()).await?;
    let mut out = std::io::stdout().lock();
    let mut writing = 0.0;
    for (sequence, first) in (0..rows).step_by(COMMIT as usize).enumerate() {
        let last = rows.min(first + COMMIT);
        let starts = (first..last).step_by(BATCH as usize);
        let batches = starts.map(|start| sold(start, last.min(start + BATCH))).collect::<Result<Vec<_>, _>>()?;
        let began = Instant::now();
        let commit =
            Commit { app_id: "write_speed".to_owned(), sequence: sequence as i64, note: serde_json::Value::Null };
        lake.append(&SALES, batches, &commit).await?;
        writing += began.elapsed().as_secs_f64();
    }
    writeln!(out, "append      {rows} rows in {writing:.2} s: {:.0} rows/s", rows as f64 / writing)?;
    let info = lake.tables().await?.swap_remove(0);
    writeln!(out, "on disk     {} files, {:.1} bytes a row", info.files, info.bytes as f64 / rows as f64)?;
    time(&mut out, "fingerprints", count_fingerprints(&lake)).await?;
    time(&mut out, "span", async { Ok(lake.span().await?.map_or(0, |span| span.rows as usize)) }).await?;
    let ends = Weekday::Friday;
    for name in ["weekly panel", "cached panel"] {
        let query = PanelQuery {
            granularity: Granularity::Week { ends },
            measure: Measure::Revenue,
            filter: SaleFilter::default(),
        };
        time(&mut out, name, async { Ok(lake.sales_panel(&query).await?.keys.len()) }).await?;
    }
    let totals = async { Ok(lake.totals(Granularity::Month, &SaleFilter::default()).await?.len()) };
    time(&mut out, "totals", totals).await?;
    let page = async { Ok(lake.sales_rows(None, &SaleFilter::default(), 100).await?.len()) };
    time(&mut out, "first page", page).await?;
    time(&mut out, "data version", async { Ok(lake.data_version().await?.len()) }).await?;
    let target = NonZeroU64::new(128 << 20).ok_or("a size")?;
    time(&mut out, "compact", async { Ok(lake.compact(&SALES, target).await?.joined as usize) }).await?;
    Ok(())
}

async fn time(
    out: &mut impl Write,
    name: &str,
    work: impl Future<Output = Result<usize, LakeError>>,
) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let found = work.await?;
    writeln!(out, "{name:<12}{found} in {:.1} ms", began.elapsed().as_secs_f64() * 1_000.0)?;
    Ok(())
}

async fn count_fingerprints(lake: &Lake) -> Result<usize, LakeError> {
    let mut chunks = lake.fingerprints(&SALES).await?;
    let mut count = 0;
    while let Some(chunk) = chunks.next().await {
        count += chunk?.len();
    }
    Ok(count)
}

/// Daily rows of 45 locations and 80 items, day after day, as an import would bring them.
fn sold(from: i64, to: i64) -> Result<RecordBatch, arrow::error::ArrowError> {
    let rows = (to - from) as usize;
    let series = |row: i64| (row % 45, row / 45 % 80);
    let day = |row: i64| Day::from_epoch_days(18_000 + (row / 3_600) as i32);
    let mixed = |row: i64, salt: u64| {
        (row as u64 ^ salt).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
            as i64
    };
    let texts = |of: &dyn Fn(i64) -> String| Arc::new(StringArray::from_iter_values((from..to).map(of))) as ArrayRef;
    let numbers = |of: &dyn Fn(i64) -> i64| Arc::new(Int64Array::from_iter_values((from..to).map(of))) as ArrayRef;
    let columns: Vec<ArrayRef> = vec![
        texts(&|row| day(row).to_string()[..7].to_owned()),
        Arc::new(Date32Array::from_iter_values((from..to).map(|row| day(row).epoch_days()))),
        Arc::new(Int32Array::from(vec![1; rows])),
        Arc::new(Int64Array::from(vec![None; rows])),
        texts(&|row| format!("store {}", series(row).0)),
        texts(&|row| format!("item {}", series(row).1)),
        Arc::new(StringArray::from(vec![None::<&str>; rows])),
        Arc::new(StringArray::from(vec![None::<&str>; rows])),
        texts(&|_| "sale".to_owned()),
        numbers(&|row| mixed(row, 1).rem_euclid(40) * 10_000),
        numbers(&|row| mixed(row, 1).rem_euclid(40) * 499),
        texts(&|_| "USD".to_owned()),
        texts(&|_| "write_speed".to_owned()),
        Arc::new(Int32Array::from(vec![0; rows])),
        numbers(&|row| row + 1),
        numbers(&|row| mixed(row, 2)),
        numbers(&|row| mixed(row, 3)),
    ];
    RecordBatch::try_new(schema(&SALES), columns)
}
