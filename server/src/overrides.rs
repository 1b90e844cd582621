//! Planners' overrides: checked against the shop, made, withdrawn, and measured by what came.

use crate::board::overridden::difference;
use crate::board::{Board, Sheet, no_sheet};
use crate::clock;
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::overrides::Worth;
use aisle_app::ports::{Answer, Visitor};
use aisle_domain::overrides::{Effect, ForecastOverride, NewOverride, Scope};
use aisle_domain::{ItemId, Measure, OverrideId, Problem, ProblemCode};
use aisle_store::overrides::{self, Making};
use serde_json::json;

impl Aisle {
    /// An override with its item found, and what it would change, for each measure that it is about.
    pub(crate) async fn effects(&self, asked: NewOverride) -> Answer<(NewOverride, Vec<Effect>)> {
        let board = self.board().await?;
        let asked = item_found(&board, asked)?;
        let effects = effects(&board, &asked)?;
        Ok((asked, effects))
    }

    /// Makes an override; the same request of the same person again gives the one that it made.
    pub(crate) async fn override_forecast(
        &self,
        by: &Visitor,
        asked: NewOverride,
        request: &str,
    ) -> Answer<(ForecastOverride, bool)> {
        let asked = asked.checked(clock::today())?;
        if request.is_empty() || request.chars().count() > 200 {
            return Err(failure::invalid("request", "a request is named by 1 to 200 characters; reload the page"));
        }
        let (asked, effects) = self.effects(asked).await?;
        let request = format!("{}:{request}", by.user);
        let making = Making { author: &by.user, author_name: &by.name, effects: &effects, request: &request };
        let (kept, new) =
            overrides::create(&self.store, &asked, &making, clock::now()).await.map_err(failure::store)?;
        if new {
            let detail = json!({
                "scope": kept.asked.scope, "change": kept.asked.change, "amount": kept.asked.amount,
                "first": kept.asked.periods.0, "last": kept.asked.periods.1, "reason": kept.asked.reason,
            });
            self.note(&by.login, "override.made", kept.id.as_str(), detail).await?;
        }
        self.board.forget_freshness();
        Ok((kept, new))
    }

    /// Takes an override back; one that was taken back before stays so.
    pub(crate) async fn take_back(&self, by: &Visitor, id: &OverrideId) -> Answer<ForecastOverride> {
        let new = overrides::withdraw(&self.store, id, &by.name, clock::now()).await.map_err(failure::store)?;
        if new {
            self.note(&by.login, "override.withdrawn", id.as_str(), json!({})).await?;
        }
        self.board.forget_freshness();
        overrides::get(&self.store, id).await.map_err(failure::store)
    }
}

/// The same with the item's identifier, where its name was given.
fn item_found(board: &Board, mut asked: NewOverride) -> Answer<NewOverride> {
    let Some(given) = asked.scope.item.as_ref().filter(|id| !board.items.contains_key(id)) else { return Ok(asked) };
    let name = given.as_str().to_lowercase();
    let mut found: Vec<&ItemId> =
        board.items.values().filter(|item| item.name.to_lowercase() == name).map(|item| &item.id).collect();
    found.sort_unstable();
    match found.as_slice() {
        [] => Ok(asked),
        [one] => {
            asked.scope.item = Some((*one).clone());
            Ok(asked)
        }
        several => {
            let some: Vec<&str> = several.iter().take(5).map(|id| id.as_str()).collect();
            let detail = format!(
                "{} items are named {:?}; give the identifier of one, such as {}",
                several.len(),
                given.as_str(),
                some.join(", ")
            );
            Err(failure::invalid("item", detail))
        }
    }
}

/// What an override would change beside those in force.
fn effects(board: &Board, asked: &NewOverride) -> Answer<Vec<Effect>> {
    if let Some(measure) = asked.measure
        && board.sheet(Some(measure)).is_none()
    {
        return Err(no_sheet(Some(measure)));
    }
    let measures =
        board.shop.measures.iter().copied().filter(|measure| asked.measure.is_none_or(|own| own == *measure));
    let candidate = candidate(asked)?;
    let mut effects = Vec::new();
    for measure in measures {
        let Some((_, sheet)) = board.sheet(Some(measure)) else { continue };
        let Some(live) = &sheet.live else { continue };
        let found = difference(&live.artefact, board.catalogue(), &sheet.overridden.overrides, &candidate)
            .map_err(|error| failure::internal(&error))?;
        if found.series == 0 {
            return Err(nothing_fits(board, &asked.scope));
        }
        if found.days.is_empty() {
            let ends = live.artefact.periods();
            let (first, last) = asked.periods;
            let reach = ends.first().zip(ends.last()).map_or_else(String::new, |(from, to)| format!("{from} to {to}"));
            let detail = format!(
                "no period of the forecast ends between {first} and {last}; the periods forecast end from {reach}"
            );
            return Err(failure::invalid("first", detail));
        }
        let (days, before, after) = (found.days, found.before, found.after);
        effects.push(Effect { measure, series: found.series, days, before, after });
    }
    if effects.is_empty() {
        let detail = "nothing was trained yet, so there is no forecast to override; start a training";
        return Err(Problem::new(ProblemCode::Conflict, detail));
    }
    Ok(effects)
}

