//! Monitoring, seen and set.

use crate::failure;
use crate::monitor;
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::monitoring::{DecisionLine, LiveSpan, MonitoringDesk, MonitoringView};
use aisle_app::ports::{Answer, Page, Visitor};
use aisle_app::ui::format;
use aisle_domain::Measure;
use aisle_engine::retraining::Policy;
use aisle_store::artefacts;
use aisle_store::decisions::{self, Decision};
use serde_json::Value;

/// Changes of the live model on the page.
const SPANS: u32 = 20;

#[async_trait::async_trait]
impl MonitoringDesk for Aisle {
    async fn monitoring(&self, measure: Measure) -> Answer<MonitoringView> {
        let board = self.board().await?;
        let kind = shop::artefact_kind(measure);
        let promotions = artefacts::promotions(&self.store, kind, SPANS).await.map_err(failure::store)?;
        let untils = std::iter::once(None).chain(promotions.iter().map(|promotion| Some(promotion.at)));
        let live = promotions.iter().zip(untils).map(|(promotion, until)| LiveSpan {
            model: promotion.artefact_id.clone(),
            by: promotion.promoted_by.clone(),
            reason: promotion.reason.clone(),
            from: promotion.at,
            until,
        });
        Ok(MonitoringView {
            policy: monitor::policy(&self.store).await.map_err(failure::store)?,
            next_run: monitor::next_run(&self.store).await.map_err(failure::store)?,
            inputs: monitor::inputs(self, &board, measure).await?.to_vec(),
            live: live.collect(),
        })
    }

    async fn decisions(
        &self,
        measure: Option<Measure>,
        acted: bool,
        after: Option<String>,
        limit: u32,
    ) -> Answer<Page<DecisionLine>> {
        let name = measure.map(Measure::name);
        let found = decisions::list(&self.store, name, acted, after.as_deref(), limit).await.map_err(failure::store)?;
        let next = found.last().filter(|_| found.len() == limit as usize).map(|decision| decision.id.clone());
        Ok(Page { rows: found.into_iter().map(line).collect(), next })
    }

    async fn change_policy(&self, by: &Visitor, policy: Policy) -> Answer<()> {
        policy.check().map_err(|(field, expected)| failure::invalid(field, format!("expected {expected}")))?;
        self.keep_policy(&policy).await.map_err(failure::store)?;
        let detail = serde_json::to_value(&policy).unwrap_or_default();
        self.note(&by.login, "monitoring.change", "policy", detail).await
    }

    async fn roll_back(&self, by: &Visitor, measure: Measure, reason: &str) -> Answer<()> {
        Aisle::roll_back(self, measure, &by.login, reason).await.map(|_| ())
    }
}

fn line(decision: Decision) -> DecisionLine {
    DecisionLine {
        figures: figures(&decision.figures),
        id: decision.id,
        at: decision.at,
        measure: Measure::parse(&decision.measure),
        cause: decision.cause,
        action: decision.action,
        reason: decision.reason,
        model: decision.artefact_id,
        job: decision.job_id,
        by: decision.decided_by,
    }
}

/// The figures of a decision that people look at: those of the whole, of what was judged, and of inputs.
fn figures(kept: &Value) -> Vec<(String, String)> {
    let percent = |value: &Value| value.as_f64().map(|share| format::share(share, 1));
    let decimal = |value: &Value| value.as_f64().map(|value| format::number(value, 2));
    let total = &kept["parts"][0]["watched"];
    let mut found = vec![
        ("Periods", total["periods"].as_u64().map(|periods| periods.to_string())),
        ("WAPE", percent(&total["wape"])),
        ("Promised", percent(&total["promised"])),
        ("In 80 %", percent(&total["coverage80"])),
        ("Tracking signal", decimal(&total["tracking_signal"])),
        ("PSI of sales", decimal(&total["stability"])),
        ("Values in common", kept["judged"]["points"].as_u64().map(|points| points.to_string())),
        ("Its WAPE on them", percent(&kept["judged"]["challenger"])),
        ("Live one's", percent(&kept["judged"]["champion"])),
        ("WAPE in its backtest", percent(&kept["challenger"]["wape"])),
        ("Margin", percent(&kept["margin"])),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect::<Vec<_>>();
    for input in kept["inputs"].as_array().into_iter().flatten() {
        if let (Some(name), Some(value)) = (input["name"].as_str(), decimal(&input["stability"])) {
            found.push((format!("PSI of {name}"), value));
        }
    }
    found
}
