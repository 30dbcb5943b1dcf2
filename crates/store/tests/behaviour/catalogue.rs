use tcsms_store::{
    Added, Configured, ConfiguredAccount, ConfiguredSign, ConfiguredTemplate, NewTemplate, PlannedReview,
    Review, ReviewState, Scope, StoreError, TemplateKind,
};

use crate::support::*;

fn sign(id: u64, name: &str, scope: Scope, state: ReviewState) -> ConfiguredSign {
    ConfiguredSign { id, name: name.to_owned(), scope, state, qualification: None }
}

fn template(id: u64, content: &str) -> ConfiguredTemplate {
    ConfiguredTemplate {
        id,
        name: "login".to_owned(),
        content: content.to_owned(),
        kind: TemplateKind::Verification,
        scope: Scope::Mainland,
        state: ReviewState::Approved,
    }
}

fn account(id: &str, signs: Vec<ConfiguredSign>, templates: Vec<ConfiguredTemplate>) -> ConfiguredAccount {
    ConfiguredAccount { id: id.to_owned(), signs, templates, packages: vec![] }
}

fn new_template(planned: Option<PlannedReview>) -> NewTemplate {
    NewTemplate {
        account: ACCOUNT.to_owned(),
        name: "登录".to_owned(),
        content: "{1}为您的登录验证码".to_owned(),
        kind: TemplateKind::Verification,
        scope: Scope::Both,
        remark: "login".to_owned(),
        created: NOW,
        planned,
    }
}

#[tokio::test]
async fn added_templates_get_ids_above_all_others_that_are_never_given_out_again() {
    let folder = Folder::new();
    let store = folder.open();
    let configured = |ids: &[u64]| Configured {
        accounts: vec![account(
            ACCOUNT,
            vec![],
            ids.iter().map(|id| template(*id, "您的验证码是{1}")).collect(),
        )],
    };
    store.apply_configuration(configured(&[3001, 3005]), NOW).await.unwrap();
    assert_eq!(store.add_template(new_template(None), 3).await.unwrap(), Added::Id(3006));
    assert_eq!(store.add_template(new_template(None), 3).await.unwrap(), Added::TooMany);
    store.close().await;

    let store = folder.open();
    // The highest configured one goes; its id does not come back, and there is room for one more.
    store.apply_configuration(configured(&[3001]), NOW).await.unwrap();
    assert_eq!(store.template(ACCOUNT, 3005).await.unwrap(), None);
    assert_eq!(store.add_template(new_template(None), 3).await.unwrap(), Added::Id(3007));
    let ids: Vec<u64> = store.templates(ACCOUNT).await.unwrap().iter().map(|template| template.id).collect();
    assert_eq!(ids, [3001, 3006, 3007]);

    let added = store.template(ACCOUNT, 3006).await.unwrap().unwrap();
    let expected = new_template(None);
    assert_eq!(
        (&added.name, &added.content, &added.remark),
        (&expected.name, &expected.content, &expected.remark)
    );
    assert_eq!((added.kind, added.scope, added.created), (TemplateKind::Verification, Scope::Both, NOW));
    assert_eq!(added.review.at(i64::MAX), &Review { state: ReviewState::Reviewing, reply: String::new() });
    let other = NewTemplate { account: "other".to_owned(), ..new_template(None) };
    assert_eq!(store.add_template(other, 3).await.unwrap(), Added::Id(1), "every account counts for itself");
}

#[tokio::test]
async fn a_planned_review_takes_effect_at_its_time() {
    let folder = Folder::new();
    let store = folder.open();
    let refused = Review { state: ReviewState::Refused, reply: "没有签名".to_owned() };
    let planned = PlannedReview { at: NOW + HOUR, review: refused.clone() };
    assert_eq!(store.add_template(new_template(Some(planned)), 3).await.unwrap(), Added::Id(1));
    store.close().await;
    let added = folder.open().template(ACCOUNT, 1).await.unwrap().unwrap();
    assert_eq!(added.review.at(NOW + HOUR - 1).state, ReviewState::Reviewing);
    assert_eq!(added.review.at(NOW + HOUR), &refused);
}

#[tokio::test]
async fn the_configuration_rules_over_what_it_named_and_over_nothing_else() {
    let store = memory();
    let first = Configured {
        accounts: vec![
            account(
                ACCOUNT,
                vec![sign(1, "xxx", Scope::Mainland, ReviewState::Approved)],
                vec![template(7, "old {1}")],
            ),
            account("gone", vec![sign(1, "yyy", Scope::Mainland, ReviewState::Approved)], vec![]),
        ],
    };
    store.apply_configuration(first, NOW).await.unwrap();
    store.add_template(new_template(None), 3).await.unwrap();

    let changed = sign(1, "zzz", Scope::Global, ReviewState::Pending);
    let second = Configured { accounts: vec![account(ACCOUNT, vec![changed], vec![template(7, "new {1}")])] };
    store.apply_configuration(second, NOW + DAY).await.unwrap();
    let kept = store.template(ACCOUNT, 7).await.unwrap().unwrap();
    assert_eq!(
        (kept.content.as_str(), kept.created),
        ("new {1}", NOW),
        "it was submitted when it first appeared"
    );
    assert!(store.template(ACCOUNT, 8).await.unwrap().is_some(), "added through the API");
    assert!(store.signs("gone").await.unwrap().is_empty());
    let signs = store.signs(ACCOUNT).await.unwrap();
    assert_eq!(signs.len(), 1);
    assert_eq!(
        (signs[0].name.as_str(), signs[0].scope, signs[0].review.at(NOW).state),
        ("zzz", Scope::Global, ReviewState::Pending)
    );
}

#[tokio::test]
async fn an_id_that_the_api_gave_out_cannot_be_configured() {
    let store = memory();
    store.add_template(new_template(None), 3).await.unwrap();
    let configured = Configured {
        accounts: vec![account(
            ACCOUNT,
            vec![sign(1, "xxx", Scope::Mainland, ReviewState::Approved)],
            vec![template(1, "您的验证码是{1}")],
        )],
    };
    let error = store.apply_configuration(configured, NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::IdTaken { what: "template", id: 1, .. }), "{error}");
    assert!(store.signs(ACCOUNT).await.unwrap().is_empty(), "nothing of the configuration was written");
    assert_eq!(store.template(ACCOUNT, 1).await.unwrap().unwrap().name, "登录");
}

#[tokio::test]
async fn a_signature_is_found_by_its_text_and_where_it_may_be_used() {
    let store = memory();
    let signs = vec![
        sign(1, "xxx", Scope::Mainland, ReviewState::Refused),
        sign(2, "xxx", Scope::Mainland, ReviewState::Approved),
        sign(3, "Lime Tech", Scope::Global, ReviewState::Reviewing),
    ];
    store
        .apply_configuration(Configured { accounts: vec![account(ACCOUNT, signs, vec![])] }, NOW)
        .await
        .unwrap();
    let find = async |account: &str, name: &str, mainland| {
        store.sign(account, name, mainland, NOW).await.unwrap().map(|sign| sign.id)
    };
    assert_eq!(find(ACCOUNT, "xxx", true).await, Some(2), "the one in force");
    assert_eq!(find(ACCOUNT, "xxx", false).await, None);
    assert_eq!(find(ACCOUNT, "Lime Tech", false).await, Some(3));
    assert_eq!(find(ACCOUNT, "Lime Tech", true).await, None);
    assert_eq!(find("other", "xxx", true).await, None);
}
