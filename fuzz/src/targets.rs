//! The table of targets.

mod answers;
mod bridge_calls;
mod bridge_settings;
mod cases;
mod configurations;
mod control;
mod credentials;
mod endpoints;
mod events;
mod exemptions;
mod explanations;
mod forms;
mod gateway;
mod masks;
mod numbers;
mod proxies;
mod pushes;
mod raw_requests;
mod signing;
mod templates;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name, also that of its file and of its folder of seeds.
    pub name: &'static str,
    /// Takes any bytes, and panics when the product is wrong.
    pub run: fn(&[u8]),
}

/// Makes the table, and of each target a test.
macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $name::run }),+];

        #[cfg(test)]
        mod short {
            $(
                #[test]
                fn $name() {
                    crate::short::run(super::Target { name: stringify!($name), run: super::$name::run });
                }
            )+
        }
    };
}

targets! {
    answers,
    bridge_calls,
    bridge_settings,
    cases,
    configurations,
    control,
    credentials,
    endpoints,
    events,
    exemptions,
    explanations,
    forms,
    gateway,
    masks,
    numbers,
    proxies,
    pushes,
    raw_requests,
    signing,
    templates,
}
