//! Configurations: a mistake is told with its file and line, and no error tells a key.

use tcsms_service::Config;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // What names files would read them.
    if text.contains("_file") {
        return;
    }
    match Config::from_toml(&text, "fuzz.toml") {
        Ok(config) => {
            assert!(!config.accounts.is_empty());
            let later = format!("{text}\n# a remark");
            let again = Config::from_toml(&later, "fuzz.toml")
                .unwrap_or_else(|error| panic!("a remark makes it wrong: {error}"));
            let ids = |config: &Config| -> Vec<String> {
                config.accounts.iter().map(|account| account.id.clone()).collect()
            };
            assert_eq!(ids(&config), ids(&again));
        }
        Err(error) => {
            let told = error.to_string();
            let place = told.strip_prefix("fuzz.toml:").and_then(|rest| rest.split(':').next());
            let line: usize = place.and_then(|line| line.parse().ok()).unwrap_or_default();
            assert!((1..=text.split('\n').count()).contains(&line), "no line: {told}");
            for key in keys(&text) {
                assert!(!told.contains(key), "a key in {told}");
            }
        }
    }
}

/// What stands in quotes behind `secret_key`, where it is long enough to be told from other words.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let value = line.trim().strip_prefix("secret_key")?.trim_start().strip_prefix('=')?.trim();
        let key = value.strip_prefix('"')?.split('"').next()?;
        (key.len() >= 12 && key.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(key)
    })
}
