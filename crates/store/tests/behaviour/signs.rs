use tcsms_store::{
    Changed, Configured, ConfiguredAccount, ConfiguredSign, NewSign, NewTemplate, PlannedReview, Removed,
    Review, ReviewState, Scope, SignAdded, SignApplication, Store, TemplateKind,
};

use crate::support::*;

fn new_sign(name: &str) -> NewSign {
    NewSign {
        account: ACCOUNT.to_owned(),
        name: name.to_owned(),
        scope: Scope::Mainland,
        application: SignApplication {
            kind: 1,
            document: 4,
            purpose: 0,
            remark: "ours".to_owned(),
            qualification: Some(77),
        },
        created: NOW,
        planned: None,
    }
}

fn new_template(created: i64) -> NewTemplate {
    NewTemplate {
        account: ACCOUNT.to_owned(),
        name: "notice".to_owned(),
        content: "会议{1}".to_owned(),
        kind: TemplateKind::Notification,
        scope: Scope::Mainland,
        remark: String::new(),
        created,
        planned: None,
    }
}

async fn add(store: &Store, sign: NewSign) -> SignAdded {
    store.add_sign(sign, 10).await.unwrap()
}

fn review(state: ReviewState) -> Review {
    Review { state, reply: "通过".to_owned() }
}

#[tokio::test]
async fn a_new_signature_waits_with_all_that_was_said_about_it_also_after_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Id(1));
    store.close().await;
    let store = folder.open();
    let signs = store.signs(ACCOUNT).await.unwrap();
    let sign = &signs[0];
    assert_eq!((sign.id, sign.name.as_str(), sign.scope, sign.created), (1, "青柠", Scope::Mainland, NOW));
    assert_eq!(sign.application, new_sign("青柠").application);
    assert_eq!(sign.review.at(i64::MAX).state, ReviewState::Reviewing);
}

#[tokio::test]
async fn a_name_is_taken_while_it_waits_or_is_approved_and_free_once_refused_or_removed() {
    let store = memory();
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Id(1));
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Taken(ReviewState::Reviewing));
    let global = NewSign { scope: Scope::Global, ..new_sign("青柠") };
    assert_eq!(add(&store, global).await, SignAdded::Id(2), "the same name for other countries");
    let other = NewSign { account: "other".to_owned(), ..new_sign("青柠") };
    assert_eq!(add(&store, other).await, SignAdded::Id(1), "the same name in another account");

    assert!(store.review_sign(ACCOUNT, 1, review(ReviewState::Approved)).await.unwrap());
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Taken(ReviewState::Approved));
    assert!(store.review_sign(ACCOUNT, 1, review(ReviewState::Refused)).await.unwrap());
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Id(3));
    assert_eq!(store.remove_sign(ACCOUNT, 3).await.unwrap(), Removed::Done);
    assert_eq!(add(&store, new_sign("青柠")).await, SignAdded::Id(4), "a removed id does not come back");
    assert!(!store.review_sign(ACCOUNT, 3, review(ReviewState::Approved)).await.unwrap());
}

#[tokio::test]
async fn an_account_holds_so_many_signatures() {
    let store = memory();
    assert_eq!(store.add_sign(new_sign("一一"), 1).await.unwrap(), SignAdded::Id(1));
    assert_eq!(store.add_sign(new_sign("二二"), 1).await.unwrap(), SignAdded::TooMany);
    store.remove_sign(ACCOUNT, 1).await.unwrap();
    assert_eq!(store.add_sign(new_sign("二二"), 1).await.unwrap(), SignAdded::Id(2));
}

#[tokio::test]
async fn what_waits_or_was_refused_can_be_changed_and_waits_again() {
    let store = memory();
    let refused = PlannedReview { at: NOW + 10, review: review(ReviewState::Refused) };
    add(&store, NewSign { planned: Some(refused), ..new_sign("青柠") }).await;
    add(&store, new_sign("柠檬")).await;
    let change = |name: &str, at| NewSign { created: at, ..new_sign(name) };
    let modify = async |id, sign| store.modify_sign(id, sign).await.unwrap();
    assert_eq!(modify(9, change("青柠", NOW)).await, Changed::Unknown);
    assert_eq!(modify(1, change("柠檬", NOW)).await, Changed::Taken(ReviewState::Reviewing));
    let abroad = NewSign { scope: Scope::Global, ..change("青柠", NOW) };
    assert_eq!(modify(1, abroad).await, Changed::OtherScope);

    assert_eq!(modify(1, change("新名", NOW + 20)).await, Changed::Done, "refused at NOW + 10");
    let sign = store.sign(ACCOUNT, "新名", true, NOW + 20).await.unwrap().unwrap();
    assert_eq!((sign.id, sign.created), (1, NOW + 20));
    let waiting = Review { state: ReviewState::Reviewing, reply: String::new() };
    assert_eq!(sign.review.at(i64::MAX), &waiting, "the old decision is gone");

    for state in [ReviewState::Approved, ReviewState::Pending] {
        store.review_sign(ACCOUNT, 1, review(state)).await.unwrap();
        assert_eq!(modify(1, change("新名", NOW + 30)).await, Changed::Approved, "{state:?}");
    }
}

