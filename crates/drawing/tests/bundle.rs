//! The real bundle draws the golden charts of `aisle-charts`. Where it is: AISLE_CHARTS_JS, else `frontend/dist/charts.js`.
//! Without it there is nothing to test on a developer's machine; under CI that is an error.
#![expect(clippy::unwrap_used, reason = "a test states facts; a wrong one may panic")]
#![expect(clippy::print_stdout, reason = "says why nothing was tested")]

use aisle_drawing::{Drawing, Limits};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The bundle, where it was built.
fn bundle() -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend/dist/charts.js");
    let path = std::env::var_os("AISLE_CHARTS_JS").map_or(beside, PathBuf::from);
    let found = std::fs::read_to_string(&path);
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    match found {
        Ok(text) => Some(text),
        Err(error) if ci => panic!("{}: {error}; `cargo xtask test` builds it", path.display()),
        Err(error) => {
            println!("not tested, no chart bundle at {}: {error}", path.display());
            None
        }
    }
}

fn golden(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/tests/golden");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

const CHARTS: [&str; 9] =
    ["sales", "sales-short", "components", "accuracy", "totals", "movers", "histogram", "sparkline", "past"];

/// The values of `id="…"` in an SVG.
fn ids(svg: &str) -> Vec<&str> {
    svg.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_golden_chart_becomes_a_named_responsive_svg() {
    let Some(bundle) = bundle() else { return };
    let drawing = Drawing::start(bundle, 1).unwrap();
    for name in CHARTS {
        let svg = drawing.svg(&golden(name), 900, 320).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let opening = svg.split('>').next().unwrap();
        assert!(opening.contains("role=\"img\"") && opening.contains("aria-label=\""), "{name}: {opening}");
        assert!(opening.contains("viewBox=\"0 0 900 320\"") && opening.contains("width=\"100%\""), "{name}: {opening}");
        assert!(svg.ends_with("</svg>") && svg.contains("<path"), "{name} is empty");
        assert!(!svg.contains("<script") && !svg.contains("NaN") && !svg.contains("undefined"), "{name}");
        assert!(svg.contains("light-dark("), "{name} does not follow the theme");
    }
    let sales = drawing.svg(&golden("sales"), 900, 380).await.unwrap();
    for text in ["$60 k", "Thanksgiving", "80 % interval", "Oct 2012"] {
        assert!(sales.contains(text), "the sales chart does not say {text:?}");
    }
}

#[tokio::test]
async fn same_question_same_drawing_other_question_other_ids() {
    let Some(bundle) = bundle() else { return };
    let (one, other) = (Drawing::start(bundle.clone(), 2).unwrap(), Drawing::start(bundle, 1).unwrap());
    let sales = one.svg(&golden("sales"), 900, 380).await.unwrap();
    let kept = one.svg(&golden("sales"), 900, 380).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&sales, &kept), "the second drawing was not taken from the cache");
    assert_eq!(sales, other.svg(&golden("sales"), 900, 380).await.unwrap(), "two contexts draw differently");

    let short = one.svg(&golden("sales-short"), 900, 380).await.unwrap();
    assert!(!ids(&sales).is_empty() && !ids(&short).is_empty());
    assert!(ids(&sales).iter().all(|id| !ids(&short).contains(id)), "ids are shared: {:?}", ids(&sales));
    // Every reference leads to an id of the same drawing.
    let known = ids(&sales);
    for reference in sales.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(known.contains(&reference), "{reference} is not among {known:?}");
    }
}

#[tokio::test]
async fn an_option_that_cannot_be_drawn_breaks_only_itself() {
    let Some(bundle) = bundle() else { return };
    let drawing = Drawing::start(bundle, 1).unwrap();
    assert!(drawing.svg("not json", 900, 380).await.is_err());
    assert!(drawing.svg(&golden("totals"), 900, 180).await.is_ok());
}

#[tokio::test]
async fn an_option_that_wants_too_much_is_stopped() {
    let Some(bundle) = bundle() else { return };
    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let drawing = Drawing::with_limits(bundle, 1, limits).unwrap();
    let points = vec!["1"; 400_000].join(",");
    let large = format!(r#"{{"xAxis":{{}},"yAxis":{{}},"series":[{{"type":"line","data":[{points}]}}]}}"#);
    assert!(drawing.svg(&large, 900, 380).await.is_err());
    assert!(drawing.svg(&golden("accuracy"), 900, 180).await.is_ok());
}
