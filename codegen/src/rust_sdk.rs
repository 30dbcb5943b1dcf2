//! `crates/sdk/src/generated`: a setter on `Call` for every parameter, and a method of the client for every action.

use proc_macro2::TokenStream;
use quote::quote;

use crate::Files;
use crate::definition::{Definition, Version};
use crate::names::{identifier, snake_case};
use crate::rust::{argument, doc, file, module};

const FOLDER: &str = "crates/sdk/src/generated";

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut modules = Vec::new();
    for (place, version) in definition.versions.iter().enumerate() {
        let module = module(version)?;
        let newest = place + 1 == definition.versions.len();
        files.insert(format!("{FOLDER}/{module}.rs").into(), file(calls(version, newest)?)?);
        modules.push(quote!(mod #module;));
    }
    files.insert(format!("{FOLDER}/mod.rs").into(), file(quote!(#(#modules)*))?);
    Ok(())
}

/// The newest version's actions are methods of the clients, an older version's of its handle.
fn calls(version: &Version, newest: bool) -> Result<TokenStream, String> {
    let api = module(version)?;
    let mut builders = TokenStream::new();
    for action in &version.actions {
        let input = identifier(&action.input)?;
        let structure = version.structures.iter().find(|structure| structure.name == action.input);
        let mut setters = TokenStream::new();
        for member in structure.into_iter().flat_map(|structure| &structure.members) {
            let (name, about) = (identifier(&snake_case(&member.name))?, doc(&member.doc));
            let argument = argument(member, Some(&api))?;
            setters.extend(quote! {
                #about
                pub fn #name(self, value: #argument) -> Self {
                    self.map(|request| request.#name(value))
                }
            });
        }
        let about = doc(&format!("Parameters of `{}`.", action.name));
        builders.extend(quote! {
            #about
            impl<C> Call<C, #api::#input> {
                #setters
            }
        });
    }
    if newest {
        let (asynchronous, blocking) = (
            entries(version, &quote!(Client), &quote!(self))?,
            entries(version, &quote!(blocking::Client), &quote!(self))?,
        );
        Ok(quote! {
            use tcsms_api::#api;

            use crate::call::Call;
            use crate::{Client, blocking};

            impl Client { #asynchronous }

            impl blocking::Client { #blocking }

            #builders
        })
    } else {
        let handle = identifier(&api.to_string().to_uppercase())?;
        let entries = entries(version, &quote!(C), &quote!(self.0))?;
        Ok(quote! {
            use tcsms_api::#api;

            use crate::call::Call;
            use crate::#handle;

            impl<C: Clone> #handle<C> { #entries }

            #builders
        })
    }
}

/// A method for every action, which begins a call on `client`.
fn entries(version: &Version, kind: &TokenStream, client: &TokenStream) -> Result<TokenStream, String> {
    let api = module(version)?;
    let mut methods = TokenStream::new();
    for action in &version.actions {
        let (name, input) = (identifier(&snake_case(&action.name))?, identifier(&action.input)?);
        let about = doc(&action.doc);
        methods.extend(quote! {
            #about
            pub fn #name(&self) -> Call<#kind, #api::#input> {
                Call::new(#client.clone(), #api::#input::new())
            }
        });
    }
    Ok(methods)
}
