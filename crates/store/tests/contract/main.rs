//! The contract of the store: one suite, run on SQLite and on PostgreSQL. Each case has a fresh database of its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a case is a function of a test: it may panic, and say its name"
)]

mod artefacts;
mod calendar;
mod catalogue;
mod decisions;
mod evaluations;
mod imports;
mod interleavings;
mod jobs;
mod overrides;
mod people;

use aisle_store::{Dialect, Store};
use std::future::Future;

/// 2026-01-01T00:00:00Z, in microseconds: the moment at which the cases begin.
const NOW: i64 = 1_767_225_600_000_000;
/// One second, in microseconds.
const SECOND: i64 = 1_000_000;

#[test]
fn the_contract_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    run_contract(&|| {
        count.set(count.get() + 1);
        format!("sqlite:{}", folder.path().join(format!("shop_{}.db", count.get())).display())
    });
}

#[test]
fn the_contract_holds_on_postgresql() {
    if let Some(server) = aisle_store::testing::Postgres::start() {
        run_contract(&|| server.fresh_database());
    }
}

fn run_contract(fresh: &dyn Fn() -> String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    macro_rules! cases {
        ($($module:ident :: $case:ident),* $(,)?) => {$(
            println!("case {}::{}", stringify!($module), stringify!($case));
            runtime.block_on(on_fresh(fresh(), $module::$case));
        )*};
    }
    cases![
        people::a_login_name_is_taken_whatever_its_case,
        people::the_last_administrator_stays,
        people::administrators_cannot_demote_each_other_at_once,
        people::a_session_ends_with_its_time_or_its_user,
        people::failures_lock_and_windows_forget,
        people::parallel_failures_are_all_counted,
        people::a_key_is_found_until_it_is_revoked,
        people::the_audit_log_is_paged_from_the_newest,
        people::settings_have_defaults_and_secrets_are_made_once,
        catalogue::the_last_word_wins_and_the_same_word_changes_nothing,
        catalogue::lists_are_paged_by_bytes_and_searched_without_case,
        catalogue::events_are_there_once,
        catalogue::customers_that_orders_name_keep_what_is_known_of_them,
        calendar::an_own_event_is_entered_once_changed_and_removed,
        calendar::a_calendar_file_replaces_the_one_of_its_name,
        calendar::the_latest_impacts_of_a_measure_replace_all_before,
        imports::a_chunk_is_pending_until_confirmed_and_discarded_whole,
        imports::an_import_goes_its_way,
        imports::the_same_files_find_their_unfinished_import,
        imports::dead_letters_are_mended_replayed_or_dismissed,
        imports::mappings_are_kept_by_shape,
        jobs::no_job_is_claimed_twice,
        jobs::imports_exclude_each_other,
        jobs::an_import_whose_worker_died_comes_before_the_next_one,
        jobs::a_lost_lease_is_claimed_again_and_its_first_worker_hears_of_it,
        jobs::attempts_are_limited_and_wait_for_their_time,
        jobs::cancellation_reaches_queued_and_running_jobs,
        jobs::a_dedupe_key_allows_one_live_job,
        jobs::a_job_that_kills_its_workers_is_given_up,
        artefacts::an_artefact_is_registered_once_and_its_bytes_come_back,
        artefacts::the_last_promotion_is_live,
        evaluations::one_is_kept_for_each_measure_of_a_job,
        decisions::decisions_are_paged_from_the_newest_and_the_old_ones_go,
        decisions::a_lease_has_one_holder_until_it_runs_out,
        overrides::an_override_comes_back_as_it_was_made,
        overrides::overrides_end_by_their_day_or_are_withdrawn_once,
    ];
    println!("case interleavings::of_chunks_leave_the_counts_consistent");
    let store = runtime.block_on(Store::connect(&fresh())).unwrap();
    interleavings::of_chunks_leave_the_counts_consistent(&runtime, &store);
    runtime.block_on(store.close());

    println!("case two_servers_may_start_at_once");
    runtime.block_on(two_servers_may_start_at_once(fresh()));
    println!("case audit_entries_are_never_changed");
    runtime.block_on(audit_entries_are_never_changed(fresh()));
}

async fn on_fresh<F: Future<Output = ()>>(url: String, case: impl FnOnce(Store) -> F) {
    let store = Store::connect(&url).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.dialect() == Dialect::Sqlite, url.starts_with("sqlite:"));
    case(store.clone()).await;
    store.close().await;
}

async fn two_servers_may_start_at_once(url: String) {
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::connect(&url).await.unwrap() })
        })
        .collect();
    for start in starts {
        let store = start.await.unwrap();
        assert_eq!(aisle_store::users::count(&store).await.unwrap(), 0);
        store.close().await;
    }
}

/// By the database itself, whoever asks.
async fn audit_entries_are_never_changed(url: String) {
    use sqlx::{Connection, PgConnection, SqliteConnection};
    const REWRITE: &str = "UPDATE audit SET actor = 'nobody'";
    let store = Store::connect(&url).await.unwrap();
    aisle_store::audit::append(&store, "ada", "user.create", "bob", &serde_json::json!({}), NOW).await.unwrap();
    let rewritten = match store.dialect() {
        Dialect::Sqlite => {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            sqlx::query(REWRITE).execute(&mut connection).await.map(|_| ())
        }
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::query(REWRITE).execute(&mut connection).await.map(|_| ())
        }
    };
    let refused = rewritten.unwrap_err().to_string();
    assert!(refused.contains("never changed"), "{refused}");
    assert_eq!(aisle_store::audit::list(&store, None, 9).await.unwrap()[0].actor, "ada");
    store.close().await;
}
