//! From the text of a configuration file to a checked [`Config`].

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use tcsms_store::{
    ConfiguredPackage, ConfiguredSign, ConfiguredTemplate, Limits, ReviewState, Scope, TemplateKind,
};
use toml::de::DeTable;

use super::table::{ConfigError, Located, Source, Table};
use super::{
    Account, App, Config, DEFAULT_MAX_CLOCK_SKEW, Key, Qualification, QualificationState, Review, ReviewMode,
    Rules, Secret, default_limits, development_account, operations, strict_limits,
};
use crate::rules::{numbers, templates, time};

/// The largest id: what the database's integers hold.
const ID_MAX: u64 = i64::MAX as u64;

/// The most exempt numbers of an app, as documented.
const EXEMPT_NUMBERS_MAX: usize = 300;

const REVIEW_STATES: [(&str, ReviewState); 3] = [
    ("approved", ReviewState::Approved),
    ("reviewing", ReviewState::Reviewing),
    ("rejected", ReviewState::Refused),
];

/// Ids that were met already, over the whole file.
#[derive(Default)]
struct Seen {
    accounts: HashSet<String>,
    keys: HashSet<String>,
    apps: HashSet<String>,
}

pub(super) fn config(text: &str, file: &str) -> Result<Config, ConfigError> {
    let source = Source { text, file };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        source.error(at, format!("not TOML: {}", error.message()))
    })?;
    let mut root = Table::root(&source, document.get_ref());

    let (limits, api_rate) = match root.table("limits")? {
        Some(mut table) => {
            let api_rate = table.boolean("api_rate", true)?;
            let profiles =
                [("default", default_limits()), ("strict", strict_limits()), ("off", Limits::default())];
            let names = profiles.each_ref().map(|(name, limits)| (*name, limits));
            let profile = table.choice("profile", &names, &profiles[0].1)?;
            let mut limits = read_limits(&mut table, profile)?;
            limits.account_global_per_day =
                table.count("account_global_per_day", profile.account_global_per_day)?;
            table.finish()?;
            (limits, api_rate)
        }
        None => (default_limits(), true),
    };
    let review = match root.table("review")? {
        Some(table) => read_review(table)?,
        None => Review::default(),
    };
    let delivery = operations::delivery(&mut root)?;
    let callbacks = operations::callbacks(&mut root)?;
    let retention = operations::retention(&mut root)?;
    let rules = match root.table("rules")? {
        Some(table) => read_rules(table)?,
        None => Rules::default(),
    };
    let mut seen = Seen::default();
    let mut accounts = Vec::new();
    for table in root.tables("account")? {
        accounts.push(Arc::new(read_account(table, &limits, &mut seen, file)?));
    }
    if accounts.is_empty() {
        // A file without accounts changes only settings: the development account is then still there, under them.
        accounts.push(Arc::new(development_account(limits)));
    }
    root.finish()?;
    Ok(Config {
        accounts,
        api_rate,
        review,
        delivery,
        callbacks,
        retention,
        rules,
        max_clock_skew: DEFAULT_MAX_CLOCK_SKEW,
    })
}

/// The limits that an app may override; the account's own limit stays that of `base`.
fn read_limits(table: &mut Table<'_, '_>, base: &Limits) -> Result<Limits, ConfigError> {
    let exempt = table.strings("exempt_numbers")?;
    if let Some(surplus) = exempt.get(EXEMPT_NUMBERS_MAX) {
        let message = format!("`exempt_numbers` has more than {EXEMPT_NUMBERS_MAX} numbers; take some out");
        return Err(table.error(surplus.at, message));
    }
    let mut exempt_numbers = base.exempt_numbers.clone();
    for Located { value, at } in exempt {
        let number = numbers::parse(&value).ok_or_else(|| {
            table.error(at, format!("`{value}` is no phone number; write it as in \"+8613700000001\""))
        })?;
        exempt_numbers.insert(number.e164);
    }
    Ok(Limits {
        per_number_30s: table.count("per_number_30s", base.per_number_30s)?,
        thirty_seconds_by_content: table
            .boolean("thirty_seconds_by_content", base.thirty_seconds_by_content)?,
        per_number_1h: table.count("per_number_1h", base.per_number_1h)?,
        per_number_1d: table.count("per_number_1d", base.per_number_1d)?,
        per_number_same_content: table.count("per_number_same_content", base.per_number_same_content)?,
        app_per_day: table.count("app_per_day", base.app_per_day)?,
        app_mainland_per_day: table.count("app_mainland_per_day", base.app_mainland_per_day)?,
        app_global_per_day: table.count("app_global_per_day", base.app_global_per_day)?,
        app_country_per_day: table.count("app_country_per_day", base.app_country_per_day)?,
        account_global_per_day: base.account_global_per_day,
        exempt_numbers,
    })
}

