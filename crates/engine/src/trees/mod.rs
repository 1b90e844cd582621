//! Boosted trees as they are stored, scored and explained.
//!
//! | module | subject |
//! |---|---|
//! | [`ensemble`] | an ensemble: its compact parts, their check, its score |
//! | `contributions` | what each feature adds to a score (Shapley values of the trees) |
//! | [`effects`] | what events and drivers add to a forecast of the global model |
//! | [`model`] | the global model: features, rows under a scenario, forecasts |
//! | [`half`] | numbers of 16 bits |
//! | `quadrature` | Gauss-Legendre nodes, by which contributions are exact |

mod contributions;
pub mod effects;
pub mod ensemble;
pub mod half;
pub mod model;
mod quadrature;

pub use effects::Effects;
pub use ensemble::{Ensemble, EnsembleParts, Link, TreeNode};
pub use half::Halves;
pub use model::{FeatureSource, Part, TreeBlock, TreeContext, TreeModel, TreePlan, TreeSeries};
