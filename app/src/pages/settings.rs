//! Settings of the installation, and the configuration that it runs with.

use crate::access;
use crate::failure::Failure;
use crate::pages::calendar::countries::CountriesCard;
use crate::ports::{Accounts, SettingsView};
use crate::ui::{Button, Card, Checkbox, Field, PageHeader, PostForm, Select, Table, loaded};
use aisle_domain::PlanningPeriod;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

async fn settings() -> Result<SettingsView, Failure> {
    access::port::<dyn Accounts>()?.settings().await.map_err(access::failed)
}

/// Changes them.
#[server(name = ChangeSettings, prefix = "/fn", endpoint = "change_settings")]
pub async fn change_settings(
    /// Name of the shop.
    shop_name: String,
    /// Currency for money columns that do not say theirs; empty: ask.
    #[server(default)]
    currency: String,
    /// What the shop is planned in.
    planning: PlanningPeriod,
    /// Forecast horizon, in periods; empty: what is usual for them.
    #[server(default)]
    horizon: String,
    /// Whether an import starts a training.
    #[server(default)]
    train_after_import: bool,
) -> Result<(), Failure> {
    let visitor = access::enter("change_settings")?;
    let accounts = access::port::<dyn Accounts>()?;
    accounts
        .change_settings(&visitor, shop_name, currency, planning, &horizon, train_after_import)
        .await
        .map_err(access::failed)?;
    crate::ui::flash::leave("Saved.");
    Ok(())
}

/// The settings page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <PageHeader title="Settings" lead="Of the whole installation."/>
        {loaded(settings(), show)}
        <CountriesCard/>
    }
    .into_any()
}

fn show(settings: SettingsView) -> AnyView {
    let text = |period: PlanningPeriod| match period {
        PlanningPeriod::Automatic => "Week, or as sales come",
        PlanningPeriod::Day => "Day",
        PlanningPeriod::Week => "Week",
        PlanningPeriod::Month => "Month",
    };
    let periods = PlanningPeriod::ALL.map(|period| (period.name().to_owned(), text(period).to_owned())).to_vec();
    let horizon = settings.horizon.map_or_else(String::new, |horizon| horizon.to_string());
    let rows = settings
        .configuration
        .into_iter()
        .map(|(key, value)| view! { <tr><th scope="row"><code>{key}</code></th><td class="wrap"><code>{value}</code></td></tr> })
        .collect_view();
    view! {
        <Card title="Shop">
            <PostForm to=ChangeSettings::PATH class="form-column">
                <Field label="Name of the shop" name="shop_name" value=settings.shop_name required=true hint="Shown in headings and reports."/>
                <Field label="Currency" name="currency" value=settings.currency placeholder="such as USD"
                    hint="Assumed for money columns that do not say theirs. Empty: ask at each import."/>
                <Select label="Planned by" name="planning" options=periods selected=settings.planning.name()
                    hint="Takes effect where sales come by day; sales by week or month are planned as they come. A change starts a training."/>
                <Field label="Forecast horizon" name="horizon" kind="number" min="1" max="366" value=horizon
                    hint="How many periods ahead. Empty: 91 days, 53 weeks or 13 months. Used from the next training on."/>
                <Checkbox label="Train after each import" name="train_after_import" checked=settings.train_after_import/>
                <div><Button text="Save" class="primary"/></div>
            </PostForm>
        </Card>
        <Card title="Configuration">
            <p class="hint">{format!(
                "Aisle {}, as it runs now. Flags come before environment variables (AISLE_…), then aisle.toml, then defaults. Secrets are left out.",
                settings.version,
            )}</p>
            <Table caption="Configuration in effect" columns=vec![("Key", ""), ("Value", "")]>{rows}</Table>
        </Card>
    }
    .into_any()
}
