//! Champion and challenger: which fitted artefact forecasts, why, and the way back.
//!
//! A new artefact challenges the live one. What is compared is each one's relative error: the WAPE of its backtest over that
//! of the seasonal naive on the same points, so that a quiet quarter is not mistaken for a better model. The challenger is
//! promoted unless it is worse by more than a margin (fresh data is worth a little); a decision either way is written down.

use crate::clock;
use crate::failure;
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::Answer;
use aisle_app::ports::models::Standing;
use aisle_domain::{ArtefactId, Measure};
use aisle_store::artefacts::{self, Promotion};
use aisle_training::FitReport;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// By how much a challenger's relative error may lie above the champion's: 2 %.
pub(crate) const MARGIN: f64 = 0.02;

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

/// Decides between the live artefact and a new one.
pub(crate) fn decide(champion: Option<&Summary>, challenger: &Summary) -> Decision {
    let Some(champion) = champion else {
        return Decision::Promote("the first of its kind".to_owned());
    };
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    match (champion.relative(), challenger.relative()) {
        (Some(old), Some(new)) if new > old * (1.0 + MARGIN) => Decision::Keep(format!(
            "its error is {} of the seasonal naive's, the live one's {}: worse by more than the margin of {}",
            percent(new),
            percent(old),
            percent(MARGIN)
        )),
        (Some(old), Some(new)) => Decision::Promote(format!(
            "its error is {} of the seasonal naive's, the live one's {}",
            percent(new),
            percent(old)
        )),
        (Some(_), None) => Decision::Keep("it has no backtest to be judged by, and the live one has".to_owned()),
        (None, _) => Decision::Promote("the live one has no backtest to be judged by".to_owned()),
    }
}

impl Aisle {
    /// Lets a registered artefact challenge the live one of its measure; answers what was decided, in words.
    pub(crate) async fn challenge(
        &self,
        measure: Measure,
        id: &ArtefactId,
        summary: &Summary,
        by: &str,
    ) -> Answer<String> {
        let live = artefacts::live(&self.store, shop::artefact_kind(measure)).await.map_err(failure::store)?;
        if live.as_ref().is_some_and(|live| live.id == *id) {
            return Ok("it is live already".to_owned());
        }
        let champion = live.map(|live| serde_json::from_value::<Summary>(live.summary).unwrap_or_default());
        match decide(champion.as_ref(), summary) {
            Decision::Promote(reason) => {
                artefacts::promote(&self.store, id, by, &reason, clock::now()).await.map_err(failure::store)?;
                self.note(by, "model.promoted", id.as_str(), json!({ "measure": measure, "reason": reason })).await?;
                Ok(format!("promoted: {reason}"))
            }
            Decision::Keep(reason) => {
                self.note(by, "model.kept_back", id.as_str(), json!({ "measure": measure, "reason": reason })).await?;
                Ok(format!("kept back: {reason}"))
            }
        }
    }

    /// Makes an artefact the live one because somebody says so: a challenger that was kept back, or one of before.
    pub(crate) async fn promote(&self, id: &ArtefactId, by: &str, reason: &str) -> Answer<()> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(failure::invalid("reason", "say why, in 1 to 500 characters"));
        }
        artefacts::promote(&self.store, id, by, reason, clock::now()).await.map_err(failure::store)?;
        self.note(by, "model.promoted", id.as_str(), json!({ "reason": reason })).await?;
        self.board.forget_freshness();
        Ok(())
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
        let promoted = |challenger: &Summary| matches!(decide(Some(&champion), challenger), Decision::Promote(_));
        assert!(matches!(decide(None, &summary(9.0, 0.1)), Decision::Promote(_)));
        assert!(promoted(&summary(0.08, 0.10)));
        assert!(promoted(&summary(0.091, 0.10)));
        assert!(!promoted(&summary(0.093, 0.10)));
        assert!(promoted(&summary(0.18, 0.20)), "a harder quarter is no worse model");
        assert!(!promoted(&Summary::default()), "what was never judged does not replace what was");
        assert!(matches!(decide(Some(&Summary::default()), &summary(0.2, 0.1)), Decision::Promote(_)));
    }
}
