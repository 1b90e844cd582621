//! Monitoring: who looks, what follows, what is written down, the way back; days, weeks and months; reasons of forecasts.

use crate::clock::{self, SECOND};
use crate::jobs;
use crate::testing::{Client, TestApp, tiny_sales};
use crate::{monitor, shop};
use aisle_domain::job::{JobKind, JobState};
use aisle_domain::{Day, JobId, Permission, PlanningPeriod, Role, Schedule};
use aisle_engine::monitoring::Thresholds;
use aisle_engine::retraining::Policy;
use aisle_store::jobs as kept;
use serde_json::{Value, json};
use std::fmt::Write;

/// The tiny shop without its last eight weeks, trained; then those weeks, changed as a test wants.
async fn shop_and_news(change: impl Fn(i64) -> i64) -> TestApp {
    let test = TestApp::empty().await;
    let sales = tiny_sales();
    let lines: Vec<&str> = sales.lines().collect();
    let (head, late) = lines.split_at(lines.len() - 6 * 8);
    test.import("sales.csv", &head.join("\n")).await;
    test.train().await;
    test.app.watch_round("first", clock::now()).await.unwrap();
    let mut text = "date,store,item,quantity,revenue\n".to_owned();
    for line in late {
        let cells: Vec<&str> = line.split(',').collect();
        let (quantity, cents) = (cells[3].parse::<i64>().unwrap(), cells[4].replace('.', "").parse::<i64>().unwrap());
        let (quantity, cents) = (change(quantity), change(cents));
        writeln!(text, "{},{},{},{quantity},{}.{:02}", cells[0], cells[1], cells[2], cents / 100, cents % 100).unwrap();
    }
    test.import("late.csv", &text).await;
    test
}

async fn program(test: &TestApp) -> Client {
    test.user(Role::Planner).await;
    let scopes = [Permission::RunJobs, Permission::ViewSales, Permission::ViewJobs];
    test.program("planner", &scopes).await.0
}

