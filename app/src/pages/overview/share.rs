//! Sharing the weekly report by a signed link that ends.

use crate::access;
use crate::failure::Failure;
use crate::ports::{OverviewQuery, Reports};
use crate::ui::flash::leave_to_copy;
use crate::ui::{Button, Card, PostForm, Select};
use aisle_domain::Measure;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
    leave_to_copy("Anybody with this link sees the report:", &link);
    Ok(link)
}

/// The form; the link appears on top of the page.
#[component]
pub fn ShareCard(
    /// The filter of the page, which the report takes over.
    query: OverviewQuery,
) -> impl IntoView {
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
    view! {
        <Card title="Share the weekly report">
            <PostForm to=ShareReport::PATH class="form-row">
                {hidden}
                <Select label="The link ends after" name="days" options=lives selected="7"/>
                <Button text="Make a link"/>
            </PostForm>
        </Card>
    }
    .into_any()
}
