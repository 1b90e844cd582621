//! Order policies against stockpyl 1.0.2 (Snyder, PyPI): the call is named at each figure; examples and problems are those of
//! Snyder and Shen, *Fundamentals of Supply Chain Theory*.
#![expect(clippy::unwrap_used, reason = "a wrong fact may panic, also in a function that tests share")]

use aisle_engine::inventory::distribution::{Distribution, Law};
use aisle_engine::inventory::economic_order::{
    PriceBreak, economic_order, economic_order_all_units, economic_order_incremental, economic_order_with_backorders,
};
use aisle_engine::inventory::guaranteed_service::{StockPoint, Supply, place_safety_stock};
use aisle_engine::inventory::lot_sizing::{LotPeriod, cheapest_lots};
use aisle_engine::inventory::min_max::{PeriodicDemand, best_min_max, min_max_cost};
use aisle_engine::inventory::newsvendor::{SeasonalPrices, newsvendor, newsvendor_cost, seasonal_purchase};
use aisle_engine::inventory::reorder_quantity::{
    Costs, LeadTimeDemand, best_reorder_point, best_reorder_quantity, best_unit_reorder_quantity,
    reorder_quantity_cost, unit_reorder_quantity_cost,
};
use aisle_engine::inventory::serial::{Stage, echelon_levels};

#[track_caller]
fn close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} against {expected}");
}

fn law(law: Law) -> Distribution {
    law.check().unwrap()
}

/// `normal_loss(18.6, 15, 3)`, `gamma_loss(4, 2, 3)`, `poisson_loss(18, 15)`, `negative_binomial_loss(14, 4, .2)` and
/// `(14, mean=23, sd=8)`: shortage and surplus.
#[test]
fn losses() {
    let gamma = Law::Gamma { mean: 6.0, deviation: 18f64.sqrt() };
    let counts = Law::NegativeBinomial { mean: 16.0, deviation: 80f64.sqrt() };
    for (kind, x, shortage, surplus) in [
        (Law::Normal { mean: 15.0, deviation: 3.0 }, 18.6, 0.1683073521514889, 3.7683073521514903),
        (gamma, 4.0, 2.635971381157268, 0.635971381157268),
        (Law::Poisson { mean: 15.0 }, 18.0, 0.5176095282584724, 3.5176095282584723),
        (counts, 14.0, 4.447304632028364, 2.447304632028364),
        (Law::NegativeBinomial { mean: 23.0, deviation: 8.0 }, 14.0, 9.326459980156931, 0.32645998015693145),
    ] {
        let demand = law(kind);
        close(demand.shortage(x), shortage, 1e-11);
        close(demand.surplus(x), surplus, 1e-11);
    }
}

