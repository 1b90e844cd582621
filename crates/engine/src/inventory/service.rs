//! Service targets, and which item gets which: classes by value (ABC) and by variation (XYZ).

use super::bounds::{not_negative, refuse, share};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// What is promised. The two are not interchangeable: a cycle without stock-out and a unit sold are different things.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceTarget {
    /// Probability that a replenishment cycle passes without stock-out.
    Cycle(f64),
    /// Share of demanded units that are met from stock.
    Fill(f64),
}

impl ServiceTarget {
    /// The share promised.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where it is not above 0 and below 1.
    pub fn check(self) -> Result<f64, EngineError> {
        match self {
            Self::Cycle(value) => share("cycle service", value),
            Self::Fill(value) => share("fill rate", value),
        }
    }
}

/// Class by value: which items make the turnover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ValueClass {
    /// The few that make most of it.
    A,
    /// The next.
    B,
    /// The many that make little.
    C,
}

/// Class by variation: how steady the demand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VariationClass {
    /// Steady.
    X,
    /// Varying.
    Y,
    /// Erratic.
    Z,
}

/// Cumulative shares of value at which classes A and B end.
pub const VALUE_LIMITS: (f64, f64) = (0.80, 0.95);
/// Coefficients of variation at which classes X and Y end.
pub const VARIATION_LIMITS: (f64, f64) = (0.5, 1.0);

/// Classes of items by their value (turnover, margin: money over one span of time). Items are taken from the most valuable
/// down, ties in the order given; an item belongs to A as long as those before it make less than 80 % of the total.
/// Items without value are C.
///
/// # Errors
/// [`EngineError::Inventory`] where a value is negative or not finite.
pub fn value_classes(values: &[f64]) -> Result<Vec<ValueClass>, EngineError> {
    for value in values {
        not_negative("value of an item", *value)?;
    }
    let total: f64 = values.iter().sum();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    let mut classes = vec![ValueClass::C; values.len()];
    let mut before = 0.0;
    for index in order {
        let reached = if total > 0.0 { before / total } else { 1.0 };
        classes[index] = match reached {
            _ if values[index] == 0.0 => ValueClass::C,
            share if share < VALUE_LIMITS.0 - 1e-12 => ValueClass::A,
            share if share < VALUE_LIMITS.1 - 1e-12 => ValueClass::B,
            _ => ValueClass::C,
        };
        before += values[index];
    }
    Ok(classes)
}

/// Class of demand with this mean and standard deviation per period. No demand is erratic.
///
/// # Errors
/// [`EngineError::Inventory`] where either is negative or not finite.
pub fn variation_class(mean: f64, deviation: f64) -> Result<VariationClass, EngineError> {
    let (mean, deviation) = (not_negative("mean demand", mean)?, not_negative("deviation of demand", deviation)?);
    Ok(if mean > 0.0 && deviation <= VARIATION_LIMITS.0 * mean {
        VariationClass::X
    } else if mean > 0.0 && deviation <= VARIATION_LIMITS.1 * mean {
        VariationClass::Y
    } else {
        VariationClass::Z
    })
}

/// Targets by class: a row for each of A, B, C, in it a target for each of X, Y, Z.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServicePolicy {
    targets: [[ServiceTarget; 3]; 3],
}

impl ServicePolicy {
    /// A table of targets.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where a target is not a share above 0 and below 1.
    pub fn new(targets: [[ServiceTarget; 3]; 3]) -> Result<Self, EngineError> {
        for target in targets.iter().flatten() {
            target.check()?;
        }
        Ok(Self { targets })
    }

    /// The target of a class.
    pub fn target(&self, value: ValueClass, variation: VariationClass) -> ServiceTarget {
        self.targets[value as usize][variation as usize]
    }

    /// The target that the margin justifies: the newsvendor's share, underage over underage plus overage, as cycle service
    /// within [.5, .999].
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where a cost is negative or both are zero.
    pub fn by_margin(margin_lost: f64, holding_per_cycle: f64) -> Result<ServiceTarget, EngineError> {
        let (under, over) =
            (not_negative("margin lost", margin_lost)?, not_negative("holding cost", holding_per_cycle)?);
        if under + over == 0.0 {
            return Err(refuse("margin and holding cost", "both zero", "at least one above 0"));
        }
        Ok(ServiceTarget::Cycle((under / (under + over)).clamp(0.5, 0.999)))
    }
}

impl Default for ServicePolicy {
    /// Fill rates usual in retail: dear steady items nearly always there, cheap erratic ones less.
    fn default() -> Self {
        Self {
            targets: [[0.99, 0.98, 0.95], [0.975, 0.96, 0.93], [0.95, 0.93, 0.90]]
                .map(|row| row.map(ServiceTarget::Fill)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By hand: 50, 30, 10, 6, 4 of 100. The third begins where 80 are reached, the fifth where 96 are.
    #[test]
    fn classes_end_where_their_share_is_reached() {
        use ValueClass::{A, B, C};
        assert_eq!(value_classes(&[10.0, 50.0, 4.0, 30.0, 6.0]).unwrap(), [B, A, C, A, B]);
        assert_eq!(value_classes(&[0.0, 0.0]).unwrap(), [C, C]);
        assert!(value_classes(&[f64::NAN]).is_err());
        assert_eq!(variation_class(10.0, 5.0).unwrap(), VariationClass::X);
        assert_eq!(variation_class(10.0, 10.1).unwrap(), VariationClass::Z);
        assert_eq!(variation_class(0.0, 0.0).unwrap(), VariationClass::Z);
        let margin = ServicePolicy::by_margin(9.0, 1.0).unwrap();
        assert_eq!(margin, ServiceTarget::Cycle(0.9));
        assert!(ServicePolicy::new([[ServiceTarget::Fill(1.0); 3]; 3]).is_err());
    }

    proptest! {
        #[test]
        fn a_more_valuable_item_is_never_in_a_lower_class(values in proptest::collection::vec(0.0..1e6f64, 1..60)) {
            let classes = value_classes(&values).unwrap();
            for (one, class) in values.iter().zip(&classes) {
                for (other, others) in values.iter().zip(&classes) {
                    prop_assert!(one <= other || class <= others);
                }
            }
        }
    }
}
