//! A year of orders: what Aisle's cost against a fixed minimum and maximum and against the normal formula, at equal service.
//!
//! `aisle simulate --items 1000 --locations 20 FOLDER`, then
//! `cargo run --release -p aisle-training --example ordering_year -- FOLDER [FILL_RATE]`.
//!
//! The last 52 weeks are played day by day with the true demand; what is not there is lost. All policies review weekly, see
//! the same sales and the same past lead times, order in the same packs with the same economic lot, and draw the same lead
//! times. Aisle forecasts anew each quarter, from sales alone: nothing of the year played is known before its quarter
//! begins. Each policy has one knob; it is set so that the shop's fill rate is the one asked for, between the two nearest of
//! its settings. Intervals: 1,000 resamples of the items.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod policies;
mod shop;

use aisle_domain::{Currency, Granularity, Measure};
use aisle_engine::distribution::PathScores;
use aisle_engine::inventory::lead_time::{LeadTime, LeadTimes};
use aisle_engine::inventory::policy_simulation::{Policy, PolicyOutcome, SimulatedItem, play};
use aisle_engine::inventory::random::Random;
use aisle_engine::{Artefact, Scenario, distribution};
use aisle_training::{FitParameters, Panel, PanelParts, PanelSeries, fit};
use policies::{Levels, REVIEW_DAYS, Terms, by_forecast, by_normal_formula, curves, fixed, lot, moments};
use shop::{Failure, Series, Shop};
use std::path::PathBuf;

const WEEKS: usize = 52;
const QUARTER: usize = 13;
/// Weeks ahead that orders must reckon with.
const AHEAD: usize = 9;
/// Of an order line, in the currency's major unit.
const ORDER_COST: f64 = 2.0;
/// Of a unit's cost, per year.
const HOLDING: f64 = 0.25;
/// Days before costs are counted: the stock to begin with is nobody's decision.
const WARM_UP: u32 = 28;
const NAMES: [&str; 3] = ["Aisle", "normal formula", "fixed min/max"];
/// Settings of each policy's knob: fill rate, normal score, multiple of the mean.
const KNOBS: [[f64; 9]; 3] = [
    [0.80, 0.88, 0.93, 0.96, 0.975, 0.985, 0.992, 0.996, 0.998],
    [-0.5, 0.0, 0.4, 0.8, 1.2, 1.6, 2.1, 2.7, 3.5],
    [0.6, 0.8, 1.0, 1.2, 1.45, 1.75, 2.1, 2.7, 3.6],
];

