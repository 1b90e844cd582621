//! When monitoring looks, and what it does about what it sees.

use super::log::{BY, Entry};
use super::{inputs, parts, policy};
use crate::board::Board;
use crate::clock::{self, SECOND};
use crate::failure;
use crate::shop;
use crate::state::{Aisle, App};
use aisle_app::ports::Answer;
use aisle_domain::Measure;
use aisle_domain::job::{JobKind, JobState};
use aisle_engine::monitoring::WatchedInput;
use aisle_engine::retraining::{Cause, Look, Part, Policy, decide};
use aisle_store::{Store, StoreError, artefacts, jobs, leases, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const LEASE_NAME: &str = "monitoring";
/// A process that has not looked for so long is taken for dead, and another looks instead.
const LEASE: i64 = 60 * SECOND;
/// How often it is asked whether to look.
const ROUND: Duration = Duration::from_secs(5);
/// Looked at so often where nothing else gives cause.
const TIMER: i64 = 3_600 * SECOND;
const STATE: &str = "monitoring.state";
/// Parts of a level that a decision's figures keep: the worst.
const KEPT_PARTS: usize = 20;

/// Where monitoring stands, for all processes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// Version of the data at the last look.
    data_version: String,
    /// When it looked last, in microseconds since 1970 UTC.
    looked_at: i64,
    /// From when on the schedule's next time is counted.
    scheduled_from: i64,
}

/// When the schedule is due next; `None`: never, or monitoring has not begun.
pub(crate) async fn next_run(store: &Store) -> Result<Option<i64>, StoreError> {
    let state: State = settings::get(store, STATE, State::default()).await?;
    let from = if state.scheduled_from == 0 { clock::now() } else { state.scheduled_from };
    Ok(policy(store).await?.schedule.next_after(from))
}

/// Counts the schedule's next time from now on.
pub(super) async fn reschedule(store: &Store, now: i64) -> Result<(), StoreError> {
    let state: State = settings::get(store, STATE, State::default()).await?;
    settings::set(store, STATE, &State { scheduled_from: now, ..state }, now).await
}

/// Looks until told to stop, whenever this process holds the lease and there is cause.
pub(crate) async fn keep_watch(app: App, mut stop: watch::Receiver<bool>) {
    let holder = uuid::Uuid::now_v7().simple().to_string();
    while !*stop.borrow() {
        if let Err(problem) = app.watch_round(&holder, clock::now()).await {
            tracing::warn!(detail = problem.detail, "monitoring could not look; it tries again");
        }
        // Whichever comes first; a closed channel means that the program ends.
        let _ = tokio::time::timeout(ROUND, stop.changed()).await;
    }
    if let Err(error) = leases::give_back(&app.store, LEASE_NAME, &holder).await {
        tracing::debug!(%error, "the lease of monitoring runs out by itself");
    }
}

impl Aisle {
    /// One round: looks where this process is the one that decides and there is cause to. Answers whether it looked.
    pub(crate) async fn watch_round(&self, holder: &str, now: i64) -> Answer<bool> {
        let store = &self.store;
        if !leases::take(store, LEASE_NAME, holder, LEASE, now).await.map_err(failure::store)? {
            return Ok(false);
        }
        let state: State = settings::get(store, STATE, State::default()).await.map_err(failure::store)?;
        let policy = policy(store).await.map_err(failure::store)?;
        let data_version = self.lake.data_version().await.map_err(failure::lake)?;
        let Some(cause) = cause(&state, &policy, &data_version, now) else {
            if state.scheduled_from == 0 {
                reschedule(store, now).await.map_err(failure::store)?;
            }
            return Ok(false);
        };
        // Half of an import says nothing of a forecast: its end is waited for.
        if self.at_work(JobKind::Import).await? {
            return Ok(false);
        }
        self.look(cause, &policy, &data_version).await?;
        let from_now = cause == Cause::Schedule || state.scheduled_from == 0;
        let scheduled_from = if from_now { now } else { state.scheduled_from };
        let after = State { data_version, looked_at: now, scheduled_from };
        settings::set(store, STATE, &after, now).await.map_err(failure::store)?;
        Ok(true)
    }

