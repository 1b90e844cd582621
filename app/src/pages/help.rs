//! What each page and each word means, and what each role may do.

use crate::ui::{Card, PageHeader, Table};
use aisle_domain::{Permission, Role};
use leptos::prelude::*;

/// Pages, in the order of the menu.
const PAGES: [(&str, &str, &str); 14] = [
    (
        "/",
        "Overview",
        "The shop at a glance: key figures against the last period and the last year, sales with the forecast that follows, the series that moved most, and how good past forecasts were. The filter above narrows all of it to a location or category.",
    ),
    (
        "/series",
        "Items & locations",
        "Every series (an item at a location) as a grid: filter, sort, group, choose columns. The address holds the whole view, so a view can be saved as a bookmark or sent as a link.",
    ),
    (
        "/reports/weekly",
        "Weekly report",
        "The last period on paper: no script, made to be printed or saved as PDF. Managers can share it by a link that ends after some days.",
    ),
    (
        "/levels",
        "By level",
        "Forecasts summed by item, category, location, region and for the whole shop. Every level adds up to the same total.",
    ),
    (
        "/overrides",
        "Overrides",
        "What a planner knows that the model does not: a forecast set, raised or lowered for one series, an item, a category, a location, a region or the whole shop, with a reason and until a day. A change of a sum is split among its series by their forecasts. The model's own number stays in sight, and when sales are in, the page tells whether the override was better.",
    ),
    (
        "/accuracy",
        "Accuracy",
        "How far to trust the forecast: what came since training beside what was said, backtests from origins in the past by model, level and horizon, and which fitted model is live, since when and why, and what was decided about training again. A planner can make another one live or go back to the one before, with a reason.",
    ),
    (
        "/calendar",
        "Calendar",
        "Events that forecasts reckon with: flagged in the data, holidays of the country chosen in the settings, calendar files (.ics), and those entered here. A day told twice counts once. Days on which a location is closed have no forecast.",
    ),
    (
        "/impact",
        "Holidays' impact",
        "How much more, or less, was sold on and around each event than without it: in all, by department, location and item, each past occurrence beside the others, and what to expect of the next. Measured by each training.",
    ),
    ("/data", "Data", "Drop files, check how they were understood, import them, read what became of every row."),
    (
        "/data/dead-letters",
        "Dead letters",
        "Rows that could not be read, each with file, line, column and reason. Mend the text and replay it, or dismiss it.",
    ),
    ("/data/tables", "Tables", "The facts as they are kept, and each version of them."),
    ("/jobs", "Jobs", "Imports, trainings and compactions. A job survives a restart: it goes on where it stopped."),
    ("/account", "Account", "Your password, where you are signed in, and your keys for programs."),
    ("/api", "API", "Everything that programs can ask and do, to be tried in the page."),
];

/// Words and formulas.
const WORDS: [(&str, &str); 23] = [
    ("Series", "What one item sells at one location, period by period."),
    ("Period", "What sales are counted in: a day, a week named by its last day, or a month."),
    (
        "Forecast",
        "The sales expected of a period if nothing but what the model knows of happens: season, trend, holidays, markdowns, outside features.",
    ),
    (
        "Why",
        "What a forecast is the sum of: the level at the end of training, trend, season, each holiday, each promotion, each outside feature, and the growth that a what-if assumes. Shares are of the level.",
    ),
    (
        "Override",
        "A planner's change to a forecast. It is in force until its last day or until it is withdrawn; it is never deleted.",
    ),
    (
        "80 % interval",
        "Eight of ten actual values are meant to fall inside. It is made from the errors of past forecasts on data that the model had not seen.",
    ),
    (
        "Uplift",
        "What was sold around an event beyond what the same days would have sold without it, as known from all other days.",
    ),
    (
        "Coverage",
        "The share of actual values that did fall inside of the interval. Near 80 % is right; far below, the forecast claims too much.",
    ),
    (
        "WAPE",
        "Weighted absolute percentage error: the sum of |forecast − sales| over the sum of |sales|. 10 % means that on the whole a tenth of the sales was forecast to the wrong place or time.",
    ),
    ("WMAE", "Mean absolute error in which periods with a holiday weigh five times, in the unit of the measure."),
    ("Bias", "The sum of forecast − sales over the sum of sales. Above zero: forecasts run high."),
    ("MASE", "The mean error over that of last year's same period: below 1 is better than repeating last year."),
    (
        "Value added",
        "By how much the WAPE lies below that of the seasonal naive (last year's same period). Below zero: repeating last year would have been better.",
    ),
    (
        "Tracking signal",
        "The sum of errors over their mean size. Beyond 4 either way the forecast is always too low or always too high.",
    ),
    (
        "Drift (PSI)",
        "How far the distribution of sales, or of an input such as the weather, has moved from that of the same season before training. Above 0.25, and above what chance makes of so few values, they look unlike.",
    ),
    (
        "Backtest",
        "A forecast made from the past alone, compared with what then came. Each model is tried so at several origins; the less its error, the more it counts.",
    ),
    (
        "Model",
        "How a series is forecast: last year's season again, with growth, smoothed, from what its group has in common, or from features. Most series take a weighted mean of several.",
    ),
    ("Artefact", "All fitted models of one training, with the version of the data they saw. Its hash names it."),
    ("Data version", "Names the state of the facts that a number was computed from."),
    (
        "What-if",
        "The forecast under other assumptions: a holiday moved, a deeper markdown, another growth. Computed in your browser by the server's own function.",
    ),
    ("Verify", "Runs a number again in your browser and compares it with the server's, bit for bit."),
    (
        "Dead letter",
        "A row that could not be read. It is kept with its reason and can be mended and replayed; nothing is dropped in silence.",
    ),
    ("Markdown", "A price cut for a time."),
];

