//! Saved views: links under a name, kept in this browser; and the present view's link to copy.

use crate::addresses;
use crate::islands::copy::copy_address;
use crate::ports::SeriesQuery;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Saved views: name and query.
type Views = Vec<(String, String)>;

/// Where the browser keeps them: a JSON list of name and query.
const KEY: &str = "aisle.series.views";

/// The list of saved views and the button that copies the present one's link. There only with JavaScript: without it the
/// address bar is the link, and bookmarks are the list.
#[component]
pub fn SavedViews(
    /// The present view.
    query: RwSignal<SeriesQuery>,
) -> impl IntoView {
    let views = RwSignal::new(None::<Views>);
    let said = RwSignal::new("");
    Effect::new(move |_| views.set(Some(load())));
    move || views.get().map(|list| view! { <Saved list=list views=views query=query said=said/> })
}

#[component]
fn Saved(
    list: Views,
    views: RwSignal<Option<Views>>,
    query: RwSignal<SeriesQuery>,
    said: RwSignal<&'static str>,
) -> impl IntoView {
    let name = NodeRef::<html::Input>::new();
    let change = move |edit: &dyn Fn(&mut Views)| {
        views.update(|views| {
            if let Some(views) = views {
                edit(views);
                said.set(if store(views) { "" } else { "This browser does not keep it; copy the link instead." });
            }
        });
    };
    let on_save = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(title) = name.get_untracked().map(|input| input.value().trim().to_owned()) else { return };
        if !title.is_empty() {
            let text = query.with_untracked(SeriesQuery::to_query);
            change(&|views| {
                views.retain(|(known, _)| *known != title);
                views.push((title.clone(), text.clone()));
            });
        }
    };
    let items = list
        .into_iter()
        .map(|(title, text)| {
            let href = addresses::series_grid(&SeriesQuery::from_query(&text));
            let spoken = format!("Forget {title}");
            let forgotten = title.clone();
            view! {
                <li>
                    <a href=href>{title}</a>
                    <button type="button" class="button quiet" aria-label=spoken
                        on:click=move |_| change(&|views| views.retain(|(known, _)| *known != forgotten))>"×"</button>
                </li>
            }
        })
        .collect_view();
    let on_copy = move |_| {
        spawn_local(async move {
            said.try_set(if copy_address().await { "Link copied." } else { "Copy it from the address bar." });
        });
    };
    view! {
        <div class="saved-views">
            <button type="button" class="button" on:click=on_copy>"Copy link"</button>
            <details>
                <summary class="button quiet">"Saved views"</summary>
                <div class="saved-list">
                    <ul>{items}</ul>
                    <form on:submit=on_save>
                        <label for="view-name">"Save this view as"</label>
                        <input id="view-name" node_ref=name maxlength="60" autocomplete="off"/>
                        <button type="submit" class="button">"Save"</button>
                    </form>
                </div>
            </details>
            <span role="status">{move || said.get()}</span>
        </div>
    }
    .into_any()
}

fn load() -> Views {
    let kept = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(KEY).ok().flatten());
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn store(views: &[(String, String)]) -> bool {
    let Ok(text) = serde_json::to_string(views) else { return false };
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(KEY, &text).is_ok())
}
