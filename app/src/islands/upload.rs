//! The upload: a form that works by itself; in the browser files can be dropped on it, and it shows how far it has come.

use crate::ui::format;
use leptos::ev::{DragEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// How far an upload has come.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// Nothing under way.
    Rest,
    /// Bytes sent, bytes in all.
    Sending(f64, f64),
    /// Sent: the server looks at the files.
    Looking,
    /// It failed.
    Failed(String),
}

/// The form.
#[island]
pub(crate) fn Upload() -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let input = NodeRef::<html::Input>::new();
    let stage = RwSignal::new(Stage::Rest);
    let over = RwSignal::new(false);
    let send = move || {
        if let (Some(form), Some(input)) = (form.get_untracked(), input.get_untracked())
            && input.files().is_some_and(|files| files.length() > 0)
            && !matches!(stage.get_untracked(), Stage::Sending(..) | Stage::Looking)
        {
            stage.set(Stage::Sending(0.0, 0.0));
            if upload(&form, stage).is_none() {
                // The browser does not let us: its own way still works.
                let _ = form.submit();
            }
        }
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let files = event.data_transfer().and_then(|transfer| transfer.files());
        if let (Some(files), Some(input)) = (files, input.get_untracked()) {
            input.set_files(Some(&files));
            send();
        }
    };
    let on_drag = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form
            class="upload" class:over=move || over.get() method="post" action="/data/upload" enctype="multipart/form-data"
            node_ref=form on:submit=on_submit on:dragover=on_drag on:dragleave=move |_| over.set(false) on:drop=on_drop
        >
            <label for="upload-files">"CSV or Parquet files, also packed (.gz, .zst, .zip); several at once where they belong together"</label>
            <input id="upload-files" name="file" type="file" multiple=true required=true node_ref=input
                accept=".csv,.tsv,.txt,.parquet,.gz,.zst,.zip"/>
            <button type="submit" class="button primary" disabled=move || matches!(stage.get(), Stage::Sending(..) | Stage::Looking)>"Upload and look"</button>
            <p class="hint">"Nothing is imported yet: you see first what was understood. Files can also be dropped here."</p>
            <div aria-live="polite">{move || stage_view(stage.get())}</div>
        </form>
    }
    .into_any()
}

fn stage_view(stage: Stage) -> AnyView {
    match stage {
        Stage::Rest => ().into_any(),
        Stage::Sending(sent, total) => {
            let text = format!("{} of {} sent", format::bytes(sent as u64), format::bytes(total as u64));
            view! { <progress aria-label="Upload" max=total.max(1.0).to_string() value=sent.to_string()></progress><span>{text}</span> }.into_any()
        }
        Stage::Looking => {
            view! { <progress aria-label="Looking at the files"></progress><span>"Looking at the files…"</span> }
                .into_any()
        }
        Stage::Failed(text) => view! { <p class="message bad">{text}</p> }.into_any(),
    }
}

/// Sends the form and follows it to where the server leads; `None` where the browser refuses to begin.
fn upload(form: &web_sys::HtmlFormElement, stage: RwSignal<Stage>) -> Option<()> {
    let request = web_sys::XmlHttpRequest::new().ok()?;
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let progress = Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
        let (sent, total) = (event.loaded(), event.total());
        let all = sent >= total && total > 0.0;
        stage.try_set(if all { Stage::Looking } else { Stage::Sending(sent, total) });
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let answered = {
        let request = request.clone();
        Closure::<dyn FnMut()>::new(move || {
            let status = request.status().unwrap_or(0);
            let led_to = request.response_url();
            if (200..300).contains(&status) && led_to.contains("/data/imports/") {
                // Refused only while the page is left already.
                let _ = window().location().set_href(&led_to);
                return;
            }
            stage.try_set(Stage::Failed(failure_text(status, request.response_text().ok().flatten())));
        })
    };
    request.set_onloadend(Some(answered.as_ref().unchecked_ref()));
    request.open_with_async("POST", &form.action(), true).ok()?;
    // A failure is told as a problem document rather than as a page.
    request.set_request_header("accept", "application/problem+json, text/html;q=0.5").ok()?;
    request.send_with_opt_form_data(Some(&data)).ok()?;
    // They are called until the answer is there, after this function: they live on with the page.
    progress.forget();
    answered.forget();
    Some(())
}

/// The detail of a problem document, or a sentence by the status.
fn failure_text(status: u16, body: Option<String>) -> String {
    let problem = body.and_then(|text| js_sys::JSON::parse(&text).ok());
    let detail = problem.and_then(|problem| js_sys::Reflect::get(&problem, &"detail".into()).ok()?.as_string());
    detail.unwrap_or_else(|| match status {
        0 => "The server did not answer; check the connection and upload again.".to_owned(),
        413 => {
            "The files are larger than the limit; split or pack them, or use `aisle import` on the server.".to_owned()
        }
        status => format!("The upload was refused (status {status}); reload the page and try again."),
    })
}
