//! A file from upload to facts, by the API and by the pages' forms: counted, summed, mended, never taken twice.

use crate::testing::{Client, Got, TestApp, tiny_sales};
use crate::{clock, jobs, shop};
use aisle_domain::{Currency, JobId, Permission, Role};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A shop that counts in dollars, and a program that may do everything in it.
async fn shop_and_program() -> (TestApp, Client) {
    let test = TestApp::empty().await;
    let currency = Some(Currency::new("USD").unwrap());
    let settings = shop::ShopSettings { currency, train_after_import: false, ..shop::ShopSettings::default() };
    shop::keep(&test.app.store, &settings, clock::now()).await.unwrap();
    test.user(Role::Administrator).await;
    let (program, _) = test.program("administrator", &Permission::ALL).await;
    (test, program)
}

/// Uploads, starts and waits; the import as the API shows it then.
async fn import(test: &TestApp, program: &Client, name: &str, content: &str) -> Value {
    let draft = program.upload("/api/v1/imports", name, content).await;
    let document = draft.json(201);
    let (id, path) = (document["id"].as_str().unwrap(), draft.header("location"));
    assert_eq!((document["state"].as_str(), path), (Some("draft"), format!("/api/v1/imports/{id}").as_str()));
    let previews = program.get(&format!("{path}/previews")).await.json(200);
    assert_eq!(previews[0]["questions"], json!([]), "{previews}");
    let job = program.json(&format!("{path}/start"), &json!({})).await.json(202);
    test.work_off(&JobId::new(job["id"].as_str().unwrap()).unwrap()).await;
    program.get(path).await.json(200)
}

fn counts(import: &Value) -> [u64; 4] {
    ["read", "taken", "duplicate", "rejected"].map(|name| import["report"][0][name].as_u64().unwrap())
}

fn sum(import: &Value, measure: &str) -> String {
    let sums = import["report"][0]["sums"].as_array().unwrap();
    let found = sums.iter().find(|sum| sum["measure"] == measure).unwrap_or_else(|| panic!("{measure}: {import}"));
    found["sum"].as_str().unwrap().to_owned()
}

/// Sums of a file of the tiny shop's form: units, and cents.
fn sums_of(text: &str) -> (i64, i64) {
    let mut sums = (0, 0);
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        sums.0 += fields[3].parse::<i64>().unwrap();
        sums.1 += fields[4].replace('.', "").parse::<i64>().unwrap();
    }
    sums
}

#[tokio::test]
async fn a_file_is_taken_whole_once_and_its_sums_are_exact() {
    let (test, program) = shop_and_program().await;
    let text = tiny_sales();
    let (units, cents) = sums_of(&text);
    let done = import(&test, &program, "sales.csv", &text).await;
    assert_eq!(done["state"], "succeeded", "{done}");
    assert_eq!(counts(&done), [720, 720, 0, 0]);
    assert_eq!(sum(&done, "quantity"), units.to_string());
    assert_eq!(sum(&done, "revenue (USD)"), format!("{}.{:02}", cents / 100, cents % 100));
    assert_eq!((&done["report"][0]["first_day"], done["dead_letters"].as_u64()), (&json!("2021-01-08"), Some(0)));

    // The same file, the same rows in another order under another name, and some of them with one new row.
    let version = test.app.lake.data_version().await.unwrap();
    assert_eq!(counts(&import(&test, &program, "sales.csv", &text).await), [720, 0, 720, 0]);
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.reverse();
    let turned = format!("date,store,item,quantity,revenue\n{}\n", lines.join("\n"));
    assert_eq!(counts(&import(&test, &program, "turned.csv", &turned).await), [720, 0, 720, 0]);
    assert_eq!(test.app.lake.data_version().await.unwrap(), version, "nothing was written");
    let more =
        format!("{}\n2023-04-28,north,bread,100,250.00\n", text.lines().take(100).collect::<Vec<_>>().join("\n"));
    assert_eq!(counts(&import(&test, &program, "more.csv", &more).await), [100, 1, 99, 0]);
    let tables = program.get("/api/v1/tables").await.json(200);
    let sales = tables.as_array().unwrap().iter().find(|table| table["name"] == "sales").unwrap();
    assert_eq!(sales["rows"], 721);
}

