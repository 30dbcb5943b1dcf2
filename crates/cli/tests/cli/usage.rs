//! What the program says about itself, and what it says to a wrong command line.

use insta::assert_snapshot;

use crate::support::{run, tcsms};

fn told(arguments: &[&str]) -> (i32, String) {
    let run = run(tcsms().args(arguments));
    assert_eq!(run.out, "", "nothing goes to standard output when the command line is wrong");
    (run.code, run.err)
}

#[test]
fn help_is_complete() {
    let help = run(tcsms().arg("--help"));
    assert_eq!(help.code, 0);
    assert_snapshot!(help.out, @r"
    Send SMS through Tencent Cloud, pull, count, find out why a signature fails, and run the same
    service locally

    Usage: tcsms [OPTIONS] <COMMAND>

    Commands:
      serve        Run the SMS service on this machine: same API, real signature checks, no phone needed
      call         Make one call of any action, and print its answer as JSON
      send         Send one SMS to one or several numbers, or to every row of a list
      pull         Take delivery reports from the service's queue; each is handed out once
      stats        Count what was sent between two hours
      template     Manage message templates
      segments     Count the segments of a text, which are what it costs
      doctor       Say whether calls work from here, and if not, what keeps them
      db           Check the database of a stopped service, or carry it to another file
      explain      Say whether the signature of a recorded HTTP request holds, and if not, why
      completions  Write the completion script of a shell

    Options:
          --output <FORM>  How answers and errors are written; `call` writes json unless told otherwise,
                           everything else a table [possible values: json, table]
      -h, --help           Print help
      -V, --version        Print version

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
      NO_COLOR                       no colour, even on a terminal
    ");
}

#[test]
fn help_of_send_says_how_several_numbers_are_given() {
    let help = run(tcsms().args(["send", "--help"]));
    assert_eq!(help.code, 0);
    assert_snapshot!(help.out, @r"
    Send one SMS to one or several numbers, or to every row of a list

    Usage: tcsms send [OPTIONS] --app <APP_ID> --template <TEMPLATE_ID>

    Options:
          --to <NUMBER>             The number to send to, best with + and country code; give --to again
                                    for each further number, 200 at most
          --list <FILE>             A table (CSV) with a number in each row, in the column `phone`, and
                                    the template's values in columns `1`, `2`
          --app <APP_ID>            The id of the SMS application (SdkAppId)
          --template <TEMPLATE_ID>  The id of an approved template
          --sign <SIGN>             The signature's text, without brackets; needed for numbers of
                                    mainland China
          --param <VALUE>           A value for the template, in the order of its variables; give
                                    --param again for each further one
          --session <TEXT>          Text that comes back with the answer and the report
          --no-check                Do not ask the service first how many values the template takes
          --output <FORM>           How answers and errors are written; `call` writes json unless told
                                    otherwise, everything else a table [possible values: json, table]
      -h, --help                    Print help

    List options:
          --column <NAME>    The column of the numbers, when it has none of the usual names
          --preview          Show the first text and what all cost, and send nothing
          --all-or-nothing   Send nothing when there is a row that cannot be sent; without it the other
                             rows are sent
          --result <FILE>    Where each row's result is written [default: the list's name with
                             .result.csv]
          --resume           Go on with a list that was begun: rows that were accepted, or may have been
                             sent, are left alone
          --unknown-again    With --resume, send again to rows that may have been sent: a person may get
                             the message twice
          --rate <N>         The most requests a second [default: 100]
          --concurrency <N>  The most requests at the same time [default: 4]

    Client options:
          --region <REGION>       The region the call is made in [env: TENCENTCLOUD_REGION] [default:
                                  ap-guangzhou]
          --endpoint <HOST>       The host to call, with a port if need be; http:// only for this
                                  machine [default: sms.tencentcloudapi.com]
          --proxy <URL>           The proxy, in place of the environment's: http://, https:// or
                                  socks5:// with host and port; a password in it can be seen by other
                                  users of this machine, in the variable https_proxy it cannot
          --language <LANGUAGE>   The language of error messages [possible values: zh-CN, en-US]
          --sign-method <METHOD>  How requests are signed: the method of API 3.0, or an older one
                                  [default: TC3-HMAC-SHA256] [possible values: TC3-HMAC-SHA256,
                                  HmacSHA256, HmacSHA1]
          --method <METHOD>       The HTTP method; with GET at most 32 KB of parameters [default: POST]
                                  [possible values: POST, GET]
          --timeout <TIMEOUT>     The longest the whole call may take, attempts and pauses included:
                                  30s, 500ms, 2m [default: 2m]
          --profile <NAME>        The section of the credentials file
    ");
}

#[test]
fn the_version_is_the_package_s() {
    let version = run(tcsms().arg("--version"));
    assert_eq!((version.code, version.out), (0, format!("tcsms {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn without_a_command_the_help_is_shown_and_the_code_is_two() {
    let (code, text) = told(&[]);
    assert_eq!(code, 2);
    assert!(text.contains("Usage: tcsms"), "{text}");
}

#[test]
fn a_wrong_command_line_is_named() {
    let send = ["send", "--app", "1", "--template", "2"];
    let cases: &[(&[&str], &str)] = &[
        (&["sent"], "'sent'"),
        (&["call"], "<ACTION>"),
        (&["call", "X", "--outptu", "json"], "'--outptu'"),
        (&["call", "X", "--output", "xml"], "[possible values: json, table]"),
        (&["call", "X", "--method", "PUT"], "[possible values: POST, GET]"),
        (&["call", "X", "--sign-method", "md5"], "[possible values: TC3-HMAC-SHA256, HmacSHA256, HmacSHA1]"),
        (&["call", "X", "--language", "fr"], "[possible values: zh-CN, en-US]"),
        (&["call", "X", "--timeout", "0s"], "a time above zero is written 500ms, 30s or 2m"),
        (&send, "--to <NUMBER>"),
        (&["send", "--to", "+86137,+86138"], "give one number each time: --to +86137 … --to +86138"),
        (&["send", "--to", "+86 137"], "it has a blank in it: --to +86137"),
        (&["send", "--to", ""], "it is empty"),
        (&["stats", "--app", "1", "--begin", "20261125", "--end", "2026112500"], "an hour has ten digits"),
        (
            &["template", "add", "--name", "n", "--content", "c", "--kind", "x"],
            "verification, notification, marketing",
        ),
        (&["serve", "--listen", "localhost"], "'--listen <ADDRESS>'"),
        (&["serve", "--database", "postgres://x"], "it is `memory`, or `sqlite:` and the path of a file"),
        (&["serve", "--max-clock-skew", "5m"], "'--max-clock-skew"),
        (&["completions", "cmd"], "bash"),
    ];
    for (arguments, expected) in cases {
        let (code, text) = told(arguments);
        assert_eq!(code, 2, "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn every_shell_gets_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(tcsms().args(["completions", shell]));
        assert_eq!(script.code, 0);
        assert!(script.out.contains("--control-listen") || script.out.contains("control-listen"), "{shell}");
    }
}
