use tcsms_store::{Limit, Limits, NewReply, Reply, SendBatch, Store};

use crate::support::*;

const PHONE: &str = "+8613700000001";

fn reply(text: &str, at: i64) -> NewReply {
    NewReply {
        account: ACCOUNT.to_owned(),
        app: None,
        phone: PHONE.to_owned(),
        text: text.to_owned(),
        at,
        answerable_since: at - 3 * DAY,
        opts_out: text == "T",
    }
}

async fn send(store: &Store, app: &str, sign: &str, at: i64) {
    let batch = SendBatch {
        app: app.to_owned(),
        sign: sign.to_owned(),
        extend_code: "07".to_owned(),
        ..batch(at, &Limits::default(), vec![message(PHONE)])
    };
    assert_eq!(store.send(batch).await.unwrap()[0].limit, None);
}

fn texts(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| reply.text.as_str()).collect()
}

#[tokio::test]
async fn a_reply_answers_the_newest_message_and_has_its_signature() {
    let folder = Folder::new();
    let store = folder.open();
    send(&store, APP, "老签名", NOW).await;
    send(&store, "1400000001", "新签名", NOW + 10).await;
    let expected = Reply {
        app: "1400000001".to_owned(),
        phone: PHONE.to_owned(),
        country_code: "86".to_owned(),
        sign: "新签名".to_owned(),
        extend_code: "07".to_owned(),
        text: "好".to_owned(),
        at: NOW + 20,
    };
    assert_eq!(expected.subscriber(), "13700000001");
    assert_eq!(store.receive_reply(reply("好", NOW + 20)).await.unwrap(), Some(expected.clone()));
    let to_app = NewReply { app: Some(APP.to_owned()), ..reply("嗯", NOW + 21) };
    assert_eq!(store.receive_reply(to_app).await.unwrap().unwrap().sign, "老签名");
    store.close().await;
    let store = folder.open();
    assert_eq!(store.pull_replies(ACCOUNT, "1400000001", 10).await.unwrap(), [expected]);
}

#[tokio::test]
async fn what_no_message_explains_is_no_reply() {
    let store = memory();
    assert_eq!(store.receive_reply(reply("好", NOW)).await.unwrap(), None);
    send(&store, APP, "xxx", NOW).await;
    for late in [NewReply { answerable_since: NOW + 1, ..reply("好", NOW + 10) }, reply("好", NOW - 1)] {
        assert_eq!(store.receive_reply(late).await.unwrap(), None);
    }
    let of_other = NewReply { account: "other".to_owned(), ..reply("好", NOW) };
    assert_eq!(store.receive_reply(of_other).await.unwrap(), None);
    let edge = NewReply { answerable_since: NOW, ..reply("好", NOW) };
    assert!(store.receive_reply(edge).await.unwrap().is_some());
}

#[tokio::test]
async fn replies_are_pulled_once_and_found_by_number_all_the_same() {
    let store = memory();
    send(&store, APP, "xxx", NOW).await;
    for (text, second) in [("一", 1), ("二", 2), ("三", 3)] {
        store.receive_reply(reply(text, NOW + second)).await.unwrap();
    }
    assert_eq!(texts(&store.pull_replies(ACCOUNT, APP, 2).await.unwrap()), ["一", "二"]);
    assert_eq!(texts(&store.pull_replies(ACCOUNT, APP, 2).await.unwrap()), ["三"]);
    assert!(store.pull_replies(ACCOUNT, APP, 2).await.unwrap().is_empty());
    assert!(store.pull_replies("other", APP, 2).await.unwrap().is_empty());

    let of = async |begin, end, limit| {
        store.replies_of(ACCOUNT, APP, PHONE, (NOW + begin, NOW + end), limit).await.unwrap()
    };
    assert_eq!(texts(&of(2, 3, 10).await), ["二", "三"]);
    assert_eq!(texts(&of(0, 9, 2).await), ["一", "二"]);
    assert!(store.replies_of(ACCOUNT, APP, "+8613700000002", (0, i64::MAX), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_opt_out_stops_everything_but_login_codes_of_that_app() {
    let store = memory();
    send(&store, APP, "xxx", NOW).await;
    store.receive_reply(reply("T", NOW)).await.unwrap();
    let listed = store.opt_outs(ACCOUNT).await.unwrap();
    assert_eq!((listed.len(), listed[0].app.as_str(), listed[0].phone.as_str()), (1, APP, PHONE));
    assert_eq!(listed[0].at, NOW);

    let strict = Limits { per_number_1d: 1, ..Limits::default() };
    let sent = send_one(&store, NOW + 1, &strict, message(PHONE)).await;
    assert_eq!(sent.limit, Some(Limit::OptOut), "before the frequency is looked at");
    assert_eq!(sent.refusal.unwrap().code, "Limited.OptOut");
    let off = Limits::default();
    assert_eq!(send_one(&store, NOW + 1, &off, message("+8613700000002")).await.limit, None);
    let code = SendBatch { spare_opted_out: false, ..batch(NOW + 2, &off, vec![message(PHONE)]) };
    assert_eq!(store.send(code).await.unwrap()[0].limit, None);
    send(&store, "1400000001", "xxx", NOW + 3).await;

    assert!(store.remove_opt_out(ACCOUNT, APP, PHONE).await.unwrap());
    assert!(!store.remove_opt_out(ACCOUNT, APP, PHONE).await.unwrap());
    assert_eq!(send_one(&store, NOW + 4, &off, message(PHONE)).await.limit, None);
}

#[tokio::test]
async fn removing_the_messages_removes_replies_and_opt_outs() {
    let store = memory();
    send(&store, APP, "xxx", NOW).await;
    store.receive_reply(reply("T", NOW)).await.unwrap();
    store.delete_messages(Some(ACCOUNT)).await.unwrap();
    assert!(store.pull_replies(ACCOUNT, APP, 9).await.unwrap().is_empty());
    assert!(store.opt_outs(ACCOUNT).await.unwrap().is_empty());
    assert_eq!(store.receive_reply(reply("好", NOW)).await.unwrap(), None);
}
