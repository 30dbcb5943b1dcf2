//! Whether calls work from here.

use crate::support::{Service, run, tcsms};

#[test]
fn it_says_that_calls_work_or_what_keeps_them() {
    let service = Service::start();
    let good = service.run(&["doctor", "--output", "json"]);
    assert_eq!(good.code, 0, "{}", good.out);
    let findings = good.answer();
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["good"] == true), "{findings}");

    let mut command = service.tcsms(&["doctor", "--output", "json"]);
    let wrong = run(command.env("TENCENTCLOUD_SECRET_KEY", "another"));
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    assert!(wrong.out.contains("AuthFailure.SignatureFailure"), "{}", wrong.out);
    assert!(!wrong.out.contains("another"), "{}", wrong.out);

    let nowhere = run(tcsms().args(["doctor", "--output", "json"]));
    assert_eq!(nowhere.code, 2, "{}", nowhere.out);
    assert!(nowhere.out.contains("TENCENTCLOUD_SECRET_ID"), "{}", nowhere.out);
}

#[test]
fn a_clock_that_is_off_is_told_in_seconds_whatever_the_time_zone() {
    let service = Service::start();
    service.set_clock_ahead(601);
    for zone in ["Asia/Shanghai", "America/New_York", "UTC"] {
        let mut command = service.tcsms(&["doctor", "--output", "json"]);
        let run = run(command.env("TZ", zone));
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.out.contains("60") && run.out.contains("s behind the service's"), "{}", run.out);
        assert!(run.out.contains("the time zone plays no part"), "{}", run.out);
    }
}