/// The override as if it were in force, to see what it does.
fn candidate(asked: &NewOverride) -> Answer<ForecastOverride> {
    let unnamed = |error: aisle_domain::id::IdError| failure::internal(&error);
    Ok(ForecastOverride {
        id: OverrideId::new("candidate").map_err(unnamed)?,
        asked: asked.clone(),
        author: aisle_domain::UserId::new("candidate").map_err(unnamed)?,
        author_name: String::new(),
        created_at: clock::now(),
        effects: Vec::new(),
        withdrawn: None,
    })
}

/// Which part of a scope is at fault where no series fits it.
fn nothing_fits(board: &Board, scope: &Scope) -> Problem {
    let known = |attribute: &str, label: &str| match attribute {
        "location" => board.locations.keys().any(|id| id.as_str() == label),
        "item" => board.items.keys().any(|id| id.as_str() == label),
        "region" => board.locations.values().any(|place| place.region() == Some(label)),
        _ => board.shop.categories.iter().any(|category| category == label),
    };
    let unknown = scope.labels().into_iter().find(|(attribute, label)| !known(attribute, label));
    match unknown {
        Some((attribute, label)) => failure::invalid(attribute, format!("there is no {attribute} {label:?}")),
        None => failure::invalid("item", "no series with a forecast fits all of this; leave a part of it out"),
    }
}

/// What an override is about, in words.
pub(crate) fn about(board: &Board, scope: &Scope) -> String {
    let what = match (&scope.item, &scope.category) {
        (Some(id), _) => Some(board.items.get(id).map_or_else(|| id.to_string(), |item| item.name.clone())),
        (None, Some(category)) => Some(category.clone()),
        (None, None) => None,
    };
    let place = match (&scope.location, &scope.region) {
        (Some(id), _) => Some(board.locations.get(id).map_or_else(|| id.to_string(), |place| place.name.clone())),
        (None, Some(region)) => Some(format!("region {region}")),
        (None, None) => None,
    };
    match (what, place) {
        (Some(what), Some(place)) => format!("{what} at {place}"),
        (Some(what), None) => what,
        (None, Some(place)) => format!("All items at {place}"),
        (None, None) => "The whole shop".to_owned(),
    }
}

/// What an override was worth in a measure: the error of what was forecast without it on the day it was made against the
/// error with it, over the periods that have come while it was in force. `None` where there is none yet.
pub(crate) fn worth(board: &Board, sheet: &Sheet, measure: Measure, one: &ForecastOverride) -> Option<Worth> {
    let (effect, ends) = (one.effect(measure)?, one.ends());
    let steps: Vec<(usize, usize)> = effect
        .days
        .iter()
        .enumerate()
        .filter(|(_, day)| ends.is_none_or(|ends| **day <= ends))
        .filter_map(|(step, day)| Some((step, sheet.panel.ends.binary_search(day).ok()?)))
        .collect();
    if steps.is_empty() {
        return None;
    }
    let catalogue = board.catalogue();
    let members: Vec<usize> =
        (0..sheet.panel.keys.len()).filter(|at| catalogue.fits(&one.asked.scope, &sheet.panel.keys[*at])).collect();
    let mut worth = Worth::default();
    for (step, at) in steps {
        let values = members.iter().filter_map(|member| sheet.panel.values[*member][at]);
        let (count, sum) = values.fold((0, 0_i64), |(count, sum), value| (count + 1, sum.saturating_add(value)));
        if count > 0 {
            let came = sum as f64 / sheet.unit;
            worth.periods += 1;
            worth.error_with += (effect.after[step] - came).abs();
            worth.error_without += (effect.before[step] - came).abs();
        }
    }
    (worth.periods > 0).then_some(worth)
}
