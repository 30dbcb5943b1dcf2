//! `tcsms serve`: the service as a process of its own.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use serde::Serialize;
use tcsms_service::config::Secret;
use tcsms_service::{ApiDoor, Clock, Config, ControlDoor, ListenError, ServerTls, Service, TlsError, listen};
use tcsms_store::{Scope, Store, StoreError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::args::ServeArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::log;
use crate::printer::Printer;
use crate::settings;

/// The line that says that callers may come. A contract with scripts.
#[derive(Serialize)]
struct Ready {
    event: &'static str,
    api: String,
    /// `null` when the control API is nowhere.
    control: Option<String>,
    version: &'static str,
}

pub(crate) fn run(args: &ServeArgs, printer: &Printer) -> Result<Exit, Failure> {
    log::of_service(args.log.as_deref(), args.log_format)?;
    let config = config(args)?;
    let token = match args.control_listen {
        Some(_) => Some(control_token()?),
        None => None,
    };
    let store = Store::open(&args.database).map_err(store_failure)?;

    let runtime = Runtime::new().map_err(|error| Failure::usage(format!("cannot start: {error}")))?;
    let exit = runtime.block_on(serve(args, printer, config, store, token));
    // After a second signal nothing is waited for, not even what still runs.
    runtime.shutdown_background();
    exit
}

async fn serve(
    args: &ServeArgs,
    printer: &Printer,
    config: Config,
    store: Store,
    token: Option<Secret>,
) -> Result<Exit, Failure> {
    // From here on a signal is not lost, also when it comes before the first caller.
    let mut signals =
        Signals::new().map_err(|error| Failure::usage(format!("cannot wait for signals: {error}")))?;
    let mut reloads = signal(SignalKind::hangup())
        .map_err(|error| Failure::usage(format!("cannot wait for signals: {error}")))?;
    let (api, address) = open(args.listen, "--listen").await?;
    let tls = server_tls(args, address)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = |address: SocketAddr| format!("{scheme}://{address}");
    let mut control_url = address.ip().is_loopback().then(|| url(address));
    let mut control = None;
    if let (Some(wanted), Some(token)) = (args.control_listen, token) {
        let (listener, address) = open(wanted, "--control-listen").await?;
        control = Some(ControlDoor { listener, tls: tls.clone(), token });
        control_url = Some(url(address));
    }
    let account = args.config.is_none().then(|| account_text(&config));
    let service = Service::start(config, store, Clock::default()).await.map_err(store_failure)?;
    let ready = Ready {
        event: "listening",
        api: url(address),
        control: control_url,
        version: env!("CARGO_PKG_VERSION"),
    };
    if let Some(account) = account {
        printer.remark(&account);
    }
    printer.text(&format!("{}\n", super::answer_json(&ready)?))?;

    let (stop, stopped) = oneshot::channel();
    let stop_with_stdin = args.stop_with_stdin;
    let second_signal = async move {
        tokio::select! {
            _ = signals.next() => {}
            () = end_of_input(), if stop_with_stdin => {}
        }
        let _ = stop.send(());
        signals.next().await
    };
    let first_signal = async move {
        // The other end waits for signals until the process ends, so it is never gone.
        let _ = stopped.await;
    };
    let running = service.clone();
    let reload = async move {
        while reloads.recv().await.is_some() {
            reload(args, &running).await;
        }
        std::future::pending().await
    };
    let api = ApiDoor { listener: api, tls };
    tokio::select! {
        () = service.serve(api, control, first_signal) => Ok(Exit::Done),
        number = second_signal => Ok(Exit::Interrupted(number)),
        () = reload => Ok(Exit::Done),
    }
}

/// Waits until standard input has ended. What comes there is read and forgotten.
async fn end_of_input() {
    // A read of standard input cannot be given up; the runtime does not wait for it at its end.
    let _ = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin().lock(), &mut io::sink())).await;
}

/// Reads the configuration again. A mistake in it changes nothing.
async fn reload(args: &ServeArgs, service: &Service) {
    let reloaded = match config(args) {
        Ok(config) => service.reload(&config).await.map_err(|error| error.to_string()),
        Err(failure) => Err(failure.to_string()),
    };
    match reloaded {
        Ok(()) => {
            tracing::info!("accounts, limits and callbacks are those of the configuration as it is now")
        }
        Err(error) => tracing::error!(%error, "the configuration stays as it was"),
    }
}

fn config(args: &ServeArgs) -> Result<Config, Failure> {
    let mut config = match &args.config {
        Some(path) => read_config(path)?,
        None => Config::development(),
    };
    config.max_clock_skew = args.max_clock_skew;
    Ok(config)
}

/// What callers are shown, when they are to come by https.
fn server_tls(args: &ServeArgs, address: SocketAddr) -> Result<Option<ServerTls>, Failure> {
    let wrong = |option: &str, error: &TlsError| Failure::usage(format!("{option}: {error}"));
    if let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) {
        return ServerTls::from_files(certificate, key)
            .map(Some)
            .map_err(|error| wrong("--tls-cert and --tls-key", &error));
    }
    let Some(ca_file) = &args.tls_self_signed else { return Ok(None) };
    let (tls, authority) =
        ServerTls::self_signed(&[address.ip()]).map_err(|error| wrong("--tls-self-signed", &error))?;
    std::fs::write(ca_file, authority).map_err(|error| {
        Failure::usage(format!("--tls-self-signed: cannot write {}: {error}", ca_file.display()))
    })?;
    Ok(Some(tls))
}

/// The signals that ask the service to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the next one.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}

fn read_config(path: &Path) -> Result<Config, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read the configuration {name}: {error}")))?;
    Config::from_toml(&text, &name).map_err(|error| Failure::usage(error.to_string()))
}

fn control_token() -> Result<Secret, Failure> {
    settings::variable(settings::CONTROL_TOKEN).map(Secret::new).ok_or_else(|| {
        Failure::usage(format!(
            "--control-listen opens the control API to others, so it needs a token: set {}",
            settings::CONTROL_TOKEN
        ))
    })
}

/// Opens a port; a failure names the option that chose it.
async fn open(address: SocketAddr, option: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let failure = |error: &dyn std::fmt::Display| Failure::usage(format!("{option}: {error}"));
    let listener = listen(address).await.map_err(|error: ListenError| failure(&error))?;
    let address = listener.local_addr().map_err(|error| failure(&error))?;
    Ok((listener, address))
}

fn store_failure(error: StoreError) -> Failure {
    Failure::usage(format!("--database: {error}"))
}

/// What a newcomer needs to make the first call.
fn account_text(config: &Config) -> String {
    let mut text = String::from("no --config: there is a development account");
    let mut line = |name: &str, value: String| {
        let _ = write!(text, "\n  {name:<12} {value}");
    };
    for account in &config.accounts {
        // The first key is the one to use; the others are those of documented samples.
        if let Some(key) = account.keys.first() {
            line("secret id", key.secret_id.clone());
            line("secret key", key.secret_key.expose().to_owned());
        }
        for app in &account.apps {
            line("SdkAppId", app.sdk_app_id.clone());
        }
        for sign in &account.signs {
            line("signature", format!("{} ({})", sign.name, area(sign.scope)));
        }
        for template in &account.templates {
            line("template", format!("{} {} ({})", template.id, template.content, area(template.scope)));
        }
    }
    text
}

/// Where a signature or a template may be used.
fn area(scope: Scope) -> &'static str {
    match scope {
        Scope::Mainland => "mainland China",
        Scope::Global => "elsewhere",
        Scope::Both => "everywhere",
    }
}
