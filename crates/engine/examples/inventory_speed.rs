//! How fast order policies are: ten thousand order lines recomputed, and the serial and simulation cases beside stockpyl.
//!
//! `cargo run --release -p aisle-engine --example inventory_speed`; with `AISLE_PYTHON=FOLDER/bin/python`, a Python that has
//! `numpy<2` and `stockpyl==1.0.2`, both run one after the other and the ratios are printed. One thread each; every figure
//! is the best of some repetitions, in processor time.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_engine::inventory::demand_curve::CumulativeDemand;
use aisle_engine::inventory::distribution::Law;
use aisle_engine::inventory::golden::lines;
use aisle_engine::inventory::joint_order::{JointLine, Limits, SupplierTerms, joint_order, line_options};
use aisle_engine::inventory::lead_time::LeadTime;
use aisle_engine::inventory::order_line::{Sliders, order_lines};
use aisle_engine::inventory::policy_simulation::{Policy, SimulatedItem, draw_paths, play};
use aisle_engine::inventory::serial::{Stage, echelon_levels, local_levels};
use aisle_engine::inventory::serial_simulation::play_serial;
use aisle_engine::inventory::service::ServiceTarget;
use std::hint::black_box;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

/// Prints seconds per run: serial optimum (cost), serial simulation per period, single-stage simulation per period.
const PYTHON: &str = r#"
import time, warnings
warnings.filterwarnings("ignore")
from stockpyl.instances import load_instance
from stockpyl.policy import Policy
from stockpyl.sim import simulation
from stockpyl.ssm_serial import optimize_base_stock_levels
from stockpyl.supply_chain_network import single_stage_system

def best(count, run):
    times = []
    for _ in range(count):
        start = time.process_time()
        value = run()
        times.append(time.process_time() - start)
    return min(times), value

seconds, (_, cost) = best(2, lambda: optimize_base_stock_levels(num_nodes=3, echelon_holding_cost=[2, 2, 3],
    lead_time=[2, 1, 1], stockout_cost=37.12, demand_mean=5, demand_standard_deviation=1))
print("serial", seconds, cost)

periods = 1000
network = load_instance("example_6_1")
for node, level in {1: 6.49, 2: 5.53, 3: 10.69}.items():
    network.nodes_by_index[node].inventory_policy = Policy(type="BS", base_stock_level=level, node=network.nodes_by_index[node])
seconds, cost = best(2, lambda: simulation(network, periods, rand_seed=1, progress_bar=False))
print("chain", seconds / periods, cost / periods)

single = single_stage_system(holding_cost=1, stockout_cost=4, demand_type="P", mean=6, shipment_lead_time=1,
    policy_type="sS", reorder_point=4, order_up_to_level=10)
seconds, cost = best(2, lambda: simulation(single, periods, rand_seed=1, progress_bar=False))
print("single", seconds / periods, cost / periods)
"#;

fn main() -> Result<(), Failure> {
    order_line_board()?;
    let (serial, chain, single) = ours()?;
    let Ok(python) = std::env::var("AISLE_PYTHON") else {
        println!("stockpyl left out: AISLE_PYTHON does not name a Python that has it");
        return Ok(());
    };
    let said = std::process::Command::new(python).args(["-c", PYTHON]).output()?;
    let text = String::from_utf8(said.stdout)?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
    }
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(seconds), Some(cost)) = (words.next(), words.next(), words.next()) else { continue };
        let (mine, unit) = match name {
            "serial" => (serial, "a run"),
            "chain" => (chain, "a period"),
            _ => (single, "a period"),
        };
        let theirs: f64 = seconds.parse()?;
        println!(
            "{name:>8}: stockpyl {:.3e} s {unit} (cost {cost}), ours {mine:.3e} s: {:.0} times faster",
            theirs,
            theirs / mine
        );
    }
    Ok(())
}

