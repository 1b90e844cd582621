//! Sharing the weekly report by a signed link that ends.

use crate::failure::Failure;
use crate::ports::OverviewQuery;
use crate::ui::{Button, Card, Select, outcome};
use aisle_domain::Measure;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{access, ports::Reports};

/// Makes a link to the weekly report that anybody may open for so many days: path and query.
#[server(name = ShareReport, prefix = "/fn", endpoint = "share_report")]
pub async fn share_report(
    /// Days until it ends, 1 to 90.
    days: u32,
    /// As in the overview.
    #[server(default)]
    measure: Option<Measure>,
    /// As in the overview.
    #[server(default)]
    location: Option<String>,
    /// As in the overview.
    #[server(default)]
    category: Option<String>,
) -> Result<String, Failure> {
    let visitor = access::enter("share_report")?;
    let query = OverviewQuery { measure, location, category, history: None };
    let link = access::port::<dyn Reports>()?.share(&visitor, query, days).await.map_err(access::failed)?;
    crate::ui::flash::leave(&format!("The link, to be put behind the address of this site: {link}"));
    Ok(link)
}

/// The form; the link appears below it.
#[component]
pub fn ShareCard(
    /// The filter of the page, which the report takes over.
    query: OverviewQuery,
) -> impl IntoView {
    let share = ServerAction::<ShareReport>::new();
    let hidden = [
        ("measure", query.measure.map(|measure| measure.name().to_owned())),
        ("location", query.location),
        ("category", query.category),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| view! { <input type="hidden" name=name value=value/> }))
    .collect_view();
    let lives = [("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]
        .map(|(value, text)| (value.to_owned(), text.to_owned()))
        .to_vec();
    // Runs in the browser only: an action's answer comes there.
    let done = |link: String| {
        let whole = format!("{}{link}", window().location().origin().unwrap_or_default());
        view! { <p class="message good">"Anybody with this link sees the report: "<a href=link rel="external">{whole}</a></p> }.into_any()
    };
    view! {
        <Card title="Share the weekly report">
            <ActionForm action=share attr:class="form-row">
                {hidden}
                <Select label="The link ends after" name="days" options=lives selected="7"/>
                <Button text="Make a link" pending=share.pending()/>
            </ActionForm>
            {outcome(share, done)}
        </Card>
    }
    .into_any()
}