/// `newsvendor_normal(.18, .70, 50, 8)` and with lead time 4 (5 periods), `newsvendor_poisson(1, 4, 20)` and `(.18, .70, 50)`,
/// `newsvendor_continuous(1, .1765, lognorm(.3, 0, exp(6)))` and `(1, 4, gamma(4, scale=5))`,
/// `newsvendor_discrete(1, 4, nbinom(4, .2))`, problem 4.7b.
#[test]
fn newsvendors() {
    let problem = vec![0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05];
    for (over, under, kind, level, cost) in [
        (0.18, 0.70, Law::Normal { mean: 50.0, deviation: 8.0 }, 56.60395592743389, 1.9976051931766445),
        (0.18, 0.70, Law::Normal { mean: 250.0, deviation: 8.0 * 5f64.sqrt() }, 264.76689437415484, 4.466781004149577),
        (1.0, 4.0, Law::Poisson { mean: 20.0 }, 24.0, 6.438003702008734),
        (0.18, 0.70, Law::Poisson { mean: 50.0 }, 56.0, 1.7972352118091772),
        (1.0, 0.1765, Law::LogNormal { log_mean: 6.0, log_deviation: 0.3 }, 295.62664480713687, 29.442543513243212),
        (1.0, 4.0, Law::Gamma { mean: 20.0, deviation: 10.0 }, 27.575228575757773, 15.517841157983462),
        (1.0, 4.0, Law::NegativeBinomial { mean: 16.0, deviation: 80f64.sqrt() }, 23.0, 13.880487965541073),
        (5e5, 1e6, Law::Discrete { origin: 1.0, step: 1.0, probabilities: problem }, 5.0, 1_225_000.0),
    ] {
        let best = newsvendor(over, under, &law(kind)).unwrap();
        close(best.level, level, 1e-9);
        // stockpyl integrates the losses of continuous laws numerically.
        close(best.cost, cost, 1e-8);
    }
    // `newsvendor_normal_cost(60, .18, .70, 50, 8)`, `newsvendor_normal_explicit(1, .3, .12, 50, 8)`.
    let normal = law(Law::Normal { mean: 50.0, deviation: 8.0 });
    close(newsvendor_cost(60.0, 0.18, 0.70, &normal).unwrap(), 2.156131552870387, 1e-12);
    let prices = SeasonalPrices { revenue: 1.0, purchase: 0.3, salvage: 0.12, holding: 0.0, goodwill: 0.0 };
    let season = seasonal_purchase(&prices, &normal).unwrap();
    close(season.level, 56.60395592743389, 1e-12);
    close(season.cost, 33.002394806823354, 1e-12);
}

/// `economic_order_quantity(8, .225, 1300)`, `…_with_backorders(8, .225, 5, 1300)`, examples 3.5 and problem 3.12 for breaks.
#[test]
fn economic_orders() {
    let plain = economic_order(8.0, 0.225, 1300.0).unwrap();
    close(plain.quantity, 304.0467800264368, 1e-14);
    close(plain.cost, 68.41052550594829, 1e-14);
    let waiting = economic_order_with_backorders(8.0, 0.225, 5.0, 1300.0).unwrap();
    close(waiting.quantity, 310.81255515896464, 1e-14);
    close(waiting.waiting, 0.0430622009569378, 1e-14);
    close(waiting.cost, 66.92136355097325, 1e-14);
    let bands = |numbers: [(f64, f64); 3]| numbers.map(|(from, unit_price)| PriceBreak { from, unit_price });
    let example = bands([(0.0, 0.75), (400.0, 0.72), (800.0, 0.68)]);
    let problem = bands([(0.0, 1490.0), (1200.0, 1220.0), (2400.0, 1100.0)]);
    for (found, quantity, cost) in [
        (economic_order_all_units(8.0, 0.3, 1300.0, &example), 800.0, 978.6),
        (economic_order_incremental(8.0, 0.3, 1300.0, &example), 304.0467800264368, 1043.4105255059483),
        (economic_order_all_units(2250.0, 0.25, 182_500.0, &problem), 2400.0, 201_251_093.75),
        (economic_order_incremental(2250.0, 0.25, 182_500.0, &problem), 28_553.060654284905, 208_678_591.67992836),
    ] {
        close(found.as_ref().unwrap().quantity, quantity, 1e-12);
        close(found.unwrap().cost, cost, 1e-12);
    }
}

/// `r_q_cost(126.8, 328.5, .225, 7.5, 8, 1300, 150, 1/12)` and `(128.6, 308.6, …)`, `r_q_optimal_r_for_q(300, …)`.
#[test]
fn reorder_point_and_quantity_for_normal_demand() {
    let over = law(Law::Normal { mean: 1300.0 / 12.0, deviation: 150.0 / 12f64.sqrt() });
    let demand = LeadTimeDemand { rate: 1300.0, over_lead_time: &over };
    let costs = Costs { holding: 0.225, shortage: 7.5, order: 8.0 };
    close(reorder_quantity_cost(126.8, 328.5, &costs, demand).unwrap(), 78.07116250928294, 1e-9);
    close(reorder_quantity_cost(128.6, 308.6, &costs, demand).unwrap(), 78.20207986736783, 1e-9);
    close(best_reorder_point(300.0, &costs, demand).unwrap(), 129.4272799263067, 1e-7);
    // stockpyl has approximations only; none may be cheaper, and the best of them (loss function) is within a thousandth.
    let best = best_reorder_quantity(&costs, demand).unwrap();
    let near = reorder_quantity_cost(126.8670634479628, 328.4491421980451, &costs, demand).unwrap();
    assert!(best.cost <= near && best.cost > 0.999 * near, "{best:?} against {near}");
}

