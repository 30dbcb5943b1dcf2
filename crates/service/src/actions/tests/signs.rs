use serde_json::{Value, json};
use tcsms_api::Version::{V20190711, V20210111};

use super::*;

/// A request to add or, with its SignId, to change.
fn sign(members: Value) -> Value {
    let request = json!({"SignName": "柠檬科技", "SignType": 0, "DocumentType": 0, "International": 0,
        "SignPurpose": 0, "ProofImage": "base64"});
    over(request, members)
}

/// The same with the names of 2019-07-11.
fn older(mut request: Value) -> Value {
    let members = request.as_object_mut().unwrap();
    if let Some(purpose) = members.remove("SignPurpose") {
        members.insert("UsedMethod".to_owned(), purpose);
    }
    request
}

async fn describe(bench: &Bench, ids: Value) -> Value {
    let request = json!({"SignIdSet": ids, "International": 0});
    let mut answer = bench.call("DescribeSmsSignList", request).await.unwrap();
    answer["DescribeSignListStatusSet"].take()
}

#[tokio::test]
async fn a_new_signature_has_the_next_id_in_the_form_of_each_version() {
    let bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    let answer = bench.call("AddSmsSign", sign(json!({}))).await.unwrap();
    assert_eq!(answer["AddSignStatus"], json!({"SignId": 5}));
    let request = older(sign(json!({"SignName": "另一个"})));
    let answer = bench.call_version(V20190711, "AddSmsSign", &request).await.unwrap();
    assert_eq!(answer["AddSignStatus"], json!({"SignId": 6, "SignApplyId": 6}));
    let entry = |id: u64, name: &str, status: i64| {
        json!({"SignId": id, "International": 0, "StatusCode": status, "ReviewReply": "", "SignName": name,
            "CreateTime": NOW, "QualificationId": 0, "QualificationName": "", "QualificationStatusCode": 0})
    };
    let expected = json!([entry(6, "另一个", 1), entry(1, "青柠科技", 0)]);
    assert_eq!(describe(&bench, json!([6, 1, 99])).await, expected);
    let request = json!({"SignIdSet": [6, 1, 99], "International": 0});
    let answer = bench.call_version(V20190711, "DescribeSmsSignList", &request).await.unwrap();
    assert_eq!(answer["DescribeSignListStatusSet"], expected);
}

#[tokio::test]
async fn reviews_of_signatures_follow_the_mode() {
    for (mode, before, after) in [("auto", 1, 0), ("manual", 1, 1), ("reject", 1, -1)] {
        let mut bench = Bench::with(&format!("[review]\nmode = \"{mode}\"\ndelay = \"60s\"")).ready().await;
        bench.call("AddSmsSign", sign(json!({}))).await.unwrap();
        let send = json!({"SignName": "柠檬科技"});
        for (later, status) in [(59, before), (1, after)] {
            bench.now += later;
            assert_eq!(describe(&bench, json!([5])).await[0]["StatusCode"], status, "{mode}");
            let code = bench.code(send.clone()).await;
            assert_eq!(code == "Ok", status == 0, "{mode}: {code}");
        }
    }
}

