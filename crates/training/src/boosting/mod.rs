//! Gradient-boosted trees on histograms, as LightGBM grows them (Ke et al., 2017): at most 255 bins a feature, the leaf of
//! largest gain split next, the larger child's histogram by subtraction.
//!
//! Gradients are rounded to 18 bits of their largest and summed as whole numbers: sums do not depend on the order of the
//! rows, subtraction is exact, and gradient and hessian are added at once. Leaves of absolute and quantile error take the
//! quantile of their rows' residuals. One thread; the same rows, parameters and seed give the same bits.
//!
//! | module | subject |
//! |---|---|
//! | [`parameters`] | hyperparameters, unchecked and checked |
//! | [`objective`] | what is minimised: gradients, first score, leaf values, loss |
//! | [`binning`] | rows as bins |
//! | `histogram`, `split`, `growth` | sums per bin, the best split of a leaf, a tree |
//! | [`train`](mod@train) | round after round, sampling, early stopping |

pub mod binning;
mod growth;
mod histogram;
pub mod objective;
pub mod parameters;
mod split;
pub mod train;

pub use binning::{Binned, FeatureKind};
pub use objective::Objective;
pub use parameters::{BoostingParameters, ValidBoostingParameters};
pub use train::{Boosted, Rows, train, train_binned};
