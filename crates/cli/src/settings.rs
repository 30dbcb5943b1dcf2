//! What the words of the command line mean, with the environment filling what they leave open: the client that calls
//! the service, and the key that a signature is explained with.

use tcsms::blocking::Client;
use tcsms::{ClientBuilder, HttpMethod};

use crate::args::{ClientArgs, Language, Method, SignMethod};
use crate::failure::Failure;
use crate::log;

/// The key a recorded request is checked with, when it is not on the command line.
pub(crate) const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";

/// The token that the control API asks for when it is not on a loopback address.
pub(crate) const CONTROL_TOKEN: &str = "TCSMS_CONTROL_TOKEN";

/// What is logged, when it is not on the command line.
pub(crate) const LOG: &str = "RUST_LOG";

/// The key that calls are signed with; beside it a section of the credentials file means nothing.
const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";

/// Set to anything, it keeps colour away; the streams for answers look at it themselves.
pub(crate) const NO_COLOR: &str = "NO_COLOR";

const SMS: &str = "sms";

const REGION: &str = "TENCENTCLOUD_REGION";

/// Every action of 2021-01-11 wants a region, and for SMS to mainland China it makes no difference which.
const DEFAULT_REGION: &str = "ap-guangzhou";

/// The value of an environment variable that is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The client that the options describe, which waits for its answers.
pub(crate) fn client(args: &ClientArgs) -> Result<Client, Failure> {
    client_of(SMS, args)
}

/// The same for the product of this label.
pub(crate) fn client_of(service: &str, args: &ClientArgs) -> Result<Client, Failure> {
    Ok(builder_of(service, args)?.build_blocking()?)
}

/// The settings that the options describe. The SDK itself reads the environment for the key and the address.
pub(crate) fn builder(args: &ClientArgs) -> Result<ClientBuilder, Failure> {
    builder_of(SMS, args)
}

fn builder_of(service: &str, args: &ClientArgs) -> Result<ClientBuilder, Failure> {
    log::of_calls()?;
    let mut builder = ClientBuilder::default()
        .service(service)
        .sign_method(match args.sign_method {
            SignMethod::Tc3 => tcsms::SignMethod::Tc3HmacSha256,
            SignMethod::HmacSha256 => tcsms::SignMethod::HmacSha256,
            SignMethod::HmacSha1 => tcsms::SignMethod::HmacSha1,
        })
        .http_method(match args.method {
            Method::Post => HttpMethod::Post,
            Method::Get => HttpMethod::Get,
        });
    // What is done in a region of no one's choice would be found out by its bill, except with SMS.
    let default_region = || (service == SMS).then(|| DEFAULT_REGION.to_owned());
    if let Some(region) = args.region.clone().or_else(|| variable(REGION)).or_else(default_region) {
        builder = builder.region(region);
    }
    if let Some(endpoint) = &args.endpoint {
        builder = builder.endpoint(endpoint);
    }
    if let Some(proxy) = &args.proxy {
        builder = builder.proxy(proxy);
    }
    if let Some(language) = args.language {
        builder = builder.language(match language {
            Language::Chinese => tcsms::Language::ZhCn,
            Language::English => tcsms::Language::EnUs,
        });
    }
    if let Some(timeout) = args.timeout {
        builder = builder.total_timeout(timeout);
    }
    if let Some(profile) = &args.profile {
        // Signing with another account than the one that was named would be found out by its bill.
        if let Some(name) = [SECRET_ID, SECRET_KEY].into_iter().find(|name| variable(name).is_some()) {
            return Err(Failure::usage(format!(
                "--profile {profile} and {name} both choose the key: unset {name}, or leave --profile out"
            )));
        }
        builder = builder.profile(profile);
    }
    Ok(builder)
}