/// `r_q_poisson_exact(20, 150, 100, 1.5, 2)`, problem 5.2, `r_q_cost_poisson(5, 8, 20, 150, 100, 1.5, 2)`.
#[test]
fn reorder_point_and_quantity_for_poisson_demand() {
    let over = law(Law::Poisson { mean: 3.0 });
    let demand = LeadTimeDemand { rate: 1.5, over_lead_time: &over };
    let costs = Costs { holding: 20.0, shortage: 150.0, order: 100.0 };
    let best = best_unit_reorder_quantity(&costs, demand).unwrap();
    assert_eq!((best.reorder_point, best.quantity), (3.0, 5.0));
    close(best.cost, 107.92358063314975, 1e-12);
    close(unit_reorder_quantity_cost(5.0, 8.0, &costs, demand).unwrap(), 150.34743257484112, 1e-12);
    let over = law(Law::Poisson { mean: 6.0 });
    let best = best_unit_reorder_quantity(
        &Costs { holding: 4.0, shortage: 28.0, order: 4.0 },
        LeadTimeDemand { rate: 12.0, over_lead_time: &over },
    )
    .unwrap();
    assert_eq!((best.reorder_point, best.quantity), (6.0, 7.0));
    close(best.cost, 28.241312842169155, 1e-12);
}

/// `s_s_discrete_exact(1, 4, 5, True, 6)`, problem 4.31, `s_s_cost_discrete(3, 9, 1, 4, 5, True, 6)`, and
/// `s_s_discrete_exact(1, 9, 20, False, 4, 40, [nbinom.pmf(x, 4, .5) for x in range(41)])`.
#[test]
fn minimum_and_maximum() {
    for (holding, shortage, order, kind, s, up_to, cost, relative) in [
        (1.0, 4.0, 5.0, Law::Poisson { mean: 6.0 }, 4.0, 10.0, 8.034111561471642, 1e-9),
        (40.0, 125.0, 150.0, Law::Poisson { mean: 4.0 }, 2.0, 7.0, 223.57482956696882, 1e-9),
        (
            1.0,
            9.0,
            20.0,
            Law::NegativeBinomial { mean: 4.0, deviation: 8f64.sqrt() },
            3.0,
            15.0,
            14.185364594045634,
            1e-6,
        ),
    ] {
        let one = law(kind);
        let demand = PeriodicDemand { per_period: one.lattice().unwrap(), until_next: &one };
        let best = best_min_max(&Costs { holding, shortage, order }, demand).unwrap();
        assert_eq!((best.reorder_point, best.order_up_to), (s, up_to));
        close(best.cost, cost, relative);
    }
    let one = law(Law::Poisson { mean: 6.0 });
    let demand = PeriodicDemand { per_period: one.lattice().unwrap(), until_next: &one };
    let costs = Costs { holding: 1.0, shortage: 4.0, order: 5.0 };
    close(min_max_cost(3.0, 9.0, &costs, demand).unwrap(), 8.17668673426714, 1e-9);
}

