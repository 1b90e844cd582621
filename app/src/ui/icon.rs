//! Icons: a few strokes each, drawn here, in the colour of the text around them. Always beside or under a text, so hidden
//! from assistive technology.

use leptos::prelude::*;

/// What the icon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Icon {
    Overview,
    Series,
    Data,
    Jobs,
    Accuracy,
    Levels,
    Override,
    Calendar,
    Impact,
    Users,
    Settings,
    Audit,
    Account,
    Help,
    Report,
    Api,
    Search,
    SignOut,
    Theme,
    Menu,
    Close,
    Warning,
    Download,
    Print,
}

impl Icon {
    /// The strokes, on a grid of 20 x 20.
    fn strokes(self) -> &'static str {
        match self {
            Self::Overview => "M3 17V9M8 17V4M13 17v-6M18 17V7",
            Self::Series => "M2 14l4-5 4 3 4-7 4 4M2 17.5h16",
            Self::Data => {
                "M3 5c0-1.5 3-2.5 7-2.5S17 3.5 17 5v10c0 1.5-3 2.5-7 2.500S3 16.5 3 15zM3 5c0 1.5 3 2.5 7 2.500S17 6.5 17 5M3 10c0 1.5 3 2.5 7 2.500s7-1 7-2.5"
            }
            Self::Jobs => {
                "M10 2.500v3M10 14.500v3M2.5 10h3M14.5 10h3M4.7 4.700l2.1 2.100M13.2 13.200l2.1 2.100M4.7 15.300l2.1-2.100M13.2 6.800l2.1-2.1"
            }
            Self::Levels => "M7 3h6v4H7zM2 13h6v4H2zM12 13h6v4h-6zM10 7v3M5 13v-3h10v3",
            Self::Override => "M4 16l1-4 8.500-8.500 3 3L8 15zM11.500 5l3 3M3 17.500h14",
            Self::Accuracy => {
                "M10 17a7 7 0 100-14 7 7 0 000 14zM10 13a3 3 0 100-6 3 3 0 000 6zM10 1v4M10 15v4M1 10h4M15 10h4"
            }
            Self::Calendar => "M3 4.500h14v13H3zM3 8.500h14M7 2.500v4M13 2.500v4M7 12h2M11 12h2",
            Self::Impact => "M2 15.500h4l2-11 3 13 2-6h5",
            Self::Users => {
                "M7.5 9.500a3 3 0 100-6 3 3 0 000 6zM2 16.500c0-3 2.5-5 5.5-5s5.5 2 5.5 5M13 4a3 3 0 010 5.500M15 12c2 .7 3 2.3 3 4.5"
            }
            Self::Settings => {
                "M3 5.500h8M15 5.500h2M3 14.500h2M9 14.500h8M13 3.500a2 2 0 100 4 2 2 0 000-4zM7 12.500a2 2 0 100 4 2 2 0 000-4zM3 10h14"
            }
            Self::Audit => "M5 2.500h10v15H5zM7.5 6.500h5M7.5 10h5M7.5 13.500h3",
            Self::Account => "M10 10a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3.5 17.500c0-3.5 3-5.5 6.5-5.500s6.5 2 6.5 5.5",
            Self::Help => {
                "M10 18a8 8 0 100-16 8 8 0 000 16zM7.5 7.800c.2-1.3 1.2-2 2.5-2s2.5.8 2.5 2.100c0 1.6-2.5 1.9-2.5 3.600M10 14.200v.3"
            }
            Self::Report => "M4 2.500h8l4 4v11H4zM12 2.500v4h4M7 14v-3M10 14V9M13 14v-2",
            Self::Api => "M7 6l-4 4 4 4M13 6l4 4-4 4",
            Self::Search => "M8.5 14a5.5 5.5 0 100-11 5.5 5.5 0 000 11zM12.5 12.500L17 17",
            Self::SignOut => "M12 6V3H3v14h9v-3M8 10h9M14 7l3 3-3 3",
            Self::Theme => "M10 2.500a7.5 7.5 0 100 15zM10 2.500a7.5 7.5 0 010 15",
            Self::Menu => "M3 5.500h14M3 10h14M3 14.500h14",
            Self::Close => "M5 5l10 10M15 5L5 15",
            Self::Warning => "M10 3l8 14H2zM10 8v4M10 14.500v.2",
            Self::Download => "M10 3v9M6.5 9l3.5 3.500L13.5 9M3 16.500h14",
            Self::Print => "M6 7V3h8v4M6 14H3V7h14v7h-3M6 12h8v5H6z",
        }
    }
}

/// The icon as an inline SVG.
pub fn icon(which: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d=which.strokes() fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
    .into_any()
}
