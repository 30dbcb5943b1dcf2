//! Python's objects as JSON.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use crate::failure::guarded;

/// How deep lists and structures may stand within each other, so that one that holds itself ends.
const DEEPEST: usize = 128;

/// The class of requests and structures.
static MODEL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Tells which class requests and structures have.
#[pyfunction]
pub(crate) fn set_model(py: Python<'_>, class: Py<PyType>) {
    let _ = MODEL.set(py, class);
}

/// The JSON text of a value, as bytes.
///
/// # Errors
///
/// `TypeError` for what JSON has no form for, `ValueError` for a value it cannot have; both say where it stands.
#[pyfunction]
pub(crate) fn encode<'py>(py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    guarded(|| Ok(PyBytes::new(py, &text(value)?)))
}

/// The JSON text of a value.
pub(crate) fn text(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(256);
    let mut path = Vec::new();
    write(value, &mut out, &mut path, 0)?;
    Ok(out)
}

/// A step from the whole value to one in it.
enum Step {
    Member(String),
    Item(usize),
}

fn place(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Item(number) => text.push_str(&format!("[{number}]")),
        }
    }
    if text.is_empty() { "the value".to_owned() } else { text }
}

fn write(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, path: &mut Vec<Step>, depth: usize) -> PyResult<()> {
    if depth > DEEPEST {
        let message =
            format!("{}: lists and structures stand more than {DEEPEST} deep in each other", place(path));
        return Err(PyValueError::new_err(message));
    }
    if let Ok(text) = value.cast::<PyString>() {
        string(text, out, path)
    } else if value.is_none() {
        out.extend_from_slice(b"null");
        Ok(())
    } else if let Ok(truth) = value.cast::<PyBool>() {
        out.extend_from_slice(if truth.is_true() { b"true" } else { b"false" });
        Ok(())
    } else if let Ok(number) = value.cast::<PyInt>() {
        match number.extract::<i64>() {
            Ok(number) => out.extend_from_slice(number.to_string().as_bytes()),
            // Of any size; a class derived from int may print as something else.
            Err(_) => {
                let digits = value.py().get_type::<PyInt>().call_method1("__repr__", (value,))?;
                out.extend_from_slice(digits.cast::<PyString>()?.to_cow()?.as_bytes());
            }
        }
        Ok(())
    } else if let Ok(items) = value.cast::<PyList>() {
        list(items.iter(), out, path, depth)
    } else if let Ok(members) = value.cast::<PyDict>() {
        dictionary(members, out, path, depth)
    } else if let Ok(items) = value.cast::<PyTuple>() {
        list(items.iter(), out, path, depth)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        let number = number.value();
        if !number.is_finite() {
            return Err(PyValueError::new_err(format!(
                "{} is {number}, which JSON cannot have",
                place(path)
            )));
        }
        let digits = value.py().get_type::<PyFloat>().call_method1("__repr__", (value,))?;
        out.extend_from_slice(digits.cast::<PyString>()?.to_cow()?.as_bytes());
        Ok(())
    } else if MODEL
        .get(value.py())
        .is_some_and(|class| value.is_instance(class.bind(value.py())).unwrap_or(false))
    {
        model(value, out, path, depth)
    } else {
        let class = value.get_type().name()?;
        let message = format!(
            "{} is a {class}: parameters are texts, numbers, truth values, lists, dictionaries, and structures of models",
            place(path)
        );
        Err(PyTypeError::new_err(message))
    }
}

fn list<'py>(
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    out: &mut Vec<u8>,
    path: &mut Vec<Step>,
    depth: usize,
) -> PyResult<()> {
    out.push(b'[');
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        path.push(Step::Item(number));
        write(&item, out, path, depth + 1)?;
        path.pop();
    }
    out.push(b']');
    Ok(())
}

fn dictionary(
    members: &Bound<'_, PyDict>,
    out: &mut Vec<u8>,
    path: &mut Vec<Step>,
    depth: usize,
) -> PyResult<()> {
    out.push(b'{');
    for (number, (name, value)) in members.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        let name = match name.cast::<PyString>() {
            Ok(name) => name.clone(),
            Err(_) if name.is_instance_of::<PyInt>() => name.str()?,
            Err(_) => {
                let class = name.get_type().name()?;
                let message = format!("{}: a name is a {class}, and must be a text", place(path));
                return Err(PyTypeError::new_err(message));
            }
        };
        path.push(Step::Member(name.to_string()));
        string(&name, out, path)?;
        out.push(b':');
        write(&value, out, path, depth + 1)?;
        path.pop();
    }
    out.push(b'}');
    Ok(())
}

/// A request or structure: what was set, under the names of the API.
fn model(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, path: &mut Vec<Step>, depth: usize) -> PyResult<()> {
    let members = value.getattr(pyo3::intern!(value.py(), "__dict__"))?;
    out.push(b'{');
    let mut first = true;
    for (attribute, value) in members.cast::<PyDict>()?.iter() {
        if value.is_none() {
            continue;
        }
        let attribute = attribute.cast::<PyString>()?.to_cow()?.into_owned();
        let Some(name) = attribute.strip_prefix('_') else {
            return Err(PyValueError::new_err((attribute,)));
        };
        // Not parameters: the headers and the options of the call.
        let Some(initial) = name.chars().next().filter(|_| name != "headers" && name != "options") else {
            continue;
        };
        let name = format!("{}{}", initial.to_ascii_uppercase(), &name[initial.len_utf8()..]);
        if !first {
            out.push(b',');
        }
        first = false;
        quoted(&name, out);
        out.push(b':');
        path.push(Step::Member(name));
        write(&value, out, path, depth + 1)?;
        path.pop();
    }
    out.push(b'}');
    Ok(())
}

fn string(text: &Bound<'_, PyString>, out: &mut Vec<u8>, path: &[Step]) -> PyResult<()> {
    match text.to_cow() {
        Ok(text) => quoted(&text, out),
        Err(_) => {
            let message = format!(
                "{} has half of a surrogate pair, which is no character: decode the text it came from as UTF-8",
                place(path)
            );
            return Err(PyValueError::new_err(message));
        }
    }
    Ok(())
}

fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (place, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[written..place]);
        written = place + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}