async fn decisions(program: &Client, query: &str) -> Vec<Value> {
    let found = program.get(&format!("/api/v1/monitoring/decisions{query}")).await.json(200);
    found["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_process_looks_and_a_forecast_that_cannot_be_judged_yet_leads_to_nothing() {
    let test = shop_and_news(|value| value).await;
    let thresholds = Thresholds { periods: 9, ..Thresholds::default() };
    test.app.keep_policy(&Policy { thresholds, ..Policy::default() }).await.unwrap();
    let program = program(&test).await;
    let now = clock::now();
    assert!(!test.app.watch_round("second", now).await.unwrap(), "another process holds the lease");
    assert!(test.app.watch_round("first", now).await.unwrap(), "data has come");
    assert!(!test.app.watch_round("first", now).await.unwrap(), "and was looked at");
    let revenue = decisions(&program, "?measure=revenue").await;
    assert_eq!((&revenue[0]["action"], &revenue[0]["cause"]), (&json!("nothing"), &json!("import")));
    assert!(revenue[0]["reason"].as_str().unwrap().contains("8 of the 9 periods"), "{}", revenue[0]);
    assert_eq!(revenue[0]["figures"]["parts"][0]["watched"]["periods"], 8);
    let later = now + 3_601 * SECOND;
    assert!(test.app.watch_round("second", later).await.unwrap(), "the lease ran out, and the timer is due");
    assert_eq!(decisions(&program, "?measure=revenue").await[0]["cause"], "timer");
    assert!(decisions(&program, "?acted=true").await.iter().all(|one| one["action"] != "nothing"));
}

#[tokio::test]
async fn sales_that_break_away_are_trained_on_and_each_step_is_written_down() {
    let test = shop_and_news(|value| value * 2).await;
    test.app.keep_policy(&Policy { margin: 0.5, ..Policy::default() }).await.unwrap();
    let program = program(&test).await;
    assert!(test.app.watch_round("first", clock::now()).await.unwrap());
    let found = decisions(&program, "?measure=revenue").await;
    assert_eq!(found[0]["action"], "retrain", "{}", found[0]);
    assert!(found[0]["reason"].as_str().unwrap().contains("error is well above the one promised"), "{}", found[0]);
    let job = JobId::new(found[0]["job"].as_str().unwrap()).unwrap();
    let quantity = decisions(&program, "?measure=quantity&acted=true").await;
    assert_eq!(quantity[0]["job"], found[0]["job"], "one training for both measures");
    jobs::work_off(&test.app, &job, |_| ()).await.unwrap();
    let after = decisions(&program, "?measure=revenue").await;
    assert_eq!((&after[0]["action"], &after[0]["cause"]), (&json!("promoted"), &json!("training")), "{}", after[0]);
    assert!(after[0]["figures"]["judged"]["points"].as_u64().unwrap() >= 48, "{}", after[0]);
    assert_eq!(after[0]["job"], job.as_str());

    test.app.watch_round("first", clock::now() + 3_601 * SECOND).await.unwrap();
    let again = decisions(&program, "?measure=revenue").await;
    assert_eq!(again[0]["action"], "nothing", "the newest model has seen everything: {}", again[0]);

    let live = program.get("/api/v1/models?measure=revenue").await.json(200)["rows"][0]["id"].clone();
    let body = json!({ "measure": "revenue", "reason": "sales will calm down" });
    let back = program.json("/api/v1/monitoring/rollback", &body).await.json(200);
    assert_ne!(back["model"], live);
    let models = program.get("/api/v1/models?measure=revenue").await.json(200);
    assert_eq!((&models["rows"][1]["state"], &models["rows"][1]["id"]), (&json!("live"), &back["model"]));
    let last = &decisions(&program, "?measure=revenue").await[0];
    assert_eq!((&last["action"], &last["by"]), (&json!("rolled_back"), &json!("planner")));
}

#[tokio::test]
async fn a_challenger_waits_where_the_policy_leaves_it_to_people() {
    let test = shop_and_news(|value| value * 2).await;
    test.app.keep_policy(&Policy { auto_promote: false, margin: 0.5, ..Policy::default() }).await.unwrap();
    let program = program(&test).await;
    test.app.watch_round("first", clock::now()).await.unwrap();
    let job = decisions(&program, "?acted=true").await[0]["job"].as_str().unwrap().to_owned();
    jobs::work_off(&test.app, &JobId::new(job).unwrap(), |_| ()).await.unwrap();
    assert_eq!(decisions(&program, "?measure=revenue").await[0]["action"], "waiting");
    let models = program.get("/api/v1/models?measure=revenue").await.json(200);
    assert_eq!((&models["rows"][0]["state"], &models["rows"][1]["state"]), (&json!("challenger"), &json!("live")));
    let early = json!({ "measure": "revenue", "reason": "back" });
    program.json("/api/v1/monitoring/rollback", &early).await.problem(422, "invalid");
}

#[tokio::test]
async fn the_schedule_trains_once_where_sales_have_come() {
    let test = shop_and_news(|value| value).await;
    let calm = Policy { schedule: Schedule::Day { hour: 5 }, on_drift: false, ..Policy::default() };
    test.app.keep_policy(&calm).await.unwrap();
    let due = monitor::next_run(&test.app.store).await.unwrap().unwrap();
    assert!(due > clock::now());
    let program = program(&test).await;
    assert!(test.app.watch_round("first", due).await.unwrap());
    let found = decisions(&program, "?acted=true").await;
    assert_eq!((&found[0]["cause"], &found[0]["action"]), (&json!("schedule"), &json!("retrain")), "{}", found[0]);
    let state = |found: Value| found["state"].as_str().map(str::to_owned);
    let job = program.get(&format!("/api/v1/jobs/{}", found[0]["job"].as_str().unwrap())).await.json(200);
    assert_eq!(state(job).as_deref(), Some(JobState::Queued.name()));
    assert!(!test.app.watch_round("first", due + SECOND).await.unwrap(), "the schedule is not due twice");
    let jobs = kept::list(&test.app.store, Some(JobKind::Train), Some(JobState::Queued), None, 10).await.unwrap();
    assert_eq!(jobs.len(), 1);
}

#[tokio::test]
async fn thresholds_are_set_on_the_page_by_those_who_may() {
    let test = TestApp::with_shop().await;
    let boss = test.visitor(Role::Administrator).await;
    let fields = |coverage: &'static str| {
        [
            ("form[every]", "week"),
            ("form[on]", "sunday"),
            ("form[hour]", "4"),
            ("form[on_degradation]", "true"),
            ("form[margin]", "5"),
            ("form[degradation]", "1.5"),
            ("form[tracking_signal]", "6"),
            ("form[coverage]", coverage),
            ("form[stability]", "0.3"),
            ("form[inputs]", "0.4"),
            ("form[periods]", "3"),
            ("form[keep_days]", "30"),
        ]
    };
    let saved = boss.form("/fn/change_monitoring", &fields("10")).await;
    assert!(saved.status.is_redirection(), "{saved:?}");
    let thresholds =
        Thresholds { degradation: 1.5, tracking_signal: 6.0, coverage: 0.1, stability: 0.3, inputs: 0.4, periods: 3 };
    let expected = Policy {
        schedule: Schedule::Week { on: aisle_domain::Weekday::Sunday, hour: 4 },
        on_degradation: true,
        on_drift: false,
        auto_promote: false,
        margin: 0.05,
        thresholds,
        keep_days: 30,
    };
    assert_eq!(monitor::policy(&test.app.store).await.unwrap(), expected);
    boss.json_form("/fn/change_monitoring", &fields("99")).await;
    assert_eq!(monitor::policy(&test.app.store).await.unwrap(), expected, "what is out of range changes nothing");
    let page = boss.page("/accuracy").await;
    assert!(page.text().contains("The next scheduled training") && page.text().contains("What was live when"));
    let viewer = test.visitor(Role::Viewer).await;
    let seen = viewer.page("/accuracy").await;
    assert!(!seen.text().contains("change_monitoring") && !seen.text().contains("roll_back_model"));
    viewer.json_form("/fn/change_monitoring", &fields("20")).await;
    assert_eq!(monitor::policy(&test.app.store).await.unwrap(), expected);
}

