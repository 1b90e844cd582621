//! Builds a board from state, facts and live artefacts.

use super::{Board, Catalogue, Live, Overridden, Sheet, Stamp, figures};
use crate::clock;
use crate::failure;
use crate::jobs::train::{Backtests, calendar_of};
use crate::shop::{self, ShopSettings};
use crate::state::Aisle;
use aisle_app::ports::{Accuracy, ShopView};
use aisle_domain::{Currency, Day, Granularity, Item, ItemId, Location, LocationId, Measure, Problem, Quantity};
use aisle_engine::Artefact;
use aisle_lake::{Panel, PanelQuery, SaleFilter};
use aisle_store::{artefacts, catalogue, imports, overrides, settings};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::sync::OnceCell;

/// Versions of everything that a board shows.
pub(super) async fn stamp(aisle: &Aisle) -> Result<Stamp, Problem> {
    let store = &aisle.store;
    let mut live = Vec::new();
    for measure in [Measure::Revenue, Measure::Quantity] {
        let artefact = artefacts::live(store, shop::artefact_kind(measure)).await.map_err(failure::store)?;
        live.extend(artefact.map(|artefact| artefact.id.to_string()));
    }
    Ok(Stamp {
        data_version: aisle.lake.data_version().await.map_err(failure::lake)?,
        artefacts: live,
        catalogue: settings::get(store, shop::CATALOGUE_STAMP, 0).await.map_err(failure::store)?,
        settings: settings::get(store, shop::SETTINGS_STAMP, 0).await.map_err(failure::store)?,
        overrides: overrides::active_ids(store, clock::today()).await.map_err(failure::store)?,
    })
}

/// Reads everything and puts it at hand.
pub(super) async fn board(aisle: &Aisle, stamp: Stamp) -> Result<Board, Problem> {
    let store = &aisle.store;
    let kept: ShopSettings = shop::settings(store).await.map_err(failure::store)?;
    let items = items(aisle).await?;
    let locations = locations(aisle).await?;
    let span = aisle.lake.span().await.map_err(failure::lake)?;
    let mut sheets = BTreeMap::new();
    let mut granularity = kept.planning.of(Granularity::Day);
    let mut currency = None;
    let mut events = Vec::new();
    let in_force = overrides::active(store, clock::today()).await.map_err(failure::store)?;
    let mut calendar = String::new();
    if let Some(span) = &span {
        granularity = kept.planning.of(span.native);
        currency = shop::currency(&span.currencies);
        let known = aisle.model_calendar(span.first, span.last).await?;
        events = known.events;
        events.extend(known.closures);
        calendar = known.version;
        for measure in [Measure::Revenue, Measure::Quantity] {
            let panel = panel(aisle, granularity, measure, currency, (span.first, span.last)).await?;
            if let Some(panel) = panel {
                let live = live(aisle, measure, granularity).await?;
                let unit = unit(measure, currency);
                let catalogue = Catalogue { items: &items, locations: &locations };
                let own = in_force.iter().filter(|one| one.concerns(measure)).cloned().collect();
                let overridden = match &live {
                    Some(live) => {
                        Overridden::new(&live.artefact, catalogue, own).map_err(|error| failure::internal(&error))?
                    }
                    None => Overridden::default(),
                };
                let rows = figures::rows(&panel, unit, live.as_ref(), &overridden, catalogue);
                sheets.insert(measure.name(), Sheet { panel, unit, live, overridden, rows });
            }
        }
    }
    let measures: Vec<Measure> =
        [Measure::Revenue, Measure::Quantity].into_iter().filter(|m| sheets.contains_key(m.name())).collect();
    let first = measures.first().and_then(|measure| sheets.get(measure.name()));
    let mut categories: Vec<String> = items.values().filter_map(|item| item.category.clone()).collect();
    categories.sort_unstable();
    categories.dedup();
    let mut calendar_changed = false;
    for live in sheets.values().filter_map(|sheet| sheet.live.as_ref()) {
        let inputs = artefacts::inputs(store, &live.registered.id).await.map_err(failure::store)?;
        calendar_changed |= calendar_of(&inputs) != calendar;
    }
    let shop = ShopView {
        name: kept.name,
        simulated: kept.simulated,
        currency,
        granularity,
        days: span.as_ref().map(|span| (span.first, span.last)),
        series: first.map_or(0, |sheet| sheet.panel.keys.len() as u64),
        data_version: stamp.data_version.clone(),
        artefact: first.and_then(|sheet| sheet.live.as_ref()).map(|live| live.registered.hash.clone()),
        calendar_changed,
        locations: locations.values().map(|location| (location.id.to_string(), location.name.clone())).collect(),
        categories,
        measures,
    };
    let last_period = first.and_then(|sheet| sheet.panel.ends.last().copied());
    let sources = sources(aisle).await?;
    Ok(Board {
        stamp,
        shop,
        items,
        locations,
        events,
        last_period,
        sheets,
        sources,
        inputs: OnceCell::new(),
        overviews: Mutex::default(),
    })
}