#[tokio::test]
async fn an_unfit_signature_is_refused_with_the_codes_of_its_action() {
    let mut bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    bench.call("AddSmsSign", sign(json!({}))).await.unwrap();
    const LONG: &str = "InvalidParameterValue.SignNameLengthTooLong";
    const OTHER: &str = "FailedOperation.ParametersOtherError";
    const PLAIN: &str = "InvalidParameter";
    const DOCUMENT: &str = "InvalidParameterValue.InvalidDocumentType";
    const METHOD: &str = "InvalidParameterValue.InvalidUsedMethod";
    const IMAGE: &str = "InvalidParameterValue.ImageInvalid";
    const SCOPE: &str = "InvalidParameterValue.InvalidInternational";
    const QUALIFICATION: &str = "InvalidParameterValue.QualificationIdNotFound";
    for (members, adding, changing) in [
        (json!({"International": 2}), SCOPE, SCOPE),
        (json!({"SignName": "一二三四五六七八九十一二三"}), LONG, LONG),
        (json!({"SignName": "一"}), OTHER, PLAIN),
        (json!({"SignName": "柠檬 科技"}), OTHER, PLAIN),
        (json!({"SignName": "[x]", "International": 1}), OTHER, PLAIN),
        (json!({"DocumentType": 7}), DOCUMENT, DOCUMENT),
        (json!({"SignType": 7}), DOCUMENT, DOCUMENT),
        (json!({"SignType": 1, "DocumentType": 4}), DOCUMENT, DOCUMENT),
        (json!({"ProofImage": "data:image/png;base64,AAAA"}), IMAGE, IMAGE),
        (json!({"SignPurpose": 1, "CommissionImage": "?"}), IMAGE, IMAGE),
        (json!({"QualificationId": 9}), QUALIFICATION, QUALIFICATION),
    ] {
        let request = sign(members);
        for (version, request) in [(V20210111, request.clone()), (V20190711, older(request))] {
            assert_eq!(bench.refusal(version, "AddSmsSign", &request).await, adding, "{request}");
            let request = over(request, json!({"SignId": 5}));
            assert_eq!(bench.refusal(version, "ModifySmsSign", &request).await, changing, "{request}");
        }
    }
    let purpose = sign(json!({"SignPurpose": 2, "SignId": 5}));
    let add = over(purpose.clone(), json!({"SignId": null}));
    assert_eq!(bench.refusal(V20210111, "AddSmsSign", &add).await, METHOD);
    assert_eq!(bench.refusal(V20190711, "AddSmsSign", &older(add)).await, METHOD);
    let changing = "InvalidParameterValue.InvalidSignPurpose";
    assert_eq!(bench.refusal(V20210111, "ModifySmsSign", &purpose).await, changing);
    assert_eq!(bench.refusal(V20190711, "ModifySmsSign", &older(purpose)).await, METHOD);

    // A picture is needed to add and not to change; the letter is only looked at for others.
    let empty = sign(json!({"ProofImage": "", "CommissionImage": "?"}));
    assert_eq!(bench.refusal(V20210111, "AddSmsSign", &empty).await, IMAGE);
    bench.now += 1;
    bench.call("ModifySmsSign", over(empty, json!({"SignId": 5}))).await.unwrap();
}

#[tokio::test]
async fn a_name_is_given_once() {
    let mut bench = Bench::with("[review]\nmode = \"auto\"\ndelay = \"60s\"").ready().await;
    bench.call("AddSmsSign", sign(json!({}))).await.unwrap();
    let again = sign(json!({}));
    let waiting = "InvalidParameterValue.SignExistAndUnapproved";
    let passed = "InvalidParameterValue.SignAlreadyPassedCheck";
    assert_eq!(bench.refusal(V20210111, "AddSmsSign", &again).await, waiting);
    let change = sign(json!({"SignId": 3}));
    assert_eq!(bench.refusal(V20210111, "ModifySmsSign", &change).await, waiting);
    bench.call("AddSmsSign", sign(json!({"International": 1}))).await.unwrap();
    bench.now += 60;
    assert_eq!(bench.refusal(V20210111, "AddSmsSign", &again).await, passed);
    assert_eq!(bench.refusal(V20190711, "AddSmsSign", &older(again)).await, passed);
    assert_eq!(bench.refusal(V20210111, "ModifySmsSign", &change).await, passed);
}

#[tokio::test]
async fn only_what_is_not_approved_can_be_changed_and_then_waits_again() {
    let mut bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    bench.now += 100;
    let change = |id: u64| sign(json!({"SignId": id}));
    for (request, code) in [
        (change(99), "FailedOperation.MissingSignatureToModify"),
        (change(1), "InvalidParameterValue.SignAlreadyPassedCheck"),
        (sign(json!({"SignId": 3, "International": 1})), "InvalidParameterValue.InvalidInternational"),
    ] {
        assert_eq!(bench.refusal(V20210111, "ModifySmsSign", &request).await, code);
        assert_eq!(bench.refusal(V20190711, "ModifySmsSign", &older(request)).await, code);
    }
    let answer = bench.call("ModifySmsSign", change(3)).await.unwrap();
    assert_eq!(answer["ModifySignStatus"], json!({"SignId": 3}));
    let entry = &describe(&bench, json!([3])).await[0];
    assert_eq!((&entry["SignName"], &entry["StatusCode"]), (&json!("柠檬科技"), &json!(1)));
    assert_eq!(entry["CreateTime"], NOW + 100);
    let answer = bench.call_version(V20190711, "ModifySmsSign", &older(change(3))).await.unwrap();
    assert_eq!(answer["ModifySignStatus"], json!({"SignId": 3, "SignApplyId": "3"}), "a text here");
}

