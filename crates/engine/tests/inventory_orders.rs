//! Order lines, joint orders and simulated policies: what must hold for any input.
#![expect(clippy::unwrap_used, reason = "a wrong fact may panic, also in a function that tests share")]

use aisle_engine::inventory::demand_curve::{CumulativeDemand, DemandForecast};
use aisle_engine::inventory::distribution::Law;
use aisle_engine::inventory::joint_order::{
    JointLine, Limits, LineOption, PriceTier, SupplierTerms, joint_order, line_options,
};
use aisle_engine::inventory::lead_time::LeadTime;
use aisle_engine::inventory::min_max::{PeriodicDemand, best_min_max};
use aisle_engine::inventory::order_line::{LineInputs, Overrides, Sliders, order_line, order_lines};
use aisle_engine::inventory::policy_simulation::{Policy, SimulatedItem, compare, draw_paths, play};
use aisle_engine::inventory::reorder_quantity::Costs;
use aisle_engine::inventory::service::ServiceTarget;
use aisle_engine::inventory::stock_projection::{Receipt, project};
use proptest::prelude::*;

fn inputs() -> LineInputs {
    LineInputs {
        on_hand: 30.0,
        on_order: 10.0,
        committed: 5.0,
        lead_time: LeadTime::Fixed { periods: 3.0 }.times().unwrap(),
        review_period: 1.0,
        target: ServiceTarget::Cycle(0.95),
        lot: 0.0,
        whole_units: false,
        pack: 0.0,
        minimum: 0.0,
        maximum: None,
        unit_cost: 250.0,
        unit_margin: 150.0,
        holding: 2.0,
    }
}

fn demand(law: &Law) -> CumulativeDemand {
    CumulativeDemand::new(&DemandForecast::Laws { periods: vec![law.clone(); 12], correlation: 0.0 }).unwrap()
}

/// Normal demand 20 +- 6 a period, lead time 3, review 1: 80 +- 12 over 4 periods; z(.95) = 1.6449; position 35.
#[test]
fn the_arithmetic_of_a_line_is_the_one_on_paper() {
    let line = order_line(
        &inputs(),
        &demand(&Law::Normal { mean: 20.0, deviation: 6.0 }),
        &Sliders::default(),
        &Overrides::default(),
    )
    .unwrap();
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 0.1, "{found} against {expected}");
    near(line.protection_period, 4.0);
    near(line.demand.value, 80.0);
    near(line.spread.value, 12.0);
    near(line.safety_stock.value, 19.74);
    near(line.safety_factor, 1.645);
    near(line.reorder_point.value, 99.74);
    near(line.position, 35.0);
    near(line.quantity.value, 64.74);
    near(line.cycle_service, 0.95);
    near(line.cost / 100.0, 64.74 * 2.5);
    // Random lead time, mean 3, deviation 1: sqrt(4 * 36 + 20^2 * 1) = 23.32, as in the textbook's formula.
    let overrides = Overrides { lead_time_spread: Some(1.0), ..Overrides::default() };
    let law = demand(&Law::Normal { mean: 20.0, deviation: 6.0 });
    let random = order_line(&inputs(), &law, &Sliders::default(), &overrides).unwrap();
    near(random.spread.value, 23.32);
    assert_eq!((random.lead_time_spread.computed, random.lead_time_spread.value), (0.0, 1.0));
}

/// Poisson demand of 2 over lead time and review: P(D <= 4) = .947, P(D <= 5) = .983. Pieces cannot be parted.
#[test]
fn slow_movers_are_counted_in_pieces() {
    let law = demand(&Law::Poisson { mean: 0.5 });
    for (share, point) in [(0.94, 4.0), (0.97, 5.0), (0.60, 2.0)] {
        let line = LineInputs { whole_units: true, target: ServiceTarget::Cycle(share), ..inputs() };
        let line = order_line(&line, &law, &Sliders::default(), &Overrides::default()).unwrap();
        assert_eq!(line.reorder_point.value, point, "for {share}");
    }
}

