//! Looking after a database that no service works on: checking it, and carrying its rows from one file to another.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::error::{Fault, StoreError};
use crate::schema;
use crate::store::Location;

/// The first line of an exported database.
#[derive(Serialize, Deserialize)]
struct Head {
    tcsms: String,
    schema: i64,
}

const FORMAT: &str = "database";

/// One row: the name of its table and its values by column.
#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    row: serde_json::Map<String, serde_json::Value>,
}

/// Looks for damage in the file, and for rows that contradict each other. Returns what it found, in sentences; none
/// means that the file is sound. Nothing is changed, except that a schema of an earlier version is brought up to date.
///
/// # Errors
/// The file cannot be opened, or a service works on it.
pub fn check(path: &Path) -> Result<Vec<String>, StoreError> {
    let opened = schema::open_existing(path)?;
    findings(&opened.connection).map_err(|fault| fault.at(path))
}

fn findings(conn: &Connection) -> Result<Vec<String>, Fault> {
    let mut statement = conn.prepare("PRAGMA integrity_check")?;
    let damage = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut findings: Vec<String> = damage.into_iter().filter(|verdict| verdict != "ok").collect();
    const COUNTS: &[(&str, &str)] = &[
        (
            "receipts belong to no message",
            "SELECT count(*) FROM receipt WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.id = receipt.message)",
        ),
        (
            "reports wait to be pulled without a receipt",
            "SELECT count(*) FROM report JOIN message ON message.id = report.message
             WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.message = report.message)",
        ),
        (
            "messages were accepted and refused at once",
            "SELECT count(*) FROM message WHERE (serial = '') <> (refusal_code IS NOT NULL)",
        ),
        (
            "messages belong to no app",
            "SELECT count(*) FROM message WHERE NOT EXISTS (SELECT 1 FROM app WHERE app.id = message.app)",
        ),
        (
            "accepted messages count in no hour",
            "SELECT count(*) FROM message WHERE NOT EXISTS (SELECT 1 FROM hour
             WHERE hour.app = message.app AND message.id BETWEEN first_message AND last_message)",
        ),
    ];
    for (what, query) in COUNTS {
        let count: i64 = conn.query_row(query, [], |row| row.get(0))?;
        if count > 0 {
            findings.push(format!("{count} {what}"));
        }
    }
    Ok(findings)
}

/// Writes every row of the file as a line of JSON and returns how many there are.
///
/// # Errors
/// The file cannot be opened, a service works on it, or `out` takes no more.
pub fn export(path: &Path, out: &mut dyn Write) -> Result<u64, StoreError> {
    let opened = schema::open_existing(path)?;
    let written = |error: std::io::Error| StoreError::Transfer { reason: format!("cannot write: {error}") };
    let head = Head { tcsms: FORMAT.to_owned(), schema: schema::newest() };
    line(out, &head).map_err(written)?;
    let mut count = 0;
    for table in tables(&opened.connection).map_err(|fault| fault.at(path))? {
        count += export_table(&opened.connection, &table, out).map_err(|fault| fault.at(path))?;
    }
    out.flush().map_err(written)?;
    Ok(count)
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn export_table(conn: &Connection, table: &str, out: &mut dyn Write) -> Result<u64, Fault> {
    let mut statement = conn.prepare(&format!("SELECT * FROM {table}"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let mut values = serde_json::Map::new();
        for (at, name) in names.iter().enumerate() {
            values.insert(name.clone(), to_json(row.get_ref(at)?));
        }
        line(out, &Line { table: table.to_owned(), row: values })
            .map_err(|error| StoreError::Transfer { reason: format!("cannot write: {error}") })?;
        count += 1;
    }
    Ok(count)
}

fn to_json(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => serde_json::json!({ "base64": STANDARD.encode(bytes) }),
    }
}

fn from_json(value: serde_json::Value) -> Option<Value> {
    Some(match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Real(number.as_f64()?),
        },
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Object(object) => {
            Value::Blob(STANDARD.decode(object.get("base64")?.as_str()?).ok()?)
        }
        serde_json::Value::Bool(_) | serde_json::Value::Array(_) => return None,
    })
}

/// Fills a new file with what [`export`] wrote, all or nothing, and returns how many rows that were.
///
/// # Errors
/// The file exists and holds something, what is read was not written by `export`, or it comes from another version of
/// the program.
pub fn import(path: &Path, from: &mut dyn BufRead) -> Result<u64, StoreError> {
    let wrong = |line: u64, reason: String| StoreError::Transfer { reason: format!("line {line}: {reason}") };
    let opened = schema::open(&Location::File(PathBuf::from(path)))?;
    let mut connection = opened.connection;
    let failed = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let held: i64 = connection.query_row("SELECT count(*) FROM app", [], |row| row.get(0)).map_err(failed)?;
    if held > 0 {
        return Err(StoreError::Transfer {
            reason: format!("{} holds data already; name a file that does not exist", path.display()),
        });
    }
    let transaction = connection.transaction().map_err(failed)?;
    let known = tables(&transaction).map_err(|fault| fault.at(path))?;
    for table in &known {
        transaction.execute(&format!("DELETE FROM {table}"), []).map_err(failed)?;
    }
    let mut lines = from.lines().zip(1..);
    let head = lines.next().and_then(|(line, _)| serde_json::from_str::<Head>(&line.ok()?).ok());
    match head {
        Some(head) if head.tcsms == FORMAT && head.schema == schema::newest() => {}
        Some(head) if head.tcsms == FORMAT => {
            let reason = format!(
                "it was exported with schema {}, and this program has schema {}; open the database with this version \
                 first, and export it then",
                head.schema,
                schema::newest()
            );
            return Err(wrong(1, reason));
        }
        _ => return Err(wrong(1, "this is no exported database".to_owned())),
    }
    let mut count = 0;
    for (text, number) in lines {
        let text = text.map_err(|error| wrong(number, format!("cannot read: {error}")))?;
        let Line { table, row } =
            serde_json::from_str(&text).map_err(|error| wrong(number, format!("not a row: {error}")))?;
        if !known.contains(&table) {
            return Err(wrong(number, format!("there is no table {table}")));
        }
        insert(&transaction, &table, row).map_err(|reason| wrong(number, reason))?;
        count += 1;
    }
    transaction.commit().map_err(failed)?;
    Ok(count)
}

fn insert(
    conn: &Connection,
    table: &str,
    row: serde_json::Map<String, serde_json::Value>,
) -> Result<(), String> {
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (name, value) in row {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(format!("there is no column {name:?}"));
        }
        values.push(from_json(value).ok_or_else(|| format!("the value of {name} cannot be stored"))?);
        columns.push(name);
    }
    let marks = vec!["?"; values.len()].join(", ");
    conn.prepare_cached(&format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", ")))
        .and_then(|mut statement| statement.execute(params_from_iter(values)))
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The names of all tables.
fn tables(conn: &Connection) -> Result<Vec<String>, Fault> {
    let mut statement = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}
