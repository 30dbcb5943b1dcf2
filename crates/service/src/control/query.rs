//! The query of a control request: every name known, every value checked.

use std::time::Duration;

use tcsms_auth::form;

use super::ControlError;
use crate::duration;

/// The longest time that a call may wait.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// The parameters of one query, taken out one by one.
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Query {
    pub(super) fn parse(query: Option<&str>) -> Result<Self, ControlError> {
        let pairs = form::decode_pairs(query.unwrap_or_default().as_bytes())
            .map_err(|error| ControlError::bad(format!("the query cannot be read: {error}")))?;
        Ok(Self { pairs, known: Vec::new() })
    }

    /// The value of this name; an empty one counts as absent.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let value = self.pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, ControlError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| {
            ControlError::bad(format!("{name}={text}: it must be a whole number of {least} to {most}"))
        })
    }

    /// How long to wait.
    pub(super) fn wait(&mut self, name: &'static str) -> Result<Option<Duration>, ControlError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let wait = duration::parse(&text).filter(|wait| *wait <= WAIT_MAX);
        wait.map(Some).ok_or_else(|| {
            let most = WAIT_MAX.as_secs();
            ControlError::bad(format!("{name}={text}: it must be {}, at most {most}s", duration::FORM))
        })
    }

    /// Refuses names that nobody asked for.
    pub(super) fn finish(self) -> Result<(), ControlError> {
        match self.pairs.iter().find(|(name, _)| !self.known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(ControlError::bad(format!(
                "unknown parameter {name}; known are {}",
                self.known.join(", ")
            ))),
        }
    }
}