#[tokio::test]
async fn rows_that_cannot_be_read_wait_as_dead_letters_and_are_taken_once_mended() {
    let (test, program) = shop_and_program().await;
    let mut lines: Vec<String> = tiny_sales().lines().map(str::to_owned).collect();
    let (right_quantity, right_date) = (lines[10].clone(), lines[20].clone());
    let fields: Vec<&str> = right_quantity.split(',').collect();
    lines[10] = format!("{},{},{},a dozen,{}", fields[0], fields[1], fields[2], fields[4]);
    lines[20] = format!("2021-02-31{}", &right_date[10..]);
    let broken = format!("{}\n", lines.join("\n"));
    let done = import(&test, &program, "broken.csv", &broken).await;
    assert_eq!(counts(&done), [720, 718, 0, 2]);
    assert_eq!(done["dead_letters"], 2);

    let path = format!("/api/v1/imports/{}/dead-letters", done["id"].as_str().unwrap());
    let letters = program.get(&path).await.json(200);
    let rows = letters["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["line"].as_u64().unwrap()).collect::<Vec<_>>(), [11, 21]);
    assert_eq!((rows[0]["column"].as_str(), rows[1]["column"].as_str()), (Some("quantity"), Some("date")), "{letters}");
    assert_eq!(rows[0]["raw"].as_str().unwrap().trim_end(), lines[10]);

    let boss = test.signed_in("administrator").await;
    let replay = async |index: usize, mended: &str| -> Got {
        boss.json_form("/fn/replay_dead_letter", &[("id", rows[index]["id"].as_str().unwrap()), ("mended", mended)])
            .await
    };
    let still = replay(0, &lines[10]).await;
    assert_eq!(still.status, StatusCode::UNPROCESSABLE_ENTITY, "as wrong as before: {still:?}");
    assert_eq!(program.get(&path).await.json(200)["rows"].as_array().unwrap().len(), 2);
    assert_eq!(replay(0, &right_quantity).await.status, StatusCode::OK);
    let twice = replay(0, &right_quantity).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "a letter is replayed once: {twice:?}");
    assert_eq!(replay(1, &right_date).await.status, StatusCode::OK);
    assert_eq!(program.get(&path).await.json(200)["rows"].as_array().unwrap().len(), 0);
    assert_eq!(program.get(&format!("{path}?state=replayed")).await.json(200)["rows"].as_array().unwrap().len(), 2);

    // What was mended is there now: the right file brings nothing new.
    assert_eq!(counts(&import(&test, &program, "right.csv", &tiny_sales()).await), [720, 0, 720, 0]);
}

#[tokio::test]
async fn what_the_data_leaves_open_is_asked_and_nothing_runs_before_it_is_answered() {
    let (test, program) = shop_and_program().await;
    // Every day and month is at most 12: no row says which is which.
    let mut text = "date,store,item,quantity\n".to_owned();
    for day in 1..=12 {
        text.push_str(&format!("{day:02}/{:02}/2021,north,bread,{day}\n", 13 - day));
    }
    let draft = program.upload("/api/v1/imports", "open.csv", &text).await;
    let path = draft.header("location").to_owned();
    draft.json(201);
    let previews = program.get(&format!("{path}/previews")).await.json(200);
    let questions = previews[0]["questions"].as_array().unwrap();
    assert!(questions.iter().any(|question| question["field"] == "date_order"), "{questions:?}");
    let refused = program.json(&format!("{path}/start"), &json!({})).await;
    assert_eq!(refused.problem(422, "invalid")["field"], "date.date_order", "{refused:?}");
    assert_eq!(program.get("/api/v1/jobs?kind=import").await.json(200), json!({ "rows": [] }));

    let mut mapping = previews[0]["mapping"].clone();
    let column =
        mapping["columns"].as_array_mut().unwrap().iter_mut().find(|column| column["column"] == "date").unwrap();
    column["date_order"] = json!("dmy");
    let answers = json!({ "answers": [{ "file": "open.csv", "mapping": mapping }] });
    let job = program.json(&format!("{path}/start"), &answers).await.json(202);
    test.work_off(&JobId::new(job["id"].as_str().unwrap()).unwrap()).await;
    let done = program.get(&path).await.json(200);
    assert_eq!(counts(&done), [12, 12, 0, 0]);
    let again = program.json(&format!("{path}/start"), &json!({})).await;
    again.problem(409, "conflict");

    // The answer is kept: the next file of this shape is not asked about.
    let next = text.replace("/2021,", "/2022,");
    assert_eq!(counts(&import(&test, &program, "next.csv", &next).await), [12, 12, 0, 0]);
    let first = program.get("/api/v1/sales?limit=1").await.json(200);
    assert_eq!(first["rows"][0]["day"], "2021-01-12", "the twelfth of January, not the first of December");
}

