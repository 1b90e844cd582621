//! Items that spoil: stock by age, first expired first out or last in first out, and levels that reckon with what will be thrown away.
//!
//! A period: what is due arrives, fresh; demand is met; what has reached its last day is thrown away; an order up to the level is
//! placed, to be there after the lead time. Unmet demand is lost, as for bread.

use super::bounds::{finite, not_negative, refuse};
use super::distribution::Law;
use super::policy_simulation::draw_paths;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Longest shelf life and lead time, in periods.
const LONGEST: u32 = 1_000;

/// Which units customers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuing {
    /// The oldest first: what the back of a shop does (FEFO).
    OldestFirst,
    /// The freshest first: what customers at a shelf do.
    FreshestFirst,
}

/// An item that spoils. Costs are in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PerishableItem {
    /// Periods in which a unit can be sold, counted from its arrival; at least 1.
    pub shelf_life: u32,
    /// Periods from an order to its arrival: 0 means the beginning of the next period.
    pub lead_time: u32,
    /// Who gets which unit.
    pub issuing: Issuing,
    /// Of a unit kept for a period.
    pub holding: f64,
    /// Of a unit of demand lost.
    pub shortage: f64,
    /// Of a unit thrown away.
    pub outdating: f64,
    /// Whether levels count units that are expected to spoil before the order arrives as already gone.
    pub reckon_with_waste: bool,
}

/// What a level leads to, per period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PerishableOutcome {
    /// The order-up-to level.
    pub level: f64,
    /// Cost per period.
    pub cost: f64,
    /// Share of demand met.
    pub fill_rate: f64,
    /// Share of what was received that was thrown away.
    pub waste: f64,
    /// Mean stock at a period's end.
    pub stock: f64,
}

/// Units in stock by the number of periods that they can still be sold, and units on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgedStock {
    /// `by_life[i]` units can be sold in i + 1 more periods.
    pub by_life: Vec<f64>,
    /// `coming[i]` units arrive at the beginning of the i-th period from now (0: the next).
    pub coming: Vec<f64>,
}

impl PerishableItem {
    /// Stock of nothing.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where the shelf life is 0, a time over 1,000 periods, or a cost negative.
    pub fn nothing(&self) -> Result<AgedStock, EngineError> {
        if self.shelf_life == 0 || self.shelf_life > LONGEST || self.lead_time > LONGEST {
            return Err(refuse(
                "shelf life and lead time",
                format!("{} and {}", self.shelf_life, self.lead_time),
                "at most 1,000 periods, a shelf life of at least 1",
            ));
        }
        not_negative("holding cost", self.holding)?;
        not_negative("shortage cost", self.shortage)?;
        not_negative("cost of outdating", self.outdating)?;
        Ok(AgedStock { by_life: vec![0.0; self.shelf_life as usize], coming: vec![0.0; self.lead_time as usize + 1] })
    }

    /// Plays one period of demand; gives units met and thrown away.
    fn pass(&self, stock: &mut AgedStock, demand: f64) -> (f64, f64) {
        let arrived = stock.coming.first().copied().unwrap_or(0.0);
        let places = stock.coming.len().min(1);
        stock.coming.rotate_left(places);
        if let Some(last) = stock.coming.last_mut() {
            *last = 0.0;
        }
        if let Some(fresh) = stock.by_life.last_mut() {
            *fresh += arrived;
        }
        let mut left = demand;
        let mut take = |units: &mut f64| {
            let taken = units.min(left);
            *units -= taken;
            left -= taken;
        };
        match self.issuing {
            Issuing::OldestFirst => stock.by_life.iter_mut().for_each(&mut take),
            Issuing::FreshestFirst => stock.by_life.iter_mut().rev().for_each(&mut take),
        }
        let Some(oldest) = stock.by_life.first_mut() else { return (0.0, arrived) };
        let outdated = std::mem::replace(oldest, 0.0);
        stock.by_life.rotate_left(1);
        (demand - left, outdated)
    }

