//! The mapping form: how each file is written and what its columns mean, with the questions that remain.
//!
//! 'Check' sends the form by GET to the same page, so that the answers stand in the address and the page shows what they
//! lead to; 'Import' posts it. In the browser another entity checks at once, for other meanings to choose from.

use super::answers::{
    DECIMALS, DELIMITERS, ENCODINGS, FileAnswer, GRANULARITIES, ORDERS, REPEATED, Words, meanings_offered,
};
use super::calls::StartImport;
use super::profile::Profile;
use crate::addresses;
use crate::islands::submit::SubmitOnChange;
use crate::ui::{Badge, Card, PostForm, Tone, format};
use aisle_domain::ImportId;
use aisle_domain::import::{ColumnProfile, Entity, Preview, Question};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Rows of the file that are shown.
const SAMPLE: usize = 8;

/// The form over all files of a draft.
#[component]
pub fn MappingForm(
    /// The draft.
    id: ImportId,
    /// What is understood so far.
    previews: Vec<Preview>,
) -> impl IntoView {
    let here = addresses::import(&id);
    let questions = questions_view(&previews);
    let ready = questions.is_none();
    let files = previews.into_iter().enumerate().map(|(file, preview)| file_view(file, preview)).collect_view();
    view! {
        {questions}
        <PostForm to=StartImport::PATH>
            <input type="hidden" name="id" value=id.to_string()/>
            {files}
            <div class="buttons">
                <button type="submit" class="button check" class:primary=!ready formmethod="get" formaction=here formnovalidate=true>"Check the answers"</button>
                <button type="submit" class="button" class:primary=ready>"Import"</button>
            </div>
            <SubmitOnChange names_ending="[entity]" by="check"/>
        </PostForm>
    }
    .into_any()
}

/// The questions of all files on top, each a link to the field that answers it; `None` where there are none.
fn questions_view(previews: &[Preview]) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = previews
        .iter()
        .enumerate()
        .flat_map(|(file, preview)| preview.questions.iter().map(move |question| (file, preview, question)))
        .map(|(file, preview, question)| {
            let href = format!("#{}", field_of(file, preview, question));
            let options =
                (!question.options.is_empty()).then(|| format!(" Possible: {}.", question.options.join(", ")));
            view! { <li><a href=href>{preview.file.clone()}": "{question.text.clone()}</a>{options}</li> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <section class="error-summary" aria-labelledby="questions" role="alert">
                <h2 id="questions">"Questions that the data does not settle"</h2>
                <ol>{links}</ol>
                <p>"Answer them below and check; the import waits until none is left."</p>
            </section>
        }
    })
}

/// The id of the control that answers a question.
fn field_of(file: usize, preview: &Preview, question: &Question) -> String {
    let column =
        question.column.as_ref().and_then(|name| preview.mapping.columns.iter().position(|c| c.column == *name));
    match (question.field.as_str(), column) {
        ("date_order", Some(column)) => id(file, &format!("orders-{column}")),
        (field @ ("entity" | "currency" | "granularity" | "location" | "decimal" | "delimiter" | "encoding"), _) => {
            id(file, field)
        }
        (_, Some(column)) => id(file, &format!("meanings-{column}")),
        _ => id(file, "entity"),
    }
}

fn id(file: usize, field: &str) -> String {
    format!("file-{file}-{field}")
}

/// What a control of one file needs to know.
struct Slot {
    file: usize,
    asked: Vec<String>,
}

impl Slot {
    fn name(&self, field: &str) -> String {
        format!("answers[{}][{field}]", self.file)
    }

    fn class(&self, field: &str) -> &'static str {
        if self.asked.contains(&id(self.file, field)) { "field asked" } else { "field" }
    }

    fn hidden(&self, field: &str, value: String) -> AnyView {
        view! { <input type="hidden" name=self.name(field) value=value/> }.into_any()
    }

    fn text(&self, field: &str, label: &'static str, value: String, hint: &'static str) -> AnyView {
        let id = id(self.file, field);
        let hint_id = format!("{id}-hint");
        view! {
            <div class=self.class(field)>
                <label for=id.clone()>{label}</label>
                <input id=id name=self.name(field) value=value autocomplete="off" aria-describedby=hint_id.clone()/>
                <p class="hint" id=hint_id>{hint}</p>
            </div>
        }
        .into_any()
    }

    fn lines(&self, field: &str, label: &'static str, value: String) -> AnyView {
        let id = id(self.file, field);
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <textarea id=id name=self.name(field) rows="3" spellcheck="false">{value}</textarea>
            </div>
        }
        .into_any()
    }

    fn select(&self, field: &str, label: &'static str, options: Vec<(String, String)>, selected: &str) -> AnyView {
        let id = id(self.file, field);
        view! {
            <div class=self.class(field)>
                <label for=id.clone()>{label}</label>
                <select id=id name=self.name(field)>{choices(options, selected)}</select>
            </div>
        }
        .into_any()
    }
}

fn choices(options: Vec<(String, String)>, selected: &str) -> Vec<AnyView> {
    options
        .into_iter()
        .map(|(value, text)| {
            let chosen = value == selected;
            view! { <option value=value selected=chosen>{text}</option> }.into_any()
        })
        .collect()
}

fn words<T>(words: Words<T>, none: Option<&str>) -> Vec<(String, String)> {
    let nothing = none.map(|text| (String::new(), text.to_owned()));
    nothing.into_iter().chain(words.iter().map(|(_, word, label)| ((*word).to_owned(), (*label).to_owned()))).collect()
}

