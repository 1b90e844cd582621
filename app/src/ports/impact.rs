//! What holidays did to sales, and what the next ones will.

use super::Answer;
use aisle_domain::{Currency, Granularity, Measure};
use aisle_engine::impact::{HolidayImpact, UnitImpact};

/// Holidays' impact.
#[async_trait::async_trait]
pub trait ImpactDesk: Send + Sync {
    /// Every event's impact on the whole; of the shop's first measure where none is named.
    async fn impacts(&self, measure: Option<Measure>) -> Answer<ImpactsView>;
    /// One event's impact: on the unit asked for, and on the units of a level.
    async fn impact(&self, measure: Option<Measure>, event: &str, query: ImpactQuery) -> Answer<EventImpactView>;
}

/// A level of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImpactLevel {
    /// Departments or categories.
    #[default]
    Groups,
    /// Locations.
    Locations,
    /// Items.
    Items,
}

impl ImpactLevel {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Groups, Self::Locations, Self::Items];

    /// The word in addresses and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Groups => "group",
            Self::Locations => "location",
            Self::Items => "item",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == word)
    }
}

/// Which units of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImpactQuery {
    /// The level listed.
    pub level: ImpactLevel,
    /// Only units whose name holds this.
    pub search: String,
    /// Identifier of the unit shown in full, at the level; the whole where empty.
    pub unit: String,
}

/// Every event's impact on the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactsView {
    /// What was measured.
    pub measure: Measure,
    /// What the shop has sales in.
    pub measures: Vec<Measure>,
    /// Currency of revenue.
    pub currency: Option<Currency>,
    /// When it was measured, in microseconds since 1970 UTC, and on which version of the data; `None`: never.
    pub made: Option<(i64, String)>,
    /// The impacts, each with the whole as its only unit; the largest first.
    pub impacts: Vec<HolidayImpact>,
    /// Whether the calendar has changed since.
    pub outdated: bool,
}

/// One event's impact.
#[derive(Debug, Clone, PartialEq)]
pub struct EventImpactView {
    /// What was measured.
    pub measure: Measure,
    /// Currency of revenue.
    pub currency: Option<Currency>,
    /// How long a period is.
    pub granularity: Granularity,
    /// The event; its units are those listed: of the level, as searched, the largest effect first.
    pub impact: HolidayImpact,
    /// Name of the unit shown in full.
    pub name: String,
    /// The unit shown in full.
    pub shown: Option<UnitImpact>,
    /// Identifier and name of each unit listed, in their order.
    pub names: Vec<(String, String)>,
    /// Units of the level that the search finds; more than are listed where there are many.
    pub found: usize,
}