/// `wagner_whitin(4, 2, 500, [90, 120, 80, 70])`, problems 3.27 and 3.29, `scmo_ww_hw_c` with prices that vary.
#[test]
fn lots() {
    let free = [0.0; 5];
    type Case<'a> = (f64, f64, &'a [f64], &'a [f64], &'a [f64], f64);
    let cases: [Case<'_>; 4] = [
        (2.0, 500.0, &[90.0, 120.0, 80.0, 70.0], &free, &[210.0, 0.0, 150.0, 0.0], 1380.0),
        (0.8, 120.0, &[150.0, 100.0, 80.0, 200.0], &free, &[150.0, 180.0, 0.0, 200.0], 424.0),
        (0.1, 100.0, &[730.0, 580.0, 445.0, 650.0, 880.0], &free, &[1310.0, 0.0, 1095.0, 0.0, 880.0], 423.0),
        (
            0.1,
            100.0,
            &[400.0, 500.0, 500.0, 1100.0, 900.0],
            &[3.0, 1.0, 4.0, 6.0, 6.0],
            &[400.0, 3000.0, 0.0, 0.0, 0.0],
            4940.0,
        ),
    ];
    for (holding, order_cost, demand, prices, quantities, cost) in cases {
        let periods: Vec<LotPeriod> = demand
            .iter()
            .zip(prices)
            .map(|(demand, unit_price)| LotPeriod { demand: *demand, order_cost, holding, unit_price: *unit_price })
            .collect();
        let plan = cheapest_lots(&periods).unwrap();
        assert_eq!(plan.quantities, quantities);
        close(plan.cost, cost, 1e-12);
    }
}

/// `ssm_serial.optimize_base_stock_levels`: examples 6.1 (within a thousandth, as its grid is coarse), problems 6.1, 6.2a and 6.16
/// for normal demand; problem 6.2b and rows of Shang and Song 2003, table 1, for Poisson demand, to the unit.
#[test]
fn serial_chains() {
    type Case<'a> = (&'a [(f64, f64)], f64, Law, &'a [f64], f64, f64);
    let normal = |mean, deviation| Law::Normal { mean, deviation };
    let poisson = |mean| Law::Poisson { mean };
    let five = [(2.0, 0.5), (2.0, 0.5), (1.0, 0.5), (1.0, 0.5), (1.0, 0.5)];
    let flat = [(0.25, 0.25); 4];
    let steep = [(0.25, 0.25), (2.5, 0.25), (2.5, 0.25), (0.25, 0.25)];
    let cases: [Case<'_>; 9] = [
        (
            &[(3.0, 1.0), (2.0, 1.0), (2.0, 2.0)],
            37.12,
            normal(5.0, 1.0),
            &[6.49, 12.02, 22.71],
            47.66539330753093,
            1e-3,
        ),
        (&[(1.0, 1.0), (1.0, 1.0)], 15.0, normal(100.0, 15.0), &[123.94, 228.49], 166.27052889662946, 1e-3),
        (&five, 24.0, normal(64.0, 8.0), &[40.67, 74.34, 109.26, 142.0, 174.43], 451.72881110449765, 1e-3),
        (&[(5.0, 8.0), (2.0, 3.0)], 24.0, normal(20.0, 4.0), &[171.06, 232.11], 438.2396253072112, 1e-3),
        (&five, 24.0, poisson(64.0), &[41.0, 74.0, 109.0, 142.0, 174.0], 453.6855978910213, 1e-4),
        (&flat, 9.0, poisson(16.0), &[8.0, 13.0, 18.0, 22.0], 12.68693933233134, 1e-3),
        (&steep, 9.0, poisson(16.0), &[9.0, 10.0, 13.0, 19.0], 53.00644471383703, 1e-3),
        (&flat, 99.0, poisson(16.0), &[11.0, 17.0, 22.0, 27.0], 16.19787924326513, 1e-3),
        (&steep, 99.0, poisson(16.0), &[11.0, 14.0, 18.0, 26.0], 74.55428655953348, 1e-3),
    ];
    for (stages, shortage, demand, levels, cost, relative) in cases {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|(echelon_holding, lead_time)| Stage { echelon_holding: *echelon_holding, lead_time: *lead_time })
            .collect();
        let found = echelon_levels(&stages, shortage, &demand, None).unwrap();
        close(found.cost, cost, relative);
        for (level, expected) in found.levels.iter().zip(levels) {
            close(*level, *expected, if matches!(demand, Law::Poisson { .. }) { 0.0 } else { 6e-3 });
        }
    }
    // `expected_cost` at the levels of Shang and Song's heuristic.
    let stages =
        [(3.0, 1.0), (2.0, 1.0), (2.0, 2.0)].map(|(echelon_holding, lead_time)| Stage { echelon_holding, lead_time });
    let given = [6.490880975286938, 12.027434723327854, 22.634032391786285];
    let found = echelon_levels(&stages, 37.12, &normal(5.0, 1.0), Some(&given)).unwrap();
    close(found.cost, 47.65465421619295, 1e-3);
}

