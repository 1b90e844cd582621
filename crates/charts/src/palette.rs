//! Colours of the charts, by role.

use serde::{Deserialize, Serialize};

/// Colours, as CSS writes them. The data colours are apart in lightness as well as in hue, so that they stay apart for
/// colour-blind readers and in a grey print (after M. Okabe and K. Ito, "Color Universal Design", 2008).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    /// Text of titles and values.
    pub text: String,
    /// Text of axes and legends.
    pub muted: String,
    /// Grid lines and borders.
    pub line: String,
    /// The ground that the chart lies on; tooltips use it.
    pub surface: String,
    /// What was sold.
    pub actual: String,
    /// What is expected, and its intervals.
    pub forecast: String,
    /// What is compared with: last year, the baseline of a scenario.
    pub reference: String,
    /// Marks of holidays.
    pub holiday: String,
    /// Growth.
    pub rising: String,
    /// Decline.
    pub falling: String,
    /// Components and categories, in order.
    pub series: [String; 8],
}

impl Palette {
    /// For light grounds.
    pub fn light() -> Self {
        Self::of(|(light, _)| light.to_owned())
    }

    /// For dark grounds.
    pub fn dark() -> Self {
        Self::of(|(_, dark)| dark.to_owned())
    }

    /// For pages: each colour is a CSS `light-dark()`, so one drawing follows the theme of the page and of the paper.
    pub fn themed() -> Self {
        Self::of(|(light, dark)| format!("light-dark({light}, {dark})"))
    }

    fn of(choose: impl Fn((&str, &str)) -> String) -> Self {
        Self {
            text: choose(("#18201e", "#e7ecea")),
            muted: choose(("#56615d", "#a1ada9")),
            line: choose(("#dde1dc", "#2b3332")),
            surface: choose(("#ffffff", "#1f2625")),
            actual: choose(("#0b5c8a", "#6fbdec")),
            forecast: choose(("#c2500a", "#f2a057")),
            reference: choose(("#8b9591", "#7e8a86")),
            holiday: choose(("#8a4f86", "#cf94ca")),
            rising: choose(("#0b6b5d", "#5bd3bb")),
            falling: choose(("#c2500a", "#f2a057")),
            series: [
                choose(("#0b5c8a", "#6fbdec")),
                choose(("#d98200", "#f0b450")),
                choose(("#00866b", "#4fcfae")),
                choose(("#b4568f", "#dc97c4")),
                choose(("#57b0df", "#2f7fb0")),
                choose(("#a83a06", "#e97f4d")),
                choose(("#9a8f00", "#e6dc5a")),
                choose(("#5c6662", "#a9b4b0")),
            ],
        }
    }
}
