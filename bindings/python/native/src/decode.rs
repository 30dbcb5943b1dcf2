//! JSON as Python's objects: dictionaries, or the SDK's own structures without anything in between.

use std::borrow::Cow;
use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyType};

use crate::failure::guarded;

/// How deep lists and objects may stand within each other.
const DEEPEST: usize = 512;

/// A class of the SDK's models, as its answers are read.
#[pyclass(frozen, module = "tencentcloud.common._native")]
pub(crate) struct Shape {
    class: Py<PyType>,
    /// The members in the order of their definition: the attribute, and the class of what stands in it.
    members: Vec<Member>,
    places: HashMap<String, usize>,
}

struct Member {
    name: String,
    attribute: Py<PyString>,
    nested: Option<Py<Shape>>,
}

#[pymethods]
impl Shape {
    /// A class, the names of its members, and the shapes of those that are structures or lists of them.
    #[new]
    fn new(
        py: Python<'_>,
        class: Py<PyType>,
        members: Vec<String>,
        nested: HashMap<String, Py<Shape>>,
    ) -> PyResult<Self> {
        let mut nested = nested;
        let places = members.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect();
        let members = members.into_iter().map(|name| Member {
            attribute: PyString::intern(py, &format!("_{name}")).unbind(),
            nested: nested.remove(&name),
            name,
        });
        Ok(Self { class, members: members.collect(), places })
    }
}

/// The value of a JSON text: of the class of `shape` when one is given.
///
/// # Errors
///
/// `ValueError` for what is no JSON, saying at which byte.
#[pyfunction]
#[pyo3(signature = (text, shape = None))]
pub(crate) fn decode(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    shape: Option<&Bound<'_, Shape>>,
) -> PyResult<Py<PyAny>> {
    guarded(|| {
        if let Ok(bytes) = text.cast::<PyBytes>() {
            return whole(py, bytes.as_bytes(), shape.map(Bound::get));
        }
        whole(py, text.cast::<PyString>()?.to_cow()?.as_bytes(), shape.map(Bound::get))
    })
}

/// The value of a whole JSON text.
pub(crate) fn whole(py: Python<'_>, text: &[u8], shape: Option<&Shape>) -> PyResult<Py<PyAny>> {
    let mut reader = Reader { py, text, at: 0 };
    reader.blanks();
    let value = reader.value(shape, 0)?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.fault("the text goes on after its value")) } else { Ok(value) }
}

