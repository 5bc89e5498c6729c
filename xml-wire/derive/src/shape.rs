//! What a field's type says about how often its value stands.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

/// How often.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// `T`
    One,
    /// `Option<T>`
    Option,
    /// `Vec<T>`
    Vec,
    /// `Option<Vec<T>>`: an optional wrapper around any number.
    OptionVec,
}

/// A field's type, taken apart.
pub(crate) struct Shape {
    pub(crate) count: Count,
    /// The `T`, without its `Box`.
    pub(crate) inner: Type,
    pub(crate) boxed: bool,
}

impl Shape {
    pub(crate) fn of(ty: &Type) -> Self {
        let (count, item) = match (argument(ty, "Option"), argument(ty, "Vec")) {
            (Some(item), _) => match argument(item, "Vec") {
                Some(item) => (Count::OptionVec, item),
                None => (Count::Option, item),
            },
            (None, Some(item)) => (Count::Vec, item),
            (None, None) => (Count::One, ty),
        };
        match argument(item, "Box") {
            Some(inner) => Self { count, inner: inner.clone(), boxed: true },
            None => Self { count, inner: item.clone(), boxed: false },
        }
    }

    /// Puts a value into its box, if it has one.
    pub(crate) fn wrap(&self, value: TokenStream) -> TokenStream {
        if self.boxed { quote!(::std::boxed::Box::new(#value)) } else { value }
    }

    /// A reference to the value behind `reference`.
    pub(crate) fn unwrap(&self, reference: &TokenStream) -> TokenStream {
        if self.boxed { quote!(&**#reference) } else { quote!(#reference) }
    }
}

/// The `T` of `wrapper<T>`.
fn argument<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == wrapper => Some(inner),
        _ => None,
    }
}
