//! One's own account: password, sessions, API keys.

pub mod keys;

use crate::failure::Failure;
use crate::ports::SessionView;
use crate::ui::{Button, Card, Facts, Field, PageHeader, Table, format, loaded, outcome, outcome_quiet};
use crate::visit::{may, visit};
use aisle_domain::Permission;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{access, ports::Accounts};

/// Changes one's own password; other sessions end.
#[server(name = ChangePassword, prefix = "/fn", endpoint = "change_password")]
pub async fn change_password(
    /// The present password.
    old: String,
    /// The new one.
    new: String,
    /// The new one again.
    again: String,
) -> Result<(), Failure> {
    use aisle_domain::{Problem, ProblemCode};
    let visitor = access::enter("change_password")?;
    if new != again {
        let detail = "the new password and its repetition differ; type both again";
        return Err(access::failed(Problem::new(ProblemCode::Invalid, detail).with_field("again")));
    }
    access::port::<dyn Accounts>()?.change_password(&visitor, &old, &new).await.map_err(access::failed)?;
    crate::ui::flash::leave("The password is changed. Your other sessions have ended.");
    Ok(())
}

/// One's own sessions.
#[server(name = GetSessions, prefix = "/fn", endpoint = "sessions", input = leptos::server_fn::codec::Json)]
pub async fn sessions() -> Result<Vec<SessionView>, Failure> {
    let visitor = access::enter("sessions")?;
    access::port::<dyn Accounts>()?.sessions(&visitor).await.map_err(access::failed)
}

/// Ends one of one's own sessions.
#[server(name = EndSession, prefix = "/fn", endpoint = "end_session")]
pub async fn end_session(
    /// Which (not the token).
    id: String,
) -> Result<(), Failure> {
    let visitor = access::enter("end_session")?;
    access::port::<dyn Accounts>()?.end_session(&visitor, &id).await.map_err(access::failed)?;
    crate::ui::flash::leave("The session has ended.");
    Ok(())
}

/// The account page. Before the first password is changed it is the only one, and shows only that.
#[component]
pub fn AccountPage() -> impl IntoView {
    let Some(visitor) = visit().visitor else {
        return view! { <PageHeader title="Account" lead="Sign in to see your account."/> }.into_any();
    };
    let first = visitor.must_change_password;
    let lead = if first { "Before anything else, replace the first password by one that only you know." } else { "" };
    let facts = vec![
        ("Name".to_owned(), visitor.name.into_any()),
        ("User name".to_owned(), visitor.login.into_any()),
        ("Role".to_owned(), visitor.role.name().into_any()),
    ];
    view! {
        <PageHeader title="Account" lead=lead/>
        {(!first).then(|| view! { <Card><Facts facts/></Card> })}
        <PasswordCard first/>
        {(!first).then(|| view! { <SessionsCard/> })}
        {(!first && may(Permission::UseApi)).then(|| view! { <keys::KeysCard/> })}
    }
    .into_any()
}

/// The password form.
#[component]
fn PasswordCard(first: bool) -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    let done = move |()| {
        // What the visitor may open has changed with the first password: a full load learns it.
        let onward =
            first.then(|| view! { <p><a class="button primary" href="/" rel="external">"To the overview"</a></p> });
        view! {
            <div class="message good"><p>"The password is changed. Your other sessions have ended."</p>{onward}</div>
        }
        .into_any()
    };
    view! {
        <Card title="Password">
            <ActionForm action=change attr:class="form-column" attr:id="password">
                <Field label="Present password" name="old" kind="password" required=true autocomplete="current-password"/>
                <Field label="New password" name="new" kind="password" required=true autocomplete="new-password"
                    hint="At least 12 characters. A few words that mean nothing together do well."/>
                <Field label="New password again" name="again" kind="password" required=true autocomplete="new-password"/>
                <div><Button text="Change the password" class="primary" pending=change.pending()/></div>
            </ActionForm>
            {outcome(change, done)}
        </Card>
    }
    .into_any()
}

/// Where one is signed in.
#[component]
fn SessionsCard() -> impl IntoView {
    let end = ServerAction::<EndSession>::new();
    let list = Resource::new(move || end.version().get(), |_| sessions());
    view! {
        <Card title="Sessions">
            <p class="hint">"Where you are signed in. End what you do not know, then change your password."</p>
            {outcome_quiet(end, "The session has ended.")}
            {loaded(list, move |sessions| sessions_view(sessions, end))}
        </Card>
    }
    .into_any()
}

fn sessions_view(sessions: Vec<SessionView>, end: ServerAction<EndSession>) -> AnyView {
    let rows = sessions
        .into_iter()
        .map(|session| {
            let action = if session.current {
                "this one".into_any()
            } else {
                view! {
                    <ActionForm action=end>
                        <input type="hidden" name="id" value=session.id/>
                        <Button text="End" class="danger"/>
                    </ActionForm>
                }
                .into_any()
            };
            view! {
                <tr>
                    <th scope="row" class="wrap">{session.agent}</th>
                    <td>{format::time(session.created_at)}</td>
                    <td>{format::time(session.last_seen_at)}</td>
                    <td>{action}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Browser", ""), ("Since", ""), ("Last seen", ""), ("", "")];
    view! { <Table caption="Your sessions" columns>{rows}</Table> }.into_any()
}