struct Reader<'a, 'py> {
    py: Python<'py>,
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a, '_> {
    fn fault(&self, what: &str) -> PyErr {
        PyValueError::new_err(format!("this is no JSON: {what}, at byte {}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self, shape: Option<&Shape>, depth: usize) -> PyResult<Py<PyAny>> {
        if depth > DEEPEST {
            return Err(self.fault("lists and objects stand too deep in each other"));
        }
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => match shape {
                Some(shape) => self.structure(shape, depth),
                None => self.object(depth),
            },
            Some(b'[') => self.array(shape, depth),
            Some(b't') => self.word(b"true", true.into_pyobject(self.py)?.to_owned().into_any().unbind()),
            Some(b'f') => self.word(b"false", false.into_pyobject(self.py)?.to_owned().into_any().unbind()),
            Some(b'n') => self.word(b"null", self.py.None()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.fault("no value begins so")),
            None => Err(self.fault("the text ends early")),
        }
    }

    fn word(&mut self, word: &[u8], value: Py<PyAny>) -> PyResult<Py<PyAny>> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault("no value begins so"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> PyResult<Py<PyAny>> {
        let start = self.at;
        let mut whole = true;
        while let Some(sign) = self.peek() {
            match sign {
                b'0'..=b'9' | b'-' => {}
                b'.' | b'e' | b'E' | b'+' => whole = false,
                _ => break,
            }
            self.at += 1;
        }
        let digits = String::from_utf8_lossy(&self.text[start..self.at]);
        if !whole {
            let number: f64 = digits.parse().map_err(|_| self.fault("this is no number"))?;
            return Ok(number.into_pyobject(self.py)?.into_any().unbind());
        }
        if let Ok(number) = digits.parse::<i64>() {
            return Ok(number.into_pyobject(self.py)?.into_any().unbind());
        }
        // Of any size.
        let class = self.py.get_type::<pyo3::types::PyInt>();
        class.call1((digits.as_ref(),)).map(Bound::unbind).map_err(|_| self.fault("this is no number"))
    }

    fn string(&mut self) -> PyResult<Py<PyAny>> {
        match self.text()? {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(PyString::new(self.py, text).into_any().unbind()),
                Err(_) => Err(self.fault("a text is no UTF-8")),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(PyString::new(self.py, &text).into_any().unbind()),
                // Half of a surrogate pair, which Python's texts can hold.
                Err(error) => {
                    let bytes = PyBytes::new(self.py, error.as_bytes());
                    Ok(bytes.call_method1("decode", ("utf-8", "surrogatepass"))?.unbind())
                }
            },
        }
    }

    /// The inside of a text, with its escapes resolved.
    fn text(&mut self) -> PyResult<Cow<'a, [u8]>> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let inside = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Cow::Borrowed(inside));
                }
                Some(b'\\') => break,
                Some(0..0x20) => return Err(self.fault("a text has a control character")),
                Some(_) => self.at += 1,
                None => return Err(self.fault("the text ends early")),
            }
        }
        let mut inside = self.text[start..self.at].to_vec();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(inside));
                }
                Some(b'\\') => self.escape(&mut inside)?,
                Some(0..0x20) => return Err(self.fault("a text has a control character")),
                Some(byte) => {
                    inside.push(byte);
                    self.at += 1;
                }
                None => return Err(self.fault("the text ends early")),
            }
        }
    }

    fn escape(&mut self, inside: &mut Vec<u8>) -> PyResult<()> {
        let sign = self.text.get(self.at + 1).copied();
        self.at += 2;
        inside.push(match sign {
            Some(sign @ (b'"' | b'\\' | b'/')) => sign,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let mut code = self.unit()?;
                if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with(b"\\u") {
                    let before = self.at;
                    self.at += 2;
                    let second = self.unit()?;
                    if (0xdc00..0xe000).contains(&second) {
                        code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
                    } else {
                        self.at = before;
                    }
                }
                match char::from_u32(code) {
                    Some(sign) => inside.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes()),
                    None => {
                        let [low, middle] = [code & 0x3f, (code >> 6) & 0x3f];
                        // As UTF-8 would have it if it were a character.
                        inside
                            .extend([0xe0 | (code >> 12), 0x80 | middle, 0x80 | low].map(|byte| byte as u8));
                    }
                }
                return Ok(());
            }
            _ => return Err(self.fault("a backslash stands before nothing it can escape")),
        });
        Ok(())
    }

    fn unit(&mut self) -> PyResult<u32> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let code = code.ok_or_else(|| self.fault("\\u needs four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    /// A list; its elements are of the class.
    fn array(&mut self, shape: Option<&Shape>, depth: usize) -> PyResult<Py<PyAny>> {
        self.at += 1;
        let list = PyList::empty(self.py);
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(list.into_any().unbind());
        }
        loop {
            self.blanks();
            list.append(self.value(shape, depth + 1)?)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(list.into_any().unbind());
                }
                _ => return Err(self.fault("a list lacks its comma or end")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> PyResult<Py<PyAny>> {
        let object = PyDict::new(self.py);
        self.members(|reader, name| {
            let name = match std::str::from_utf8(&name) {
                // The same few names come again and again.
                Ok(text) => PyString::intern(reader.py, text),
                Err(_) => return Err(reader.fault("a name is no UTF-8")),
            };
            object.set_item(name, reader.value(None, depth + 1)?)
        })?;
        Ok(object.into_any().unbind())
    }

    fn structure(&mut self, shape: &Shape, depth: usize) -> PyResult<Py<PyAny>> {
        static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let new = NEW
            .get_or_try_init(self.py, || self.py.get_type::<PyAny>().getattr("__new__").map(Bound::unbind))?;
        let made = new.bind(self.py).call1((&shape.class,))?;
        let none = self.py.None();
        for member in &shape.members {
            made.setattr(member.attribute.bind(self.py), &none)?;
        }
        let mut next = 0;
        self.members(|reader, name| {
            // Members mostly come in the order of their definition.
            let place = match shape.members.get(next) {
                Some(member) if member.name.as_bytes() == &*name => Some(next),
                _ => std::str::from_utf8(&name).ok().and_then(|name| shape.places.get(name).copied()),
            };
            let member = place.map(|place| &shape.members[place]);
            let nested = member.and_then(|member| member.nested.as_ref()).map(Py::get);
            let value = reader.value(nested, depth + 1)?;
            if let Some(place) = place {
                next = place + 1;
                made.setattr(shape.members[place].attribute.bind(reader.py), value)?;
            }
            Ok(())
        })?;
        Ok(made.unbind())
    }

    fn members(&mut self, mut member: impl FnMut(&mut Self, Cow<'a, [u8]>) -> PyResult<()>) -> PyResult<()> {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.fault("an object lacks a name"));
            }
            let name = self.text()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.fault("an object lacks a colon"));
            }
            self.at += 1;
            self.blanks();
            member(self, name)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.fault("an object lacks its comma or end")),
            }
        }
    }
}