fn read_review(mut table: Table<'_, '_>) -> Result<Review, ConfigError> {
    const MODES: [(&str, ReviewMode); 3] =
        [("auto", ReviewMode::Auto), ("manual", ReviewMode::Manual), ("reject", ReviewMode::Reject)];
    let default = Review::default();
    let mode = table.choice("mode", &MODES, default.mode)?;
    let delay = table.duration("delay", default.delay)?;
    table.finish()?;
    Ok(Review { mode, delay })
}

fn read_rules(mut table: Table<'_, '_>) -> Result<Rules, ConfigError> {
    let default = Rules::default();
    let sensitive_words = table.strings("sensitive_words")?;
    if let Some(empty) = sensitive_words.iter().find(|word| word.value.is_empty()) {
        return Err(table.error(empty.at, "a sensitive word must not be empty; take it out"));
    }
    let rules = Rules {
        any_region: table.boolean("any_region", default.any_region)?,
        unsigned: table.boolean("unsigned", default.unsigned)?,
        long_get_as_html: table.boolean("long_get_as_html", default.long_get_as_html)?,
        marketing_hours: table.boolean("marketing_hours", default.marketing_hours)?,
        template_value_max: table.count("template_value_max", default.template_value_max)?,
        template_variables: table.boolean("template_variables", default.template_variables)?,
        urls_in_values: table.boolean("urls_in_values", default.urls_in_values)?,
        sensitive_words: sensitive_words.into_iter().map(|word| word.value).collect(),
        countries_not_offered: read_countries(&mut table, "countries_not_offered")?,
        qualification_required: table.boolean("qualification_required", default.qualification_required)?,
        extend_code: table.boolean("extend_code", default.extend_code)?,
        session_context_in_reports: table
            .boolean("session_context_in_reports", default.session_context_in_reports)?,
        pull_open: table.boolean("pull_open", default.pull_open)?,
        legacy_template_code: table.boolean("legacy_template_code", default.legacy_template_code)?,
    };
    table.finish()?;
    Ok(rules)
}

fn read_account(
    mut table: Table<'_, '_>,
    limits: &Limits,
    seen: &mut Seen,
    file: &str,
) -> Result<Account, ConfigError> {
    let id = table.required_string("id")?;
    unique(&table, "account", "id", &id, &mut seen.accounts)?;
    let reply_url = read_url(&mut table, "reply_url")?;
    let individual = table.boolean("individual", false)?;
    let certified = table.boolean("certified", true)?;
    let arrears = table.boolean("arrears", false)?;
    let mut keys = Vec::new();
    for key in table.tables("key")? {
        keys.push(read_key(key, seen, file)?);
    }
    let mut apps = Vec::new();
    for app in table.tables("app")? {
        apps.push(read_app(app, limits, seen)?);
    }
    let mut ids = HashSet::new();
    let mut qualifications = Vec::new();
    for qualification in table.tables("qualification")? {
        qualifications.push(read_qualification(qualification, &mut ids)?);
    }
    let mut ids_of_signs = HashSet::new();
    let mut signs = Vec::new();
    for sign in table.tables("sign")? {
        signs.push(read_sign(sign, &mut ids_of_signs, &ids)?);
    }
    let mut ids = HashSet::new();
    let mut templates = Vec::new();
    for template in table.tables("template")? {
        templates.push(read_template(template, &mut ids)?);
    }
    let mut ids = HashSet::new();
    let mut packages = Vec::new();
    for package in table.tables("package")? {
        packages.push(read_package(package, &mut ids)?);
    }
    table.finish()?;
    Ok(Account {
        id: id.value,
        reply_url,
        individual,
        certified,
        arrears,
        keys,
        apps,
        qualifications,
        signs,
        templates,
        packages,
    })
}

