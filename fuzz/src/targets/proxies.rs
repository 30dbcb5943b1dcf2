//! URLs of proxies: a login comes out as it was spelled, and no error shows a password.

use tcsms::fuzzing::proxy;

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(found) = proxy(&text) {
        assert!(!found.place.host.is_empty() && found.place.port != 0);
        assert!(found.login.is_none() || text.contains('@'), "a login out of nothing: {text:?}");
    }

    let mut fields = Fields::of(data);
    let (scheme, user, password, place) = (fields.text(), fields.bytes(), fields.bytes(), fields.text());

    // However mistyped, the password stays inside.
    let (user_text, password_text) = (String::from_utf8_lossy(user), String::from_utf8_lossy(password));
    let url = format!("{scheme}{user_text}:Zq7{password_text}@{place}");
    if let Err(error) = proxy(&url) {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("Zq7"), "{url:?}: {shown}");
    }

    let spelled = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let bare = proxy(&format!("{scheme}{place}"));
    let full = proxy(&format!("{scheme}{}:{}@{place}", spelled(user), spelled(password)));
    // Two URLs that differ in the login alone; blanks around a whole URL are no part of it.
    let comparable = (scheme.ends_with("://") || scheme.is_empty())
        && !place.contains('@')
        && !place.contains("://")
        && place.trim() == place;
    match (bare, full) {
        (Ok(bare), Ok(full)) if comparable => {
            assert_eq!((bare.socks, &bare.place), (full.socks, &full.place));
            assert!(bare.login.is_none());
            assert_eq!(full.login, Some((user.to_vec(), password.to_vec())));
        }
        (Ok(bare), Err(error)) if comparable => {
            let long = user.len().max(password.len()) > 255;
            assert!(if bare.socks { long } else { user.contains(&b':') }, "{error}");
        }
        _ => {}
    }
}
