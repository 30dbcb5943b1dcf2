//! A list of recipients: a file with a number in each row, and the template's values beside it.

mod encoding;
mod phone;

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::failure::Failure;

/// The names by which the column of the numbers is found.
const PHONE_COLUMNS: [&str; 13] = [
    "phone",
    "phonenumber",
    "phone_number",
    "phone number",
    "number",
    "mobile",
    "tel",
    "to",
    "手机",
    "手机号",
    "手机号码",
    "电话",
    "号码",
];

/// A list that was read, checked as far as its columns go.
pub(crate) struct List {
    name: String,
    text: String,
    delimiter: u8,
    /// Whether the first row names the columns.
    has_header: bool,
    /// The place of the numbers.
    phone: usize,
    phone_name: String,
    /// The places of the values, in the order of the template's variables.
    values: Vec<usize>,
    notes: Vec<String>,
}

/// A row that can be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) values: Vec<String>,
    /// What was done to the number.
    pub(crate) repair: Option<String>,
}

/// A row that cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The number as it stands there.
    pub(crate) cell: String,
    /// The column, the value, and what is wrong with it.
    pub(crate) reason: String,
}

impl List {
    /// Reads a file. `column` is the name of the column of the numbers, when it is not one of the usual.
    pub(crate) fn read(path: &Path, column: Option<&str>) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        Self::of(name, &bytes, column).map_err(Failure::usage)
    }

    fn of(name: String, bytes: &[u8], column: Option<&str>) -> Result<Self, String> {
        let (text, encoding) =
            encoding::decode(bytes).map_err(|fault| format!("{name} cannot be read: {fault}"))?;
        let mut notes = Vec::new();
        if let Some(encoding) = encoding {
            notes.push(format!("{name} is read as {encoding}"));
        }
        let mut list = Self {
            delimiter: delimiter(&text),
            text,
            name,
            has_header: true,
            phone: 0,
            phone_name: "phone".to_owned(),
            values: Vec::new(),
            notes,
        };
        let mut first = StringRecord::new();
        let found = list.reader().read_record(&mut first).map_err(|error| list.broken(&error))?;
        if !found {
            return Err(format!("{} has no rows", list.name));
        }
        if phone::read(&first[0]).is_ok() {
            if first.len() > 1 {
                return Err(format!(
                    "the first row of {} must name the columns: phone for the numbers; 1, 2 and so on for the template's values",
                    list.name
                ));
            }
            list.has_header = false;
        } else {
            list.read_header(&first, column)?;
        }
        Ok(list)
    }

    fn read_header(&mut self, header: &StringRecord, column: Option<&str>) -> Result<(), String> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let name = &self.name;
        let is_phone = |name: &str| match column {
            Some(wanted) => name == wanted,
            None => PHONE_COLUMNS.contains(&name.to_lowercase().as_str()),
        };
        let Some(phone) = names.iter().position(|name| is_phone(name)) else {
            let wanted = column.unwrap_or("phone");
            return Err(format!(
                "{name} has no column {wanted}; its columns are: {}. Name the column of the numbers with --column",
                names.join(", ")
            ));
        };
        if let Some(other) = names.iter().skip(phone + 1).find(|name| is_phone(name)) {
            return Err(format!(
                "{name} has two columns for the numbers, {} and {other}: choose one with --column",
                names[phone]
            ));
        }
        let mut places = Vec::new();
        let mut ignored = Vec::new();
        for (place, name) in names.iter().enumerate().filter(|(place, _)| *place != phone) {
            match variable(name) {
                Some(variable) => places.push((variable, place)),
                None if name.is_empty() => {}
                None => ignored.push(*name),
            }
        }
        places.sort_unstable();
        for (expected, (variable, _)) in (1..).zip(&places) {
            if *variable != expected {
                let what = if *variable < expected { "twice" } else { "but not the one before it" };
                return Err(format!("{name} has the column {variable} {what}"));
            }
        }
        if !ignored.is_empty() {
            self.notes.push(format!("columns that are not used: {}", ignored.join(", ")));
        }
        self.values = places.into_iter().map(|(_, place)| place).collect();
        self.phone = phone;
        self.phone_name = names[phone].to_owned();
        Ok(())
    }

    /// How many values each row has.
    pub(crate) fn values(&self) -> usize {
        self.values.len()
    }

    /// What there is to know about the file as a whole.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The file's content, to tell lists apart.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The rows with their numbers as a spreadsheet counts them, from 1 with the header.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u64, Result<Row, Fault>)> + Send + '_ {
        let records = self.reader().into_records().skip(usize::from(self.has_header));
        let (mut seen, mut line) = (0, 1);
        let numbered = records.map(move |record| {
            let position = match &record {
                Ok(record) => record.position().cloned(),
                Err(error) => error.position().cloned(),
            };
            // The reader's own count is one short where lines end in CR and LF: it stands between the two.
            let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(seen);
            while let Some(byte) = self.text.as_bytes().get(seen)
                && (seen < start || matches!(byte, b'\r' | b'\n'))
            {
                line += u64::from(*byte == b'\n');
                seen += 1;
            }
            (line, record)
        });
        numbered.filter(|(_, record)| !record.as_ref().is_ok_and(is_blank)).map(|(line, record)| match record
        {
            Ok(record) => (line, self.row(&record)),
            Err(error) => (line, Err(Fault { cell: String::new(), reason: self.broken(&error) })),
        })
    }

    fn row(&self, record: &StringRecord) -> Result<Row, Fault> {
        let cell = record.get(self.phone).unwrap_or_default();
        let phone_name = &self.phone_name;
        let fault = |reason| Fault { cell: cell.to_owned(), reason };
        let phone = phone::read(cell)
            .map_err(|reason| fault(format!("column {phone_name}, value `{cell}`: {reason}")))?;
        let mut values = Vec::with_capacity(self.values.len());
        for (number, place) in (1..).zip(&self.values) {
            let Some(value) = record.get(*place) else {
                return Err(fault(format!("column {number} is missing in this row")));
            };
            values.push(phone::unwrapped(value).unwrap_or(value).to_owned());
        }
        let repair = phone.repair.map(|what| format!("{} instead of `{cell}`: {what}", phone.number));
        Ok(Row { number: phone.number, values, repair })
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text.as_bytes())
    }

    fn broken(&self, error: &csv::Error) -> String {
        format!("{} cannot be read as a table: {error}", self.name)
    }
}