/// Processing time, holding cost, bound, deviation, supplied within, promised within.
type Point = (u32, f64, f64, f64, u32, Option<u32>);

fn tree(points: &[Point], supplies: &[(usize, usize)]) -> f64 {
    let points: Vec<StockPoint> = points
        .iter()
        .map(|(processing, holding, bound, deviation, supplied_within, promised_within)| StockPoint {
            processing: *processing,
            holding: *holding,
            bound: *bound,
            deviation: *deviation,
            supplied_within: *supplied_within,
            promised_within: *promised_within,
        })
        .collect();
    let supplies: Vec<Supply> = supplies.iter().map(|(from, to)| Supply { from: *from, to: *to }).collect();
    place_safety_stock(&points, &supplies).unwrap().cost
}

/// `gsm_tree.optimize_committed_service_times`: examples 6.5 and 6.3, figure 6.14, problems 6.7 and 6.9.
#[test]
fn safety_stock_in_trees() {
    let example = [
        (2, 1.0, 1.0, 0.0, 1, None),
        (1, 3.0, 1.0, 1.0, 0, Some(0)),
        (1, 2.0, 1.0, 0.0, 0, None),
        (1, 3.0, 1.0, 1.0, 0, Some(1)),
    ];
    close(tree(&example, &[(0, 2), (2, 1), (2, 3)]), 8.277916867529369, 1e-12);
    let serial = [(1, 2.0, 1.0, 0.0, 1, None), (0, 4.0, 1.0, 0.0, 0, None), (1, 7.0, 1.0, 1.0, 0, Some(1))];
    close(tree(&serial, &[(0, 1), (1, 2)]), 2.8284271247461903, 1e-12);
    let problem = [(1, 2.0, 4.0, 0.0, 1, None), (1, 3.0, 4.0, 0.0, 0, None), (2, 4.0, 4.0, 10.0, 0, Some(0))];
    close(tree(&problem, &[(0, 1), (1, 2)]), 357.77087639996637, 1e-12);
    let (z, inner) =
        (1.6448536269514722, |processing, holding| (processing, holding, 1.6448536269514722, 0.0, 0, None));
    let figure = [
        inner(2, 0.01),
        inner(3, 0.03),
        inner(2, 0.04),
        inner(4, 0.06),
        inner(2, 0.12),
        inner(3, 0.13),
        inner(6, 0.2),
        inner(4, 0.08),
        inner(3, 0.04),
        (2, 0.5, z, 10.0, 0, Some(2)),
    ];
    let arcs = [(0, 1), (1, 2), (2, 4), (3, 4), (4, 5), (5, 9), (6, 9), (7, 9), (8, 9)];
    close(tree(&figure, &arcs), 18.824004472592172, 1e-12);
    let assembly = [
        (7, 0.12054794520547946, 4.0, 4.1, 0, Some(3)),
        (7, 0.07671232876712329, 4.0, 6.2, 0, Some(3)),
        (21, 0.049315068493150684, 4.0, 0.0, 0, None),
        (3, 0.0027397260273972603, 4.0, 0.0, 0, None),
        (8, 0.010958904109589041, 4.0, 0.0, 0, None),
        (2, 0.00410958904109589, 4.0, 0.0, 0, None),
    ];
    close(tree(&assembly, &[(2, 0), (2, 1), (3, 2), (4, 2), (5, 4)]), 15.649530249501026, 1e-12);
}