/// Minor units in a major unit.
pub(crate) fn unit(measure: Measure, currency: Option<Currency>) -> f64 {
    match measure {
        Measure::Revenue => 10_f64.powi(currency.map_or(2, |currency| currency.decimals()) as i32),
        Measure::Quantity => Quantity::ONE as f64,
    }
}

/// The panel of complete periods: a period that the data enters or leaves midway would look like a slump.
pub(crate) async fn panel(
    aisle: &Aisle,
    granularity: Granularity,
    measure: Measure,
    currency: Option<Currency>,
    (first, last): (Day, Day),
) -> Result<Option<Arc<Panel>>, Problem> {
    let filter = SaleFilter { currency, ..SaleFilter::default() };
    let query = PanelQuery { granularity, measure, filter };
    let panel = aisle.lake.sales_panel(&query).await.map_err(failure::lake)?;
    if panel.keys.is_empty() || panel.values.iter().all(|values| values.iter().all(Option::is_none)) {
        return Ok(None);
    }
    let starts_midway = |end: Day| aisle_domain::Period { granularity, end }.start() < first;
    let skip = panel.ends.iter().take_while(|end| starts_midway(**end)).count();
    let keep = panel.ends.iter().filter(|end| **end <= last).count();
    // A shop younger than a period still shows what it has.
    let whole = if keep <= skip { 0..panel.ends.len() } else { skip..keep };
    if whole.len() == panel.ends.len() && !panel.only_what_sold {
        return Ok(Some(panel));
    }
    let values = panel.values.iter().map(|values| values[whole.clone()].to_vec()).collect();
    let ends = panel.ends[whole].to_vec();
    Ok(Some(Arc::new(Panel { ends, values, keys: panel.keys.clone(), ..*panel }.with_nothing_sold())))
}

/// The live model, where it forecasts in the periods that the shop is planned in: after a change of them, none does until
/// the next training.
async fn live(aisle: &Aisle, measure: Measure, granularity: Granularity) -> Result<Option<Live>, Problem> {
    let store = &aisle.store;
    let Some(registered) = artefacts::live(store, shop::artefact_kind(measure)).await.map_err(failure::store)? else {
        return Ok(None);
    };
    let bytes = artefacts::load(store, &registered.id).await.map_err(failure::store)?;
    let artefact = Artefact::from_bytes(&bytes).map_err(|error| failure::internal(&error))?;
    if artefact.header().granularity != granularity {
        return Ok(None);
    }
    let mut accuracy: Vec<Accuracy> = artefact
        .header()
        .accuracy
        .models
        .iter()
        .map(|(model, accuracy)| Accuracy {
            model: model.clone(),
            wape: accuracy.wape,
            wmae: Some(accuracy.wmae),
            bias: accuracy.bias,
            coverage80: accuracy.coverage80,
            series: artefact.series().iter().filter(|series| series.model.name() == model).count() as u64,
        })
        .collect();
    accuracy.sort_by(|a, b| a.wape.total_cmp(&b.wape));
    let backtests = Backtests::read(&registered.metrics);
    Ok(Some(Live { artefact, registered, backtests, accuracy }))
}

/// Every item by its identifier.
pub(crate) async fn items(aisle: &Aisle) -> Result<HashMap<ItemId, Item>, Problem> {
    let mut all = HashMap::new();
    let mut after: Option<ItemId> = None;
    loop {
        let filter = catalogue::Filter::default();
        let page = catalogue::items(&aisle.store, &filter, after.as_ref(), 5_000).await.map_err(failure::store)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.id.clone());
        all.extend(page.into_iter().map(|item| (item.id.clone(), item)));
    }
}

/// Every location by its identifier.
pub(crate) async fn locations(aisle: &Aisle) -> Result<BTreeMap<LocationId, Location>, Problem> {
    let mut all = BTreeMap::new();
    let mut after: Option<LocationId> = None;
    loop {
        let filter = catalogue::Filter::default();
        let page = catalogue::locations(&aisle.store, &filter, after.as_ref(), 5_000).await.map_err(failure::store)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.id.clone());
        all.extend(page.into_iter().map(|location| (location.id.clone(), location)));
    }
}

async fn sources(aisle: &Aisle) -> Result<Vec<(String, Vec<aisle_domain::import::FileReport>)>, Problem> {
    let done = imports::ImportState::Succeeded;
    let found = imports::list(&aisle.store, Some(done), None, 20).await.map_err(failure::store)?;
    Ok(found.into_iter().filter_map(|import| Some((import.id.to_string(), import.report?.files))).collect())
}
