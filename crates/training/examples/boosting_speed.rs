//! Speed and error of boosting on generated rows, for comparison with LightGBM on the very same rows.
//!
//! `cargo run --release -p aisle-training --example boosting_speed -- FOLDER` writes each set into FOLDER (little-endian
//! f32, features then target, row after row) with our times and errors; `boosting_peer.py FOLDER` trains LightGBM on the
//! same rows with the same parameters, one thread, and prints both side by side, in CPU seconds. Other `*.set.txt` in FOLDER, such as
//! `global_trees -- FOLDER` writes, are trained on as well.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_training::boosting::{Binned, BoostingParameters, FeatureKind, Objective, Rows, train_binned};
use std::io::Write as _;
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

struct Set {
    name: String,
    features: usize,
    /// Rows that are learnt from; the others are tested on.
    training: usize,
    values: Vec<f32>,
    target: Vec<f32>,
    categorical: Vec<usize>,
    parameters: BoostingParameters,
}

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let mut sets = if std::env::var("ONLY_WRITTEN").is_ok() { Vec::new() } else { vec![smooth(), intermittent()] };
    sets.extend(written(folder)?);
    for set in sets {
        write(folder, &set)?;
        let p = set.parameters.clone().check()?;
        let kind = |feature| {
            if set.categorical.contains(&feature) { FeatureKind::Categorical } else { FeatureKind::Numeric }
        };
        let kinds: Vec<FeatureKind> = (0..set.features).map(kind).collect();
        let split = set.training * set.features;
        let rows = Rows {
            features: set.features,
            values: &set.values[..split],
            target: &set.target[..set.training],
            weight: None,
        };
        let mut seconds = (f64::INFINITY, f64::INFINITY);
        let mut loss = 0.0;
        for _ in 0..3 {
            let started = cpu_seconds();
            let binned = Binned::new(&rows, &kinds, &p)?;
            let binning = cpu_seconds() - started;
            let trained = train_binned(&binned, rows.target, None, &p, None)?;
            let training = cpu_seconds() - started - binning;
            seconds = (seconds.0.min(binning), seconds.1.min(training));
            let mut scores = vec![0.0; set.target.len() - set.training];
            trained.ensemble.score_rows(&set.values[split..], &mut scores);
            loss = p.objective.loss(&scores, &set.target[set.training..], None);
        }
        println!(
            "{}: {} rows x {}, binning {:.3} s, training {:.3} s, loss {loss:.6}",
            set.name, set.training, set.features, seconds.0, seconds.1
        );
        let ours = format!("{{\"binning\": {}, \"training\": {}, \"loss\": {loss}}}", seconds.0, seconds.1);
        std::fs::write(folder.join(format!("{}.ours.json", set.name)), ours)?;
    }
    Ok(())
}

/// Numbers in 0..1 from a counter.
fn random(counter: &mut u64) -> f32 {
    *counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *counter;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ z >> 31) >> 40) as f32 / (1u32 << 24) as f32
}

/// A million rows of 20 features, squared error.
fn smooth() -> Set {
    let (training, rows, features, mut counter) = (1_000_000, 1_100_000, 20, 1);
    let values: Vec<f32> = (0..rows * features).map(|_| random(&mut counter)).collect();
    let target = values.chunks_exact(features).map(|x| {
        let noise = (0..6).map(|_| random(&mut counter)).sum::<f32>() - 3.0;
        10.0 * (3.0 * x[0] * x[1]).sin() + 20.0 * (x[2] - 0.5).powi(2) + 10.0 * x[3] + 5.0 * x[4] + x[5] * x[6] + noise
    });
    let parameters = BoostingParameters { leaves: 63, rounds: 100, ..BoostingParameters::default() };
    let target = target.collect();
    Set { name: "million".to_owned(), features, training, values, target, categorical: Vec::new(), parameters }
}