/// Outcomes of an item at all places: by policy and knob.
type Outcomes = [[PolicyOutcome; 9]; 3];

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let folder = words.first().map(PathBuf::from).ok_or("name the folder that `aisle simulate` wrote")?;
    let wanted: f64 = words.get(1).map_or(Ok(0.97), |word| word.parse())?;
    let shop = Shop::read(&folder)?;
    let start = shop.days.checked_sub(7 * WEEKS).filter(|start| *start >= 7 * WEEKS).ok_or("two years are needed")?;
    let skipped = start % 7;
    let sold_all_year = |series: &&Series| series.demand[start - 7 * 26..].iter().all(|value| value.is_finite());
    let played: Vec<&Series> = shop.series.iter().filter(sold_all_year).collect();
    println!("{} of {} series are on sale from half a year before to the end", played.len(), shop.series.len());
    let weekly: Vec<Vec<f64>> = shop.series.iter().map(|series| by_week(&series.sold[skipped..])).collect();
    let history = (start - skipped) / 7;
    let artefacts = (0..WEEKS / QUARTER)
        .map(|quarter| {
            let artefact = artefact(&shop, &weekly, skipped, history + quarter * QUARTER)?;
            let scores = artefact.path_scores(7, 200);
            Ok((artefact, scores))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let halves: Vec<Vec<&Series>> = played.chunks(played.len().div_ceil(2).max(1)).map(<[_]>::to_vec).collect();
    let outcomes = std::thread::scope(|scope| {
        let (shop, artefacts) = (&shop, &artefacts);
        let one = move |series: &Series| play_series(shop, series, artefacts, start).map_err(|error| error.to_string());
        let mut running = Vec::new();
        for half in halves {
            running.push(scope.spawn(move || -> Result<Vec<(usize, Outcomes)>, String> {
                half.into_iter().map(|series| Ok((series.item, one(series)?))).collect()
            }));
        }
        running.into_iter().map(|half| half.join().map_err(|_| "a thread broke off".to_owned())?).collect::<Vec<_>>()
    });
    let mut items = vec![Outcomes::default(); shop.items.len()];
    for (item, found) in outcomes.into_iter().collect::<Result<Vec<_>, String>>()?.into_iter().flatten() {
        for (sum, one) in items[item].iter_mut().flatten().zip(found.iter().flatten()) {
            sum.add(one);
        }
    }
    report(&items, wanted);
    Ok(())
}

fn by_week(daily: &[f32]) -> Vec<f64> {
    daily.chunks_exact(7).map(|week| week.iter().map(|value| f64::from(*value)).sum()).collect()
}

/// Fitted on the first `weeks` weeks of all series.
fn artefact(shop: &Shop, weekly: &[Vec<f64>], skipped: usize, weeks: usize) -> Result<Artefact, Failure> {
    let first = shop.first.plus(skipped as i32 + 6);
    let granularity = Granularity::Week { ends: first.weekday() };
    let known = |(series, weekly): (&Series, &Vec<f64>)| PanelSeries {
        key: series.key.clone(),
        values: weekly[..weeks].to_vec(),
        group: series.key.item.to_string(),
    };
    let parts = PanelParts {
        data_version: "simulated".to_owned(),
        measure: Measure::Quantity,
        granularity,
        currency: None::<Currency>,
        ends: (0..weeks as i32).map(|week| granularity.step(first, week)).collect(),
        series: shop.series.iter().zip(weekly).map(known).collect(),
        drivers: Vec::new(),
        locations: Vec::new(),
        events: shop.events.clone(),
    };
    let parameters = FitParameters { horizon: QUARTER + AHEAD, ..FitParameters::default() }.check()?;
    Ok(fit(&Panel::new(parts)?, &parameters, &|_| {}, &|| false)?.artefact)
}

fn play_series(
    shop: &Shop,
    series: &Series,
    artefacts: &[(Artefact, PathScores)],
    start: usize,
) -> Result<Outcomes, Failure> {
    let item = &shop.items[series.item];
    let seen_until = shop.first.plus(start as i32);
    let deliveries = shop.deliveries.get(&item.supplier).ok_or("a supplier that never delivered")?;
    let took: Vec<f64> = deliveries.iter().filter(|(day, _)| *day < seen_until).map(|(_, took)| *took).collect();
    let in_weeks = took.iter().map(|days| days / 7.0).collect();
    let skipped = start % 7;
    let weekly = by_week(&series.sold[skipped..]);
    let from = (start - skipped) / 7;
    let usual = moments(&weekly[from.saturating_sub(WEEKS)..from]).0;
    let holding = item.cost * HOLDING / WEEKS as f64;
    let terms = Terms {
        lead: LeadTime::Observed { periods: in_weeks }.times()?,
        lead_moments: {
            let (mean, deviation) = moments(&took);
            (mean / 7.0, deviation / 7.0)
        },
        pack: item.pack,
        cost: item.cost,
        holding,
        lot: lot(ORDER_COST, holding, usual),
    };
    let mut ahead = Vec::with_capacity(WEEKS);
    for (artefact, scores) in artefacts {
        let index = artefact.find(&series.key).ok_or("a series without a forecast")?;
        ahead.extend(curves(&distribution(artefact, index, &Scenario::default())?, scores, QUARTER, AHEAD)?);
    }
    let daily: LeadTimes = LeadTime::Observed { periods: took }.times()?;
    let demand: Vec<f64> = series.demand[start..].iter().map(|value| f64::from(*value)).collect();
    let simulated = SimulatedItem {
        on_hand: (usual * (terms.lead_moments.0 + 2.0)).ceil(),
        pack: item.pack,
        minimum: 0.0,
        backorders: false,
        holding: holding / 7.0,
        shortage: 0.0,
        order: ORDER_COST,
        warm_up: WARM_UP,
    };
    let seed = series.item as u64;
    let mut found = Outcomes::default();
    for (policy, knobs) in KNOBS.iter().enumerate() {
        for (setting, knob) in knobs.iter().enumerate() {
            let levels = match policy {
                0 => by_forecast(&ahead, &terms, *knob)?,
                1 => by_normal_formula(&weekly, from, WEEKS, &terms, *knob),
                _ => fixed(&weekly, from, WEEKS, &terms, *knob),
            };
            found[policy][setting] = play(&followed(&levels), &simulated, &demand, &daily, seed)?;
        }
    }
    Ok(found)
}

/// Levels by day: the review at the end of a week orders by what is known of the next.
fn followed(levels: &Levels) -> Policy {
    let at = |day: usize| levels[((day + 1) / 7).min(levels.len() - 1)];
    let days = levels.len() * 7;
    Policy::Following {
        review: REVIEW_DAYS as u32,
        reorder_points: (0..days).map(|day| at(day).0).collect(),
        order_up_to: (0..days).map(|day| at(day).1).collect(),
    }
}

/// Cost per day, mean stock and fill rate at the fill rate that is wanted; `None` where no two settings hold it between them.
fn at_service(items: &[&Outcomes], policy: usize, wanted: f64) -> Option<(f64, f64)> {
    let mut sums = [PolicyOutcome::default(); 9];
    for item in items {
        sums.iter_mut().zip(&item[policy]).for_each(|(sum, one)| sum.add(one));
    }
    let pair = sums.windows(2).find(|pair| pair[0].fill_rate() <= wanted && wanted <= pair[1].fill_rate())?;
    let (low, high) = (&pair[0], &pair[1]);
    let span = high.fill_rate() - low.fill_rate();
    let part = if span > 0.0 { (wanted - low.fill_rate()) / span } else { 0.0 };
    // `periods` counts the days of all series; the sums are over them.
    let between = |of: fn(&PolicyOutcome) -> f64| of(low) + part * (of(high) - of(low));
    Some((between(|o| o.holding_cost + o.order_cost), between(|o| o.stock)))
}

fn report(items: &[Outcomes], wanted: f64) {
    let all: Vec<&Outcomes> = items.iter().collect();
    println!("\nfill rate and cost by setting (holding + orders, counted days)");
    for (policy, name) in NAMES.iter().enumerate() {
        let mut sums = [PolicyOutcome::default(); 9];
        all.iter().for_each(|item| sums.iter_mut().zip(&item[policy]).for_each(|(sum, one)| sum.add(one)));
        let told: Vec<String> = sums
            .iter()
            .map(|sum| format!("{:.2} % {:.0}", 100.0 * sum.fill_rate(), sum.holding_cost + sum.order_cost))
            .collect();
        println!("  {name:<15} {}", told.join(" | "));
    }
    println!("\nat a fill rate of {:.1} %", 100.0 * wanted);
    let mut random = Random::new(1);
    let resamples: Vec<Vec<&Outcomes>> = (0..1_000)
        .map(|_| (0..items.len()).map(|_| &items[(random.uniform() * items.len() as f64) as usize]).collect())
        .collect();
    let first = at_service(&all, 0, wanted);
    for (policy, name) in NAMES.iter().enumerate() {
        let (Some((cost, stock)), Some(own)) = (at_service(&all, policy, wanted), first) else {
            println!("  {name:<15} no setting reaches it");
            continue;
        };
        let ratio =
            |items: &Vec<&Outcomes>| Some(at_service(items, 0, wanted)?.0 / at_service(items, policy, wanted)?.0);
        let mut ratios: Vec<f64> = resamples.iter().filter_map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let at = |share: f64| ratios.get((share * ratios.len() as f64) as usize).copied().unwrap_or(f64::NAN);
        println!(
            "  {name:<15} cost {cost:>12.0}, unit-days of stock {stock:>14.0}; Aisle's cost is {:.3} of it (95 %: {:.3} to {:.3})",
            own.0 / cost,
            at(0.025),
            at(0.975)
        );
    }
}
