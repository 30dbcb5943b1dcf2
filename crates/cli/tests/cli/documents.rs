//! What `docs/` says about the service, against the service.

use tcsms_service::Config;
use tcsms_service::delivery::{ENDINGS, Fate};

const DOCUMENTS: [(&str, &str); 2] = [
    ("docs/service.md", include_str!("../../../../docs/service.md")),
    ("docs/service.zh-CN.md", include_str!("../../../../docs/service.zh-CN.md")),
];

#[test]
fn the_documented_configuration_is_accepted() {
    for (name, text) in DOCUMENTS {
        let configuration = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = Config::from_toml(configuration, name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.accounts[0].signs[0].name, "青柠科技");
    }
}

#[test]
fn every_number_that_fails_is_documented() {
    for (name, text) in DOCUMENTS {
        for ending in ENDINGS {
            let row = match ending.fate {
                Fate::Failed(word) => format!("| `{word}` |"),
                Fate::Silent | Fate::Delivered => "|".to_owned(),
            };
            let first = format!("| {}", ending.first);
            assert!(
                text.lines().any(|line| line.starts_with(&first) && line.contains(&row)),
                "{name} does not say what happens to numbers ending in {}",
                ending.first
            );
        }
    }
}
