//! Champion and challenger: which fitted artefact forecasts, why, and the way back.
//!
//! A new artefact challenges the live one. Where both have forecast enough of the same values before they came, their errors
//! on those are compared ([`judgement`]); else each one's error relative to the seasonal naive's on the same points, so that
//! a quiet quarter is not mistaken for a better model. The challenger is promoted unless it is worse by more than a margin
//! (fresh data is worth a little) or the policy leaves it to people; every decision is written down.

mod judgement;

use crate::clock;
use crate::failure;
use crate::jobs::train::Backtests;
use crate::monitor::{self, BY, Entry};
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::Answer;
use aisle_app::ports::models::Standing;
use aisle_domain::{ArtefactId, Granularity, JobId, Measure};
use aisle_engine::Artefact;
use aisle_store::artefacts::{self, Promotion};
use aisle_training::FitReport;
use judgement::{Judgement, judge};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Promotions looked back at for the model that was live before.
const HISTORY: u32 = 200;

/// Errors of an artefact's backtest over all series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Summary {
    /// Series fitted.
    pub(crate) series: u64,
    /// WAPE of the forecasts.
    pub(crate) wape: Option<f64>,
    /// WAPE of the seasonal naive on the same points.
    pub(crate) naive_wape: Option<f64>,
    /// WMAE of the forecasts, in major units.
    pub(crate) wmae: Option<f64>,
    /// Bias of the forecasts.
    pub(crate) bias: Option<f64>,
    /// Share of values within the 80 % interval.
    pub(crate) coverage80: Option<f64>,
}

impl Summary {
    pub(crate) fn of(report: &FitReport) -> Self {
        let (chosen, naive) = (report.models.get("chosen"), report.models.get("seasonal_naive"));
        Self {
            series: report.series.len() as u64,
            wape: chosen.map(|accuracy| accuracy.wape),
            naive_wape: naive.map(|accuracy| accuracy.wape),
            wmae: chosen.map(|accuracy| accuracy.wmae),
            bias: chosen.map(|accuracy| accuracy.bias),
            coverage80: chosen.and_then(|accuracy| accuracy.coverage80),
        }
    }

    /// WAPE over the seasonal naive's; `None` without a backtest.
    pub(crate) fn relative(&self) -> Option<f64> {
        self.wape.zip(self.naive_wape).filter(|(_, naive)| *naive > 0.0).map(|(own, naive)| own / naive)
    }
}

/// Where a model stands by the promotions of its measure, the latest first.
pub(crate) fn standing(id: &ArtefactId, promotions: &[Promotion]) -> Standing {
    match promotions.iter().position(|promotion| promotion.artefact_id == *id) {
        Some(0) => Standing::Live,
        Some(_) => Standing::Retired,
        None => Standing::Challenger,
    }
}

/// What becomes of a challenger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It becomes the live one.
    Promote(String),
    /// The champion stays.
    Keep(String),
}

/// Decides between the live artefact and a new one; `margin`: by how much, as a share, the new one's error may be above.
pub(crate) fn decide(
    champion: Option<&Summary>,
    challenger: &Summary,
    judged: Option<&Judgement>,
    margin: f64,
) -> Decision {
    let Some(champion) = champion else {
        return Decision::Promote("the first of its kind".to_owned());
    };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let decide = |old: f64, new: f64, told: String| {
        if new > old * (1.0 + margin) {
            Decision::Keep(format!("{told}: worse by more than the margin of {}", percent(margin)))
        } else {
            Decision::Promote(told)
        }
    };
    if let Some(Judgement { points, champion: old, challenger: new, .. }) = judged {
        let told = format!(
            "its error is {}, the live one's {}, on {points} values that both forecast before they came",
            percent(*new),
            percent(*old)
        );
        return decide(*old, *new, told);
    }
    match (champion.relative(), challenger.relative()) {
        (Some(old), Some(new)) => {
            let told =
                format!("its error is {} of the seasonal naive's, the live one's {}", percent(new), percent(old));
            decide(old, new, told)
        }
        (Some(_), None) => Decision::Keep("it has no backtest to be judged by, and the live one has".to_owned()),
        (None, _) => Decision::Promote("the live one has no backtest to be judged by".to_owned()),
    }
}

