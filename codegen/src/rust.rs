//! Pieces that all generated Rust has in common.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{File, Item};

use crate::HEADER;
use crate::definition::{Kind, Member, Version};
use crate::names::identifier;

/// `tokens` as the text of a file, with a blank line before each item but a further `use`.
pub(crate) fn file(tokens: TokenStream) -> Result<String, String> {
    let mut file: File =
        syn::parse2(tokens).map_err(|error| format!("generated code is no Rust: {error}"))?;
    let mut text = HEADER.to_owned();
    let mut after_use = false;
    for item in std::mem::take(&mut file.items) {
        let is_use = matches!(item, Item::Use(_));
        if !(is_use && after_use) {
            text.push('\n');
        }
        after_use = is_use;
        file.items = vec![item];
        text.push_str(&prettyplease::unparse(&file));
    }
    Ok(text)
}

/// `text` as a doc comment.
pub(crate) fn doc(text: &str) -> TokenStream {
    let lines =
        text.trim().lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The module of a version, such as `v20210111`.
pub(crate) fn module(version: &Version) -> Result<Ident, String> {
    identifier(&format!("v{}", version.date.replace('-', "")))
}

/// What a setter of `member` takes. `api` is the path to the version's module where the code is not in it.
pub(crate) fn argument(member: &Member, api: Option<&Ident>) -> Result<TokenStream, String> {
    let element = match &member.kind {
        Kind::String => quote!(impl Into<String>),
        kind => plain(kind, api)?,
    };
    Ok(if member.list { quote!(impl IntoIterator<Item = #element>) } else { element })
}

/// The type of `kind`.
pub(crate) fn plain(kind: &Kind, api: Option<&Ident>) -> Result<TokenStream, String> {
    Ok(match kind {
        Kind::String => quote!(String),
        Kind::Unsigned => quote!(u64),
        Kind::Integer => quote!(i64),
        Kind::Object(name) => {
            let name = identifier(name)?;
            match api {
                Some(api) => quote!(#api::#name),
                None => quote!(#name),
            }
        }
    })
}
