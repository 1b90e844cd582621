//! Limits of memory and time, shown with bundles that misbehave.
#![expect(clippy::unwrap_used, reason = "a test states facts; a wrong one may panic")]

use aisle_drawing::{Drawing, DrawingError, Limits};
use std::time::Duration;

/// A bundle whose drawing function does what the option says.
const HOSTILE: &str = r#"
globalThis.AisleCharts = { renderToSvg: (option) => {
  if (option === "forever") for (;;) {}
  if (option === "hoard") { const held = []; for (;;) held.push(new Array(10000).fill(held.length)); }
  if (option === "dive") { const dive = (n) => dive(n + 1) + 1; return dive(0); }
  if (option === "spoil") { globalThis.AisleCharts.renderToSvg = () => "<svg>spoilt</svg>"; throw new Error("spoilt"); }
  if (option === "words") return "no drawing";
  return "<svg>" + option + "</svg>";
} };"#;

fn drawing() -> Drawing {
    let limits = Limits { time: Duration::from_millis(400), memory: 64 << 20, option: 100, ..Limits::default() };
    Drawing::with_limits(HOSTILE.to_owned(), 1, limits).unwrap()
}

async fn works(drawing: &Drawing, option: &str) {
    let svg = drawing.svg(option, 100, 100).await.unwrap();
    assert!(svg.ends_with(&format!(">{option}</svg>")), "{svg}");
}

#[tokio::test]
async fn a_drawing_without_end_is_stopped_and_the_next_one_works() {
    let drawing = drawing();
    assert_eq!(drawing.svg("forever", 100, 100).await, Err(DrawingError::TimedOut { millis: 400 }));
    works(&drawing, "next").await;
}

#[tokio::test]
async fn a_drawing_without_measure_is_stopped_and_the_next_one_works() {
    let drawing = drawing();
    let stopped = drawing.svg("hoard", 100, 100).await;
    assert!(matches!(stopped, Err(DrawingError::OutOfMemory { .. } | DrawingError::TimedOut { .. })), "{stopped:?}");
    works(&drawing, "next").await;
    let stopped = drawing.svg("dive", 100, 100).await;
    assert!(matches!(stopped, Err(DrawingError::Option { .. })), "{stopped:?}");
    works(&drawing, "last").await;
}

#[tokio::test]
async fn a_context_that_failed_is_made_anew() {
    let drawing = drawing();
    assert!(matches!(drawing.svg("spoil", 100, 100).await, Err(DrawingError::Option { .. })));
    works(&drawing, "clean").await;
}

#[tokio::test]
async fn what_cannot_be_drawn_is_said() {
    let drawing = drawing();
    assert_eq!(drawing.svg("x", 0, 100).await, Err(DrawingError::Size { width: 0, height: 100 }));
    let long = "x".repeat(101);
    assert_eq!(drawing.svg(&long, 100, 100).await, Err(DrawingError::TooLarge { bytes: 101, limit: 100 }));
    assert!(matches!(drawing.svg("words", 100, 100).await, Err(DrawingError::Option { .. })));
    let broken = Drawing::start("not a bundle".to_owned(), 1).unwrap();
    assert!(matches!(broken.svg("x", 100, 100).await, Err(DrawingError::Bundle { .. })));
}
