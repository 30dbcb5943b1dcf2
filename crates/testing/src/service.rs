use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::account::{Account, NewAccount};
use crate::control::Control;
use crate::error::Error;
use crate::process::{self, Process};

/// Without limits, and with reports at once: a test need not count or wait unless it is about that. A configuration
/// without accounts has the development account.
const DEFAULT_CONFIG: &str = "[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n";

/// The service of [`LocalService::shared`].
static SHARED: Mutex<Option<LocalService>> = Mutex::new(None);

/// The local SMS service, for tests. What is cloned is the same service; one that was started here ends with the last
/// clone, and with the process in any case.
#[derive(Clone, Debug)]
pub struct LocalService {
    api: String,
    control: Control,
    /// Nothing when the service was there before.
    _process: Option<Arc<Process>>,
}

impl LocalService {
    /// Starts a service on a free port of this machine, with everything by default.
    ///
    /// # Errors
    ///
    /// [`Error::NoProgram`] and [`Error::NotStarted`].
    pub fn start() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Starts a service otherwise.
    pub fn builder() -> ServiceBuilder {
        ServiceBuilder {
            program: None,
            config: DEFAULT_CONFIG.to_owned(),
            arguments: Vec::new(),
            limit: Duration::from_secs(30),
        }
    }

    /// The service that all tests of this process share: the one that `TCSMS_SERVICE` names (with the token in
    /// `TCSMS_CONTROL_TOKEN`, where it needs one, and the API's own address in `TCSMS_CONNECT_TO`, where it has one), or one
    /// that is started at the first call. It ends with the process.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and as [`connect`](Self::connect).
    pub fn shared() -> Result<Self, Error> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = &*shared {
            return Ok(service.clone());
        }
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let service = match variable("TCSMS_SERVICE") {
            Some(url) => {
                let service = Self::connect(&url, variable("TCSMS_CONTROL_TOKEN").as_deref())?;
                variable("TCSMS_CONNECT_TO").into_iter().fold(service, Self::with_api)
            }
            None => Self::start()?,
        };
        Ok(shared.insert(service).clone())
    }

    /// Uses a service that runs already, by the address of its control API, `http://127.0.0.1:9180` say. A control API
    /// with a port of its own needs the token, and [`api`](Self::api) is then set by [`with_api`](Self::with_api).
    ///
    /// # Errors
    ///
    /// [`Error::NoAnswer`] and [`Error::Refused`]: it is asked for the clock, so that a wrong address shows here.
    pub fn connect(control: &str, token: Option<&str>) -> Result<Self, Error> {
        let control = Control::new(control, token);
        control.get::<serde_json::Value>("clock", &Vec::new())?;
        Ok(Self { api: control.url().to_owned(), control, _process: None })
    }

    /// Where the API itself is, when it is not where its control API is.
    #[must_use]
    pub fn with_api(mut self, url: impl Into<String>) -> Self {
        self.api = url.into();
        self
    }

    /// The address of the API, `http://127.0.0.1:PORT`: what `TCSMS_CONNECT_TO` and the endpoint of any client are set
    /// to.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The address of the control API.
    pub fn control(&self) -> &str {
        self.control.url()
    }

    /// A fresh account: its own key, app, data, faults and clock, with the signatures and templates of the development
    /// account. It has no limits, goes after ten minutes, or with the value.
    ///
    /// # Errors
    ///
    /// [`Error::NoAnswer`] and [`Error::Refused`].
    pub fn account(&self) -> Result<Account, Error> {
        self.account_with(&NewAccount::default())
    }

    /// A fresh account of another kind.
    ///
    /// # Errors
    ///
    /// As [`account`](Self::account).
    pub fn account_with(&self, new: &NewAccount) -> Result<Account, Error> {
        Account::make(self.clone(), self.control.clone(), new)
    }
}

/// How a service is started.
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceBuilder {
    program: Option<PathBuf>,
    config: String,
    arguments: Vec<OsString>,
    limit: Duration,
}

impl ServiceBuilder {
    /// The program `tcsms`; by default the one that `TCSMS_PROGRAM` names, or the one on `PATH`.
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = Some(path.into());
        self
    }

    /// The configuration, as TOML. By default there are no limits, and reports come at once.
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = toml.into();
        self
    }

    /// One more argument of `tcsms serve`, `--database` say. May be called several times.
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// How long it may take to start; 30 seconds by default.
    pub fn start_timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts it, and waits until it takes calls.
    ///
    /// # Errors
    ///
    /// [`Error::NoProgram`] and [`Error::NotStarted`].
    pub fn start(self) -> Result<LocalService, Error> {
        let program = self.program.map_or_else(process::find_program, Ok)?;
        let (process, ready) = Process::start(&program, &self.config, &self.arguments, self.limit)?;
        let control = ready.control.as_ref().unwrap_or(&ready.api);
        Ok(LocalService {
            control: Control::new(control, None),
            api: ready.api,
            _process: Some(Arc::new(process)),
        })
    }
}
