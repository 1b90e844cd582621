//! (s, S): at a review with the position at or below s, order up to S. Exact cost and optimum for demand on a lattice.

use super::bounds::{finite, refuse};
use super::distribution::Distribution;
use super::lattice::Lattice;
use super::newsvendor::period_cost;
use super::reorder_quantity::Costs;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most values that S may lie above s.
const MOST_SPAN: usize = 200_000;

/// A pair (s, S) with its expected cost per period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MinMax {
    /// Order when the position is at or below this, in units.
    pub reorder_point: f64,
    /// Order up to this.
    pub order_up_to: f64,
    /// Expected cost per period: holding, waiting and orders.
    pub cost: f64,
}

/// Demand as (s, S) sees it.
#[derive(Debug, Clone, Copy)]
pub struct PeriodicDemand<'a> {
    /// Demand of one review period.
    pub per_period: &'a Lattice,
    /// Demand from a review until what it orders could be sold out: lead time plus one period, on any lattice. Equal to
    /// `per_period` where orders arrive at once.
    pub until_next: &'a Distribution,
}

/// The expected cost per period of a pair, by renewal: between two orders the position visits S, S - 1, … as a renewal process
/// of demands (Veinott and Wagner 1965).
///
/// # Errors
/// [`EngineError::Inventory`] where a cost is not positive, S is not above s by whole steps, or demand is never positive.
pub fn min_max_cost(
    reorder_point: f64,
    order_up_to: f64,
    costs: &Costs,
    demand: PeriodicDemand<'_>,
) -> Result<f64, EngineError> {
    let mut search = Search::new(costs, demand)?;
    let step = demand.per_period.step();
    let span = (finite("order-up-to level", order_up_to)? - finite("reorder point", reorder_point)?) / step;
    let whole = libm::round(span);
    if !(whole >= 1.0 && (span - whole).abs() < 1e-6 && whole <= MOST_SPAN as f64) {
        return Err(refuse("order-up-to less reorder point", span * step, "1 to 200,000 steps of the demand"));
    }
    Ok(search.cost(order_up_to, whole as usize))
}

/// The best pair: Zheng and Federgruen 1991. From the cheapest position, s moves down until the pair costs no more than
/// standing at s; then S moves up as long as standing at S costs less than the best pair, and s follows.
///
/// # Errors
/// [`EngineError::Inventory`] where a cost is not positive, demand is never positive, or S would lie over 200,000 steps above s.
pub fn best_min_max(costs: &Costs, demand: PeriodicDemand<'_>) -> Result<MinMax, EngineError> {
    let mut search = Search::new(costs, demand)?;
    let step = demand.per_period.step();
    let cheapest = demand.until_next.quantile(costs.shortage / (costs.shortage + costs.holding));
    let mut best = libm::round(cheapest / step) * step;
    while search.standing(best + step) < search.standing(best) {
        best += step;
    }
    // `below` counts steps from S down to s.
    let mut below = 1;
    while search.cost(best, below) > search.standing(best - below as f64 * step) {
        below += 1;
        if below > MOST_SPAN {
            return Err(refuse("order-up-to less reorder point", below, "at most 200,000 steps; use a coarser one"));
        }
    }
    let mut cost = search.cost(best, below);
    let mut point = best - below as f64 * step;
    let mut tried = best + step;
    while search.standing(tried) <= cost {
        let span = libm::round((tried - point) / step) as usize;
        if span > MOST_SPAN {
            return Err(refuse("order-up-to less reorder point", span, "at most 200,000 steps; use a coarser one"));
        }
        if search.cost(tried, span) < cost {
            best = tried;
            let mut span = span;
            while span > 1 && search.cost(best, span) <= search.standing(point + step) {
                point += step;
                span -= 1;
            }
            cost = search.cost(best, span);
        }
        tried += step;
    }
    Ok(MinMax { reorder_point: point, order_up_to: best, cost })
}

struct Search<'a> {
    costs: &'a Costs,
    demand: PeriodicDemand<'a>,
    /// Probability of a demand of so many steps.
    steps: Vec<f64>,
    /// Expected visits at so many steps below S, between two orders.
    visits: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(costs: &'a Costs, demand: PeriodicDemand<'a>) -> Result<Self, EngineError> {
        costs.check()?;
        let lattice = demand.per_period;
        let origin = libm::round(lattice.origin() / lattice.step());
        if origin < 0.0 || (origin * lattice.step() - lattice.origin()).abs() > 1e-9 * lattice.step() {
            return Err(refuse("smallest demand", lattice.origin(), "a multiple of the step, at least 0"));
        }
        if origin > MOST_SPAN as f64 {
            return Err(refuse("smallest demand", lattice.origin(), "at most 200,000 steps"));
        }
        let mut steps = vec![0.0; origin as usize];
        steps.extend_from_slice(lattice.probabilities());
        if steps[0] >= 1.0 - 1e-12 {
            return Err(refuse("demand", "always zero", "a chance that something is sold"));
        }
        Ok(Self { costs, demand, visits: vec![1.0 / (1.0 - steps[0])], steps })
    }

    /// G(y).
    fn standing(&self, position: f64) -> f64 {
        period_cost(position, self.costs.holding, self.costs.shortage, self.demand.until_next)
    }

    /// c(s, S) with S `span` steps above s.
    fn cost(&mut self, order_up_to: f64, span: usize) -> f64 {
        self.reach(span);
        let step = self.demand.per_period.step();
        let (mut sum, mut periods) = (self.costs.order, 0.0);
        for (below, visits) in self.visits[..span].iter().enumerate() {
            sum += visits * self.standing(order_up_to - below as f64 * step);
            periods += visits;
        }
        sum / periods
    }

    fn reach(&mut self, span: usize) {
        while self.visits.len() < span {
            let at = self.visits.len();
            let sum: f64 = (1..=at).map_while(|k| Some(self.steps.get(k)? * self.visits[at - k])).sum();
            self.visits.push(sum / (1.0 - self.steps[0]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Law;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_pair_is_cheaper_than_the_best(
            mean in 0.3..12.0f64, clumped in 0.0..3.0f64, shortage in 1.5..40.0f64, order in 1.0..80.0f64,
            s in -8..20i32, span in 1..30i32, lead in 0..3u32,
        ) {
            let law = Law::NegativeBinomial { mean, deviation: (mean * (1.0 + clumped)).sqrt() };
            let (one, through) = (law.check().unwrap(), law.over(f64::from(lead + 1)).unwrap());
            let demand = PeriodicDemand { per_period: one.lattice().unwrap(), until_next: &through };
            let costs = Costs { holding: 1.0, shortage, order };
            let best = best_min_max(&costs, demand).unwrap();
            let tried = min_max_cost(f64::from(s), f64::from(s + span), &costs, demand).unwrap();
            prop_assert!(best.cost <= tried * (1.0 + 1e-9), "{best:?} against {tried} of ({s}, {})", s + span);
            let said = min_max_cost(best.reorder_point, best.order_up_to, &costs, demand).unwrap();
            prop_assert!((said - best.cost).abs() < 1e-9 * said);
        }
    }

    #[test]
    fn no_demand_is_refused() {
        let nothing = Law::Poisson { mean: 0.0 }.check().unwrap();
        let demand = PeriodicDemand { per_period: nothing.lattice().unwrap(), until_next: &nothing };
        assert!(best_min_max(&Costs { holding: 1.0, shortage: 2.0, order: 3.0 }, demand).is_err());
    }
}