fn read_key(mut table: Table<'_, '_>, seen: &mut Seen, file: &str) -> Result<Key, ConfigError> {
    let secret_id = table.required_string("secret_id")?;
    unique(&table, "key", "secret_id", &secret_id, &mut seen.keys)?;
    let given =
        table.string("secret_key")?.map(|text| Located { value: Secret::new(text.value), at: text.at });
    let path = table.string("secret_key_file")?;
    let secret_key = match (given, path) {
        (Some(_), Some(path)) => {
            let message = "both `secret_key` and `secret_key_file` are given; keep one of them";
            return Err(table.error(path.at, message));
        }
        (Some(secret), None) => secret,
        (None, Some(path)) => read_secret(&table, &path, file)?,
        (None, None) => return Err(table.missing("secret_key` or `secret_key_file")),
    };
    if secret_key.value.expose().is_empty() {
        return Err(table.error(secret_key.at, "the secret key is empty"));
    }
    let token = table.string("token")?.map(|token| Secret::new(token.value));
    if token.as_ref().is_some_and(|token| token.expose().is_empty()) {
        return Err(table.error(table.at, "`token` is empty; leave it out for a key that needs none"));
    }
    let sub_account = table.boolean("sub_account", false)?;
    table.finish()?;
    Ok(Key { secret_id: secret_id.value, secret_key: secret_key.value, token, sub_account })
}

/// Reads a secret from a file of its own; blanks and line ends around it do not belong to it.
fn read_secret(
    table: &Table<'_, '_>,
    path: &Located<String>,
    config_file: &str,
) -> Result<Located<Secret>, ConfigError> {
    let folder = Path::new(config_file).parent().unwrap_or(Path::new(""));
    let full = folder.join(&path.value);
    match std::fs::read_to_string(&full).map(Secret::new) {
        Ok(text) => Ok(Located { value: Secret::new(text.expose().trim().to_owned()), at: path.at }),
        Err(error) => {
            let message = format!("`secret_key_file`: cannot read {}: {error}", full.display());
            Err(table.error(path.at, message))
        }
    }
}

fn read_app(mut table: Table<'_, '_>, base: &Limits, seen: &mut Seen) -> Result<App, ConfigError> {
    let sdk_app_id = table.required_string("sdk_app_id")?;
    if !sdk_app_id.value.bytes().all(|byte| byte.is_ascii_digit()) {
        let message =
            format!("`sdk_app_id` = \"{}\" must be digits only, such as \"1400787878\"", sdk_app_id.value);
        return Err(table.error(sdk_app_id.at, message));
    }
    unique(&table, "app", "sdk_app_id", &sdk_app_id, &mut seen.apps)?;
    let status_url = read_url(&mut table, "status_url")?;
    let enabled = table.boolean("enabled", true)?;
    let countries = read_countries(&mut table, "countries")?;
    let limits = match table.table("limits")? {
        Some(mut own) => {
            let limits = read_limits(&mut own, base)?;
            own.finish()?;
            limits
        }
        None => base.clone(),
    };
    table.finish()?;
    Ok(App { sdk_app_id: sdk_app_id.value, status_url, enabled, countries, limits: Arc::new(limits) })
}

fn read_countries(table: &mut Table<'_, '_>, key: &'static str) -> Result<Vec<String>, ConfigError> {
    let countries = table.strings(key)?;
    let is_code = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if let Some(wrong) = countries.iter().find(|country| !is_code(&country.value)) {
        let message = format!("`{}` is no country; write its two capital letters, as in \"HK\"", wrong.value);
        return Err(table.error(wrong.at, message));
    }
    Ok(countries.into_iter().map(|country| country.value).collect())
}

fn read_qualification(
    mut table: Table<'_, '_>,
    ids: &mut HashSet<u64>,
) -> Result<Qualification, ConfigError> {
    const STATES: [(&str, QualificationState); 6] = [
        ("approved", QualificationState::Approved),
        ("reviewing", QualificationState::Reviewing),
        ("rejected", QualificationState::Rejected),
        ("incomplete", QualificationState::Incomplete),
        ("change-reviewing", QualificationState::ChangeReviewing),
        ("change-rejected", QualificationState::ChangeRejected),
    ];
    let id = table.required_integer("id", 1..=ID_MAX)?;
    unique(&table, "qualification of this account", "id", &id, ids)?;
    let name = table.required_string("name")?.value;
    let state = table.choice("status", &STATES, QualificationState::Approved)?;
    table.finish()?;
    Ok(Qualification { id: id.value, name, state })
}