/// Two items at one store over 500 days, with a weekday's rhythm.
fn daily_sales() -> String {
    let mut text = "date,store,item,quantity,revenue\n".to_owned();
    let first = Day::parse("2021-01-04").unwrap();
    for day in 0..500 {
        for (item, base) in [("apples", 40), ("bread", 90)] {
            let quantity = base + [0, 2, 4, 6, 15, 30, 20][day as usize % 7] + day / 50;
            writeln!(text, "{},north,{item},{quantity},{quantity}.00", first.plus(day)).unwrap();
        }
    }
    text
}

#[tokio::test]
async fn a_shop_that_counts_in_days_is_planned_by_day_week_or_month() {
    let test = TestApp::empty().await;
    test.import("sales.csv", &daily_sales()).await;
    test.train().await;
    let boss = test.visitor(Role::Administrator).await;
    for (planning, word, horizon, recent) in
        [("day", "day", 91, "28 days"), ("month", "month", 13, "3 months"), ("week", "week", 53, "13 weeks")]
    {
        let fields = [("shop_name", "Corner"), ("currency", "USD"), ("planning", planning), ("horizon", "")];
        let saved = boss.form("/fn/change_settings", &fields).await;
        assert!(saved.status.is_redirection(), "{saved:?}");
        assert_eq!(shop::settings(&test.app.store).await.unwrap().planning, PlanningPeriod::parse(planning).unwrap());
        let board = test.app.board().await.unwrap();
        assert_eq!(board.shop.granularity.word(), word);
        assert!(board.sheet(None).unwrap().1.live.is_none(), "models of other periods do not forecast these");
        let queued = kept::list(&test.app.store, Some(JobKind::Train), Some(JobState::Queued), None, 2).await.unwrap();
        jobs::work_off(&test.app, &queued[0].id, |_| ()).await.unwrap();
        let board = test.app.board().await.unwrap();
        let live = board.sheet(None).unwrap().1.live.as_ref().expect("a model by these periods");
        assert_eq!(usize::from(live.artefact.header().horizon), horizon);
        let detail = boss.page("/series/north/bread").await;
        let text = detail.text();
        assert!(text.contains(&format!("Last {recent}")), "{planning}: {recent} in {detail:?}");
        assert!(text.contains(&format!("Next {word}: ")), "{planning}: a sentence says why");
        for address in ["/", "/series", "/accuracy", "/reports/weekly"] {
            assert_eq!(boss.page(address).await.status.as_u16(), 200, "{address} by {planning}");
        }
    }
}

#[tokio::test]
async fn a_forecast_says_why_and_its_parts_add_up() {
    let test = TestApp::with_shop().await;
    test.user(Role::Analyst).await;
    let (program, _) = test.program("analyst", &[Permission::ViewSales]).await;
    for scenario in ["", "&scenario=growth%3D1.1"] {
        let found = program.get(&format!("/api/v1/forecasts/north/bread?measure=quantity{scenario}")).await.json(200);
        let spans = found["why"].as_array().unwrap();
        assert_eq!(spans.len(), 3, "{found}");
        for (why, periods) in spans.iter().zip([1, 13, 53]) {
            let mean: f64 = found["mean"].as_array().unwrap()[..periods].iter().map(|v| v.as_f64().unwrap()).sum();
            let parts = why["parts"].as_array().unwrap();
            let sum: f64 = parts.iter().map(|part| part["amount"].as_f64().unwrap()).sum();
            assert!((sum - mean).abs() < 1e-6 * mean && (why["total"].as_f64().unwrap() - mean).abs() < 1e-6 * mean);
            assert_eq!(parts[0]["kind"], "level");
            assert_eq!(parts.iter().any(|part| part["kind"] == "growth"), !scenario.is_empty());
        }
        let sentence = spans[0]["sentence"].as_str().unwrap();
        assert!(sentence.starts_with("Next week: ") && sentence.contains("the same week last year"), "{sentence}");
        assert!(sentence.contains(" pieces"), "{sentence}");
    }
    let report = test.signed_in("analyst").await.page("/reports/weekly").await;
    assert!(report.text().contains("What comes next, and why"), "{report:?}");
}