fn order_line_board() -> Result<(), Failure> {
    let (inputs, forecasts) = lines(10_000);
    let (seconds, demand) = best(1, 1, || forecasts.iter().map(CumulativeDemand::new).collect::<Result<Vec<_>, _>>());
    let demand = demand?;
    println!("10,000 forecasts of 13 periods to curves: {:.1} ms, once", seconds * 1e3);
    for (name, sliders) in [
        ("service .97", Sliders { target: Some(ServiceTarget::Cycle(0.97)), ..Sliders::default() }),
        ("fill rate .97", Sliders { target: Some(ServiceTarget::Fill(0.97)), ..Sliders::default() }),
        ("lead times x 1.3", Sliders { lead_time: 1.3, ..Sliders::default() }),
        ("review period 2", Sliders { review_period: Some(2.0), ..Sliders::default() }),
    ] {
        let (seconds, found) = best(5, 10, || order_lines(&inputs, &demand, &sliders));
        let ordered: f64 = found?.iter().map(|line| line.quantity.value).sum();
        println!("10,000 order lines, {name}: {:.1} ms ({ordered:.0} units)", seconds * 1e3);
    }
    let (seconds, joint) = best(2, 1, || -> Result<Vec<JointLine>, aisle_engine::EngineError> {
        let options = |(index, (inputs, demand)): (usize, (_, _))| {
            let options = line_options(inputs, demand, &Sliders::default(), &[], 0.0, 8)?;
            Ok(JointLine { supplier: index % 100, options })
        };
        inputs.iter().zip(&demand).enumerate().map(options).collect()
    });
    let joint = joint?;
    println!("options of 10,000 lines: {:.1} ms", seconds * 1e3);
    let terms = vec![SupplierTerms { minimum: 5_000_000, order_cost: 10_000 }; 100];
    for budget in [1_000_000_000, 300_000_000] {
        let limits = Limits { budget: Some(budget), volume: None };
        let (seconds, order) = best(3, 1, || joint_order(&joint, &terms, &limits));
        println!("joint order under a budget of {budget}: {:.1} ms ({} spent)", seconds * 1e3, order?.cost);
    }
    Ok(())
}

/// Seconds: serial optimum, chain per period, single stage per period.
fn ours() -> Result<(f64, f64, f64), Failure> {
    let stages =
        [(3.0, 1.0), (2.0, 1.0), (2.0, 2.0)].map(|(echelon_holding, lead_time)| Stage { echelon_holding, lead_time });
    let law = Law::Normal { mean: 5.0, deviation: 1.0 };
    let (serial, found) = best(3, 200, || echelon_levels(&stages, 37.12, &law, None));
    let found = found?;
    println!("serial example 6.1: {:?}, cost {:.4}", found.levels, found.cost);
    let local = local_levels(&found.levels);
    let periods = 100_000;
    let (seconds, played) = best(3, 40, || play_serial(&stages, 37.12, &law, &local, periods, 100, 1));
    println!("chain played: cost {:.3} a period", played?.cost);
    let chain = seconds / f64::from(periods);
    let item = SimulatedItem {
        on_hand: 10.0,
        pack: 0.0,
        minimum: 0.0,
        backorders: true,
        holding: 1.0,
        shortage: 4.0,
        order: 0.0,
        warm_up: 0,
    };
    let none = LeadTime::Fixed { periods: 0.0 }.times()?;
    let policy = Policy::MinMax { review: 1, reorder_point: 4.0, order_up_to: 10.0 };
    let laws = vec![Law::Poisson { mean: 6.0 }; periods as usize];
    let (seconds, played) = best(3, 20, || -> Result<f64, aisle_engine::EngineError> {
        // Drawing the demand is part of the work, as it is in stockpyl.
        let path = draw_paths(&laws[..1], 0.0, periods as usize, 1)?.concat();
        Ok(play(&policy, &item, &path, &none, 1)?.cost_per_period())
    });
    println!("single stage played: cost {:.4} a period", played?);
    Ok((serial, chain, seconds / f64::from(periods)))
}

/// The least seconds a run of so many batches, as this thread's time on a processor where the system tells it (Linux). The
/// system counts in ticks of milliseconds, so short runs are repeated within a batch.
fn best<T>(batches: u32, repeats: u32, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut fastest = f64::INFINITY;
    let mut value = run();
    for _ in 0..batches {
        let (start, before) = (Instant::now(), on_processor());
        for _ in 0..repeats {
            value = black_box(run());
        }
        let spent = match (before, on_processor()) {
            (Some(before), Some(after)) => after - before,
            _ => start.elapsed().as_secs_f64(),
        };
        fastest = fastest.min(spent / f64::from(repeats));
    }
    (fastest, value)
}

fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
}