/// The help page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let pages = PAGES
        .iter()
        .map(|(href, name, text)| {
            view! { <div><dt><a href=*href>{*name}</a></dt><dd>{*text}</dd></div> }
        })
        .collect_view();
    let words = WORDS.iter().map(|(word, text)| view! { <div><dt>{*word}</dt><dd>{*text}</dd></div> }).collect_view();
    let columns: Vec<(&'static str, &'static str)> = std::iter::once(("May", ""))
        .chain([
            ("Administrator", "tick"),
            ("Manager", "tick"),
            ("Planner", "tick"),
            ("Warehouse", "tick"),
            ("Analyst", "tick"),
            ("Viewer", "tick"),
        ])
        .collect();
    let rights = Permission::ALL.map(right).collect_view();
    view! {
        <PageHeader title="Help" lead="What each page shows and what the words mean."/>
        <Card title="Keys">
            <dl class="words">
                <div><dt><kbd>"Ctrl K"</kbd></dt><dd>"Search over pages, items, locations, series and actions."</dd></div>
                <div><dt><kbd>"↑ ↓ Home End Page ↑ Page ↓"</kbd></dt><dd>"Move through the grid of series; "<kbd>"Enter"</kbd>" opens the one in focus."</dd></div>
                <div><dt><kbd>"Tab"</kbd></dt><dd>"To the next control. The first one on each page skips the navigation."</dd></div>
            </dl>
        </Card>
        <Card title="Pages"><dl class="words">{pages}</dl></Card>
        <Card title="Words"><dl class="words">{words}</dl></Card>
        <Card title="Roles"><Table caption="What each role may do" columns>{rights}</Table></Card>
    }
    .into_any()
}

/// One permission, and which roles have it.
fn right(permission: Permission) -> impl IntoView {
    let cells = Role::ALL
        .map(|role| {
            let (sign, spoken) = if role.may(permission) { ("✓", "yes") } else { ("", "no") };
            view! { <td class="tick"><span aria-hidden="true">{sign}</span><span class="spoken">{spoken}</span></td> }
        })
        .collect_view();
    view! { <tr><th scope="row">{meaning(permission)}</th>{cells}</tr> }
}

/// A permission in words.
fn meaning(permission: Permission) -> &'static str {
    match permission {
        Permission::ViewSales => "see sales, forecasts and reports",
        Permission::ViewData => "see imports, dead letters and tables",
        Permission::ImportData => "import files, mend dead letters, change the calendar",
        Permission::ViewJobs => "see jobs",
        Permission::RunJobs => "start, cancel and retry jobs",
        Permission::OverrideForecasts => "override forecasts",
        Permission::Export => "take data out as files",
        Permission::ShareReports => "share reports by link",
        Permission::UseApi => "make API keys",
        Permission::ViewAudit => "see the audit log",
        Permission::ManageUsers => "manage users",
        Permission::ManageSettings => "change settings",
    }
}
