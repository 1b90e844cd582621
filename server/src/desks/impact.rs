//! Holidays' impact, as the latest training measured it.

use crate::board::Board;
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::Answer;
use aisle_app::ports::impact::{EventImpactView, ImpactDesk, ImpactLevel, ImpactQuery, ImpactsView};
use aisle_domain::{ItemId, LocationId, Measure};
use aisle_engine::impact::{HolidayImpact, ImpactUnit, UnitImpact};
use aisle_store::holiday_impacts;

/// Most units on a page.
const LISTED: usize = 100;

#[async_trait::async_trait]
impl ImpactDesk for Aisle {
    async fn impacts(&self, measure: Option<Measure>) -> Answer<ImpactsView> {
        let board = self.board().await?;
        let measure = measured(&board, measure)?;
        let listed = holiday_impacts::list(&self.store, measure.name()).await.map_err(failure::store)?;
        let made = listed.first().map(|first| (first.made_at, first.data_version.clone()));
        let mut impacts = Vec::with_capacity(listed.len());
        for one in listed {
            impacts.push(serde_json::from_value(one.total).map_err(|error| failure::internal(&error))?);
        }
        impacts.sort_by(|a: &HolidayImpact, b| weight(b.units.first()).total_cmp(&weight(a.units.first())));
        Ok(ImpactsView {
            measure,
            measures: board.shop.measures.clone(),
            currency: board.shop.currency.filter(|_| measure == Measure::Revenue),
            outdated: made.is_some() && board.shop.calendar_changed,
            made,
            impacts,
        })
    }

    async fn impact(&self, measure: Option<Measure>, event: &str, query: ImpactQuery) -> Answer<EventImpactView> {
        let board = self.board().await?;
        let measure = measured(&board, measure)?;
        let mut impact = self.whole_impact(measure, event).await?;
        let name = |unit: &ImpactUnit| unit_name(&board, unit);
        let total = impact.units.iter().find(|unit| unit.unit == ImpactUnit::Total).cloned();
        let mut units = of_level(std::mem::take(&mut impact.units), query.level);
        let (shown, shown_name) = if query.unit.is_empty() {
            (total, "all items".to_owned())
        } else {
            let found = units.iter().find(|unit| identifier(&unit.unit) == query.unit).cloned();
            let found = found.ok_or_else(|| failure::not_found(query.level.name(), &query.unit))?;
            let shown_name = name(&found.unit);
            (Some(found), shown_name)
        };
        let search = query.search.trim().to_lowercase();
        units.retain(|unit| {
            search.is_empty()
                || name(&unit.unit).to_lowercase().contains(&search)
                || identifier(&unit.unit).to_lowercase().contains(&search)
        });
        units.sort_by(|a, b| weight(Some(b)).total_cmp(&weight(Some(a))));
        let found = units.len();
        units.truncate(LISTED);
        Ok(EventImpactView {
            measure,
            currency: board.shop.currency.filter(|_| measure == Measure::Revenue),
            granularity: board.shop.granularity,
            name: shown_name,
            shown,
            names: units.iter().map(|unit| (identifier(&unit.unit).to_owned(), name(&unit.unit))).collect(),
            found,
            impact: HolidayImpact { units, ..impact },
        })
    }
}

impl Aisle {
    /// An event's impact on every unit that was measured.
    pub(crate) async fn whole_impact(&self, measure: Measure, event: &str) -> Answer<HolidayImpact> {
        let text = holiday_impacts::units(&self.store, measure.name(), event).await.map_err(failure::store)?;
        serde_json::from_str(&text).map_err(|error| failure::internal(&error))
    }
}

/// The measure asked for, where the shop has it; its first where none is named.
pub(crate) fn measured(board: &Board, asked: Option<Measure>) -> Answer<Measure> {
    match (asked, board.sheet(asked)) {
        (_, Some((measure, _))) => Ok(measure),
        (None, None) => Ok(Measure::Revenue),
        (Some(_), None) => Err(crate::board::no_sheet(asked)),
    }
}

/// Units of a level. Where each item is a group of its own, the groups are the items.
pub(crate) fn of_level(units: Vec<UnitImpact>, level: ImpactLevel) -> Vec<UnitImpact> {
    let has_items = units.iter().any(|unit| matches!(unit.unit, ImpactUnit::Item(_)));
    let belongs = |unit: &UnitImpact| match (level, &unit.unit) {
        (ImpactLevel::Groups, ImpactUnit::Group(_))
        | (ImpactLevel::Locations, ImpactUnit::Location(_))
        | (ImpactLevel::Items, ImpactUnit::Item(_)) => true,
        (ImpactLevel::Items, ImpactUnit::Group(_)) => !has_items,
        _ => false,
    };
    units.into_iter().filter(belongs).collect()
}

/// What a unit is called in addresses.
pub(crate) fn identifier(unit: &ImpactUnit) -> &str {
    match unit {
        ImpactUnit::Total => "",
        ImpactUnit::Group(name) | ImpactUnit::Location(name) | ImpactUnit::Item(name) => name,
        ImpactUnit::Series(key) => key.item.as_str(),
    }
}

/// What a unit is called on pages.
pub(crate) fn unit_name(board: &Board, unit: &ImpactUnit) -> String {
    let item = |id: &str| {
        let found = ItemId::new(id).ok().and_then(|id| board.items.get(&id));
        found.map_or_else(|| id.to_owned(), |item| item.name.clone())
    };
    let location = |id: &str| {
        let found = LocationId::new(id).ok().and_then(|id| board.locations.get(&id));
        found.map_or_else(|| id.to_owned(), |place| place.name.clone())
    };
    match unit {
        ImpactUnit::Total => "all items".to_owned(),
        ImpactUnit::Group(name) | ImpactUnit::Item(name) => item(name),
        ImpactUnit::Location(name) => location(name),
        ImpactUnit::Series(key) => format!("{} at {}", item(key.item.as_str()), location(key.location.as_str())),
    }
}

/// What lists are ordered by.
fn weight(unit: Option<&UnitImpact>) -> f64 {
    unit.map_or(0.0, |unit| unit.absolute.value.abs())
}
