//! Users: who may sign in, as what.

use crate::failure::Failure;
use crate::ports::UserView;
use crate::ui::{
    Badge, Button, Card, Checkbox, Field, PageHeader, Select, Table, Tone, format, loaded, outcome, outcome_quiet,
};
use aisle_domain::{Role, UserId};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    access,
    ports::{Accounts, NewUser},
};

/// Every user.
#[server(name = GetUsers, prefix = "/fn", endpoint = "users", input = leptos::server_fn::codec::Json)]
pub async fn users() -> Result<Vec<UserView>, Failure> {
    access::enter("users")?;
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
    crate::ui::flash::leave(&first_password(&user.login, &password));
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
    crate::ui::flash::leave("The user is changed.");
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
    crate::ui::flash::leave(&first_password(&login, &password));
    Ok((login, password))
}

/// The sentence that hands over a first password.
#[cfg(feature = "ssr")]
fn first_password(login: &str, password: &str) -> String {
    format!("First password of {login}: {password} (shown this once; it must be changed at the first sign-in).")
}

/// The users page.
#[component]
pub fn UsersPage() -> impl IntoView {
    let create = ServerAction::<CreateUser>::new();
    let change = ServerAction::<ChangeUser>::new();
    let reset = ServerAction::<ResetPassword>::new();
    let list =
        Resource::new(move || (create.version().get(), change.version().get(), reset.version().get()), |_| users());
    let handed_over = |(login, password): (String, String)| {
        view! {
            <div class="message good">
                <p>{format!("First password of {login}, shown this once:")}</p>
                <p><code class="secret">{password}</code></p>
                <p>"It must be changed at the first sign-in."</p>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Users" lead="Who may sign in, and as what. Roles and what each may do are listed under Help."/>
        {outcome(create, handed_over)}
        {outcome(reset, handed_over)}
        {outcome_quiet(change, "The user is changed.")}
        {loaded(list, move |users| list_view(users, change, reset))}
        <Card title="New user">
            <ActionForm action=create attr:class="form-row">
                <Field label="User name" name="login" required=true autocomplete="off" hint="For signing in: letters, digits, dots."/>
                <Field label="Name" name="name" required=true autocomplete="off" hint="As shown to others."/>
                <Select label="Role" name="role" options=roles() selected=Role::Viewer.name()/>
                <Button text="Create" class="primary" pending=create.pending()/>
            </ActionForm>
        </Card>
    }
    .into_any()
}

fn roles() -> Vec<(String, String)> {
    Role::ALL.map(|role| (role.name().to_owned(), format::capital(role.name()))).to_vec()
}

fn list_view(users: Vec<UserView>, change: ServerAction<ChangeUser>, reset: ServerAction<ResetPassword>) -> AnyView {
    let columns = vec![("Name", ""), ("User name", ""), ("Role", ""), ("State", ""), ("Last seen", ""), ("", "")];
    let rows = users.into_iter().map(|user| row(user, change, reset)).collect_view();
    view! { <Table caption="Users" columns>{rows}</Table> }.into_any()
}

fn row(user: UserView, change: ServerAction<ChangeUser>, reset: ServerAction<ResetPassword>) -> impl IntoView {
    let (state, tone) = if user.disabled { ("disabled", Tone::Warning) } else { ("active", Tone::Good) };
    let seen = user.last_seen_at.map_or_else(|| "never".to_owned(), format::time);
    let id = user.id.to_string();
    let reset_id = id.clone();
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
                    <ActionForm action=change>
                        <input type="hidden" name="user" value=id.clone()/>
                        <Field label="Name" name="name" id=format!("name-{id}") value=user.name.clone() required=true autocomplete="off"/>
                        <Select label="Role" name="role" id=format!("role-{id}") options=roles() selected=user.role.name()/>
                        <Checkbox label="Refuse sign-in" name="disabled" id=format!("disabled-{id}") checked=user.disabled/>
                        <Button text="Save" class="primary"/>
                    </ActionForm>
                    <ActionForm action=reset>
                        <input type="hidden" name="user" value=reset_id/>
                        <input type="hidden" name="login" value=user.login/>
                        <Button text="New first password" class="danger"/>
                    </ActionForm>
                </details>
            </td>
        </tr>
    }
    .into_any()
}
