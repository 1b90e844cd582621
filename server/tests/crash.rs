//! Kill -9 at any moment loses nothing and does nothing twice: the real program, real files, real kills.
//!
//! `AISLE_CRASH_ROUNDS` (default 4, at most 20) says how often each of import and training is killed, `AISLE_CRASH_SEED` at
//! which moments. A killed worker's lease is handed back by the test rather than waited for: that a lease also ends by
//! itself is tested with the queue.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::job::{JobKind, JobState, JobView};
use aisle_domain::{Day, ImportId, JobId};
use aisle_lake::{Lake, SaleFilter};
use aisle_store::{Store, artefacts, dead_letters, imports, jobs, settings};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest wait for anything; far more than it takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the files hold, counted while they were written.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
struct Truth {
    /// Rows that are right and new.
    rows: u64,
    /// Rows that repeat an earlier one.
    repeated: u64,
    /// Rows that cannot be read.
    broken: u64,
    /// Sum of the quantities, in units.
    units: i128,
    /// Sum of the revenues, in cents.
    cents: i128,
}

/// SplitMix64: the moments of the kills depend on the seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }
}

/// Ends the program when the test ends, however that is.
struct Running(Child);

impl Running {
    /// SIGKILL: the program cannot prepare for it.
    fn kill(&mut self) {
        self.0.kill().expect("a kill");
        self.0.wait().expect("its end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Shop {
    folder: tempfile::TempDir,
    store: Store,
    seed: u64,
    rounds: u64,
}

impl Shop {
    async fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("aisle-crash").tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("data")).unwrap();
        let store = Store::connect(&format!("sqlite:{}", folder.path().join("data/aisle.db").display())).await.unwrap();
        // A training of its own accord after each import would make artefacts of each state of the data.
        settings::set(&store, "shop", &serde_json::json!({ "train_after_import": false }), now()).await.unwrap();
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let rounds = number("AISLE_CRASH_ROUNDS").unwrap_or(4).clamp(1, 20);
        Self { folder, store, seed: number("AISLE_CRASH_SEED").unwrap_or(7), rounds }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aisle"));
        // The settings of whoever runs the tests are not those of this shop.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command.args(arguments).arg("--data-dir").arg(self.data()).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end; its JSON.
    fn run(&self, arguments: &[&str]) -> serde_json::Value {
        let done = self.command(arguments).args(["--json", "--log", "warn"]).output().expect("the program starts");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "aisle {arguments:?}: {:?}\n{errors}", done.status);
        serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
    }

    /// A worker; what it logs is shown only when something goes wrong.
    fn work(&self) -> Running {
        let log = File::options().create(true).append(true).open(self.folder.path().join("work.log")).unwrap();
        let command = &mut self.command(&["work", "--log", "info"]);
        Running(command.stdout(Stdio::null()).stderr(log).spawn().expect("the program starts"))
    }

    async fn job(&self, id: &JobId) -> JobView {
        jobs::get(&self.store, id).await.unwrap()
    }

