//! Users, sessions, throttle, keys, audit, settings.

use crate::{NOW, SECOND};
use aisle_domain::{Permission, Role};
use aisle_store::users::{self, NewUser, User};
use aisle_store::{Store, StoreError, audit, keys, sessions, settings, throttle};
use serde_json::json;

pub(crate) async fn user(store: &Store, login: &str, role: Role) -> User {
    let user = NewUser {
        login: login.into(),
        display_name: login.into(),
        role,
        password_hash: "$argon2id$".into(),
        must_change_password: true,
    };
    users::create(store, user, NOW).await.unwrap()
}

pub(crate) async fn a_login_name_is_taken_whatever_its_case(store: Store) {
    let ada = user(&store, " Ada@Shop.example ", Role::Planner).await;
    assert_eq!(ada.login, "ada@shop.example");
    assert_eq!(users::by_login(&store, "ADA@shop.example").await.unwrap(), Some(ada.clone()));
    let again = NewUser {
        login: "ADA@SHOP.EXAMPLE".into(),
        display_name: String::new(),
        role: Role::Viewer,
        password_hash: String::new(),
        must_change_password: false,
    };
    let taken = users::create(&store, again, NOW).await;
    assert!(matches!(&taken, Err(StoreError::Conflict { what }) if what.contains("is taken")), "{taken:?}");
    users::set_preferences(&store, &ada.id, &json!({"theme": "dark"}), NOW + 1).await.unwrap();
    users::set_password(&store, &ada.id, "new", false, NOW + 2).await.unwrap();
    let changed = users::get(&store, &ada.id).await.unwrap();
    assert_eq!(changed.preferences, json!({"theme": "dark"}));
    assert_eq!(
        (changed.password_hash.as_str(), changed.must_change_password, changed.updated_at),
        ("new", false, NOW + 2)
    );
    user(&store, "bob", Role::Viewer).await;
    let logins: Vec<_> = users::list(&store, Some("ada@shop.example"), 9).await.unwrap();
    assert_eq!(logins.into_iter().map(|user| user.login).collect::<Vec<_>>(), ["bob"]);
    assert_eq!(users::count(&store).await.unwrap(), 2);
}

pub(crate) async fn the_last_administrator_stays(store: Store) {
    let root = user(&store, "root", Role::Administrator).await;
    let demoted = users::update(&store, &root.id, "Root", Role::Viewer, false, NOW).await;
    assert!(matches!(demoted, Err(StoreError::Conflict { .. })));
    let disabled = users::update(&store, &root.id, "Root", Role::Administrator, true, NOW).await;
    assert!(matches!(disabled, Err(StoreError::Conflict { .. })));
    assert_eq!(users::get(&store, &root.id).await.unwrap(), root);
    user(&store, "second", Role::Administrator).await;
    assert_eq!(users::update(&store, &root.id, "Root", Role::Viewer, false, NOW).await.unwrap().role, Role::Viewer);
    let nobody = aisle_domain::UserId::new("nobody").unwrap();
    assert!(matches!(
        users::update(&store, &nobody, "", Role::Viewer, false, NOW).await,
        Err(StoreError::NotFound { what: "user", .. })
    ));
}

pub(crate) async fn administrators_cannot_demote_each_other_at_once(store: Store) {
    let both = [user(&store, "a", Role::Administrator).await, user(&store, "b", Role::Administrator).await];
    let tasks = both.map(|user| {
        let store = store.clone();
        tokio::spawn(async move { users::update(&store, &user.id, "x", Role::Viewer, false, NOW).await.is_ok() })
    });
    let mut demoted = 0;
    for task in tasks {
        demoted += usize::from(task.await.unwrap());
    }
    assert_eq!(demoted, 1);
}