    /// Units that would spoil before an order placed now arrives, if demand were exactly its mean: the estimate of Broekmeulen
    /// and van Donselaar 2009 ("EWA").
    pub fn expected_waste(&self, stock: &AgedStock, mean_demand: f64) -> f64 {
        let mut ahead = stock.clone();
        (0..=self.lead_time).map(|_| self.pass(&mut ahead, mean_demand.max(0.0)).1).sum()
    }

    /// The order that brings the position up to the level; with [`PerishableItem::reckon_with_waste`], units expected to spoil on
    /// the way do not count.
    pub fn order(&self, stock: &AgedStock, level: f64, mean_demand: f64) -> f64 {
        let position: f64 = stock.by_life.iter().sum::<f64>() + stock.coming.iter().sum::<f64>();
        let gone = if self.reckon_with_waste { self.expected_waste(stock, mean_demand) } else { 0.0 };
        (level - position + gone).max(0.0)
    }

    /// Plays a level over a path of demand; the first `warm_up` periods are not counted.
    ///
    /// # Errors
    /// As [`PerishableItem::nothing`]; also where the level is not finite.
    pub fn play(&self, level: f64, demand: &[f64], warm_up: usize) -> Result<PerishableOutcome, EngineError> {
        let mut stock = self.nothing()?;
        let level = finite("order-up-to level", level)?;
        let clean = |units: &f64| if *units > 0.0 { units.min(super::bounds::LARGEST) } else { 0.0 };
        let mean = demand.iter().map(clean).sum::<f64>() / demand.len().max(1) as f64;
        if let Some(first) = stock.coming.first_mut() {
            *first = level.max(0.0);
        }
        let (mut wanted, mut sold, mut wasted, mut kept, mut periods) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (period, units) in demand.iter().map(clean).enumerate() {
            let (met, outdated) = self.pass(&mut stock, units);
            let order = self.order(&stock, level, mean);
            if let Some(last) = stock.coming.last_mut() {
                *last += order;
            }
            if period >= warm_up {
                wanted += units;
                sold += met;
                wasted += outdated;
                kept += stock.by_life.iter().sum::<f64>();
                periods += 1.0;
            }
        }
        let count = f64::max(periods, 1.0);
        let cost = self.holding * kept + self.shortage * (wanted - sold) + self.outdating * wasted;
        Ok(PerishableOutcome {
            level,
            cost: cost / count,
            fill_rate: if wanted > 0.0 { sold / wanted } else { 1.0 },
            waste: if sold + wasted > 0.0 { wasted / (sold + wasted) } else { 0.0 },
            stock: kept / count,
        })
    }

