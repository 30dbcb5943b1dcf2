//! The finding that a signature does not hold.

use super::cause::{Cause, Hint, Part};
use std::fmt;

/// The texts between a request and its signature, for comparing with what the client computed. Those of v1 hold all
/// parameters, a temporary key's `Token` included: who shows them to others has to cover it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The canonical request of TC3; v1 has none.
    pub canonical_request: Option<String>,
    /// What the key signs.
    pub string_to_sign: String,
}

/// A signature that does not hold. It knows neither the secret key nor the right signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The part that differs, as far as it is known.
    pub part: Part,
    /// What should have been signed.
    pub texts: Texts,
    /// The signature in the request.
    pub signature: String,
    /// Why, proved causes first.
    pub hints: Vec<Hint>,
}

/// What the search for the cause came to.
pub(super) enum Finding {
    /// The signature fits the request, so that nothing is wrong but what the request shows.
    Fits,
    /// With this mistake made on purpose the signature came out.
    Cause(Cause),
    /// Nothing led to the signature; this may be why.
    Nothing {
        /// Can be empty.
        likely: Option<Cause>,
    },
}

impl Mismatch {
    /// `visible` is a fault that the request itself shows, whatever the signature.
    pub(super) fn new(texts: Texts, signature: &str, visible: Option<Cause>, finding: Finding) -> Self {
        let proved = |cause| Hint { cause, proved: true };
        let mut hints: Vec<_> = visible.into_iter().map(proved).collect();
        match finding {
            Finding::Fits => {}
            Finding::Cause(cause) => hints.push(proved(cause)),
            Finding::Nothing { likely } => {
                hints.push(Hint { cause: likely.unwrap_or(Cause::Unknown), proved: false });
            }
        }
        let part = hints.first().map_or(Part::Unknown, |hint| hint.cause.part());
        Self { part, texts, signature: signature.to_owned(), hints }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not hold")?;
        let mut separator = ": ";
        for hint in &self.hints {
            write!(f, "{separator}{hint}")?;
            separator = ". ";
        }
        Ok(())
    }
}

impl std::error::Error for Mismatch {}
