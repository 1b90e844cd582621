//! Models, seen and decided on.

use crate::failure;
use crate::jobs::backtest::Asked;
use crate::monitor;
use crate::registry::{Summary, standing};
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::models::{BacktestView, ModelDesk, ModelLine, ModelsView, ScoreLine, WatchedLine};
use aisle_app::ports::{Answer, Visitor};
use aisle_domain::job::{JobKind, JobView};
use aisle_domain::{ArtefactId, Measure};
use aisle_store::artefacts::{self, Listed, Promotion};
use aisle_store::evaluations;
use serde_json::Value;

/// Models on the page.
const SHOWN: u32 = 20;
/// Promotions looked back at.
const PROMOTIONS: u32 = 200;

#[async_trait::async_trait]
impl ModelDesk for Aisle {
    async fn models(&self, measure: Option<Measure>) -> Answer<ModelsView> {
        let board = self.board().await?;
        let found = board.sheet(measure);
        let (measure, sheet) = match found {
            Some((measure, sheet)) => (measure, Some(sheet)),
            None => (measure.unwrap_or(Measure::Revenue), None),
        };
        let kind = shop::artefact_kind(measure);
        let history = artefacts::promotions(&self.store, kind, PROMOTIONS).await.map_err(failure::store)?;
        let listed = artefacts::list(&self.store, Some(kind), None, SHOWN).await.map_err(failure::store)?;
        let policy = monitor::policy(&self.store).await.map_err(failure::store)?;
        let latest = evaluations::list(&self.store, Some(measure.name()), None, 1).await.map_err(failure::store)?;
        let watched = sheet.map(|sheet| monitor::watched(sheet, &policy.thresholds)).unwrap_or_default();
        let line = |part: aisle_engine::retraining::Part| WatchedLine {
            name: match part.level {
                "total" => "The whole shop".to_owned(),
                "location" => board.place_name(&part.name),
                _ => part.name,
            },
            periods: part.watched.periods,
            wape: part.watched.wape,
            promised: part.watched.promised,
            coverage80: part.watched.coverage80,
            tracking_signal: part.watched.tracking_signal,
            stability: part.watched.stability,
            concerns: part.concerns.iter().map(|concern| concern.text()).collect(),
        };
        Ok(ModelsView {
            measure,
            measures: board.shop.measures.clone(),
            currency: board.shop.currency,
            granularity: board.shop.granularity,
            models: listed.into_iter().map(|model| model_line(model, &history)).collect(),
            trained_through: sheet
                .and_then(|sheet| sheet.live.as_ref())
                .map(|live| live.artefact.header().trained_through),
            watched: watched.into_iter().map(line).collect(),
            backtest: latest.into_iter().next().map(backtest_view),
        })
    }

    async fn promote(&self, by: &Visitor, id: &ArtefactId, reason: &str) -> Answer<()> {
        Aisle::promote(self, id, &by.login, reason).await
    }

    async fn start_backtest(&self, by: &Visitor, measure: Measure, horizon: u32, origins: &str) -> Answer<JobView> {
        let days = origins.split([',', ' ', ';']).filter(|word| !word.is_empty());
        let asked = Asked::checked(Some(measure), days, Some(horizon as usize), None)?;
        let params = serde_json::to_value(&asked).map_err(|error| failure::internal(&error))?;
        self.enqueue(&by.login, JobKind::Backtest, params, None).await
    }
}

fn model_line(model: Listed, history: &[Promotion]) -> ModelLine {
    let summary: Summary = serde_json::from_value(model.summary).unwrap_or_default();
    let promoted = history.iter().find(|promotion| promotion.artefact_id == model.id);
    let standing = standing(&model.id, history);
    ModelLine {
        id: model.id,
        hash: model.hash,
        standing,
        data_version: model.data_version,
        created_at: model.created_at,
        wape: summary.wape,
        relative: summary.relative(),
        bias: summary.bias,
        coverage80: summary.coverage80,
        promoted: promoted.map(|p| (p.promoted_by.clone(), p.reason.clone(), p.at)),
    }
}

fn backtest_view(found: evaluations::Evaluation) -> BacktestView {
    let report = &found.report;
    let scores: Vec<&Value> = report["scores"].as_array().into_iter().flatten().collect();
    let is = |score: &Value, key: &str, word: &str| score[key].as_str() == Some(word);
    let mut models: Vec<ScoreLine> = scores
        .iter()
        .filter(|score| is(score, "level", "series") && is(score, "slice", "all"))
        .map(|score| score_line(score["model"].as_str().unwrap_or_default().replace('_', " "), score))
        .collect();
    models.sort_by(|a, b| a.wape.unwrap_or(f64::INFINITY).total_cmp(&b.wape.unwrap_or(f64::INFINITY)));
    let chosen = scores.iter().filter(|score| is(score, "model", "chosen"));
    BacktestView {
        origins: report["origins"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        horizon: report["horizon"].as_u64().unwrap_or(0),
        slices: chosen.map(|score| score_line(slice_name(score), score)).collect(),
        models,
        data_version: found.data_version,
        created_by: found.created_by,
        created_at: found.created_at,
    }
}

fn slice_name(score: &Value) -> String {
    let of = &score["of"];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match score["slice"].as_str().unwrap_or_default() {
        "all" => match score["level"].as_str().unwrap_or_default() {
            "series" => "Single series".to_owned(),
            "group" => "Sums by item".to_owned(),
            "location" => "Sums by location".to_owned(),
            _ => "Sums of the whole shop".to_owned(),
        },
        "origin" => format!("From {}", text(of)),
        "steps" => format!("{} to {} periods ahead", of[0], of[1]),
        "volume" => format!("Volume class {}", text(of)),
        "events" => "Periods with an event".to_owned(),
        other => other.to_owned(),
    }
}

fn score_line(name: String, score: &Value) -> ScoreLine {
    let number = |field: &str| score[field].as_f64();
    ScoreLine {
        name,
        points: score["points"].as_u64().unwrap_or(0),
        wape: number("wape"),
        wmae: number("wmae"),
        mase: number("mase"),
        rmsse: number("rmsse"),
        bias: number("bias"),
        coverage: (number("coverage80"), number("coverage95")),
        value_added: number("value_added"),
    }
}
