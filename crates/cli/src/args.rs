//! The command line as it is written: names, forms and help texts. What the words mean is settled in `settings`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tcsms_store::Location;

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  the service answered with an error, or `explain` found that a signature does not hold
  2  wrong usage or configuration
  3  the network failed, or what came back is no answer of the API
  4  at least one number of a send failed; the answer is on standard output

Environment:
  TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_SESSION_TOKEN  the key to sign with
  TENCENTCLOUD_CREDENTIALS_FILE  where the key is read from when those are not set
  TENCENTCLOUD_REGION            the region when --region is not given
  TCSMS_CONNECT_TO               send every call there, for example to http://127.0.0.1:9180
  TCSMS_CA_FILE                  one more certificate authority to trust (PEM)
  https_proxy, all_proxy         the proxy when --proxy is not given, but not for no_proxy
  NO_COLOR                       no colour, even on a terminal";

/// Send SMS through Tencent Cloud, pull, count, find out why a signature fails, and run the same service locally.
#[derive(Parser)]
#[command(name = "tcsms", version, after_help = AFTER_HELP, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How answers and errors are written; `call` writes json unless told otherwise, everything else a table
    #[arg(long, global = true, value_enum, value_name = "FORM")]
    pub(crate) output: Option<Output>,
}

/// For programs or for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Json,
    Table,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the SMS service on this machine: same API, real signature checks, no phone needed
    Serve(ServeArgs),
    /// Make one call of any action, and print its answer as JSON
    Call(CallArgs),
    /// Send one SMS to one or several numbers, or to every row of a list
    Send(Box<SendArgs>),
    /// Take delivery reports from the service's queue; each is handed out once
    #[command(subcommand)]
    Pull(PullCommand),
    /// Count what was sent between two hours
    Stats(StatsArgs),
    /// Manage message templates
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Count the segments of a text, which are what it costs
    Segments(SegmentsArgs),
    /// Say whether calls work from here, and if not, what keeps them
    Doctor(DoctorArgs),
    /// Check the database of a stopped service, or carry it to another file
    #[command(subcommand)]
    Db(DbCommand),
    /// Say whether the signature of a recorded HTTP request holds, and if not, why
    Explain(ExplainArgs),
    /// Write the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether the answer is for a program unless the caller says otherwise.
    pub(crate) fn default_output(&self) -> Output {
        match self {
            Command::Call(_) => Output::Json,
            _ => Output::Table,
        }
    }
}

/// What every command that calls the service takes.
#[derive(Args)]
#[command(next_help_heading = "Client options")]
pub(crate) struct ClientArgs {
    /// The region the call is made in [env: TENCENTCLOUD_REGION] [default: ap-guangzhou]
    #[arg(long)]
    pub(crate) region: Option<String>,

    /// The host to call, with a port if need be; http:// only for this machine [default: sms.tencentcloudapi.com]
    #[arg(long, value_name = "HOST")]
    pub(crate) endpoint: Option<String>,

    /// The proxy, in place of the environment's: http://, https:// or socks5:// with host and port; a password in it can
    /// be seen by other users of this machine, in the variable https_proxy it cannot
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// The language of error messages
    #[arg(long, value_enum)]
    pub(crate) language: Option<Language>,

    /// How requests are signed: the method of API 3.0, or an older one
    #[arg(long, value_enum, value_name = "METHOD", default_value = "TC3-HMAC-SHA256", ignore_case = true)]
    pub(crate) sign_method: SignMethod,

    /// The HTTP method; with GET at most 32 KB of parameters
    #[arg(long, value_enum, default_value = "POST", ignore_case = true)]
    pub(crate) method: Method,

    /// The longest the whole call may take, attempts and pauses included: 30s, 500ms, 2m [default: 2m]
    #[arg(long, value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// The section of the credentials file
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en-US")]
    English,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignMethod {
    #[value(name = "TC3-HMAC-SHA256")]
    Tc3,
    #[value(name = "HmacSHA256")]
    HmacSha256,
    #[value(name = "HmacSHA1")]
    HmacSha1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    #[value(name = "POST")]
    Post,
    #[value(name = "GET")]
    Get,
}

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Where the API listens; port 0 takes a free one, which the ready line names
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9180")]
    pub(crate) listen: SocketAddr,

    /// Where the data is kept: `memory`, or `sqlite:` and the path of a file, which is made when it is not there
    #[arg(long, value_name = "DATABASE", default_value = "memory", value_parser = database)]
    pub(crate) database: Location,