fn file_view(file: usize, preview: Preview) -> AnyView {
    let answer = FileAnswer::of(&preview.file, &preview.mapping);
    let asked: Vec<String> = preview.questions.iter().map(|question| field_of(file, &preview, question)).collect();
    let slot = Slot { file, asked };
    let entities =
        Entity::ALL.map(|entity| (entity.name().to_owned(), format::capital(&entity.name().replace('_', " "))));
    let known = preview.known.then(|| view! { <Badge text="mapping kept from last time" tone=Tone::Good/> });
    let asks = (!preview.questions.is_empty()).then(
        || view! { <Badge text=format::counted(preview.questions.len() as u64, "question") tone=Tone::Warning/> },
    );
    let dialect = (answer.format == "csv").then(|| dialect_view(&slot, &answer));
    let columns = columns_view(&slot, &answer, preview.profiles);
    let sample = sample_view(&answer.columns, preview.rows);
    view! {
        <Card title=preview.file.clone() class="import-file">
            <p>{format::bytes(preview.bytes)}" "{known}" "{asks}</p>
            {slot.hidden("file", preview.file)}
            {slot.hidden("format", answer.format.clone())}
            <div class="fields">
                {slot.select("entity", "Its rows are", entities.to_vec(), &answer.entity)}
                {slot.select("granularity", "Each row covers", words(GRANULARITIES, Some("As the dates say")), &answer.granularity)}
                {slot.text("currency", "Currency", answer.currency.clone(), "Of money columns: USD, EUR, GBP…")}
                {slot.text("location", "Location of every row", answer.location.clone(), "Where no column says it")}
                {slot.select("repeated", "Rows that say the same", words(REPEATED, None), &answer.repeated)}
            </div>
            {columns}
            {sample}
            <details>
                <summary>"How the file is written"</summary>
                <div class="fields">
                    {dialect}
                    {slot.lines("charges", "Item codes that are charges, one a line", answer.charges.clone())}
                    {slot.lines("cancels", "Prefixes of cancelled orders, one a line", answer.cancels.clone())}
                </div>
            </details>
        </Card>
    }
    .into_any()
}

fn dialect_view(slot: &Slot, answer: &FileAnswer) -> AnyView {
    let header_id = id(slot.file, "header");
    let quotes =
        [("", "None"), ("\"", "Double \""), ("'", "Single '")].map(|(value, text)| (value.to_owned(), text.to_owned()));
    view! {
        {slot.select("encoding", "Characters", words(ENCODINGS, None), &answer.encoding)}
        {slot.select("delimiter", "Between fields", words(DELIMITERS, None), &answer.delimiter)}
        {slot.select("quote", "Quotes", quotes.to_vec(), &answer.quote)}
        {slot.select("decimal", "Decimal mark", words(DECIMALS, None), &answer.decimal)}
        <div class="field checkbox">
            <input id=header_id.clone() type="checkbox" name=slot.name("header") value="true" checked=answer.header == "true"/>
            <label for=header_id>"The first row names the columns"</label>
        </div>
        {slot.lines("nulls", "Texts that mean no value, one a line", answer.nulls.clone())}
    }
    .into_any()
}

/// One row a column: its profile and its meaning.
fn columns_view(slot: &Slot, answer: &FileAnswer, profiles: Vec<ColumnProfile>) -> AnyView {
    let mut profiles: Vec<Option<ColumnProfile>> = profiles.into_iter().map(Some).collect();
    profiles.resize(answer.columns.len(), None);
    let rows = answer.columns.iter().zip(profiles).enumerate().map(|(column, (name, profile))| {
        let control = |list: &str| (format!("answers[{}][{list}][{column}]", slot.file), format!("{list}-{column}"));
        let ((meaning_name, meaning_id), (text_name, text_id), (order_name, order_id)) = (control("meanings"), control("names"), control("orders"));
        let cell = |field: &str| if slot.asked.contains(&id(slot.file, field)) { "asked" } else { "" };
        let meanings = meanings_offered(&answer.entity, &answer.meanings[column]);
        view! {
            <tr>
                <th scope="row">{name.clone()}<input type="hidden" name=control("columns").0 value=name.clone()/></th>
                <td>{profile.map(|profile| view! { <Profile profile=profile/> })}</td>
                <td class=cell(&meaning_id)>
                    <select id=id(slot.file, &meaning_id) name=meaning_name aria-label=format!("Meaning of {name}")>{choices(meanings, &answer.meanings[column])}</select>
                    <input id=id(slot.file, &text_id) name=text_name value=answer.names[column].clone() placeholder="its name, if another" autocomplete="off"
                        aria-label=format!("Name of the feature or attribute in {name}")/>
                </td>
                <td class=cell(&order_id)>
                    <select id=id(slot.file, &order_id) name=order_name aria-label=format!("Order of the dates in {name}")>{choices(words(ORDERS, Some("–")), &answer.orders[column])}</select>
                </td>
            </tr>
        }
    });
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label="Columns of the file">
            <table class="mapping-columns">
                <caption class="spoken">"Columns: what they hold and what they mean"</caption>
                <thead><tr><th scope="col">"Column"</th><th scope="col">"Holds"</th><th scope="col">"Means"</th><th scope="col">"Dates are written"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn sample_view(columns: &[String], rows: Vec<Vec<String>>) -> AnyView {
    let heads = columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let rows = rows
        .into_iter()
        .take(SAMPLE)
        .map(|row| view! { <tr>{row.into_iter().map(|field| view! { <td>{field}</td> }).collect_view()}</tr> })
        .collect_view();
    view! {
        <h3>"First rows"</h3>
        <div class="table-frame" tabindex="0" role="region" aria-label="First rows of the file">
            <table class="sample"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}
