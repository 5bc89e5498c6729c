//! `#[derive(XmlText)]`: an enum as a value from a list, a newtype as the text of what it holds.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Ident, LitStr, Result, Type, Variant};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    match &input.data {
        Data::Enum(data) => list(input, data),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Ok(newtype(&input.ident, &fields.unnamed[0].ty))
            }
            _ => Err(syn::Error::new_spanned(&input.ident, "XmlText is for newtypes and enums")),
        },
        Data::Union(_) => Err(syn::Error::new_spanned(&input.ident, "XmlText is for newtypes and enums")),
    }
}

fn newtype(ident: &Ident, inner: &Type) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::xml_wire::Text for #ident {
            const EXPECTED: &'static str = <#inner as ::xml_wire::Text>::EXPECTED;

            fn parse(text: &str, how: &::xml_wire::Lexical) -> ::std::option::Option<Self> {
                <#inner as ::xml_wire::Text>::parse(text, how).map(Self)
            }

            fn from_owned(
                text: ::std::string::String,
                how: &::xml_wire::Lexical,
            ) -> ::std::result::Result<Self, ::std::string::String> {
                <#inner as ::xml_wire::Text>::from_owned(text, how).map(Self)
            }

            fn write(&self, out: &mut ::xml_wire::Escape<'_>) -> ::std::fmt::Result {
                ::xml_wire::Text::write(&self.0, out)
            }
        }

        #[cfg(feature = "serde")]
        #[automatically_derived]
        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                ::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        #[cfg(feature = "serde")]
        #[automatically_derived]
        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                <#inner as ::serde::Deserialize<'de>>::deserialize(deserializer).map(Self)
            }
        }

        #[cfg(feature = "schemars")]
        #[automatically_derived]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!(#ident).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                <#inner as ::schemars::JsonSchema>::json_schema(generator)
            }
        }
    }
}

/// What an `#[xml(…)]` attribute holds, if there is one.
fn attribute(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| attribute.path().is_ident("xml"))
}

/// Whether the list is based on `xs:string`, where white space counts.
fn is_string(input: &DeriveInput) -> Result<bool> {
    let Some(attribute) = attribute(&input.attrs) else { return Ok(false) };
    let key: Ident = attribute.parse_args()?;
    if key == "string" { Ok(true) } else { Err(syn::Error::new_spanned(key, "expected `string`")) }
}

/// Whether a variant takes what the list does not have.
fn is_other(variant: &Variant) -> Result<bool> {
    let Some(attribute) = attribute(&variant.attrs) else { return Ok(false) };
    let mut other = false;
    if attribute.parse_args::<LitStr>().is_err() {
        attribute.parse_nested_meta(|meta| {
            other = meta.path.is_ident("other");
            let pattern: LitStr = meta.value()?.parse()?;
            if other && pattern.value() == "x-" {
                Ok(())
            } else {
                Err(meta.error("expected `other = \"x-\"`"))
            }
        })?;
    }
    Ok(other)
}

fn list(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let ident = &input.ident;
    let string = is_string(input)?;
    let mut variants = Vec::new();
    let mut values = Vec::new();
    let mut other = None;
    for variant in &data.variants {
        if is_other(variant)? {
            other = Some(&variant.ident);
            continue;
        }
        let Some(attribute) = attribute(&variant.attrs) else {
            return Err(syn::Error::new_spanned(variant, "say which value it is: #[xml(\"value\")]"));
        };
        values.push(attribute.parse_args::<LitStr>()?);
        variants.push(&variant.ident);
    }
    let listed = values.iter().map(LitStr::value).collect::<Vec<_>>().join(", ");
    let expected = match other {
        Some(_) => format!("one of {listed}, or an extension starting with x-"),
        None => format!("one of {listed}"),
    };
    let otherwise = match other {
        Some(other) => quote! {
            other if !other.is_empty() && (!how.strict || ::xml_wire::lexical::is_extension(other)) => {
                Some(Self::#other(other.to_owned()))
            }
            _ => None,
        },
        None => quote!(_ => None,),
    };
    let other_str = other.map(|other| quote!(Self::#other(value) => value,));
    // What the list has is written as it is, unless the standard put something reserved into it.
    let reserved = values.iter().any(|value| value.value().contains(['<', '>', '&', '"']));
    let write = match other {
        _ if reserved => quote!(::std::fmt::Write::write_str(out, self.as_str())),
        Some(other) => quote! {
            if let Self::#other(value) = self {
                return ::std::fmt::Write::write_str(out, value);
            }
            out.plain(self.as_str());
            Ok(())
        },
        None => quote! {
            out.plain(self.as_str());
            Ok(())
        },
    };
    let schema = match other {
        Some(_) => quote!(
            ::schemars::json_schema!({ "type": "string", "pattern": r"\S", "examples": [#(#values),*] })
        ),
        None => quote!(::schemars::json_schema!({ "type": "string", "enum": [#(#values),*] })),
    };
    let collapse = if string {
        quote!(if how.strict { ::std::borrow::Cow::Borrowed(text) } else { ::xml_wire::lexical::token(text) })
    } else {
        quote!(::xml_wire::lexical::token(text))
    };
    Ok(quote! {
        impl #ident {
            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    #other_str
                }
            }
        }

        #[automatically_derived]
        impl ::xml_wire::Text for #ident {
            const EXPECTED: &'static str = #expected;

            fn parse(text: &str, how: &::xml_wire::Lexical) -> ::std::option::Option<Self> {
                match &*{ #collapse } {
                    #(#values => Some(Self::#variants),)*
                    #otherwise
                }
            }

            fn write(&self, out: &mut ::xml_wire::Escape<'_>) -> ::std::fmt::Result {
                #write
            }
        }

        #[automatically_derived]
        impl ::std::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[automatically_derived]
        impl ::std::str::FromStr for #ident {
            type Err = ::xml_wire::NotInList;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                let value = <Self as ::xml_wire::Text>::parse(text, &::xml_wire::Lexical::LENIENT);
                value.ok_or(::xml_wire::NotInList { expected: <Self as ::xml_wire::Text>::EXPECTED })
            }
        }

        #[cfg(feature = "serde")]
        #[automatically_derived]
        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        #[automatically_derived]
        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize<'de>>::deserialize(deserializer)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        #[automatically_derived]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!(#ident).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                #schema
            }
        }
    })
}