#[test]
fn an_override_moves_what_follows_and_nothing_before() {
    let law = demand(&Law::Gamma { mean: 20.0, deviation: 9.0 });
    let line = |overrides| order_line(&inputs(), &law, &Sliders::default(), &overrides).unwrap();
    let plain = line(Overrides::default());
    let set = line(Overrides { safety_stock: Some(50.0), ..Overrides::default() });
    assert_eq!((set.demand, set.spread, set.position), (plain.demand, plain.spread, plain.position));
    assert_eq!((set.safety_stock.computed, set.safety_stock.value), (plain.safety_stock.value, 50.0));
    assert!((set.reorder_point.value - plain.demand.value - 50.0).abs() < 1e-9);
    assert!(set.cycle_service > plain.cycle_service && set.quantity.value > plain.quantity.value);
    let fixed = line(Overrides { quantity: Some(7.0), on_hand: Some(0.0), ..Overrides::default() });
    assert_eq!((fixed.quantity.value, fixed.position), (7.0, 5.0));
    assert!(fixed.quantity.computed > plain.quantity.value && fixed.expected_short > plain.expected_short);
    let doubled = line(Overrides { demand: Some(2.0 * plain.demand.value), ..Overrides::default() });
    assert!((doubled.spread.value - 2.0 * plain.spread.value).abs() < 1e-9);
    assert!((doubled.safety_stock.value - 2.0 * plain.safety_stock.value).abs() < 1e-6);
}

prop_compose! {
    fn any_inputs()(
        on_hand in -20.0..200.0f64, on_order in 0.0..100.0f64, committed in 0.0..50.0f64, lead in 0.0..9.0f64, cv in 0.0..0.8f64,
        review in 0.1..4.0f64, share in 0.5..0.995f64, fill in any::<bool>(), lot in 0.0..80.0f64, whole in any::<bool>(),
        pack in 0u32..13, minimum in 0.0..60.0f64, maximum in proptest::option::of(0.0..150.0f64),
    ) -> LineInputs {
        let law = Law::Gamma { mean: lead, deviation: cv * lead };
        LineInputs {
            on_hand, on_order, committed, review_period: review, lot, whole_units: whole, pack: f64::from(pack), minimum, maximum,
            lead_time: LeadTime::Law { law }.times().unwrap(),
            target: if fill { ServiceTarget::Fill(share) } else { ServiceTarget::Cycle(share) },
            ..inputs()
        }
    }
}

fn any_law() -> impl Strategy<Value = Law> {
    (0.05..40.0f64, 0.1..1.5f64, 0..3u8).prop_map(|(mean, cv, kind)| match kind {
        0 => Law::Normal { mean, deviation: 0.4 * cv * mean },
        1 => Law::Gamma { mean, deviation: cv * mean },
        _ => Law::NegativeBinomial { mean, deviation: (mean * (1.0 + cv)).sqrt() },
    })
}

