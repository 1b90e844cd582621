//! The models that a series' numbers may come from.

use serde::{Deserialize, Serialize};

/// Which model a series' numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Too short, dead or empty: the recent level, without season.
    Fallback,
    /// The same period last year.
    SeasonalNaive,
    /// The same period last year times the growth over a year.
    SeasonalNaiveGrowth,
    /// Season and trend by loess, damped exponential smoothing of the rest.
    StlEts,
    /// Elastic net on calendar, events and drivers, pooled over the group.
    ElasticNet,
    /// A weighted mean of several.
    Combination,
    /// The same period last year times growth, of the group's common movements.
    PooledSeasonalNaive,
    /// Season and trend by loess of the group's common movements.
    PooledStlEts,
    /// Exponential smoothing of each series, its members weighted by likelihood.
    Ets,
    /// The theta method on each series.
    Theta,
    /// Demand that comes seldom: sizes, intervals and probabilities smoothed.
    Intermittent,
    /// Boosted trees on the rows of all series.
    GlobalTrees,
    /// Too young for a year of its own: its share of what its relatives will sell.
    Neighbours,
}

impl ModelKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Fallback,
        Self::SeasonalNaive,
        Self::SeasonalNaiveGrowth,
        Self::StlEts,
        Self::ElasticNet,
        Self::Combination,
        Self::PooledSeasonalNaive,
        Self::PooledStlEts,
        Self::Ets,
        Self::Theta,
        Self::Intermittent,
        Self::GlobalTrees,
        Self::Neighbours,
    ];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::SeasonalNaive => "seasonal_naive",
            Self::SeasonalNaiveGrowth => "seasonal_naive_growth",
            Self::StlEts => "stl_ets",
            Self::ElasticNet => "elastic_net",
            Self::Combination => "combination",
            Self::PooledSeasonalNaive => "pooled_seasonal_naive",
            Self::PooledStlEts => "pooled_stl_ets",
            Self::Ets => "ets",
            Self::Theta => "theta",
            Self::Intermittent => "intermittent",
            Self::GlobalTrees => "global_trees",
            Self::Neighbours => "neighbours",
        }
    }
}