fn read_sign(
    mut table: Table<'_, '_>,
    ids: &mut HashSet<u64>,
    qualifications: &HashSet<u64>,
) -> Result<ConfiguredSign, ConfigError> {
    let id = table.required_integer("id", 1..=ID_MAX)?;
    unique(&table, "sign of this account", "id", &id, ids)?;
    let name = table.required_string("name")?;
    if name.value.contains(['【', '】', '[', ']']) {
        let message = format!("`name` = \"{}\" must not contain brackets; the service adds them", name.value);
        return Err(table.error(name.at, message));
    }
    let scope = read_scope(&mut table)?;
    let state = table.choice("status", &REVIEW_STATES, ReviewState::Approved)?;
    let qualification = table.integer("qualification", 1..=ID_MAX)?;
    if let Some(unknown) = qualification.as_ref().filter(|one| !qualifications.contains(&one.value)) {
        let message = format!(
            "`qualification` = {} is none of this account; add it as [[account.qualification]]",
            unknown.value
        );
        return Err(table.error(unknown.at, message));
    }
    table.finish()?;
    let qualification = qualification.map(|one| one.value);
    Ok(ConfiguredSign { id: id.value, name: name.value, scope, state, qualification })
}

fn read_template(
    mut table: Table<'_, '_>,
    ids: &mut HashSet<u64>,
) -> Result<ConfiguredTemplate, ConfigError> {
    const KINDS: [(&str, TemplateKind); 3] = [
        ("verification", TemplateKind::Verification),
        ("notification", TemplateKind::Notification),
        ("marketing", TemplateKind::Marketing),
    ];
    let text = table.required_string("id")?;
    let number = text.value.parse::<u64>().ok().filter(|number| {
        (1..=ID_MAX).contains(number) && text.value.bytes().all(|byte| byte.is_ascii_digit())
    });
    let Some(number) = number else {
        let message = format!("`id` = \"{}\" must be a number in quotes, such as \"449739\"", text.value);
        return Err(table.error(text.at, message));
    };
    let id = Located { value: number, at: text.at };
    unique(&table, "template of this account", "id", &id, ids)?;
    let name = table.string("name")?.map_or_else(String::new, |name| name.value);
    let content = table.required_string("content")?;
    let scope = read_scope(&mut table)?;
    if let Err(fault) = templates::validate(&content.value, scope == Scope::Global) {
        return Err(table.error(content.at, format!("template {number} does not fit: {fault}")));
    }
    let kind = table.choice("kind", &KINDS, TemplateKind::Notification)?;
    let state = table.choice("status", &REVIEW_STATES, ReviewState::Approved)?;
    table.finish()?;
    Ok(ConfiguredTemplate { id: number, name, content: content.value, kind, scope, state })
}

fn read_package(mut table: Table<'_, '_>, ids: &mut HashSet<u64>) -> Result<ConfiguredPackage, ConfigError> {
    let id = table.required_integer("id", 1..=ID_MAX)?;
    unique(&table, "package of this account", "id", &id, ids)?;
    let amount = table.required_integer("amount", 0..=ID_MAX)?.value;
    let gift = table.boolean("gift", false)?;
    let created = read_time(&mut table, "created")?;
    let effective = read_time(&mut table, "effective")?;
    let expires = read_time(&mut table, "expires")?;
    table.finish()?;
    Ok(ConfiguredPackage { id: id.value, amount, gift, created, effective, expires })
}

/// A time of the Beijing calendar, in Unix seconds.
fn read_time(table: &mut Table<'_, '_>, key: &'static str) -> Result<Option<i64>, ConfigError> {
    let Some(text) = table.string(key)? else { return Ok(None) };
    let at = time::parse_second(&text.value).ok_or_else(|| {
        let message = format!(
            "`{key}` = \"{}\" is no time; write it in Beijing time, as in \"2026-11-25 11:00:00\"",
            text.value
        );
        table.error(text.at, message)
    })?;
    Ok(Some(at))
}

fn read_scope(table: &mut Table<'_, '_>) -> Result<Scope, ConfigError> {
    Ok(if table.boolean("international", false)? { Scope::Global } else { Scope::Mainland })
}

fn read_url(table: &mut Table<'_, '_>, key: &'static str) -> Result<Option<String>, ConfigError> {
    let Some(url) = table.string(key)? else { return Ok(None) };
    let has_host = ["http://", "https://"].iter().any(|scheme| {
        url.value.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    });
    if !has_host {
        let message =
            format!("`{key}` = \"{}\" must be a URL that begins with http:// or https://", url.value);
        return Err(table.error(url.at, message));
    }
    Ok(Some(url.value))
}

fn unique<T: Clone + Eq + std::hash::Hash + std::fmt::Display>(
    table: &Table<'_, '_>,
    what: &str,
    key: &str,
    id: &Located<T>,
    seen: &mut HashSet<T>,
) -> Result<(), ConfigError> {
    if seen.insert(id.value.clone()) {
        return Ok(());
    }
    Err(table.error(id.at, format!("another {what} has `{key}` {} already; give each its own", id.value)))
}