    /// The configuration (TOML); without one there is a development account, whose key is printed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Where the control API listens when the API itself is not on a loopback address; it then asks for the token in
    /// TCSMS_CONTROL_TOKEN
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) control_listen: Option<SocketAddr>,

    /// How many seconds a request's timestamp may differ from this machine's clock
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) max_clock_skew: u32,

    /// What is logged, in the form of RUST_LOG: a level, or `part=level` with commas [env: RUST_LOG] [default: info]
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,

    /// How the log is written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) log_format: LogFormat,

    /// Serve https with this certificate (PEM, the own one first, then those that vouch for it)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Serve https with a certificate made at the start, for localhost and the names of the real service; the authority
    /// that vouches for it is written to the file, for clients to trust
    #[arg(long, value_name = "CA_FILE", num_args = 0..=1, default_missing_value = "tcsms-ca.pem",
        conflicts_with = "tls_cert")]
    pub(crate) tls_self_signed: Option<PathBuf>,

    /// End, as after SIGTERM, when standard input ends: a program that holds its other end never leaves the service behind
    #[arg(long)]
    pub(crate) stop_with_stdin: bool,
}

/// For people or for programs that collect logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
pub(crate) enum DbCommand {
    /// Look for damage, and for rows that contradict each other
    Check {
        /// `sqlite:` and the path of the file
        #[arg(long, value_name = "DATABASE", value_parser = database_file)]
        database: PathBuf,
    },
    /// Write every row as a line of JSON
    Export {
        /// `sqlite:` and the path of the file
        #[arg(long, value_name = "DATABASE", value_parser = database_file)]
        database: PathBuf,
        /// Where to; - is standard output
        #[arg(value_name = "FILE|-", default_value = "-")]
        to: PathBuf,
    },
    /// Fill a new database with what `export` wrote
    Import {
        /// `sqlite:` and the path of the file, which must not hold anything yet
        #[arg(long, value_name = "DATABASE", value_parser = database_file)]
        database: PathBuf,
        /// Where from; - is standard input
        #[arg(value_name = "FILE|-", default_value = "-")]
        from: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct CallArgs {
    /// The action, for example SendSms
    pub(crate) action: String,

    /// The version of the API
    #[arg(long, default_value = "2021-01-11")]
    pub(crate) version: String,

    /// The product whose action it is, by its label in signatures; another one than sms is called at the host of its
    /// label, and without a region unless one is given
    #[arg(long, value_name = "LABEL", default_value = "sms")]
    pub(crate) service: String,

    /// The parameters: JSON text, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-", default_value = "{}", allow_hyphen_values = true)]
    pub(crate) json: String,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

#[derive(Args)]
pub(crate) struct SendArgs {
    /// The number to send to, best with + and country code; give --to again for each further number, 200 at most
    #[arg(long, value_name = "NUMBER", required_unless_present = "list", value_parser = number)]
    pub(crate) to: Vec<String>,

    /// A table (CSV) with a number in each row, in the column `phone`, and the template's values in columns `1`, `2`
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub(crate) list: Option<PathBuf>,

    /// The id of the SMS application (SdkAppId)
    #[arg(long, value_name = "APP_ID")]
    pub(crate) app: String,

    /// The id of an approved template
    #[arg(long, value_name = "TEMPLATE_ID")]
    pub(crate) template: String,

    /// The signature's text, without brackets; needed for numbers of mainland China
    #[arg(long)]
    pub(crate) sign: Option<String>,

    /// A value for the template, in the order of its variables; give --param again for each further one
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) param: Vec<String>,

    /// Text that comes back with the answer and the report
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) session: Option<String>,

    /// Do not ask the service first how many values the template takes
    #[arg(long)]
    pub(crate) no_check: bool,

    #[command(flatten)]
    pub(crate) list_options: ListArgs,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// How a list is sent.
#[derive(Args)]
#[command(next_help_heading = "List options")]
pub(crate) struct ListArgs {
    /// The column of the numbers, when it has none of the usual names
    #[arg(long, value_name = "NAME", requires = "list")]
    pub(crate) column: Option<String>,

    /// Show the first text and what all cost, and send nothing
    #[arg(long, requires = "list")]
    pub(crate) preview: bool,

    /// Send nothing when there is a row that cannot be sent; without it the other rows are sent
    #[arg(long, requires = "list")]
    pub(crate) all_or_nothing: bool,

    /// Where each row's result is written [default: the list's name with .result.csv]
    #[arg(long, value_name = "FILE", requires = "list")]
    pub(crate) result: Option<PathBuf>,

    /// Go on with a list that was begun: rows that were accepted, or may have been sent, are left alone
    #[arg(long, requires = "list")]
    pub(crate) resume: bool,

    /// With --resume, send again to rows that may have been sent: a person may get the message twice
    #[arg(long, requires = "resume")]
    pub(crate) unknown_again: bool,

    /// The most requests a second
    #[arg(long, value_name = "N", requires = "list", default_value_t = 100)]
    pub(crate) rate: u32,

    /// The most requests at the same time
    #[arg(long, value_name = "N", requires = "list", default_value_t = 4)]
    pub(crate) concurrency: usize,
}

#[derive(Args)]
pub(crate) struct SegmentsArgs {
    /// The text with its signature: the text itself, @FILE, or - for standard input
    #[arg(value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub(crate) text: String,
}

#[derive(Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

#[derive(Subcommand)]
pub(crate) enum PullCommand {
    /// Delivery reports
    Status(PullArgs),
}

#[derive(Args)]
pub(crate) struct PullArgs {
    /// The id of the SMS application (SdkAppId)
    #[arg(long, value_name = "APP_ID")]
    pub(crate) app: String,

    /// The largest number of reports to take, 1 to 100
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: u64,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

#[derive(Args)]
pub(crate) struct StatsArgs {
    /// The id of the SMS application (SdkAppId)
    #[arg(long, value_name = "APP_ID")]
    pub(crate) app: String,

    /// The first hour, in Beijing time: 2026112500 is the first hour of 25 November 2026
    #[arg(long, value_name = "YYYYMMDDHH", value_parser = hour)]
    pub(crate) begin: String,

    /// The last hour, which counts too
    #[arg(long, value_name = "YYYYMMDDHH", value_parser = hour)]
    pub(crate) end: String,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

#[derive(Subcommand)]
pub(crate) enum TemplateCommand {
    /// Hand in a new template for review
    Add(TemplateAddArgs),
}

#[derive(Args)]
pub(crate) struct TemplateAddArgs {
    /// Its name, for the console
    #[arg(long)]
    pub(crate) name: String,

    /// Its text, with {1}, {2} and so on where the values go
    #[arg(long)]
    pub(crate) content: String,

    /// What it is for
    #[arg(long, value_enum)]
    pub(crate) kind: TemplateKind,

    /// For numbers outside mainland China
    #[arg(long)]
    pub(crate) international: bool,

    /// A word to the reviewer
    #[arg(long, default_value = "")]
    pub(crate) remark: String,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateKind {
    Verification,
    Notification,
    Marketing,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// The request as it was on the wire: request line, headers, an empty line, body; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) request: String,

    /// The secret key the request should be signed with; other users of this machine can see it in the list of
    /// processes, the variable TENCENTCLOUD_SECRET_KEY keeps it from them
    #[arg(long, value_name = "KEY")]
    pub(crate) secret_key: Option<String>,
}

fn number(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let parts: Vec<&str> =
        text.split([',', ';', '，', '；']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if let [first, .., last] = parts.as_slice() {
        return Err(format!("give one number each time: --to {first} … --to {last}"));
    }
    if text.contains(char::is_whitespace) {
        let without: String = text.split_whitespace().collect();
        return Err(format!("it has a blank in it: --to {without}"));
    }
    Ok(text.to_owned())
}

fn hour(text: &str) -> Result<String, String> {
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("an hour has ten digits, year, month, day and hour: 2026112509".to_owned())
}

fn database(text: &str) -> Result<Location, String> {
    match text.split_once(':') {
        _ if text == "memory" => Ok(Location::Memory),
        Some(("sqlite", path)) if !path.is_empty() => Ok(Location::File(path.into())),
        _ => Err("it is `memory`, or `sqlite:` and the path of a file".to_owned()),
    }
}

fn database_file(text: &str) -> Result<PathBuf, String> {
    match database(text)? {
        Location::File(path) => Ok(path),
        Location::Memory => Err("a database in memory ends with its service; name a file".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
    let milliseconds_each = match &text[digits.len()..] {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        _ => 0,
    };
    let milliseconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(milliseconds_each));
    match milliseconds {
        Some(milliseconds) if milliseconds > 0 => Ok(Duration::from_millis(milliseconds)),
        _ => Err("a time above zero is written 500ms, 30s or 2m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_number_is_one_number() {
        assert_eq!(number("+8613711112222").unwrap(), "+8613711112222");
        // Whether a number exists is the service's to say.
        assert_eq!(number("12345").unwrap(), "12345");
        assert_eq!(
            number("+86137,+86138").unwrap_err(),
            "give one number each time: --to +86137 … --to +86138"
        );
        assert_eq!(number("+86 131 2345").unwrap_err(), "it has a blank in it: --to +861312345");
        assert!(number("").is_err());
    }

    #[test]
    fn times_need_a_number_and_a_unit() {
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(duration("2m").unwrap(), Duration::from_secs(120));
        assert_eq!(duration("7").unwrap(), Duration::from_secs(7));
        for wrong in ["", "s", "0s", "-1s", "1.5s", "1h", "99999999999999999999m", "18446744073709551615m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_database_is_memory_or_a_file() {
        assert_eq!(database("memory").unwrap(), Location::Memory);
        assert_eq!(database("sqlite:a:b.db").unwrap(), Location::File("a:b.db".into()));
        for wrong in ["", "sqlite", "sqlite:", "postgres://x", "/a/b.db", "memory:"] {
            assert!(database(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_hour_has_ten_digits() {
        assert_eq!(hour("2026112500").unwrap(), "2026112500");
        for wrong in ["20261125", "2026-11-25", "202611250x", ""] {
            assert!(hour(wrong).is_err(), "{wrong}");
        }
    }
}