/// A registered artefact that challenges the live one.
pub(crate) struct Challenger<'a> {
    /// What it forecasts.
    pub(crate) measure: Measure,
    /// In which periods.
    pub(crate) granularity: Granularity,
    /// Its entry in the registry.
    pub(crate) id: &'a ArtefactId,
    /// Its backtest over all series.
    pub(crate) summary: &'a Summary,
    /// Its backtest.
    pub(crate) report: &'a FitReport,
    /// Version of the data that it was fitted on.
    pub(crate) data_version: &'a str,
    /// The training.
    pub(crate) job: &'a JobId,
    /// Who asked for the training.
    pub(crate) by: &'a str,
}

impl Aisle {
    /// Lets a registered artefact challenge the live one of its measure; answers what was decided, in words.
    pub(crate) async fn challenge(&self, challenger: &Challenger<'_>) -> Answer<String> {
        let Challenger { measure, id, summary, .. } = *challenger;
        let live = artefacts::live(&self.store, shop::artefact_kind(measure)).await.map_err(failure::store)?;
        if live.as_ref().is_some_and(|live| live.id == *id) {
            return Ok("it is live already".to_owned());
        }
        let policy = monitor::policy(&self.store).await.map_err(failure::store)?;
        let champion = match &live {
            Some(live) => Some((self.artefact_of(&live.id).await?, live)),
            None => None,
        };
        // A model of other periods does not forecast what the shop is planned in: it is no rival.
        let champion = champion.filter(|(artefact, _)| artefact.header().granularity == challenger.granularity);
        let judged = champion
            .as_ref()
            .and_then(|(artefact, live)| judge(artefact, &Backtests::read(&live.metrics), &challenger.report.series));
        let old: Option<Summary> =
            champion.as_ref().map(|(_, live)| serde_json::from_value(live.summary.clone()).unwrap_or_default());
        let decision = decide(old.as_ref(), summary, judged.as_ref(), policy.margin);
        let (action, reason) = match decision {
            Decision::Promote(reason) if policy.auto_promote || champion.is_none() => ("promoted", reason),
            Decision::Promote(reason) => ("waiting", format!("{reason}; it waits for somebody to make it live")),
            Decision::Keep(reason) => ("kept", reason),
        };
        let promoted = action == "promoted";
        if promoted {
            artefacts::promote(&self.store, id, challenger.by, &reason, clock::now()).await.map_err(failure::store)?;
        }
        let audited = if promoted { "model.promoted" } else { "model.kept_back" };
        self.note(challenger.by, audited, id.as_str(), json!({ "measure": measure, "reason": reason })).await?;
        let entry = Entry {
            measure: measure.name(),
            cause: "training",
            action,
            reason: &reason,
            figures: json!({
                "judged": judged, "margin": policy.margin, "champion": old, "challenger": summary,
                "champion_model": live.as_ref().map(|live| live.id.to_string()),
            }),
            data_version: challenger.data_version,
            model: Some(id),
            job: Some(challenger.job),
            by: BY,
        };
        self.decided(&entry).await.map_err(failure::store)?;
        let told = if action == "kept" { "kept back" } else { action };
        Ok(format!("{told}: {reason}"))
    }

    /// Makes an artefact the live one because somebody says so: a challenger that was kept back, or one of before.
    pub(crate) async fn promote(&self, id: &ArtefactId, by: &str, reason: &str) -> Answer<()> {
        self.make_live(id, by, reason, "made_live").await
    }

    /// Makes the model live again that was live before the one that is; answers which.
    pub(crate) async fn roll_back(&self, measure: Measure, by: &str, reason: &str) -> Answer<ArtefactId> {
        let kind = shop::artefact_kind(measure);
        let history = artefacts::promotions(&self.store, kind, HISTORY).await.map_err(failure::store)?;
        let live = history.first().map(|promotion| promotion.artefact_id.clone());
        let before = history.into_iter().map(|promotion| promotion.artefact_id).find(|id| Some(id) != live.as_ref());
        let before = before.ok_or_else(|| {
            failure::invalid("measure", format!("no other model of {} was live before", measure.name()))
        })?;
        self.make_live(&before, by, reason, "rolled_back").await?;
        Ok(before)
    }

