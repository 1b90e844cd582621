//! One series under a scenario: its forecast, the levers that change it, what it is made of, and the proof of the numbers.

pub mod bench;
pub mod explanation;
pub mod figures;
pub mod levers;
pub mod panel;
pub mod proof;
pub mod shop_totals;

use crate::Failure;
use crate::islands::chart::Picture;
use crate::islands::sent::Sent;
use crate::ports::SalesCurve;
use crate::ui::{EmptyState, Unit};
use aisle_domain::{Granularity, Measure, SeriesKey};
use aisle_engine::{Scenario, Verification};
use bench::Bench;
use explanation::Explanation;
use figures::{ComponentsChart, ForecastChart};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use levers::{Levers, Outcome};
use panel::Panel;
use proof::Proof;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {
    crate::access,
    crate::ports::SeriesDesk,
    aisle_domain::{Problem, ProblemCode},
};

/// The server's hashes of a series under the scenario of a query string.
#[server(name = AskVerification, prefix = "/fn", endpoint = "verify_series", input = Json)]
pub async fn verify_series(
    /// The series.
    key: SeriesKey,
    /// Default: the shop's first.
    measure: Option<Measure>,
    /// What is assumed, as a query string.
    scenario: String,
) -> Result<Verification, Failure> {
    access::enter("verify_series")?;
    let scenario = levers::read_scenario(&scenario)
        .map_err(|text| access::failed(Problem::new(ProblemCode::Invalid, text).with_field("scenario")))?;
    access::port::<dyn SeriesDesk>()?.verify(&key, measure, &scenario).await.map_err(access::failed)
}

/// The series that the scenario is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Which.
    pub key: SeriesKey,
    /// Item and location, as shown.
    pub name: String,
    /// The measure that the address names.
    pub asked: Option<Measure>,
    /// The unit of its figures.
    pub unit: Unit,
    /// The unit of its charts.
    pub chart_unit: aisle_charts::Unit,
    /// Length of its periods.
    pub granularity: Granularity,
    /// History and forecast.
    pub curve: SalesCurve,
}

/// The charts as the server draws them first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    /// History and forecast, under the scenario.
    pub forecast: Picture,
    /// What the forecast is made of.
    pub components: Picture,
}

/// What is assumed, and what comes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What is assumed.
    pub scenario: Scenario,
    /// What can be changed; `None`: not trained yet.
    pub levers: Option<Levers>,
    /// What it changes; `None`: not trained yet.
    pub outcome: Option<Outcome>,
    /// Why the scenario asked for was not taken.
    pub refused: Option<String>,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The server's hashes of the baseline.
    pub verification: Option<Verification>,
    /// Imports, data version, training job, artefact: label and value.
    pub lineage: Vec<(String, String)>,
}

/// Charts of the forecast, the what-if panel, and the proof.
#[island]
pub(crate) fn WhatIf(
    /// The series.
    subject: Sent<Subject>,
    /// Its charts.
    pictures: Sent<Pictures>,
    /// The scenario.
    case: Sent<Case>,
    /// Where the numbers come from.
    origin: Sent<Origin>,
) -> impl IntoView {
    let (Sent(subject), Sent(pictures), Sent(case), Sent(origin)) = (subject, pictures, case, origin);
    let Case { scenario, levers, outcome, refused } = case;
    let unit = subject.unit;
    let bench = Bench::new(subject.key.clone(), subject.asked, scenario, outcome);
    let overridden = subject.curve.model.is_some();
    let subject = StoredValue::new(subject);
    let trained = levers.is_some();
    let panel = match levers {
        Some(levers) => view! { <Panel levers bench unit refused overridden/> }.into_any(),
        None => view! {
            <EmptyState title="There is no forecast of this series yet">
                <p>"Forecasts come with the next training. " <a href="/jobs">"To the jobs"</a></p>
            </EmptyState>
        }
        .into_any(),
    };
    let Pictures { forecast, components } = pictures;
    let components =
        trained.then(|| view! { <Explanation subject bench/><ComponentsChart subject picture=components bench/> });
    view! {
        <ForecastChart subject picture=forecast bench/>
        {panel}
        {components}
        <Proof bench origin/>
    }
    .into_any()
}
