//! Which signatures or templates a Describe action answers: those that are named, or a page of all.
//!
//! Documented: at most 100 ids; Limit and Offset count only without ids, Limit at most 100. Our choices: named ones are
//! answered in the order of the request and each once, unknown ones left out, all others newest first; International
//! narrows a page only, as in the documented example; a Limit that is absent or 0 means 10.

use std::collections::HashSet;
use std::sync::Arc;

use tcsms_api::ErrorCode;

use crate::gateway::errors::ApiError;

const IDS_MAX: usize = 100;
const LIMIT_MAX: u64 = 100;
const LIMIT_DEFAULT: u64 = 10;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// These, whatever else they are.
    Ids(Vec<u64>),
    /// A part of all.
    Page {
        /// So many of the newest are passed over.
        offset: usize,
        /// At most so many are answered.
        limit: usize,
    },
}

impl Listing {
    /// Reads the request of 2021-01-11.
    pub(super) fn read(
        ids: Option<Vec<u64>>,
        limit: Option<u64>,
        offset: Option<u64>,
    ) -> Result<Self, ApiError> {
        let ids = ids.unwrap_or_default();
        if !ids.is_empty() {
            return Ok(Self::Ids(check_ids(ids)?));
        }
        let limit = match limit.unwrap_or_default() {
            0 => LIMIT_DEFAULT,
            limit @ 1..=LIMIT_MAX => limit,
            limit => {
                return Err(ApiError::new(
                    ErrorCode::InvalidParameterValueLimitVerifyFail,
                    format!("the Limit is {limit}; use 1 to {LIMIT_MAX}"),
                ));
            }
        };
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Self::Page { offset: count(offset.unwrap_or_default()), limit: count(limit) })
    }

    /// Chooses from `all`, which come by ascending id. `fits` says which belong on a page.
    pub(super) fn choose<T>(
        &self,
        all: Vec<Arc<T>>,
        id: impl Fn(&T) -> u64,
        fits: impl Fn(&T) -> bool,
    ) -> Vec<Arc<T>> {
        match self {
            Self::Ids(ids) => {
                let mut met = HashSet::new();
                let each_once = ids.iter().filter(|id| met.insert(**id));
                let find = |wanted: &u64| all.iter().find(|one| id(one) == *wanted).cloned();
                each_once.filter_map(find).collect()
            }
            Self::Page { offset, limit } => {
                all.into_iter().rev().filter(|one| fits(one)).skip(*offset).take(*limit).collect()
            }
        }
    }
}

/// The ids, when there are not too many.
pub(super) fn check_ids(ids: Vec<u64>) -> Result<Vec<u64>, ApiError> {
    if ids.len() <= IDS_MAX {
        return Ok(ids);
    }
    Err(ApiError::new(
        ErrorCode::FailedOperationFailResolvePacket,
        format!("{} ids are more than {IDS_MAX}; ask for them in several calls", ids.len()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(listing: &Listing) -> Vec<u64> {
        let all = (1..=30).map(Arc::new).collect();
        listing.choose(all, |one: &u64| *one, |one| one % 2 == 1).into_iter().map(|one| *one).collect()
    }

    fn read(ids: &[u64], limit: Option<u64>, offset: Option<u64>) -> Result<Listing, String> {
        Listing::read(Some(ids.to_vec()), limit, offset).map_err(|error| error.code.to_string())
    }

    #[test]
    fn named_ones_come_as_they_were_named() {
        let listing = read(&[7, 2, 99, 7], Some(1000), Some(5)).unwrap();
        assert_eq!(choose(&listing), [7, 2]);
    }

    #[test]
    fn a_page_has_the_newest_that_fit() {
        assert_eq!(choose(&read(&[], Some(2), Some(1)).unwrap()), [27, 25]);
        for default in [None, Some(0)] {
            assert_eq!(choose(&read(&[], default, None).unwrap()), [29, 27, 25, 23, 21, 19, 17, 15, 13, 11]);
        }
        assert_eq!(choose(&read(&[], Some(100), None).unwrap()).len(), 15);
        assert!(choose(&read(&[], None, Some(u64::MAX)).unwrap()).is_empty());
    }

    #[test]
    fn too_much_at_once_is_refused() {
        assert_eq!(read(&[], Some(101), None), Err("InvalidParameterValue.LimitVerifyFail".to_owned()));
        let many: Vec<u64> = (0..101).collect();
        assert_eq!(read(&many, None, None), Err("FailedOperation.FailResolvePacket".to_owned()));
        assert!(read(&many[..100], None, None).is_ok());
    }
}
