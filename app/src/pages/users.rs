//! Users: who may sign in, as what.

use crate::access;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::{Accounts, NewUser, UserView};
use crate::ui::flash::{leave, leave_to_copy};
use crate::ui::{Badge, Button, Card, Checkbox, Field, PageHeader, PostForm, Select, Table, Tone, format, loaded};
use aisle_domain::{Role, UserId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

async fn users() -> Result<Vec<UserView>, Failure> {
    access::port::<dyn Accounts>()?.users().await.map_err(access::failed)
}

/// Creates a user; answers with the login and the first password, which is shown once.
#[server(name = CreateUser, prefix = "/fn", endpoint = "create_user")]
pub async fn create_user(
    /// Name used to sign in.
    login: String,
    /// Name as shown.
    name: String,
    /// Role.
    role: Role,
) -> Result<(String, String), Failure> {
    let visitor = access::enter("create_user")?;
    let new = NewUser { login, name, role };
    let (user, password) = access::port::<dyn Accounts>()?.create_user(&visitor, new).await.map_err(access::failed)?;
    hand_over(&user.login, &password);
    Ok((user.login, password))
}

/// Changes name, role, and whether sign-in is refused.
#[server(name = ChangeUser, prefix = "/fn", endpoint = "change_user")]
pub async fn change_user(
    /// Whom.
    user: UserId,
    /// Name as shown.
    name: String,
    /// Role.
    role: Role,
    /// Whether sign-in is refused.
    #[server(default)]
    disabled: bool,
) -> Result<(), Failure> {
    let visitor = access::enter("change_user")?;
    let accounts = access::port::<dyn Accounts>()?;
    accounts.change_user(&visitor, &user, name, role, disabled).await.map_err(access::failed)?;
    leave("The user is changed.");
    Ok(())
}

/// Gives a new first password and ends the user's sessions.
#[server(name = ResetPassword, prefix = "/fn", endpoint = "reset_password")]
pub async fn reset_password(
    /// Whom.
    user: UserId,
    /// Name used to sign in, for the answer.
    login: String,
) -> Result<(String, String), Failure> {
    let visitor = access::enter("reset_password")?;
    let password = access::port::<dyn Accounts>()?.reset_password(&visitor, &user).await.map_err(access::failed)?;
    hand_over(&login, &password);
    Ok((login, password))
}

fn hand_over(login: &str, password: &str) {
    let sentence = format!("First password of {login}, shown this once. It must be changed at the first sign-in.");
    leave_to_copy(&sentence, password);
}

/// The users page.
#[component]
pub fn UsersPage() -> impl IntoView {
    view! {
        <PageHeader title="Users" lead="Who may sign in, and as what. Roles and what each may do are listed under Help."/>
        {loaded(users(), list_view)}
        <Card title="New user">
            <PostForm to=CreateUser::PATH class="form-row">
                <Field label="User name" name="login" required=true autocomplete="off" hint="For signing in: letters, digits, dots."/>
                <Field label="Name" name="name" required=true autocomplete="off" hint="As shown to others."/>
                <Select label="Role" name="role" options=roles() selected=Role::Viewer.name()/>
                <Button text="Create" class="primary"/>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.map(|role| (role.name().to_owned(), format::capital(role.name()))).to_vec()
}

fn list_view(users: Vec<UserView>) -> AnyView {
    let columns = vec![("Name", ""), ("User name", ""), ("Role", ""), ("State", ""), ("Last seen", ""), ("", "")];
    let rows = users.into_iter().map(row).collect_view();
    view! { <Table caption="Users" columns>{rows}</Table> }.into_any()
}

fn row(user: UserView) -> AnyView {
    let (state, tone) = if user.disabled { ("disabled", Tone::Warning) } else { ("active", Tone::Good) };
    let seen = user.last_seen_at.map_or_else(|| "never".to_owned(), format::time);
    let id = user.id.to_string();
    let reset_id = id.clone();
    let refuse = format!("Refuse sign-in to {}?", user.name);
    let replace = format!("Give {} a new first password?", user.name);
    view! {
        <tr>
            <th scope="row">{user.name.clone()}</th>
            <td>{user.login.clone()}</td>
            <td>{user.role.name()}</td>
            <td><Badge text=state tone/></td>
            <td>{seen}</td>
            <td>
                <details class="row-edit">
                    <summary>"Change"<span class="spoken">{format!(" {}", user.name)}</span></summary>
                    <PostForm to=ChangeUser::PATH alike=("user", id.clone())>
                        <input type="hidden" name="user" value=id.clone()/>
                        <Field label="Name" name="name" id=format!("name-{id}") value=user.name.clone() required=true autocomplete="off"/>
                        <Select label="Role" name="role" id=format!("role-{id}") options=roles() selected=user.role.name()/>
                        <Checkbox label="Refuse sign-in" name="disabled" id=format!("disabled-{id}") checked=user.disabled/>
                        <ConfirmButton text="Save" class="primary" if_ticked="disabled" question=refuse
                            consequence="They are signed out and their keys stop working, until you allow it again."/>
                    </PostForm>
                    <PostForm to=ResetPassword::PATH>
                        <input type="hidden" name="user" value=reset_id/>
                        <input type="hidden" name="login" value=user.login/>
                        <ConfirmButton text="New first password" class="danger" question=replace
                            consequence="The present password stops working and their sessions end. You hand the new one over."/>
                    </PostForm>
                </details>
            </td>
        </tr>
    }
    .into_any()
}
