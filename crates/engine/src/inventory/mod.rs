//! What to order: demand over a random lead time, order policies, the order line, joint orders, simulation.
//!
//! Units are the item's; times are forecast periods (the artefact's granularity), parts of them allowed; money is in minor units:
//! `i64` where it is a total that must be exact (options of a joint order), `f64` where it is an expected value. All functions
//! are pure and give the same bits natively and in WASM; what cannot be calculated with is refused as
//! [`EngineError::Inventory`](crate::EngineError::Inventory).
//!
//! From forecast to order: a [`DemandForecast`](demand_curve::DemandForecast) (laws, quantiles or sample paths per period) becomes
//! [`CumulativeDemand`](demand_curve::CumulativeDemand) once; a [`LeadTime`](lead_time::LeadTime) becomes weighted times;
//! [`order_line`](order_line::order_line) turns both with stock and target into a quantity with all its steps, again and again
//! as sliders move; [`line_options`](joint_order::line_options) and [`joint_order`](joint_order::joint_order) choose under a
//! budget; [`project`](stock_projection::project) shows what follows, [`play`](policy_simulation::play) what would have.
//!
//! | module | subject |
//! |---|---|
//! | [`distribution`], [`lattice`], [`normal`] | normal, gamma, log-normal, Poisson, negative binomial, any discrete: probability, quantile, losses, sums |
//! | [`lead_time`], [`demand_curve`], [`lead_time_demand`] | random lead times; demand until then by convolution, by paths, as fast curves |
//! | [`service`] | cycle service, fill rate, ABC and XYZ classes |
//! | [`order_line`], [`stock_projection`] | the open arithmetic of a line and its consequences |
//! | [`joint_order`] | many lines under budget, truck, minimums and price tiers, by stock reward |
//! | [`newsvendor`], [`economic_order`], [`reorder_quantity`], [`min_max`], [`periodic`] | (one order), EOQ, (r, Q) and (s, Q), (s, S), (R, S) |
//! | [`lot_sizing`], [`perishable`] | known demand (Wagner-Whitin), stock that spoils |
//! | [`serial`], [`guaranteed_service`] | several echelons: Clark-Scarf, Graves-Willems |
//! | [`policy_simulation`], [`serial_simulation`], [`random`] | policies and chains played, seeded |
//! | [`golden`] | built-in cases to bits, for comparison across platforms |

mod bounds;
pub mod demand_curve;
pub mod distribution;
pub mod economic_order;
mod gamma;
pub mod golden;
pub mod guaranteed_service;
pub mod joint_order;
pub mod lattice;
pub mod lead_time;
pub mod lead_time_demand;
pub mod lot_sizing;
pub mod min_max;
pub mod newsvendor;
pub mod normal;
pub mod order_line;
pub mod periodic;
pub mod perishable;
pub mod policy_simulation;
mod quantile_curve;
pub mod random;
pub mod reorder_quantity;
pub mod serial;
pub mod serial_simulation;
pub mod service;
pub mod stock_projection;