/// Rows that spreadsheets leave behind where something was deleted.
fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// The number of the template's variable that a column is for: `1`, `{1}`.
fn variable(name: &str) -> Option<u32> {
    let inner = name.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(name);
    inner.parse().ok().filter(|number| *number >= 1)
}

/// The sign that stands most often in the first line; a comma when there is none.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |sign: u8| line.bytes().filter(|byte| *byte == sign).count();
    [b'\t', b';']
        .into_iter()
        .filter(|sign| count(*sign) > count(b','))
        .max_by_key(|sign| count(*sign))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<List, String> {
        List::of("list.csv".to_owned(), text.as_bytes(), None)
    }

    fn good(text: &str) -> Vec<(u64, String, Vec<String>)> {
        let list = list(text).unwrap();
        list.rows().map(|(row, it)| it.map(|it| (row, it.number, it.values)).unwrap()).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn values_go_by_the_name_of_their_column() {
        let text = "phone,2,1,comment\n+8613700000701,5,4370,first\n+8613700000702,10,0042,leading zeros\n";
        assert_eq!(
            good(text),
            [
                (2, "+8613700000701".to_owned(), texts(&["4370", "5"])),
                (3, "+8613700000702".to_owned(), texts(&["0042", "10"])),
            ]
        );
        assert_eq!(list(text).unwrap().notes(), ["columns that are not used: comment"]);
    }

    #[test]
    fn a_list_of_numbers_needs_no_header() {
        assert_eq!(good("13711112222\n\n13711112223\n").len(), 2);
        assert_eq!(good("手机号\r\n13711112222\r\n")[0].1, "13711112222");
        assert!(list("13711112222,5\n").err().unwrap().contains("must name the columns"));
    }

    #[test]
    fn tabs_and_semicolons_part_columns_too() {
        for text in ["phone\t{1}\n13711112222\ta,b\n", "phone;{1}\n13711112222;a,b\n"] {
            assert_eq!(good(text), [(2, "13711112222".to_owned(), texts(&["a,b"]))]);
        }
    }

    #[test]
    fn rows_that_a_spreadsheet_spoiled_are_repaired_or_refused_one_by_one() {
        let text = "phone,1\r\n1.37E+10,甲\r\n\"1.3700000302E+10\",乙\r\n13700000303.0,丙\r\n=\"13700000304\",丁\r\n'13700000305,戊\r\n\"13,700,000,306\",己\r\n13700000307,庚\r\n";
        let list = list(text).unwrap();
        let rows: Vec<_> = list.rows().collect();
        let (first, fault) = &rows[0];
        let fault = fault.as_ref().unwrap_err();
        assert_eq!((*first, fault.cell.as_str()), (2, "1.37E+10"));
        assert!(fault.reason.starts_with("column phone, value `1.37E+10`: Excel shortened it"), "{fault:?}");
        for (place, (row, outcome)) in rows.iter().enumerate().skip(1) {
            let outcome = outcome.as_ref().unwrap();
            assert_eq!((*row, &outcome.number), (place as u64 + 2, &format!("1370000030{}", place + 1)));
            assert_eq!(outcome.repair.is_some(), place < 6, "{outcome:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_columns_is_named() {
        for (text, part) in [
            ("", "no rows"),
            ("name,1\nx,y\n", "no column phone; its columns are: name, 1"),
            ("phone,mobile\n1,2\n", "two columns for the numbers, phone and mobile"),
            ("phone,1,1\n", "the column 1 twice"),
            ("phone,1,3\n", "the column 3 but not the one before it"),
        ] {
            let fault = list(text).err().unwrap();
            assert!(fault.contains(part), "{fault}");
        }
        let list = list("phone,1\n13711112222\n").unwrap();
        let (row, fault) = list.rows().next().unwrap();
        assert_eq!((row, fault.unwrap_err().reason.as_str()), (2, "column 1 is missing in this row"));
    }
}
