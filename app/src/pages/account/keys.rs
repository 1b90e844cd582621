//! API keys of one's own: made, shown once, revoked.

use crate::access;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::{Accounts, KeyView, NewKey};
use crate::ui::flash::{leave, leave_to_copy};
use crate::ui::{Badge, Button, Card, Checkbox, EmptyState, Field, PostForm, Select, Table, Tone, format, loaded};
use crate::visit::may;
use aisle_domain::Permission;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// One's own keys.
async fn keys() -> Result<Vec<KeyView>, Failure> {
    let visitor = access::reader(Permission::UseApi)?;
    access::port::<dyn Accounts>()?.keys(&visitor).await.map_err(access::failed)
}

/// Makes a key; its secret is in the answer and nowhere else.
#[server(name = CreateKey, prefix = "/fn", endpoint = "create_key")]
pub async fn create_key(
    /// Its name.
    name: String,
    /// What it may do.
    #[server(default)]
    scopes: Vec<Permission>,
    /// Days to live; 0: for ever.
    #[server(default)]
    days: u32,
) -> Result<NewKey, Failure> {
    let visitor = access::enter("create_key")?;
    let accounts = access::port::<dyn Accounts>()?;
    let days = (days > 0).then_some(days);
    let key = accounts.create_key(&visitor, &name, scopes, days).await.map_err(access::failed)?;
    let sentence = format!("Key {}, shown this once. Send it as Authorization: Bearer …", key.view.name);
    leave_to_copy(&sentence, &key.secret);
    Ok(key)
}

/// Revokes one's own key.
#[server(name = RevokeKey, prefix = "/fn", endpoint = "revoke_key")]
pub async fn revoke_key(
    /// Its public prefix.
    prefix: String,
) -> Result<(), Failure> {
    let visitor = access::enter("revoke_key")?;
    access::port::<dyn Accounts>()?.revoke_key(&visitor, &prefix).await.map_err(access::failed)?;
    leave("The key is revoked.");
    Ok(())
}

/// Keys and the form for a new one.
#[component]
pub fn KeysCard() -> impl IntoView {
    let scopes = Permission::ALL
        .into_iter()
        .filter(|permission| may(*permission))
        .map(|permission| {
            let word = permission.name();
            view! {
                <Checkbox label=word.replace('_', " ") name="scopes[]" value=word id=format!("scope-{word}")
                    checked=permission == Permission::ViewSales/>
            }
        })
        .collect_view();
    let lives = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("0", "For ever")]
        .map(|(value, text)| (value.to_owned(), text.to_owned()))
        .to_vec();
    view! {
        <Card title="API keys">
            <p class="hint">"For programs. A key may do at most what you may; the "<a href="/api">"API reference"</a>" says what there is."</p>
            {loaded(keys(), keys_view)}
            <PostForm to=CreateKey::PATH class="form-column">
                <h3>"New key"</h3>
                <div class="form-row">
                    <Field label="Name" name="name" id="key-name" required=true autocomplete="off" placeholder="such as nightly export"/>
                    <Select label="Lives for" name="days" options=lives selected="90"/>
                </div>
                <fieldset class="scopes"><legend>"May"</legend>{scopes}</fieldset>
                <div><Button text="Make the key" class="primary"/></div>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn keys_view(keys: Vec<KeyView>) -> AnyView {
    if keys.is_empty() {
        return view! { <EmptyState title="You have no keys"/> }.into_any();
    }
    let rows = keys
        .into_iter()
        .map(|key| {
            let prefix = key.prefix.clone();
            let action = if key.revoked {
                view! { <Badge text="revoked" tone=Tone::Neutral/> }.into_any()
            } else {
                let question = format!("Revoke the key {}?", key.name);
                view! {
                    <PostForm to=RevokeKey::PATH>
                        <input type="hidden" name="prefix" value=prefix/>
                        <ConfirmButton text="Revoke" class="danger" question
                            consequence="Programs that use it are refused from now on. A revoked key cannot be brought back."/>
                    </PostForm>
                }
                .into_any()
            };
            let scopes: Vec<String> = key.scopes.iter().map(|scope| scope.name().replace('_', " ")).collect();
            view! {
                <tr>
                    <th scope="row">{key.name}</th>
                    <td><code>{key.prefix}</code></td>
                    <td class="wrap">{scopes.join(", ")}</td>
                    <td>{key.last_used_at.map_or_else(|| "never".to_owned(), format::time)}</td>
                    <td>{key.expires_at.map_or_else(|| "never".to_owned(), format::time)}</td>
                    <td>{action}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Name", ""), ("Prefix", ""), ("May", ""), ("Last used", ""), ("Ends", ""), ("", "")];
    view! { <Table caption="Your API keys" columns>{rows}</Table> }.into_any()
}
