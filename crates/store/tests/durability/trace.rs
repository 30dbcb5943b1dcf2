//! Reads what strace has recorded.

use std::collections::HashMap;
use std::path::Path;

/// The calls to record, as strace's option `-e` takes them: all by which SQLite changes files, and `write`.
pub(crate) const CALLS: &str = "trace=openat,close,write,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,fallocate";

/// What happened, in order. Files are named as in the folder of the test.
#[derive(Debug)]
pub(crate) enum Event {
    Write {
        path: String,
        offset: usize,
        data: Vec<u8>,
    },
    Truncate {
        path: String,
        length: usize,
    },
    /// A synchronisation has returned.
    Sync {
        path: String,
    },
    Remove {
        path: String,
    },
    /// The program begins to write this line to its standard output.
    Acknowledge(String),
}

/// The changes to files in `folder`, and the lines written to standard output.
pub(crate) fn parse(log: &str, folder: &Path) -> Vec<Event> {
    let mut reader =
        Reader { folder: format!("{}/", folder.display()), files: HashMap::new(), events: Vec::new() };
    let mut begun: HashMap<&str, &str> = HashMap::new();
    for line in log.lines() {
        let (process, call) = line.split_once(' ').expect("the process and its call");
        let call = call.trim_start();
        if call.starts_with("+++") || call.starts_with("---") {
            continue;
        }
        if let Some(resumed) = call.strip_prefix("<... ") {
            let (_, end) = resumed.split_once("resumed>").expect("the end of a call");
            let begin = begun.remove(process).expect("its begin");
            reader.ends(&format!("{begin}{end}"));
        } else if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            reader.begins(begin);
            begun.insert(process, begin);
        } else {
            reader.begins(call);
            reader.ends(call);
        }
    }
    reader.events
}

struct Reader {
    folder: String,
    /// The open files of the folder, by descriptor.
    files: HashMap<String, String>,
    events: Vec<Event>,
}

impl Reader {
    /// What counts from its begin: from there on, a reader of the standard output may have the line, and a descriptor
    /// may be given out again.
    fn begins(&mut self, call: &str) {
        let (name, arguments) = call.split_once('(').expect("a call");
        match name {
            "write" => {
                if let Some(data) = arguments.strip_prefix("1, ") {
                    let line = String::from_utf8(bytes(data).0).unwrap();
                    self.events.push(Event::Acknowledge(line.trim_end().to_owned()));
                }
            }
            "close" => {
                let descriptor = arguments.split(')').next().unwrap().trim_end();
                self.files.remove(descriptor);
            }
            _ => {}
        }
    }

    /// What counts from its end.
    fn ends(&mut self, call: &str) {
        let (call, result) = call.rsplit_once(" = ").expect("a result");
        if result.starts_with('-') || result.starts_with('?') {
            return;
        }
        let (name, arguments) = call.split_once('(').unwrap();
        let descriptor = arguments.split([',', ')']).next().unwrap().trim_end();
        let file = self.files.get(descriptor).cloned();
        let number = |text: &str| text.trim_end_matches([')', ' ']).parse::<usize>().expect("a number");
        match (name, file) {
            ("openat", _) => {
                let path = String::from_utf8(bytes(arguments).0).unwrap();
                if let Some(name) = path.strip_prefix(&self.folder) {
                    self.files.insert(result.trim().to_owned(), name.to_owned());
                }
            }
            ("unlink" | "unlinkat", _) => {
                let path = String::from_utf8(bytes(arguments).0).unwrap();
                if let Some(name) = path.strip_prefix(&self.folder) {
                    self.events.push(Event::Remove { path: name.to_owned() });
                }
            }
            ("pwrite64", Some(path)) => {
                let (mut data, rest) = bytes(arguments);
                let offset = number(rest.rsplit(", ").next().unwrap());
                data.truncate(number(result));
                self.events.push(Event::Write { path, offset, data });
            }
            ("ftruncate", Some(path)) => {
                let length = number(arguments.rsplit(", ").next().unwrap());
                self.events.push(Event::Truncate { path, length });
            }
            ("fsync" | "fdatasync", Some(path)) => self.events.push(Event::Sync { path }),
            ("close" | "write", None) => {}
            (_, file) => assert!(file.is_none(), "the model of the disk does not know {name}"),
        }
    }
}

/// The first quoted text of `arguments`, all of its bytes written as `\xNN`, and what follows it.
fn bytes(arguments: &str) -> (Vec<u8>, &str) {
    let (_, text) = arguments.split_once('"').expect("a quoted text");
    let (text, rest) = text.split_once('"').expect("its end");
    assert!(!rest.starts_with("..."), "strace has cut the text short");
    let byte = |hex: &[u8]| u8::from_str_radix(std::str::from_utf8(&hex[2..]).unwrap(), 16).unwrap();
    (text.as_bytes().chunks(4).map(byte).collect(), rest)
}