#[tokio::test]
async fn a_reviewer_decides_whatever_was_planned() {
    let store = memory();
    let planned = PlannedReview { at: NOW + DAY, review: review(ReviewState::Approved) };
    add(&store, NewSign { planned: Some(planned), ..new_sign("青柠") }).await;
    store.review_sign(ACCOUNT, 1, review(ReviewState::Pending)).await.unwrap();
    let sign = store.sign(ACCOUNT, "青柠", true, NOW + DAY).await.unwrap().unwrap();
    assert_eq!(sign.review.at(NOW + DAY), &review(ReviewState::Pending), "approved, not yet in force");
}

#[tokio::test]
async fn templates_are_changed_reviewed_and_removed_in_the_same_way() {
    let store = memory();
    store.add_template(new_template(NOW), 10).await.unwrap();
    let both = NewTemplate { scope: Scope::Both, ..new_template(NOW) };
    store.add_template(both, 10).await.unwrap();
    let modify = async |id, template| store.modify_template(id, template).await.unwrap();
    assert_eq!(modify(9, new_template(NOW)).await, Changed::Unknown);
    let abroad = || NewTemplate { scope: Scope::Global, ..new_template(NOW) };
    assert_eq!(modify(1, abroad()).await, Changed::OtherScope);
    assert_eq!(modify(2, abroad()).await, Changed::Done, "what is for both may be sent as either");
    assert_eq!(store.template(ACCOUNT, 2).await.unwrap().unwrap().scope, Scope::Both);

    assert!(store.review_template(ACCOUNT, 1, review(ReviewState::Refused)).await.unwrap());
    let change = NewTemplate { content: "会议改到{1}".to_owned(), ..new_template(NOW + 5) };
    assert_eq!(modify(1, change).await, Changed::Done);
    let changed = store.template(ACCOUNT, 1).await.unwrap().unwrap();
    assert_eq!((changed.content.as_str(), changed.created), ("会议改到{1}", NOW + 5));
    assert_eq!(changed.review.at(NOW + 5).state, ReviewState::Reviewing);

    assert!(store.review_template(ACCOUNT, 1, review(ReviewState::Approved)).await.unwrap());
    assert_eq!(modify(1, new_template(NOW)).await, Changed::Approved);
    assert_eq!(store.remove_template(ACCOUNT, 1).await.unwrap(), Removed::Done);
    assert_eq!(store.remove_template(ACCOUNT, 1).await.unwrap(), Removed::Unknown);
    assert_eq!(store.remove_template("other", 2).await.unwrap(), Removed::Foreign);
    assert_eq!(store.template(ACCOUNT, 1).await.unwrap(), None);
}

#[tokio::test]
async fn the_configuration_comes_back_over_what_the_api_did_to_its_entries() {
    let store = memory();
    let configured = Configured {
        accounts: vec![ConfiguredAccount {
            id: ACCOUNT.to_owned(),
            signs: vec![ConfiguredSign {
                id: 5,
                name: "青柠".to_owned(),
                scope: Scope::Mainland,
                state: ReviewState::Refused,
                qualification: Some(3),
            }],
            ..ConfiguredAccount::default()
        }],
    };
    store.apply_configuration(configured.clone(), NOW).await.unwrap();
    assert_eq!(store.signs(ACCOUNT).await.unwrap()[0].application.qualification, Some(3));
    let approved = PlannedReview { at: NOW, review: review(ReviewState::Approved) };
    let change = NewSign { planned: Some(approved), ..new_sign("改名") };
    assert_eq!(store.modify_sign(5, change).await.unwrap(), Changed::Done);
    store.apply_configuration(configured, NOW).await.unwrap();
    let sign = &store.signs(ACCOUNT).await.unwrap()[0];
    assert_eq!((sign.name.as_str(), sign.application.qualification), ("青柠", Some(3)));
    assert_eq!(sign.review.at(i64::MAX), &Review { state: ReviewState::Refused, reply: String::new() });
}