/// Demand that is mostly zero, with categories and gaps, Tweedie.
fn intermittent() -> Set {
    let (training, rows, features, mut counter) = (300_000, 360_000, 30, 7);
    let mut values = Vec::with_capacity(rows * features);
    let mut target = Vec::with_capacity(rows);
    for _ in 0..rows {
        let x: Vec<f32> = (0..features).map(|_| random(&mut counter)).collect();
        let (item, store) = ((x[0] * 100.0).floor(), (x[1] * 10.0).floor());
        let rate = 0.3 * (1.5 * (item * 0.7).sin() + 0.4 * (store * 1.3).cos() + 1.2 * x[2] - 0.8 * x[3]).exp();
        let mut demand = 0.0;
        let mut waiting = -(1.0 - random(&mut counter)).ln();
        while waiting < rate {
            demand += 1.0 + (3.0 * random(&mut counter)).floor();
            waiting -= (1.0 - random(&mut counter)).ln();
        }
        target.push(demand);
        values.extend([item, store]);
        values.extend(x[2..].iter().enumerate().map(|(at, v)| if at % 5 == 4 && *v < 0.3 { f32::NAN } else { *v }));
    }
    let objective = Objective::Tweedie { power: 1.3 };
    let parameters = BoostingParameters { objective, leaves: 63, rounds: 100, ..BoostingParameters::default() };
    let name = "intermittent".to_owned();
    Set { name, features, training, values, target, categorical: vec![0, 1], parameters }
}

fn write(folder: &Path, set: &Set) -> Result<(), Failure> {
    let path = folder.join(format!("{}.set.bin", set.name));
    if path.exists() {
        return Ok(());
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (row, target) in set.values.chunks_exact(set.features).zip(&set.target) {
        for value in row.iter().chain([target]) {
            file.write_all(&value.to_le_bytes())?;
        }
    }
    let p = &set.parameters;
    let objective = match p.objective {
        Objective::Squared => "regression",
        Objective::Absolute => "l1",
        Objective::Poisson => "poisson",
        Objective::Tweedie { .. } => "tweedie",
        Objective::Quantile { .. } => "quantile",
    };
    let text = format!(
        "{objective} {} {} {} {} {} {} {:?}",
        set.features, set.training, p.rounds, p.leaves, p.learning_rate, p.min_rows, set.categorical
    );
    std::fs::write(folder.join(format!("{}.set.txt", set.name)), text)?;
    Ok(())
}

/// Sets that another program left in the folder.
fn written(folder: &Path) -> Result<Vec<Set>, Failure> {
    let mut sets = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Some(name) = name.strip_suffix(".set.txt").filter(|name| *name != "million" && *name != "intermittent")
        else {
            continue;
        };
        let text = std::fs::read_to_string(&path)?;
        let (head, list) = text.split_once('[').ok_or("a set without its list of categories")?;
        let words: Vec<&str> = head.split_whitespace().collect();
        let objective = match words[0] {
            "l1" => Objective::Absolute,
            "tweedie" => Objective::Tweedie { power: 1.3 },
            "poisson" => Objective::Poisson,
            _ => Objective::Squared,
        };
        let (features, training) = (words[1].parse()?, words[2].parse()?);
        let bytes = std::fs::read(folder.join(format!("{name}.set.bin")))?;
        let (mut values, mut target) = (Vec::new(), Vec::new());
        for row in bytes.chunks_exact(4 * (features + 1)) {
            let mut numbers = row.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            values.extend(numbers.by_ref().take(features));
            target.extend(numbers);
        }
        let list = list.trim().trim_end_matches(']').split(',').map(str::trim).filter(|word| !word.is_empty());
        sets.push(Set {
            name: name.to_owned(),
            features,
            training,
            values,
            target,
            categorical: list.map(str::parse).collect::<Result<_, _>>()?,
            parameters: BoostingParameters {
                objective,
                rounds: words[3].parse()?,
                leaves: words[4].parse()?,
                learning_rate: words[5].parse()?,
                min_rows: words[6].parse()?,
                ..BoostingParameters::default()
            },
        });
    }
    Ok(sets)
}

/// User and system time of this process, from /proc (hundredths of a second on Linux); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}
