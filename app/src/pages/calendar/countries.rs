//! Whose holidays count: a part of the settings.

use crate::access;
use crate::failure::Failure;
use crate::ports::CalendarDesk;
use crate::ports::calendar::CountriesView;
use crate::ui::flash::leave;
use crate::ui::{Button, Card, Field, PostForm, Select, loaded};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Chooses whose holidays count.
#[server(name = ChooseCountries, prefix = "/fn", endpoint = "choose_countries")]
pub async fn choose_countries(
    /// Code of the country or region; empty: none.
    #[server(default)]
    country: String,
    /// Further codes, apart by commas.
    #[server(default)]
    further: String,
) -> Result<(), Failure> {
    let visitor = access::enter("choose_countries")?;
    let words = std::iter::once(country.as_str()).chain(further.split([',', ';']));
    let codes = words.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()).collect();
    access::port::<dyn CalendarDesk>()?.choose_countries(&visitor, codes).await.map_err(access::failed)?;
    leave("Saved. Forecasts reckon with these holidays from the next training on.");
    Ok(())
}

async fn countries() -> Result<CountriesView, Failure> {
    access::port::<dyn CalendarDesk>()?.countries().await.map_err(access::failed)
}

/// The form of the countries.
#[component]
pub fn CountriesCard() -> impl IntoView {
    view! { <Card title="Holidays"><div id="countries">{loaded(countries(), show)}</div></Card> }.into_any()
}

fn show(view: CountriesView) -> AnyView {
    let named = |(code, name): &(String, String)| (code.clone(), format!("{name}, {code}"));
    let none = (String::new(), "None: the data's events alone".to_owned());
    let options = std::iter::once(none).chain(view.known.iter().map(named)).collect();
    let first = view.chosen.first().cloned().unwrap_or_default();
    let further = view.chosen.iter().skip(1).cloned().collect::<Vec<_>>().join(", ");
    let by_location = (!view.by_location.is_empty()).then(|| {
        let places: Vec<String> =
            view.by_location.iter().take(12).map(|(place, country)| format!("{place}: {country}")).collect();
        let more = if view.by_location.len() > 12 { ", …" } else { "" };
        view! { <p class="hint">{format!("Locations that carry a country keep its holidays: {}{more}", places.join(", "))}</p> }
    });
    view! {
        <PostForm to=ChooseCountries::PATH class="form-column">
            <Select label="Country of the shop" name="country" options selected=first
                hint="Its public holidays enter the forecasts beside the events of the data. A day told twice counts once."/>
            <Field label="Further countries" name="further" value=further placeholder="such as AT, CH or DE-BY"
                hint="Codes of countries or regions (ISO 3166) whose holidays your customers keep as well."/>
            {by_location}
            <div><Button text="Save countries" class="primary"/></div>
        </PostForm>
    }
    .into_any()
}
