//! Overrides, listed, tried, made, withdrawn.

use crate::board::{Board, no_sheet};
use crate::clock;
use crate::failure;
use crate::overrides::{about, worth};
use crate::state::Aisle;
use aisle_app::ports::overrides::{AuthorWorth, OverrideDesk, OverrideDraft, OverrideView, OverridesView};
use aisle_app::ports::{Answer, Visitor};
use aisle_domain::overrides::{Effect, ForecastOverride, OverrideState};
use aisle_domain::{Measure, OverrideId};
use aisle_store::overrides;
use std::collections::BTreeMap;

/// Overrides on a page.
const SHOWN: u32 = 50;
/// Most overrides that are measured for the sums by author: the latest ones.
const MEASURED: u32 = 500;

#[async_trait::async_trait]
impl OverrideDesk for Aisle {
    async fn overrides(
        &self,
        measure: Option<Measure>,
        state: Option<OverrideState>,
        after: Option<&str>,
    ) -> Answer<OverridesView> {
        let board = self.board().await?;
        if measure.is_some() && !board.sheets.is_empty() && board.sheet(measure).is_none() {
            return Err(no_sheet(measure));
        }
        let found = board.sheet(measure);
        let measure = measure.or(found.map(|(measure, _)| measure)).unwrap_or(Measure::Revenue);
        let unreadable = |_| failure::invalid("after", "not a cursor of this list; pass `next` as it came");
        let after = after.map(OverrideId::new).transpose().map_err(unreadable)?;
        let today = clock::today();
        let list = |state, after, limit| {
            let store = &self.store;
            async move { overrides::list(store, state, today, after, limit).await.map_err(failure::store) }
        };
        let listed = list(state, after.as_ref(), SHOWN).await?;
        let next = listed.last().filter(|_| listed.len() == SHOWN as usize).map(|last| last.id.to_string());
        let ends = found.and_then(|(_, sheet)| sheet.live.as_ref()).map(|live| live.artefact.periods());
        let mut regions: Vec<String> =
            board.locations.values().filter_map(|place| place.region().map(str::to_owned)).collect();
        regions.sort_unstable();
        regions.dedup();
        Ok(OverridesView {
            shop: board.shop.clone(),
            measure,
            regions,
            forecast: ends.and_then(|ends| ends.first().copied().zip(ends.last().copied())),
            authors: authors(&board, measure, &list(None, None, MEASURED).await?),
            overrides: listed.iter().map(|one| view(&board, measure, one)).collect(),
            next,
            request: uuid::Uuid::new_v4().simple().to_string(),
        })
    }

    async fn preview(&self, draft: &OverrideDraft) -> Answer<Vec<Effect>> {
        // What is tried needs no reason yet.
        let reason = if draft.reason.trim().is_empty() { "to see" } else { draft.reason.as_str() };
        let draft = OverrideDraft { reason: reason.to_owned(), ..draft.clone() };
        let (_, effects) = self.effects(draft.read()?.checked(clock::today())?).await?;
        Ok(effects)
    }

    async fn make_override(&self, by: &Visitor, draft: &OverrideDraft, request: &str) -> Answer<OverrideView> {
        let (kept, _) = self.override_forecast(by, draft.read()?, request).await?;
        shown(self, &kept).await
    }

    async fn withdraw_override(&self, by: &Visitor, id: &OverrideId) -> Answer<OverrideView> {
        let kept = self.take_back(by, id).await?;
        shown(self, &kept).await
    }
}

async fn shown(aisle: &Aisle, one: &ForecastOverride) -> Answer<OverrideView> {
    let board = aisle.board().await?;
    let measure = one.asked.measure.or(board.shop.measures.first().copied()).unwrap_or(Measure::Revenue);
    Ok(view(&board, measure, one))
}

/// An override with its effect and worth in a measure.
pub(crate) fn view(board: &Board, measure: Measure, one: &ForecastOverride) -> OverrideView {
    let asked = &one.asked;
    OverrideView {
        id: one.id.clone(),
        measure: asked.measure,
        scope: asked.scope.clone(),
        about: about(board, &asked.scope),
        change: asked.change,
        amount: asked.amount,
        periods: asked.periods,
        reason: asked.reason.clone(),
        author: one.author_name.clone(),
        created_at: one.created_at,
        expires: asked.expires,
        state: one.state(clock::today()),
        withdrawn: one.withdrawn.clone(),
        effect: one.effect(measure).cloned(),
        worth: board.sheet(Some(measure)).and_then(|(_, sheet)| worth(board, sheet, measure, one)),
    }
}

/// What each author's overrides were worth in a measure, the most overrides first.
fn authors(board: &Board, measure: Measure, all: &[ForecastOverride]) -> Vec<AuthorWorth> {
    let Some((_, sheet)) = board.sheet(Some(measure)) else { return Vec::new() };
    let mut sums: BTreeMap<&str, AuthorWorth> = BTreeMap::new();
    for one in all {
        if let Some(worth) = worth(board, sheet, measure, one) {
            let sum = sums.entry(one.author.as_str()).or_insert_with(|| AuthorWorth {
                author: one.author_name.clone(),
                overrides: 0,
                worth: Default::default(),
            });
            sum.overrides += 1;
            sum.worth = sum.worth.and(worth);
        }
    }
    let mut authors: Vec<AuthorWorth> = sums.into_values().collect();
    authors.sort_by(|a, b| b.overrides.cmp(&a.overrides).then_with(|| a.author.cmp(&b.author)));
    authors
}
