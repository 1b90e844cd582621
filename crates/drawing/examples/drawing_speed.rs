//! How long the golden charts take to draw: `AISLE_CHARTS_JS=… cargo run --release -p aisle-drawing --example drawing_speed`.
//! Each chart is drawn ten times at ten widths, so that none comes from the cache; the median is shown.
#![expect(clippy::print_stdout, reason = "an example talks to the terminal")]

use aisle_drawing::Drawing;
use std::path::Path;
use std::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bundle = std::fs::read_to_string(std::env::var("AISLE_CHARTS_JS")?)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/tests/golden");
    let began = Instant::now();
    let drawing = Drawing::start(bundle, 1)?;
    println!("start: {:?}", began.elapsed());
    drawing.svg(&std::fs::read_to_string(folder.join("totals.json"))?, 639, 200).await?;
    println!("first chart, with the bundle loaded: {:?}", began.elapsed());
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let option = std::fs::read_to_string(file.path())?;
        let mut times = Vec::new();
        let mut bytes = 0;
        for step in 0..10 {
            let began = Instant::now();
            bytes = drawing.svg(&option, 900 + step, 380).await?.len();
            times.push(began.elapsed());
        }
        times.sort();
        println!("{}: {:?}, {bytes} bytes", file.file_name().to_string_lossy(), times[5]);
    }
    Ok(())
}