pub(crate) async fn a_session_ends_with_its_time_or_its_user(store: Store) {
    let ada = user(&store, "ada", Role::Planner).await;
    let session = |token: u8| sessions::Session {
        token_hash: vec![token; 32],
        user_id: ada.id.clone(),
        csrf_secret: vec![0, 255],
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: NOW + 10 * SECOND,
        user_agent: "browser\0".into(),
        ip: "::1".into(),
    };
    sessions::create(&store, &session(1)).await.unwrap();
    sessions::create(&store, &session(2)).await.unwrap();
    assert!(matches!(sessions::create(&store, &session(2)).await, Err(StoreError::Conflict { .. })));
    let (found, owner) = sessions::find(&store, &[1; 32], NOW).await.unwrap().unwrap();
    assert_eq!((found.csrf_secret.as_slice(), owner.login.as_str()), ([0, 255].as_slice(), "ada"));
    assert_eq!(sessions::find(&store, &[1; 32], NOW + 10 * SECOND).await.unwrap(), None);
    sessions::touch(&store, &[1; 32], NOW + SECOND, NOW + 20 * SECOND).await.unwrap();
    assert!(sessions::find(&store, &[1; 32], NOW + 10 * SECOND).await.unwrap().is_some());
    let open = sessions::of_user(&store, &ada.id, NOW).await.unwrap();
    assert_eq!(open.iter().map(|session| session.token_hash[0]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(sessions::purge(&store, NOW + 10 * SECOND).await.unwrap(), 1);
    sessions::create(&store, &session(3)).await.unwrap();
    assert_eq!(sessions::delete_of_user(&store, &ada.id, Some(&[1; 32])).await.unwrap(), 1);
    users::update(&store, &ada.id, "Ada", Role::Planner, true, NOW).await.unwrap();
    assert_eq!(sessions::find(&store, &[1; 32], NOW).await.unwrap(), None);
    sessions::delete(&store, &[1; 32]).await.unwrap();
    assert!(sessions::of_user(&store, &ada.id, NOW).await.unwrap().is_empty());
    let stranger = sessions::Session { user_id: aisle_domain::UserId::new("x").unwrap(), ..session(4) };
    assert!(matches!(sessions::create(&store, &stranger).await, Err(StoreError::NotFound { what: "user", .. })));
}

const LIMIT: throttle::Limit = throttle::Limit { failures: 3, window: 60 * SECOND, lock: 300 * SECOND };

pub(crate) async fn failures_lock_and_windows_forget(store: Store) {
    let key = "account:ada";
    for _ in 0..2 {
        assert_eq!(throttle::record_failure(&store, key, LIMIT, NOW).await.unwrap(), None);
    }
    // The window is over: counting begins again.
    let later = NOW + 60 * SECOND;
    assert_eq!(throttle::record_failure(&store, key, LIMIT, later).await.unwrap(), None);
    assert_eq!(throttle::record_failure(&store, key, LIMIT, later).await.unwrap(), None);
    let locked = Some(later + 300 * SECOND);
    assert_eq!(throttle::record_failure(&store, key, LIMIT, later).await.unwrap(), locked);
    assert_eq!(throttle::locked_until(&store, &["ip:::1", key], later).await.unwrap(), locked);
    assert_eq!(throttle::locked_until(&store, &[key], later + 300 * SECOND).await.unwrap(), None);
    assert_eq!(throttle::purge(&store, later).await.unwrap(), 0);
    throttle::clear(&store, key).await.unwrap();
    assert_eq!(throttle::locked_until(&store, &[key], later).await.unwrap(), None);
}

pub(crate) async fn parallel_failures_are_all_counted(store: Store) {
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let store = store.clone();
            let limit = throttle::Limit { failures: 12, ..LIMIT };
            tokio::spawn(async move { throttle::record_failure(&store, "ip:::1", limit, NOW).await.unwrap() })
        })
        .collect();
    let mut locks = 0;
    for task in tasks {
        locks += usize::from(task.await.unwrap().is_some());
    }
    assert_eq!(locks, 1, "only the twelfth failure locks");
}

