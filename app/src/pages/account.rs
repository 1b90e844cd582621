//! One's own account: password, sessions, API keys.

pub mod keys;

use crate::access;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::{Accounts, SessionView};
use crate::ui::{Button, Card, Facts, Field, PageHeader, PostForm, Table, format, loaded};
use crate::visit::{may, visit};
use aisle_domain::{Permission, Problem, ProblemCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
async fn sessions() -> Result<Vec<SessionView>, Failure> {
    let visitor = access::visitor().ok_or_else(|| {
        access::failed(Problem::new(ProblemCode::Unauthenticated, "your session has ended; sign in again"))
    })?;
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
        <PasswordCard/>
        {(!first).then(|| view! { <SessionsCard/> })}
        {(!first && may(Permission::UseApi)).then(|| view! { <keys::KeysCard/> })}
    }
    .into_any()
}

/// The password form.
#[component]
fn PasswordCard() -> impl IntoView {
    view! {
        <Card title="Password">
            <PostForm to=ChangePassword::PATH class="form-column" id="password">
                <Field label="Present password" name="old" kind="password" required=true autocomplete="current-password"/>
                <Field label="New password" name="new" kind="password" required=true autocomplete="new-password"
                    hint="At least 12 characters. A few words that mean nothing together do well."/>
                <Field label="New password again" name="again" kind="password" required=true autocomplete="new-password"/>
                <div><Button text="Change the password" class="primary"/></div>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// Where one is signed in.
#[component]
fn SessionsCard() -> impl IntoView {
    view! {
        <Card title="Sessions">
            <p class="hint">"Where you are signed in. End what you do not know, then change your password."</p>
            {loaded(sessions(), sessions_view)}
        </Card>
    }
    .into_any()
}

fn sessions_view(sessions: Vec<SessionView>) -> AnyView {
    let rows = sessions
        .into_iter()
        .map(|session| {
            let action = if session.current {
                "this one".into_any()
            } else {
                view! {
                    <PostForm to=EndSession::PATH>
                        <input type="hidden" name="id" value=session.id/>
                        <ConfirmButton text="End" class="danger" question="End this session?"
                            consequence="Whoever uses that browser has to sign in again."/>
                    </PostForm>
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