    async fn make_live(&self, id: &ArtefactId, by: &str, reason: &str, action: &'static str) -> Answer<()> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(failure::invalid("reason", "say why, in 1 to 500 characters"));
        }
        let registered = artefacts::get(&self.store, id).await.map_err(failure::store)?;
        let periods = self.artefact_of(id).await?.header().granularity;
        if let Some(planned) = self.planned_in().await?.filter(|planned| *planned != periods) {
            let detail = format!(
                "this model forecasts by {}, and the shop is planned by {}; train one, or change the planning period",
                periods.word(),
                planned.word()
            );
            return Err(failure::invalid("id", detail));
        }
        artefacts::promote(&self.store, id, by, reason, clock::now()).await.map_err(failure::store)?;
        self.note(by, "model.promoted", id.as_str(), json!({ "reason": reason })).await?;
        let measures = [Measure::Revenue, Measure::Quantity];
        let measure = measures.into_iter().find(|measure| shop::artefact_kind(*measure) == registered.kind);
        let entry = Entry {
            measure: measure.map_or("", Measure::name),
            cause: "person",
            action,
            reason,
            figures: json!({ "challenger": registered.summary }),
            data_version: &registered.data_version,
            model: Some(id),
            job: None,
            by,
        };
        self.decided(&entry).await.map_err(failure::store)?;
        self.board.forget_freshness();
        Ok(())
    }

    async fn artefact_of(&self, id: &ArtefactId) -> Answer<Artefact> {
        let bytes = artefacts::load(&self.store, id).await.map_err(failure::store)?;
        Artefact::from_bytes(&bytes).map_err(|error| failure::internal(&error))
    }

    /// The periods that the shop is planned in; `None` without sales.
    async fn planned_in(&self) -> Answer<Option<Granularity>> {
        let kept = shop::settings(&self.store).await.map_err(failure::store)?;
        let span = self.lake.span().await.map_err(failure::lake)?;
        Ok(span.map(|span| kept.planning.of(span.native)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(wape: f64, naive: f64) -> Summary {
        Summary { wape: Some(wape), naive_wape: Some(naive), ..Summary::default() }
    }

    #[test]
    fn a_challenger_is_kept_back_only_where_it_is_worse_by_more_than_the_margin() {
        let champion = summary(0.09, 0.10);
        let promoted =
            |challenger: &Summary| matches!(decide(Some(&champion), challenger, None, 0.02), Decision::Promote(_));
        assert!(matches!(decide(None, &summary(9.0, 0.1), None, 0.02), Decision::Promote(_)));
        assert!(promoted(&summary(0.08, 0.10)));
        assert!(promoted(&summary(0.091, 0.10)));
        assert!(!promoted(&summary(0.093, 0.10)));
        assert!(promoted(&summary(0.18, 0.20)), "a harder quarter is no worse model");
        assert!(!promoted(&Summary::default()), "what was never judged does not replace what was");
        assert!(matches!(decide(Some(&Summary::default()), &summary(0.2, 0.1), None, 0.02), Decision::Promote(_)));
    }

    #[test]
    fn what_both_forecast_counts_before_what_each_did_elsewhere() {
        let (champion, challenger) = (summary(0.09, 0.10), summary(0.05, 0.10));
        let judged = |challenger: f64| Judgement { points: 100, of: 100, champion: 0.10, challenger };
        let kept = decide(Some(&champion), &challenger, Some(&judged(0.11)), 0.02);
        assert!(matches!(&kept, Decision::Keep(reason) if reason.contains("on 100 values")), "{kept:?}");
        assert!(matches!(decide(Some(&champion), &challenger, Some(&judged(0.11)), 0.2), Decision::Promote(_)));
        assert!(matches!(decide(Some(&champion), &challenger, Some(&judged(0.101)), 0.02), Decision::Promote(_)));
    }
}