pub(crate) async fn a_key_is_found_until_it_is_revoked(store: Store) {
    let ada = user(&store, "ada", Role::Planner).await;
    let bob = user(&store, "bob", Role::Planner).await;
    let new = |prefix: &str, expires_at| keys::NewApiKey {
        prefix: prefix.into(),
        key_hash: vec![7; 32],
        owner: ada.id.clone(),
        name: "till".into(),
        scopes: vec![Permission::ViewSales, Permission::Export],
        expires_at,
    };
    let key = keys::create(&store, new("ak_1", Some(NOW + SECOND)), NOW).await.unwrap();
    assert!(matches!(keys::create(&store, new("ak_1", None), NOW).await, Err(StoreError::Conflict { .. })));
    let second = keys::create(&store, new("ak_2", None), NOW + SECOND).await.unwrap();
    assert_eq!(keys::find(&store, "ak_1", NOW).await.unwrap(), Some(key.clone()));
    assert_eq!(key.scopes, [Permission::ViewSales, Permission::Export]);
    assert_eq!(keys::find(&store, "ak_1", NOW + SECOND).await.unwrap(), None);
    keys::touch(&store, &second.id, NOW + 5).await.unwrap();
    let listed = keys::list(&store, Some(&ada.id), None, 9).await.unwrap();
    assert_eq!(listed.iter().map(|key| key.prefix.as_str()).collect::<Vec<_>>(), ["ak_2", "ak_1"]);
    assert_eq!(listed[0].last_used_at, Some(NOW + 5));
    assert_eq!(keys::list(&store, None, Some(&second.id), 9).await.unwrap(), [key]);
    let not_theirs = keys::revoke(&store, &second.id, Some(&bob.id), NOW).await;
    assert!(matches!(not_theirs, Err(StoreError::NotFound { .. })));
    keys::revoke(&store, &second.id, Some(&ada.id), NOW).await.unwrap();
    assert_eq!(keys::find(&store, "ak_2", NOW).await.unwrap(), None);
}

pub(crate) async fn the_audit_log_is_paged_from_the_newest(store: Store) {
    for step in 0..5 {
        audit::append(&store, "ada", "step", &step.to_string(), &json!({"n": step}), NOW + step).await.unwrap();
    }
    let newest = audit::list(&store, None, 2).await.unwrap();
    assert_eq!(newest.iter().map(|entry| entry.subject.as_str()).collect::<Vec<_>>(), ["4", "3"]);
    let older = audit::list(&store, Some(newest[1].id), 9).await.unwrap();
    assert_eq!(older.iter().map(|entry| entry.subject.as_str()).collect::<Vec<_>>(), ["2", "1", "0"]);
    assert_eq!(older[0].detail, json!({"n": 2}));
}

pub(crate) async fn settings_have_defaults_and_secrets_are_made_once(store: Store) {
    assert_eq!(settings::get(&store, "currency", "USD".to_owned()).await.unwrap(), "USD");
    settings::set(&store, "currency", &"EUR", NOW).await.unwrap();
    settings::set(&store, "currency", &"GBP", NOW).await.unwrap();
    assert_eq!(settings::get(&store, "currency", "USD".to_owned()).await.unwrap(), "GBP");
    assert_eq!(settings::get(&store, "currency", 5_u8).await.unwrap(), 5, "what does not read is the default");
    assert_eq!(
        settings::all(&store).await.unwrap().into_iter().collect::<Vec<_>>(),
        [("currency".into(), json!("GBP"))]
    );
    let first = settings::secret(&store, "links", &[1, 2, 0], NOW).await.unwrap();
    let second = settings::secret(&store, "links", &[9, 9, 9], NOW).await.unwrap();
    assert_eq!((first.as_slice(), second.as_slice()), ([1, 2, 0].as_slice(), [1, 2, 0].as_slice()));
}
