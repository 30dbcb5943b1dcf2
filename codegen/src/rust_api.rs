//! `crates/api/src/generated`: the types, the action table and the error codes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::Files;
use crate::definition::{Action, Code, Definition, Kind, Member, Side, Structure, Version};
use crate::names::{identifier, snake_case, variant};
use crate::rust::{argument, doc, file, module, plain};

const FOLDER: &str = "crates/api/src/generated";

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut modules = Vec::new();
    let mut actions = Vec::new();
    for version in &definition.versions {
        let module = module(version)?;
        files.insert(format!("{FOLDER}/{module}.rs").into(), file(types(version)?)?);
        let about = doc(&format!("Requests and answers of version {}.", version.date));
        modules.push(quote!(#about pub mod #module;));
        for action in &version.actions {
            let input = identifier(&action.input)?;
            actions.push(quote!(<#module::#input as Action>::INFO));
        }
    }
    let index = quote! {
        use crate::{Action, ActionInfo};

        pub(crate) mod error_code;
        #(#modules)*

        /// Every action of every version, sorted by version and name.
        pub static ACTIONS: &[&ActionInfo] = &[#(#actions),*];
    };
    files.insert(format!("{FOLDER}/mod.rs").into(), file(index)?);
    files.insert(format!("{FOLDER}/error_code.rs").into(), file(error_codes(&definition.codes)?)?);
    Ok(())
}

fn types(version: &Version) -> Result<TokenStream, String> {
    let mut items = TokenStream::new();
    for structure in &version.structures {
        items.extend(structure_items(structure)?);
    }
    for action in &version.actions {
        items.extend(action_items(version, action)?);
    }
    Ok(quote! {
        use serde::de::MapAccess;
        use serde::ser::SerializeMap;

        use crate::model::{self, Model};
        use crate::{Action, ActionInfo, Answer, Extra, Kind, Member, Structure, Version};

        #items
    })
}

fn structure_items(structure: &Structure) -> Result<TokenStream, String> {
    let name = identifier(&structure.name)?;
    let request = structure.side == Side::Request;
    let (mut fields, mut setters) = (Vec::new(), Vec::new());
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for (place, member) in structure.members.iter().enumerate() {
        let field = identifier(&snake_case(&member.name))?;
        let (about, kind) = (doc(&member.doc), plain(&member.kind, None)?);
        let value = if member.list { quote!(Vec<#kind>) } else { kind };
        let stored = if request { quote!(Option<#value>) } else { value };
        fields.push(quote!(#about pub #field: #stored));

        let (argument, converted) = (argument(member, None)?, converted(member));
        let assigned = if request { quote!(Some(#converted)) } else { converted };
        setters.push(quote! {
            #about
            #[must_use]
            pub fn #field(mut self, value: #argument) -> Self {
                self.#field = #assigned;
                self
            }
        });

        let (wire, place) = (&member.name, Literal::usize_unsuffixed(place));
        let owner = format!("{}.{wire}", structure.name);
        let read = if request { quote!(read_optional) } else { quote!(read_plain) };
        reads.push(quote!(#place => model::#read(#owner, &mut self.#field, map)));
        writes.push(if request {
            quote!(if let Some(value) = &self.#field { map.serialize_entry(#wire, value)?; })
        } else {
            quote!(map.serialize_entry(#wire, &self.#field)?;)
        });
    }
    let mut extra = quote!(None);
    let mut last_write = quote!(Ok(()));
    if !request {
        fields.push(quote! {
            /// Members that this version of the crate does not know.
            pub extra: Extra
        });
        extra = quote!(Some(&mut self.extra));
        last_write = quote!(self.extra.write(map));
    }
    let (about, text) = (doc(&structure.doc), &structure.name);
    let new = format!(" A `{text}` with {}.", if request { "nothing set" } else { "empty and zero members" });
    let (members, needed) =
        (structure.members.iter().map(member_entry).collect::<Result<Vec<_>, _>>()?, needed(structure));
    Ok(quote! {
        #about
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }

        impl #name {
            #[doc = #new]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            #(#setters)*
        }

        impl Model for #name {
            const STRUCTURE: &'static Structure = &Structure { name: #text, members: &[#(#members),*] };
            const NEEDED: u64 = #needed;

            fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, map: &mut A) -> Result<bool, A::Error> {
                match place {
                    #(#reads,)*
                    _ => Ok(false),
                }
            }

            fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                #(#writes)*
                #last_write
            }

            fn extra(&mut self) -> Option<&mut Extra> {
                #extra
            }
        }

        model::json!(#name);
    })
}

/// The setter's `value` as the field's type.
fn converted(member: &Member) -> TokenStream {
    match (&member.kind, member.list) {
        (Kind::String, true) => quote!(value.into_iter().map(Into::into).collect()),
        (Kind::String, false) => quote!(value.into()),
        (_, true) => quote!(value.into_iter().collect()),
        (_, false) => quote!(value),
    }
}

fn member_entry(member: &Member) -> Result<TokenStream, String> {
    let Member { name, list, required, .. } = member;
    let kind = match &member.kind {
        Kind::String => quote!(Kind::String),
        Kind::Unsigned => quote!(Kind::Unsigned),
        Kind::Integer => quote!(Kind::Integer),
        Kind::Object(structure) => {
            let structure = identifier(structure)?;
            quote!(Kind::Object(<#structure as Model>::STRUCTURE))
        }
    };
    Ok(quote!(Member { name: #name, kind: #kind, list: #list, required: #required }))
}

/// The bits of the lists and structures at the top of an answer.
fn needed(structure: &Structure) -> TokenStream {
    let mut bits = TokenStream::new();
    if structure.side == Side::Answer {
        for (place, member) in structure.members.iter().enumerate() {
            if member.list || matches!(member.kind, Kind::Object(_)) {
                let place = Literal::usize_unsuffixed(place);
                let separator = if bits.is_empty() { quote!() } else { quote!(|) };
                bits.extend(quote!(#separator 1 << #place));
            }
        }
    }
    if bits.is_empty() { quote!(0) } else { bits }
}

fn action_items(version: &Version, action: &Action) -> Result<TokenStream, String> {
    let (input, output) = (identifier(&action.input)?, identifier(&action.output)?);
    let variant = identifier(&module(version)?.to_string().to_uppercase())?;
    let Action { name, errors, idempotent, text, .. } = action;
    let (rate, doc) = (Literal::u32_unsuffixed(action.rate_per_second), &text.english);
    Ok(quote! {
        impl Action for #input {
            type Answer = #output;
            const INFO: &'static ActionInfo = &ActionInfo {
                name: #name,
                version: Version::#variant,
                idempotent: #idempotent,
                rate_per_second: #rate,
                input: <#input as Model>::STRUCTURE,
                output: <#output as Model>::STRUCTURE,
                errors: &[#(#errors),*],
                doc: #doc,
            };
        }

        impl Answer for #output {
            fn request_id(&self) -> &str {
                &self.request_id
            }
        }
    })
}

fn error_codes(codes: &[Code]) -> Result<TokenStream, String> {
    let (mut variants, mut names, mut texts, mut retryable) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for code in codes {
        let (name, about) =
            (identifier(&variant(&code.name))?, doc(&format!("`{}`: {}", code.name, code.doc)));
        variants.push(quote!(#about #name));
        if code.retryable {
            retryable.push(quote!(Self::#name));
        }
        names.push(name);
        texts.push(&code.name);
    }
    Ok(quote! {
        /// An error code of the service: of a refused call, or of one number in a send's answer.
        ///
        /// The list is open. A code that is not known is `Other` and keeps its text; codes are made from text with
        /// `From`, compared as text, and written as text.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum ErrorCode {
            #(#variants,)*
            /// A code that this version of the crate does not know, as the service wrote it.
            Other(Box<str>),
        }

        pub(crate) static KNOWN: &[ErrorCode] = &[#(ErrorCode::#names),*];

        impl ErrorCode {
            /// The code as the service writes it, such as `LimitExceeded.DailyLimit`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::Other(text) => text,
                }
            }

            /// Whether the same request may succeed later without any change. Unless it
            /// [is a rate limit](Self::is_rate_limit), the service may have acted all the same, so only an
            /// idempotent action may be repeated.
            #[must_use]
            pub fn is_retryable(&self) -> bool {
                self.is_rate_limit() || matches!(self, #(#retryable)|*)
            }
        }
    })
}