    /// Whether a job of the kind is queued or running.
    async fn at_work(&self, kind: JobKind) -> Answer<bool> {
        for state in [JobState::Queued, JobState::Running] {
            if !jobs::list(&self.store, Some(kind), Some(state), None, 1).await.map_err(failure::store)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks at every measure, decides, acts, and writes it down.
    pub(crate) async fn look(&self, cause: Cause, policy: &Policy, data_version: &str) -> Answer<()> {
        let board = self.board_of(data_version).await?;
        let under_way = self.at_work(JobKind::Train).await?;
        for measure in board.shop.measures.clone() {
            let kind = shop::artefact_kind(measure);
            let newest = artefacts::list(&self.store, Some(kind), None, 1).await.map_err(failure::store)?;
            let found = look_at(&board, measure, policy).await;
            let inputs = inputs(self, &board, measure).await?;
            show(measure, &found, inputs);
            let look = Look {
                cause,
                trained: board.sheet(Some(measure)).is_some_and(|(_, sheet)| sheet.live.is_some()),
                new_data: newest.first().is_some_and(|model| model.data_version != data_version),
                under_way,
                parts: &found,
                inputs,
            };
            let verdict = decide(&look, policy);
            let mut entry = Entry {
                measure: measure.name(),
                cause: cause.name(),
                action: "nothing",
                reason: &verdict.reason,
                figures: figures(&found, inputs),
                data_version,
                model: board.sheet(Some(measure)).and_then(|(_, s)| s.live.as_ref()).map(|live| &live.registered.id),
                job: None,
                by: BY,
            };
            if verdict.retrain {
                let params = json!({ "cause": cause.name(), "reason": verdict.reason });
                let job = self.enqueue(BY, JobKind::Train, params, Some(JobKind::Train.name())).await?;
                entry.action = "retrain";
                entry.job = Some(&job.id);
                self.decided(&entry).await.map_err(failure::store)?;
            } else {
                self.decided(&entry).await.map_err(failure::store)?;
            }
        }
        let removed = self.forget_decisions(policy).await.map_err(failure::store)?;
        tracing::debug!(removed, cause = cause.name(), "monitoring has looked");
        Ok(())
    }

    /// The board of this version of the data, or the newest that there is after a while.
    async fn board_of(&self, data_version: &str) -> Answer<Arc<Board>> {
        for _ in 0..100 {
            self.board.forget_freshness();
            let board = self.board().await?;
            if board.stamp.data_version == data_version {
                return Ok(board);
            }
            // Another task builds it.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.board().await
    }
}

/// What gives cause to look.
fn cause(state: &State, policy: &Policy, data_version: &str, now: i64) -> Option<Cause> {
    let due = policy.schedule.next_after(state.scheduled_from).is_some_and(|at| at <= now);
    if due && state.scheduled_from > 0 {
        Some(Cause::Schedule)
    } else if state.data_version != data_version {
        Some(Cause::Import)
    } else {
        (state.looked_at.saturating_add(TIMER) <= now).then_some(Cause::Timer)
    }
}

/// The parts of a measure, with the names that people know. Scoring every series is no work for the runtime's threads.
async fn look_at(board: &Arc<Board>, measure: Measure, policy: &Policy) -> Vec<Part> {
    let (of, thresholds) = (board.clone(), policy.thresholds);
    let work = tokio::task::spawn_blocking(move || {
        of.sheet(Some(measure)).map(|(_, sheet)| parts::watched(sheet, &thresholds)).unwrap_or_default()
    });
    let mut found = work.await.unwrap_or_default();
    for part in found.iter_mut().filter(|part| part.level == "location") {
        part.name = board.place_name(&part.name);
    }
    found
}

/// What a decision rests on: the whole, and of each level the parts with concerns, the greatest error first.
fn figures(parts: &[Part], inputs: &[WatchedInput]) -> Value {
    let one = |part: &Part| json!({ "level": part.level, "name": part.name, "watched": part.watched, "concerns": part.concerns });
    let mut worst: Vec<&Part> = parts.iter().filter(|p| p.level != "total" && !p.concerns.is_empty()).collect();
    worst.sort_by(|a, b| b.watched.wape.total_cmp(&a.watched.wape));
    let total = parts.iter().filter(|part| part.level == "total");
    let shown: Vec<Value> = total.chain(worst.into_iter().take(KEPT_PARTS)).map(one).collect();
    json!({ "parts": shown, "watched_parts": parts.len(), "inputs": inputs })
}

/// The same for Prometheus.
fn show(measure: Measure, parts: &[Part], inputs: &[WatchedInput]) {
    let measure = measure.name();
    if let Some(total) = parts.iter().find(|part| part.level == "total") {
        let watched = &total.watched;
        metrics::gauge!("aisle_forecast_wape", "measure" => measure).set(watched.wape);
        let known = [
            ("aisle_forecast_promised_wape", watched.promised),
            ("aisle_forecast_coverage80", watched.coverage80),
            ("aisle_forecast_tracking_signal", watched.tracking_signal),
            ("aisle_forecast_stability", watched.stability),
        ];
        for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            metrics::gauge!(name, "measure" => measure).set(value);
        }
    }
    for (input, stability) in inputs.iter().filter_map(|input| Some((input, input.stability?))) {
        metrics::gauge!("aisle_input_stability", "measure" => measure, "input" => input.name.clone()).set(stability);
    }
    let off = parts.iter().filter(|part| !part.concerns.is_empty()).count();
    metrics::gauge!("aisle_forecast_parts_with_concerns", "measure" => measure).set(off as f64);
    metrics::gauge!("aisle_forecast_last_look_seconds").set(clock::now() as f64 / SECOND as f64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::Schedule;

    #[test]
    fn new_data_comes_before_the_timer_and_the_schedule_before_both() {
        const HOUR: i64 = 3_600 * SECOND;
        let state = State { data_version: "a".to_owned(), looked_at: 100 * HOUR, scheduled_from: 100 * HOUR };
        let daily = Policy { schedule: Schedule::Day { hour: 6 }, ..Policy::default() };
        let off = Policy::default();
        let at = |policy: &Policy, version: &str, now: i64| cause(&state, policy, version, now);
        assert_eq!(at(&off, "a", 100 * HOUR + SECOND), None);
        assert_eq!(at(&off, "b", 100 * HOUR + SECOND), Some(Cause::Import));
        assert_eq!(at(&off, "a", 101 * HOUR), Some(Cause::Timer));
        // Hour 100 is 4 o'clock on the fifth day: 6 o'clock is two hours later.
        assert_eq!(at(&daily, "b", 101 * HOUR), Some(Cause::Import));
        assert_eq!(at(&daily, "b", 102 * HOUR), Some(Cause::Schedule));
        let fresh = State { scheduled_from: 0, ..state };
        assert_ne!(cause(&fresh, &daily, "a", 102 * HOUR), Some(Cause::Schedule), "counting has not begun");
    }
}