#[tokio::test]
async fn removed_signatures_cannot_be_used_and_their_names_can() {
    let mut bench = Bench::new().await;
    let remove = |id: u64| json!({"SignId": id});
    let answer = bench.call("DeleteSmsSign", remove(1)).await.unwrap();
    let done = json!({"DeleteStatus": "return successfully!", "DeleteTime": NOW});
    assert_eq!(answer["DeleteSignStatus"], done);
    assert_eq!(bench.code(json!({})).await, "FailedOperation.SignatureIncorrectOrUnapproved");
    let answer = bench.call_version(V20190711, "DeleteSmsSign", &remove(2)).await.unwrap();
    assert_eq!(answer["DeleteSignStatus"], done);
    assert_eq!(
        bench.refusal(V20210111, "DeleteSmsSign", &remove(1)).await,
        "FailedOperation.MissingSignatureToModify",
        "another account has a signature 1"
    );
    assert_eq!(
        bench.refusal(V20190711, "DeleteSmsSign", &remove(99)).await,
        "FailedOperation.SignIdNotExist"
    );
    bench.call("AddSmsSign", sign(json!({"SignName": "青柠科技"}))).await.unwrap();
    assert_eq!(bench.code(json!({})).await, "Ok");
    bench.account = "b";
    assert_eq!(describe(&bench, json!([1])).await[0]["SignName"], "个人");
}

#[tokio::test]
async fn signatures_are_listed_by_page_or_by_id() {
    let bench = Bench::new().await;
    let ids = async |request: Value| {
        let answer = bench.call("DescribeSmsSignList", request).await.unwrap();
        let Value::Array(set) = &answer["DescribeSignListStatusSet"] else { panic!("{answer}") };
        set.iter().map(|entry| entry["SignId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({"International": 0})).await, [4, 3, 1]);
    assert_eq!(ids(json!({"International": 0, "Limit": 1, "Offset": 1})).await, [3]);
    assert_eq!(ids(json!({"International": 1, "SignIdSet": []})).await, [2]);
    assert_eq!(ids(json!({"International": 0, "SignIdSet": [2, 1]})).await, [2, 1], "by id whatever it is");

    let many: Vec<u64> = (0..101).collect();
    let too_many = json!({"SignIdSet": many, "International": 0});
    let packet = "FailedOperation.FailResolvePacket";
    for version in [V20210111, V20190711] {
        assert_eq!(bench.refusal(version, "DescribeSmsSignList", &too_many).await, packet);
        let nowhere = json!({"SignIdSet": [1], "International": 2});
        assert_eq!(bench.refusal(version, "DescribeSmsSignList", &nowhere).await, packet);
    }
    let long = json!({"International": 0, "Limit": 101});
    assert_eq!(
        bench.refusal(V20210111, "DescribeSmsSignList", &long).await,
        "InvalidParameterValue.LimitVerifyFail"
    );
    let none = json!({"SignIdSet": [], "International": 0});
    assert_eq!(
        bench.refusal(V20190711, "DescribeSmsSignList", &none).await,
        "InvalidParameterValue.MissingSignatureList"
    );
}

#[tokio::test]
async fn a_mainland_signature_may_name_an_approved_qualification() {
    let config = CONFIG.replacen(
        "[[account.sign]]",
        "[[account.qualification]]\nid = 7\nname = \"营业执照\"\n[[account.qualification]]\nid = 8\nname = \"旧\"\nstatus = \"change-rejected\"\n[[account.sign]]",
        1,
    );
    let required = "[review]\nmode = \"manual\"\n[rules]\nqualification_required = true";
    let bench =
        Bench::over(Config::from_toml(&format!("{config}\n{required}"), "test.toml").unwrap()).ready().await;
    let missing = "InvalidParameterValue.QualificationIdNotFound";
    for (members, code) in [
        (json!({}), missing),
        (json!({"QualificationId": 9}), missing),
        (json!({"QualificationId": 8}), "FailedOperation.QualificationIdNotApproved"),
    ] {
        assert_eq!(bench.refusal(V20210111, "AddSmsSign", &sign(members)).await, code);
    }
    bench.call("AddSmsSign", sign(json!({"QualificationId": 7}))).await.unwrap();
    let abroad = json!({"International": 1, "QualificationId": 9});
    bench.call("AddSmsSign", sign(abroad)).await.unwrap();
    let entries = describe(&bench, json!([5, 6])).await;
    let papers = |entry: &Value| {
        (
            entry["QualificationId"].clone(),
            entry["QualificationName"].clone(),
            entry["QualificationStatusCode"].clone(),
        )
    };
    assert_eq!(papers(&entries[0]), (json!(7), json!("营业执照"), json!(1)));
    assert_eq!(papers(&entries[1]), (json!(0), json!(""), json!(0)), "a global one has none");
}

#[tokio::test]
async fn an_account_has_at_most_two_hundred_signatures() {
    let bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    for number in 4..200 {
        bench.call("AddSmsSign", sign(json!({"SignName": format!("签名{number}")}))).await.unwrap();
    }
    assert_eq!(
        bench.refusal(V20210111, "AddSmsSign", &sign(json!({}))).await,
        "FailedOperation.SignNumberLimit"
    );
}
