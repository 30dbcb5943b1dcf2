//! A request as it stood on the wire.

use std::fmt;

/// One HTTP request, byte for byte as it was received: nothing decoded, nothing put in another order.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method in capitals: `POST` or `GET`.
    pub method: &'a str,
    /// The path of the target. The service's signatures are always made over `/`, whatever stands here.
    pub path: &'a str,
    /// The query string without its `?`, still escaped; empty when there is none.
    pub query: &'a str,
    /// The headers in the order they were received.
    pub headers: &'a [Header<'a>],
    /// The body's bytes.
    pub body: &'a [u8],
}

/// One header of a [`Request`].
#[derive(Clone, Copy)]
pub struct Header<'a> {
    /// The name in any case.
    pub name: &'a str,
    /// The value without its line end. Blanks around it are ignored wherever it is read.
    pub value: &'a [u8],
}

impl<'a> Request<'a> {
    /// The value of the first header of this name (in any case), without blanks around it.
    ///
    /// A server must read signed headers through this method: when a header is sent twice, the signature covers the
    /// first one (our choice), and reading the other would trust something nobody signed.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(header.value.trim_ascii())
    }
}

impl fmt::Debug for Request<'_> {
    /// Method, path and the names of the headers. Query, body and values are left out: there may be tokens and phone
    /// numbers in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
