//! The path in an attribute: `strm:intervals?/ei:interval+`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{LitStr, Result};

/// One step of a path: an element's name and how often it stands.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) name: WireName,
    pub(crate) mark: Mark,
}

/// How often a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Not said.
    None,
    /// `?`: once or not at all.
    Optional,
    /// `*`: any number of times.
    Any,
    /// `+`: once at least.
    Some,
}

impl Mark {
    pub(crate) fn repeats(self) -> bool {
        matches!(self, Self::Any | Self::Some)
    }
}

/// A name as the standard writes it, with the literal it stands in.
#[derive(Clone)]
pub(crate) struct WireName {
    pub(crate) text: String,
    literal: LitStr,
}

impl WireName {
    pub(crate) fn new(text: &str, literal: &LitStr) -> Result<Self> {
        let local = text.split_once(':').map_or(text, |(_, local)| local);
        let fine = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        if !fine(local) || !text.split_once(':').is_none_or(|(prefix, _)| fine(prefix)) {
            return Err(syn::Error::new_spanned(literal, format!("{text:?} is not a name")));
        }
        Ok(Self { text: text.to_owned(), literal: literal.clone() })
    }

    pub(crate) fn span(&self) -> proc_macro2::Span {
        self.literal.span()
    }

    /// The name as a constant expression; an unknown prefix is an error at the literal.
    pub(crate) fn tokens(&self) -> TokenStream {
        // Located at the literal, so that an unknown prefix is reported there, but not taken for code typed there.
        let span = proc_macro2::Span::mixed_site().located_at(self.literal.span());
        let text = &self.text;
        match text.split_once(':') {
            Some((prefix, _)) => {
                let namespace =
                    format_ident!("{}", prefix.to_uppercase().replace(['-', '.'], "_"), span = span);
                quote_spanned!(span=> ::xml_wire::Name::qualified(crate::ns::#namespace, #text))
            }
            None => quote!(::xml_wire::Name::plain(#text)),
        }
    }
}

/// The steps of a path.
pub(crate) fn parse(literal: &LitStr) -> Result<Vec<Step>> {
    let value = literal.value();
    value
        .split('/')
        .map(|step| {
            let (name, mark) = match step.strip_suffix(['?', '*', '+']) {
                Some(name) if step.ends_with('?') => (name, Mark::Optional),
                Some(name) if step.ends_with('*') => (name, Mark::Any),
                Some(name) => (name, Mark::Some),
                None => (step, Mark::None),
            };
            Ok(Step { name: WireName::new(name, literal)?, mark })
        })
        .collect()
}