/// What the browser gets is checked as what the server made; what contradicts itself is refused.
#[test]
fn inputs_survive_their_bytes_and_broken_ones_are_refused() {
    let sent = (inputs(), demand(&Law::Gamma { mean: 20.0, deviation: 9.0 }));
    let bytes = postcard::to_allocvec(&sent).unwrap();
    let got: (LineInputs, CumulativeDemand) = postcard::from_bytes(&bytes).unwrap();
    assert!(got == sent);
    let empty = postcard::to_allocvec(&Vec::<(f64, f64)>::new()).unwrap();
    assert!(postcard::from_bytes::<CumulativeDemand>(&empty).is_err());
    for broken in
        [vec![], vec![(f64::NAN, 1.0)], vec![(1.0, 0.4)], vec![(2.0, 0.5), (1.0, 0.5)], vec![(1.0, 1.5), (2.0, -0.5)]]
    {
        let bytes = postcard::to_allocvec(&broken).unwrap();
        assert!(postcard::from_bytes::<aisle_engine::inventory::lead_time::LeadTimes>(&bytes).is_err(), "{broken:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn quantities_keep_the_rules_of_the_supplier(inputs in any_inputs(), law in any_law()) {
        let line = order_line(&inputs, &demand(&law), &Sliders::default(), &Overrides::default()).unwrap();
        let quantity = line.quantity.value;
        prop_assert!(quantity >= 0.0 && quantity.is_finite());
        prop_assert!(quantity == 0.0 || quantity >= inputs.minimum - 1e-6);
        prop_assert!(quantity <= inputs.maximum.unwrap_or(f64::INFINITY) + 1e-6);
        let unit = if inputs.pack > 0.0 { inputs.pack } else { f64::from(u8::from(inputs.whole_units)) };
        if unit > 0.0 {
            let packs = quantity / unit;
            prop_assert!((packs - packs.round()).abs() < 1e-9);
        }
        prop_assert!(line.position < line.reorder_point.value || quantity == 0.0);
        if inputs.maximum.is_none() && line.need.value > 0.0 {
            prop_assert!(line.position + quantity >= line.order_up_to.value - 1e-6);
        }
        for share in [line.cycle_service, line.fill_rate] {
            prop_assert!((0.0..=1.0).contains(&share));
        }
        prop_assert!(line.expected_short >= 0.0 && line.expected_left >= 0.0);
    }

    #[test]
    fn more_service_longer_lead_times_and_more_demand_order_more(inputs in any_inputs(), law in any_law(), more in 1.0..1.6f64) {
        let law = demand(&law);
        let inputs = LineInputs { maximum: None, minimum: 0.0, lot: 0.0, ..inputs };
        let level = |sliders| order_line(&inputs, &law, &sliders, &Overrides::default()).unwrap().order_up_to.value;
        let plain = level(Sliders::default());
        let higher = match inputs.target {
            ServiceTarget::Cycle(share) => ServiceTarget::Cycle(0.5 * (share + 1.0)),
            ServiceTarget::Fill(share) => ServiceTarget::Fill(0.5 * (share + 1.0)),
        };
        let slack = 1e-5 * (1.0 + plain);
        let more_service = level(Sliders { target: Some(higher), ..Sliders::default() });
        let more_demand = level(Sliders { demand: more, ..Sliders::default() });
        let later = level(Sliders { lead_time: more, ..Sliders::default() });
        prop_assert!(more_service >= plain - slack);
        prop_assert!(more_demand >= plain - slack);
        // Of a random time, more of it also means more spread: beyond the median all of it rises.
        if !matches!(inputs.target, ServiceTarget::Fill(_)) {
            prop_assert!(later >= plain * 0.99 - slack);
        }
        let all = order_lines(&[inputs.clone(), inputs.clone()], &[law.clone(), law.clone()], &Sliders::default()).unwrap();
        prop_assert!(all[0] == all[1] && all[0].order_up_to.value == plain);
    }

    #[test]
    fn a_projection_agrees_with_the_line(inputs in any_inputs(), law in any_law(), after in 0.0..6.0f64) {
        let law = demand(&law);
        let receipts = [Receipt { after, units: inputs.on_order }];
        let projected = project(&inputs, &law, &Sliders::default(), &Overrides::default(), Some(&receipts), 14).unwrap();
        prop_assert_eq!(projected.line, order_line(&inputs, &law, &Sliders::default(), &Overrides::default()).unwrap());
        for period in 0..14 {
            let (low, mean, high) = (projected.lower[period], projected.mean[period], projected.upper[period]);
            prop_assert!(low <= high && projected.mean_without[period] <= mean + 1e-9, "{low} {mean} {high}");
            prop_assert!((0.0..=1.0 + 1e-9).contains(&projected.in_stock[period]));
        }
        prop_assert!(projected.expected_lost <= projected.expected_lost_without + 1e-9);
        let last = projected.mean.len() - 1;
        let expected = inputs.on_hand + inputs.on_order - inputs.committed - law.mean_until(14.0);
        prop_assert!((projected.mean_without[last] - expected).abs() < 1e-6 * (1.0 + expected.abs()));
    }

    #[test]
    fn no_number_makes_a_line_panic(numbers in proptest::collection::vec(prop_oneof![any::<f64>(), -10.0..10.0f64], 14)) {
        let inputs = LineInputs {
            on_hand: numbers[0], on_order: numbers[1], committed: numbers[2], review_period: numbers[3],
            target: ServiceTarget::Fill(numbers[4]), lot: numbers[5], pack: numbers[6], minimum: numbers[7], maximum: Some(numbers[8]),
            ..inputs()
        };
        let overrides = Overrides { demand: Some(numbers[9]), spread: Some(numbers[10]), lead_time: Some(numbers[11]), ..Overrides::default() };
        let sliders = Sliders { demand: numbers[12], lead_time: numbers[13], ..Sliders::default() };
        if let Ok(line) = order_line(&inputs, &demand(&Law::Poisson { mean: 3.0 }), &sliders, &overrides) {
            prop_assert!(line.quantity.value >= 0.0);
        }
    }
}

prop_compose! {
    /// Packs of one price with falling rewards, as lines without price breaks have.
    fn concave_line()(supplier in 0usize..2, price in 1i64..60, volume in 1u32..9, rewards in proptest::collection::vec(-20.0..80.0f64, 1..4)) -> JointLine {
        let mut falling = rewards;
        falling.sort_by(|a, b| b.total_cmp(a));
        let mut reward = 0.0;
        let options = falling.iter().zip(1u32..).map(|(gain, packs)| {
            reward += gain;
            LineOption { quantity: f64::from(packs), cost: price * i64::from(packs), volume: f64::from(volume * packs), reward }
        }).collect();
        JointLine { supplier, options }
    }
}

/// Every combination of options.
fn best_of_all(lines: &[JointLine], limits: &Limits) -> f64 {
    fn go(lines: &[JointLine], limits: &Limits, cost: i64, volume: f64) -> f64 {
        if limits.budget.is_some_and(|budget| cost > budget) || limits.volume.is_some_and(|most| volume > most) {
            return f64::NEG_INFINITY;
        }
        let Some((line, rest)) = lines.split_first() else { return 0.0 };
        line.options.iter().fold(go(rest, limits, cost, volume), |best, option| {
            best.max(option.reward + go(rest, limits, cost + option.cost, volume + option.volume))
        })
    }
    go(lines, limits, 0, 0.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_joint_order_keeps_its_limits_and_is_at_most_a_step_from_the_optimum(
        lines in proptest::collection::vec(concave_line(), 0..6), budget in 0i64..300, truck in proptest::option::of(5.0..60.0f64),
    ) {
        let limits = Limits { budget: Some(budget), volume: truck };
        let order = joint_order(&lines, &[SupplierTerms::default(); 2], &limits).unwrap();
        let chosen = || lines.iter().zip(&order.chosen).filter_map(|(line, index)| Some(&line.options[(*index)?]));
        prop_assert_eq!(order.cost, chosen().map(|option| option.cost).sum::<i64>());
        prop_assert!(order.cost <= budget && order.volume <= truck.unwrap_or(f64::INFINITY) * (1.0 + 1e-9));
        let reward: f64 = chosen().map(|option| option.reward).sum();
        prop_assert!((reward - order.reward).abs() < 1e-9 && reward >= 0.0);
        let best = best_of_all(&lines, &limits);
        prop_assert!(order.reward <= best + 1e-9);
        if truck.is_none() {
            let largest = lines.iter().flat_map(|line| &line.options).map(|option| option.reward).fold(0.0, f64::max);
            prop_assert!(order.reward >= best - largest - 1e-9, "{} against {best}", order.reward);
        }
        prop_assert_eq!(order, joint_order(&lines, &[SupplierTerms::default(); 2], &limits).unwrap());
    }

    #[test]
    fn with_one_price_the_greedy_order_is_the_optimum(
        lines in proptest::collection::vec(concave_line(), 1..6), packs in 0i64..9,
    ) {
        let mut lines = lines;
        for option in lines.iter_mut().flat_map(|line| line.options.iter_mut()) {
            option.cost = 10 * option.quantity as i64;
        }
        let limits = Limits { budget: Some(10 * packs), volume: None };
        let order = joint_order(&lines, &[SupplierTerms::default(); 2], &limits).unwrap();
        prop_assert!((order.reward - best_of_all(&lines, &limits)).abs() < 1e-9);
        let rewards: Vec<f64> = order.steps.iter().map(|step| step.stock_reward).collect();
        prop_assert!(rewards.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9));
    }

    #[test]
    fn a_supplier_gets_its_minimum_or_nothing(
        lines in proptest::collection::vec(concave_line(), 1..7), minimum in 0i64..200, order_cost in 0i64..60, budget in proptest::option::of(0i64..300),
    ) {
        let terms = [SupplierTerms { minimum, order_cost }, SupplierTerms::default()];
        let order = joint_order(&lines, &terms, &Limits { budget, volume: None }).unwrap();
        let of = |supplier| lines.iter().zip(&order.chosen).filter(move |(line, _)| line.supplier == supplier)
            .filter_map(|(line, index)| Some(&line.options[(*index)?]));
        let (cost, reward) = (of(0).map(|o| o.cost).sum::<i64>(), of(0).map(|o| o.reward).sum::<f64>());
        prop_assert!(cost == 0 || cost >= minimum);
        prop_assert!(cost == 0 || reward > order_cost as f64);
        prop_assert!(order.cost <= budget.unwrap_or(i64::MAX) && order.reward >= -1e-9);
    }

    #[test]
    fn options_keep_packs_and_their_rewards_fall(inputs in any_inputs(), law in any_law()) {
        let inputs = LineInputs { maximum: None, ..inputs };
        let options = line_options(&inputs, &demand(&law), &Sliders::default(), &[], 0.5, 12).unwrap();
        for option in &options {
            prop_assert!((inputs.orderable(option.quantity) - option.quantity).abs() < 1e-6 * option.quantity);
            prop_assert!(option.cost as f64 >= option.quantity * inputs.unit_cost - 1e-3);
        }
        let slopes: Vec<f64> = options.windows(2).map(|o| (o[1].reward - o[0].reward) / (o[1].quantity - o[0].quantity)).collect();
        prop_assert!(slopes.windows(2).all(|pair| pair[1] <= pair[0] + 0.02 * inputs.unit_margin), "{slopes:?}");
    }
}

/// 100 units at 250, from 60 on at 200: the tier's saving counts as reward, and its first quantity is an option.
#[test]
fn price_breaks_enter_the_options() {
    let tiers = [PriceTier { from: 0.0, unit_price: 250 }, PriceTier { from: 60.0, unit_price: 200 }];
    let law = demand(&Law::Gamma { mean: 10.0, deviation: 4.0 });
    let options = line_options(&inputs(), &law, &Sliders::default(), &tiers, 0.0, 8).unwrap();
    let plain = line_options(&inputs(), &law, &Sliders::default(), &tiers[..1], 0.0, 8).unwrap();
    for option in &options {
        let price = if option.quantity >= 60.0 { 200.0 } else { 250.0 };
        assert_eq!(option.cost, (price * option.quantity - 1e-6).ceil() as i64);
        if let Some(same) = plain.iter().find(|same| same.quantity == option.quantity) {
            assert!((option.reward - same.reward - (250.0 - price) * option.quantity).abs() < 1e-6);
        }
    }
}

fn simulated() -> SimulatedItem {
    SimulatedItem {
        on_hand: 20.0,
        pack: 0.0,
        minimum: 0.0,
        backorders: true,
        holding: 1.0,
        shortage: 4.0,
        order: 5.0,
        warm_up: 50,
    }
}

/// stockpyl's exact (s, S) for Poisson(6), holding 1, shortage 4, order 5 costs 8.0341 with demand met after ordering: one
/// period's demand until the next arrival, as here with lead time 0.
#[test]
fn a_played_policy_costs_what_was_calculated() {
    let law = Law::Poisson { mean: 6.0 };
    let one = law.check().unwrap();
    let costs = Costs { holding: 1.0, shortage: 4.0, order: 5.0 };
    let best = best_min_max(&costs, PeriodicDemand { per_period: one.lattice().unwrap(), until_next: &one }).unwrap();
    let path = &draw_paths(&vec![law.clone(); 400_000], 0.0, 1, 11).unwrap()[0];
    let none = LeadTime::Fixed { periods: 0.0 }.times().unwrap();
    let policy = Policy::MinMax { review: 1, reorder_point: best.reorder_point, order_up_to: best.order_up_to };
    let played = play(&policy, &simulated(), path, &none, 1).unwrap();
    assert!((played.cost_per_period() - best.cost).abs() < 0.01 * best.cost, "{}", played.cost_per_period());
    // With lead time 2 the protection is three periods.
    let two = LeadTime::Fixed { periods: 2.0 }.times().unwrap();
    let through = law.over(3.0).unwrap();
    let best =
        best_min_max(&costs, PeriodicDemand { per_period: one.lattice().unwrap(), until_next: &through }).unwrap();
    let policy = Policy::MinMax { review: 1, reorder_point: best.reorder_point, order_up_to: best.order_up_to };
    let played = play(&policy, &simulated(), path, &two, 1).unwrap();
    assert!((played.cost_per_period() - best.cost).abs() < 0.01 * best.cost, "{}", played.cost_per_period());
}

/// What the line promises is what the simulation counts: cycle service and fill rate at lead time 3, review 1 or 4.
#[test]
fn a_line_keeps_its_promise_in_the_simulation() {
    let law = Law::Gamma { mean: 20.0, deviation: 9.0 };
    let path = &draw_paths(&vec![law.clone(); 200_000], 0.0, 1, 5).unwrap()[0];
    for (review, target) in [
        (1u32, ServiceTarget::Cycle(0.95)),
        (4, ServiceTarget::Cycle(0.9)),
        (1, ServiceTarget::Fill(0.95)),
        (4, ServiceTarget::Fill(0.98)),
    ] {
        let line = LineInputs { review_period: f64::from(review), target, ..inputs() };
        let level =
            order_line(&line, &demand(&law), &Sliders::default(), &Overrides::default()).unwrap().order_up_to.value;
        let policy = Policy::OrderUpTo { review, order_up_to: level };
        let played = play(&policy, &simulated(), path, &line.lead_time, 1).unwrap();
        match target {
            ServiceTarget::Cycle(share) => assert!((played.cycle_service() - share).abs() < 0.02, "{played:?}"),
            // The line counts all that is short at the end of the span, the simulation what is not met at once: the promise is
            // kept, with a margin where backorders last over several reviews.
            ServiceTarget::Fill(share) => assert!((-0.005..0.05).contains(&(played.fill_rate() - share)), "{played:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_simulation_loses_no_unit(
        law in any_law(), s in -5.0..80.0f64, span in 1.0..60.0f64, review in 1u32..6, lead in 0.0..5.0f64, pack in 0u32..7,
        backorders in any::<bool>(), seed in any::<u64>(),
    ) {
        let paths = draw_paths(&vec![law; 60], 0.2, 4, seed).unwrap();
        let times = LeadTime::Law { law: Law::Gamma { mean: lead, deviation: 0.4 * lead } }.times().unwrap();
        let item = SimulatedItem { pack: f64::from(pack), backorders, warm_up: 0, ..simulated() };
        let policies = [
            Policy::MinMax { review, reorder_point: s, order_up_to: s + span },
            Policy::OrderUpTo { review, order_up_to: s + span },
            Policy::ReorderQuantity { reorder_point: s, quantity: span },
            Policy::Following { review, reorder_points: vec![s, s + 1.0], order_up_to: vec![s + span] },
        ];
        for outcome in compare(&policies, &item, &paths, &times, seed).unwrap() {
            let total = outcome.total;
            prop_assert_eq!(total.periods, 240.0);
            prop_assert!((total.demand - total.met - total.lost).abs() < 1e-6 * (1.0 + total.demand) || backorders);
            prop_assert!(total.met <= total.demand + 1e-9 && total.ordered >= 0.0);
            if pack > 0 {
                let packs = total.ordered / f64::from(pack);
                prop_assert!((packs - packs.round()).abs() < 1e-6);
            }
        }
        let again = compare(&policies, &item, &paths, &times, seed).unwrap();
        prop_assert_eq!(again[0].cost_against_first, (0.0, 0.0));
    }

    #[test]
    fn a_higher_level_never_serves_less(law in any_law(), level in 0.0..100.0f64, more in 0.0..40.0f64, seed in any::<u64>()) {
        let paths = draw_paths(&vec![law; 80], 0.0, 1, seed).unwrap();
        let times = LeadTime::Fixed { periods: 2.0 }.times().unwrap();
        let fill = |order_up_to| play(&Policy::OrderUpTo { review: 1, order_up_to }, &simulated(), &paths[0], &times, 1).unwrap().fill_rate();
        prop_assert!(fill(level + more) >= fill(level) - 1e-12);
    }
}
