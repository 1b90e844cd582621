//! A modal dialog on the element of that name: focus is held in it, Escape closes it.

use crate::ui::icon::{Icon, icon};
use leptos::html;
use leptos::prelude::*;

/// A modal dialog with a title. It opens when `open` turns true and sets it back when it closes. Without JavaScript it
/// stays shut, so nothing may be reachable by it alone.
#[component]
pub fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its id; the heading's id is derived from it.
    #[prop(into)]
    id: String,
    /// Further classes.
    #[prop(into, optional)]
    class: String,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        if let Some(dialog) = element.get()
            && dialog.open() != wanted
        {
            if wanted {
                // Refused only where the dialog has left the document meanwhile: nothing to show then.
                let _ = dialog.show_modal();
            } else {
                dialog.close();
            }
        }
    });
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <dialog id=id class=class node_ref=element aria-labelledby=labelled_by on:close=move |_| open.set(false)>
            <div class="dialog-header">
                <h2 id=heading>{title}</h2>
                <button type="button" class="button quiet icon-only" on:click=move |_| open.set(false)>
                    {icon(Icon::Close)}<span class="spoken">"Close"</span>
                </button>
            </div>
            {children()}
        </dialog>
    }
    .into_any()
}