#[tokio::test]
async fn the_pages_own_upload_makes_a_draft_that_can_be_discarded() {
    let (test, program) = shop_and_program().await;
    let boss = test.signed_in("administrator").await;
    let sent = boss.upload("/data/upload", "../../sales.csv", &tiny_sales()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    let page = sent.header("location").to_owned();
    let id = page.strip_prefix("/data/imports/").expect("the draft's page").to_owned();
    let shown = boss.page(&page).await;
    assert!(shown.status == StatusCode::OK && shown.text().contains("sales.csv"), "{shown:?}");
    let kept = || {
        std::fs::read_dir(test.app.config.uploads())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with("-sales.csv"))
            .count()
    };
    assert_eq!(kept(), 1, "the file lies in the uploads folder");
    assert_eq!(boss.json_form("/fn/discard_import", &[("id", &id)]).await.status, StatusCode::OK);
    assert_eq!(kept(), 0, "a discarded upload is removed");
    assert_eq!(program.get(&format!("/api/v1/imports/{id}")).await.json(200)["state"], "cancelled");
    program.json(&format!("/api/v1/imports/{id}/start"), &json!({})).await.problem(409, "conflict");
}

#[tokio::test]
async fn files_that_hold_nothing_or_nothing_readable_are_refused_at_the_door() {
    let (test, program) = shop_and_program().await;
    for (name, content) in [
        ("empty.csv", ""),
        ("blank.csv", "\n\n"),
        ("sales.zip", "PK\u{3}\u{4} not really"),
        ("sales.parquet", "PAR1nope"),
    ] {
        let got = program.upload("/api/v1/imports", name, content).await;
        let problem = got.problem(422, "invalid");
        assert_eq!(problem["field"], "file", "{name}: {problem}");
    }
    assert_eq!(program.get("/api/v1/imports").await.json(200), json!({ "rows": [] }));
    let statistics = aisle_store::jobs::statistics(&test.app.store).await.unwrap();
    assert_eq!(statistics, aisle_store::jobs::QueueStatistics::default());
}

#[tokio::test]
async fn a_training_follows_an_import_where_the_shop_wants_it() {
    let (test, program) = shop_and_program().await;
    let settings = shop::ShopSettings {
        train_after_import: true,
        currency: Some(Currency::new("USD").unwrap()),
        ..shop::ShopSettings::default()
    };
    shop::keep(&test.app.store, &settings, clock::now()).await.unwrap();
    import(&test, &program, "sales.csv", &tiny_sales()).await;
    let trainings = program.get("/api/v1/jobs?kind=train").await.json(200);
    let id = trainings["rows"][0]["id"].as_str().expect("a training was queued").to_owned();
    jobs::work_off(&test.app, &JobId::new(&id).unwrap(), |_| ()).await.unwrap();
    let forecast = program.get("/api/v1/forecasts/south/cheese").await.json(200);
    assert_eq!(forecast["mean"].as_array().unwrap().len(), 53, "{forecast}");
}