    /// Waits for the job to be as wanted.
    async fn wait(&self, id: &JobId, what: &str, wanted: impl Fn(&JobView) -> bool) -> JobView {
        let began = std::time::Instant::now();
        loop {
            let job = self.job(id).await;
            if wanted(&job) {
                return job;
            }
            if began.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.folder.path().join("work.log")).unwrap_or_default();
                panic!("{PATIENCE:?} were not enough for the job to be {what}: {job:?}\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Jobs that workers have begun or taken up again so far.
    fn begun(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("work.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("job begun")).count()
    }

    /// Works on the job and kills the worker, again and again; then lets it end. Returns what was there at each kill.
    async fn kill_while_working(
        &self,
        id: &JobId,
        of: Option<&ImportId>,
        dice: &mut Dice,
        moments: &mut Moments,
    ) -> Vec<String> {
        let mut kills = Vec::new();
        while moments.left > 0 {
            let before = self.begun();
            let mut worker = self.work();
            let ready = self.wait(id, "begun by the worker", |job| job.state.is_final() || self.begun() > before).await;
            let after = dice.below(moments.within);
            if !ready.state.is_final() {
                tokio::time::sleep(Duration::from_millis(after)).await;
            }
            worker.kill();
            if self.job(id).await.state.is_final() {
                // Too late: the job was quicker. The next ones are killed earlier.
                moments.within = (moments.within / 2).max(20);
                break;
            }
            moments.left -= 1;
            kills.push(format!("{after} ms after it was begun, with {}", self.done(of).await));
            jobs::release(&self.store, "", now()).await.unwrap();
        }
        let mut worker = self.work();
        let ended = self.wait(id, "done", |job| job.state.is_final()).await;
        assert_eq!(ended.state, JobState::Succeeded, "{ended:?}");
        worker.kill();
        kills
    }

    /// What the work has left behind so far.
    async fn done(&self, of: Option<&ImportId>) -> String {
        match of {
            Some(import) => {
                let confirmed = imports::confirmed_chunks(&self.store, import).await.unwrap().len();
                let pending = imports::pending_chunk(&self.store, import).await.unwrap().is_some();
                format!("{confirmed} groups confirmed{}", if pending { " and one pending" } else { "" })
            }
            None => format!("{} artefacts", artefacts::list(&self.store, None, None, 100).await.unwrap().len()),
        }
    }
}

/// When to kill: how often yet, and within how many milliseconds after the job was begun.
struct Moments {
    left: u64,
    within: u64,
}

fn is_setting(name: &str) -> bool {
    name.starts_with("AISLE_") || name == "DATABASE_URL"
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64
}

/// Writes files of daily sales: one of several groups of chunks, and several small ones. `part` makes the rows distinct from
/// those of other parts.
fn write_files(folder: &Path, part: u64) -> Truth {
    std::fs::create_dir_all(folder).unwrap();
    let first = Day::parse("2019-01-01").unwrap();
    let mut truth = Truth::default();
    // (name, days, series): 120 series a day are about 60 kB of text.
    let mut from = 0;
    for (name, days) in [("large", 4_500), ("b", 200), ("c", 200), ("d", 200), ("e", 200)] {
        let mut file = BufWriter::new(File::create(folder.join(format!("{name}{part}.csv"))).unwrap());
        writeln!(file, "date,store,item,quantity,revenue").unwrap();
        let mut line = 0_u64;
        for day in from..from + days {
            for series in 0..120_u64 {
                line += 1;
                let (units, store, item) =
                    (1 + (u64::from(day as u32) * 31 + series * 17) % 40, series % 4, series / 4 + part * 30);
                let cents = units * (99 + series);
                let row = |day: i32| {
                    format!("{},s{store},i{item:03},{units},{}.{:02}", first.plus(day), cents / 100, cents % 100)
                };
                if line.is_multiple_of(5_003) {
                    writeln!(file, "{},s{store},i{item:03},{units} pieces,{}", first.plus(day), cents / 100).unwrap();
                    truth.broken += 1;
                    continue;
                }
                writeln!(file, "{}", row(day)).unwrap();
                truth.rows += 1;
                truth.units += i128::from(units);
                truth.cents += i128::from(cents);
                if line.is_multiple_of(2_003) {
                    writeln!(file, "{}", row(day)).unwrap();
                    truth.repeated += 1;
                }
            }
        }
        file.flush().unwrap();
        from += days;
    }
    truth
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn killed_at_any_moment_nothing_is_lost_and_nothing_is_there_twice() {
    let shop = Shop::open().await;
    let mut dice = Dice(shop.seed);
    let (mut moments, mut kills, mut part) = (Moments { left: shop.rounds, within: 2_500 }, Vec::new(), 0);
    let mut whole = Truth::default();
    while moments.left > 0 {
        let folder = shop.folder.path().join(format!("part{part}"));
        let truth = write_files(&folder, part);
        let queued = shop.run(&["import", folder.to_str().unwrap(), "--currency", "USD", "--queue"]);
        let (import, job) = (queued["import"].as_str().unwrap(), queued["job"].as_str().unwrap());
        let (import, job) = (ImportId::new(import).unwrap(), JobId::new(job).unwrap());
        kills.extend(shop.kill_while_working(&job, Some(&import), &mut dice, &mut moments).await);
        whole = sum(whole, truth);
        check_report(&shop, &import, truth).await;
        part += 1;
        assert!(part < 12, "the imports are quicker than the kills: {kills:?}");
    }
    check_facts(&shop, whole).await;
    let training = kill_training(&shop, &mut dice).await;
    show(&format!(
        "seed {}: {} kills during {part} imports of {} rows ({} repeated, {} broken): {} units and {} cents, exactly\n  {}\n\
         {} kills during training\n  {}",
        shop.seed,
        kills.len(),
        whole.rows,
        whole.repeated,
        whole.broken,
        whole.units,
        whole.cents,
        kills.join("\n  "),
        training.len(),
        training.join("\n  ")
    ));
}

fn sum(a: Truth, b: Truth) -> Truth {
    Truth {
        rows: a.rows + b.rows,
        repeated: a.repeated + b.repeated,
        broken: a.broken + b.broken,
        units: a.units + b.units,
        cents: a.cents + b.cents,
    }
}

/// The report counts every row once, and the dead letters hold every broken row once.
async fn check_report(shop: &Shop, import: &ImportId, truth: Truth) {
    let report = imports::get(&shop.store, import).await.unwrap().report.expect("a report");
    let total = |count: fn(&aisle_domain::import::FileReport) -> u64| report.files.iter().map(count).sum::<u64>();
    let found =
        (total(|file| file.read), total(|file| file.taken), total(|file| file.duplicate), total(|file| file.rejected));
    let read = truth.rows + truth.repeated + truth.broken;
    assert_eq!(found, (read, truth.rows, truth.repeated, truth.broken), "rows read, taken, duplicate, rejected");
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let filter = dead_letters::Filter { import: Some(import), file: None, state: None };
        let page = dead_letters::list(&shop.store, &filter, after, 500).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        lines.extend(page.iter().map(|letter| (letter.file, letter.line)));
    }
    let letters = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!((letters as u64, lines.len() as u64), (truth.broken, truth.broken), "dead letters, distinct ones");
}

/// The lake holds exactly what the files hold; the program's own export says the same.
async fn check_facts(shop: &Shop, truth: Truth) {
    let lake = Lake::open(&shop.data().join("lake").display().to_string()).await.unwrap();
    let sums = lake.sums_by_kind(&SaleFilter::everything()).await.unwrap();
    let [sales] = sums.as_slice() else { panic!("one kind was expected: {sums:?}") };
    let found = (sales.rows, sales.quantity, sales.revenue_minor);
    assert_eq!(found, (truth.rows, Some(truth.units * 10_000), Some(truth.cents)), "rows, ten-thousandths, cents");

    let file = shop.folder.path().join("sales.csv");
    let written = shop.run(&["export", "sales", "--output", file.to_str().unwrap()]);
    assert_eq!(written["rows"].as_u64(), Some(truth.rows));
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| {
        columns.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name} in {columns:?}"))
    };
    let (cents, high, low) = (at("revenue_minor"), at("fingerprint_hi"), at("fingerprint_lo"));
    let (mut total, mut prints) = (0_i128, Vec::new());
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        total += fields[cents].parse::<i128>().unwrap();
        prints.push((fields[high].parse::<i64>().unwrap(), fields[low].parse::<i64>().unwrap()));
    }
    let rows = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(
        (rows as u64, prints.len() as u64, total),
        (truth.rows, truth.rows, truth.cents),
        "exported: rows, distinct rows, cents"
    );
}

/// Training killed as often: in the end there is one artefact a measure, the live one, and training anew makes the same.
async fn kill_training(shop: &Shop, dice: &mut Dice) -> Vec<String> {
    let (mut moments, mut kills, mut trainings) = (Moments { left: shop.rounds, within: 4_000 }, Vec::new(), 0);
    while moments.left > 0 {
        let queued = shop.run(&["train", "--queue"]);
        let job = JobId::new(queued["job"].as_str().unwrap()).unwrap();
        kills.extend(shop.kill_while_working(&job, None, dice, &mut moments).await);
        trainings += 1;
        assert!(trainings < 12, "the trainings are quicker than the kills: {kills:?}");
    }
    for kind in ["forecast.revenue", "forecast.quantity"] {
        let kept = artefacts::list(&shop.store, Some(kind), None, 100).await.unwrap();
        let [only] = kept.as_slice() else { panic!("{kind}: one artefact was expected, there are {}", kept.len()) };
        let live = artefacts::live(&shop.store, kind).await.unwrap().expect("a live artefact");
        assert_eq!(live.id, only.id);
        let bytes = artefacts::load(&shop.store, &only.id).await.unwrap();
        let artefact = aisle_engine::Artefact::from_bytes(&bytes).expect("whole bytes");
        assert_eq!(artefact.hash(), only.hash, "the bytes are those that were registered");
    }
    let open = jobs::list(&shop.store, Some(JobKind::Train), Some(JobState::Running), None, 10).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
    kills
}

#[expect(clippy::print_stdout, reason = "the figures are what this test is read for")]
fn show(text: &str) {
    println!("{text}");
}
