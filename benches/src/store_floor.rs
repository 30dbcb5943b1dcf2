//! The floor of the store: the rows that a run left in the database, inserted again into the same schema by the
//! plainest means, in groups as large as the service can form, each group committed and synced.

use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::Outcome;
use crate::service::{CONNECTIONS, NUMBERS};

/// Numbers of the requests that are under way at once, which the service may commit together.
const GROUP: usize = CONNECTIONS * NUMBERS;

/// A table's rows, ready to be inserted again.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// Messages inserted per second, when every table that holds at least one row a message is filled again.
pub fn rows_per_second(database: &Path) -> Outcome<f64> {
    let source = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let messages: usize =
        source.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0))?.try_into()?;
    let folder = tempfile::tempdir()?;
    let mut target = Connection::open(folder.path().join("floor.db"))?;
    target.pragma_update(None, "journal_mode", "wal")?;
    target.pragma_update(None, "synchronous", "full")?;
    let mut schema = source.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC",
    )?;
    let mut tables = Vec::new();
    let objects = schema
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    for (kind, name, sql) in objects {
        target.execute_batch(&sql)?;
        if kind == "table" {
            tables.push(read(&source, &name)?);
        }
    }
    tables.retain(|table| table.rows.len() * 2 >= messages);
    let started = Instant::now();
    for group in 0..messages.div_ceil(GROUP) {
        let transaction = target.transaction()?;
        for table in &tables {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            let from = (group * GROUP).min(table.rows.len());
            let to = (from + GROUP).min(table.rows.len());
            for row in table.rows.get(from..to).unwrap_or_default() {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}

fn read(source: &Connection, name: &str) -> Outcome<Table> {
    let mut select = source.prepare(&format!("SELECT * FROM \"{name}\""))?;
    let columns = select.column_count();
    let rows = select
        .query_map([], |row| (0..columns).map(|at| row.get::<_, Value>(at)).collect::<Result<Vec<_>, _>>())?
        .collect::<Result<Vec<_>, _>>()?;
    let marks = vec!["?"; columns].join(",");
    Ok(Table { insert: format!("INSERT INTO \"{name}\" VALUES ({marks})"), rows })
}