    /// The best level on drawn paths, the same for every level: golden-section search, then the whole units around the best.
    /// With a shelf life of 1 and no lead time this is the newsvendor.
    ///
    /// # Errors
    /// As [`PerishableItem::nothing`]; also where the law is wrong.
    pub fn best_level(&self, law: &Law, periods: usize, seed: u64) -> Result<PerishableOutcome, EngineError> {
        self.nothing()?;
        let demand = law.check()?;
        let warm_up = (self.shelf_life + self.lead_time) as usize * 2;
        let paths = draw_paths(&vec![law.clone(); periods.clamp(1, 10_000_000) + warm_up], 0.0, 1, seed)?;
        let cost = |level: f64| self.play(level, &paths[0], warm_up);
        let span = f64::from(self.lead_time) + 1.0 + f64::from(self.shelf_life.min(4));
        let (mut low, mut high) = (0.0, demand.mean() * span + 6.0 * demand.deviation() * span.sqrt());
        const GOLDEN: f64 = 0.618_033_988_749_894_8;
        let (mut left, mut right) = (cost(high - GOLDEN * (high - low))?, cost(low + GOLDEN * (high - low))?);
        for _ in 0..40 {
            if high - low < 1e-3 * (1.0 + demand.mean()) {
                break;
            }
            if left.cost <= right.cost {
                high = right.level;
                right = left;
                left = cost(high - GOLDEN * (high - low))?;
            } else {
                low = left.level;
                left = right;
                right = cost(low + GOLDEN * (high - low))?;
            }
        }
        let best = if left.cost <= right.cost { left } else { right };
        if demand.lattice().is_none() {
            return Ok(best);
        }
        let around = libm::floor(best.level);
        let mut whole = cost((around - 1.0).max(0.0))?;
        for level in [around, around + 1.0, around + 2.0] {
            let tried = cost(level)?;
            whole = if tried.cost < whole.cost { tried } else { whole };
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::super::newsvendor::newsvendor;
    use super::*;
    use proptest::prelude::*;

    fn item(shelf_life: u32) -> PerishableItem {
        PerishableItem {
            shelf_life,
            lead_time: 0,
            issuing: Issuing::OldestFirst,
            holding: 0.0,
            shortage: 4.0,
            outdating: 1.0,
            reckon_with_waste: true,
        }
    }

    /// A unit that lasts one period is the newsvendor's: shortage 4, outdating 1, Poisson(20): 24, 6.4380 (stockpyl 1.0.2).
    #[test]
    fn what_lasts_a_period_is_a_newspaper() {
        let law = Law::Poisson { mean: 20.0 };
        let exact = newsvendor(1.0, 4.0, &law.check().unwrap()).unwrap();
        let best = item(1).best_level(&law, 30_000, 3).unwrap();
        assert_eq!(best.level, exact.level);
        assert!((best.cost - exact.cost).abs() < 0.03 * exact.cost, "{best:?}");
    }

    #[test]
    fn what_lasts_longer_is_wasted_less_and_the_freshest_first_wastes_more() {
        let law = Law::Poisson { mean: 10.0 };
        let demand = &draw_paths(&vec![law; 20_000], 0.0, 1, 9).unwrap()[0];
        let waste: Vec<f64> = (1..6).map(|life| item(life).play(25.0, demand, 50).unwrap().waste).collect();
        assert!(waste.windows(2).all(|pair| pair[1] <= pair[0]), "{waste:?}");
        let freshest = PerishableItem { issuing: Issuing::FreshestFirst, ..item(3) };
        assert!(freshest.play(25.0, demand, 50).unwrap().waste > waste[2]);
        assert!(item(0).play(25.0, demand, 50).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn units_are_sold_wasted_or_there(
            life in 1u32..6, lead in 0u32..4, freshest in any::<bool>(), reckon in any::<bool>(), level in 0.0..60.0f64,
            demand in proptest::collection::vec(0.0..20.0f64, 1..60),
        ) {
            let issuing = if freshest { Issuing::FreshestFirst } else { Issuing::OldestFirst };
            let item = PerishableItem { lead_time: lead, issuing, reckon_with_waste: reckon, ..item(life) };
            let mut stock = item.nothing().unwrap();
            let (mut came, mut sold, mut wasted) = (0.0, 0.0, 0.0);
            for units in &demand {
                came += stock.coming[0];
                let (met, outdated) = item.pass(&mut stock, *units);
                prop_assert!(met <= *units + 1e-9 && outdated >= 0.0);
                sold += met;
                wasted += outdated;
                let order = item.order(&stock, level, 8.0);
                prop_assert!(order >= 0.0);
                *stock.coming.last_mut().unwrap() += order;
            }
            let there: f64 = stock.by_life.iter().sum();
            prop_assert!((came - sold - wasted - there).abs() < 1e-6, "{came} {sold} {wasted} {there}");
            let outcome = item.play(level, &demand, 0).unwrap();
            prop_assert!((0.0..=1.0 + 1e-9).contains(&outcome.fill_rate) && (0.0..=1.0).contains(&outcome.waste));
        }
    }
}
