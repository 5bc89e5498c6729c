//! `#[derive(XmlChoice)]`: an enum as one of several elements.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Result, Token, Variant};

use crate::path::{self, Step, WireName};
use crate::shape::{Count, Shape};
use crate::tree::{self, Kind, Slot};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "XmlChoice is for enums"));
    };
    let mut names = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    let mut generals: Vec<General> = Vec::new();
    for variant in &data.variants {
        let Place { path, typed } = place(variant)?;
        let steps = path::parse(&path)?;
        let (read, write) = variant_code(variant, &steps)?;
        if let Some((element, kind)) = typed {
            let same = generals.iter().position(|general| general.element.text == element.text);
            let at = same.unwrap_or(generals.len());
            if same.is_none() {
                generals.push(General { element, types: Vec::new(), reads: Vec::new() });
            }
            generals[at].types.push(kind.tokens());
            generals[at].reads.push(read.clone());
        }
        names.push(steps[0].name.tokens());
        reads.push(read);
        writes.push(write);
    }
    for General { element, types, reads: inner } in generals {
        let arms = arms(&inner);
        names.push(element.tokens());
        reads.push(quote!(match reader.instance_type(const { &[#(#types),*] })? { #arms }));
    }
    let ident = &input.ident;
    let arms = arms(&reads);
    Ok(quote! {
        #[automatically_derived]
        impl ::xml_wire::XmlChoice for #ident {
            const NAMES: &'static [::xml_wire::Name] = &[#(#names),*];

            fn read(
                variant: usize,
                reader: &mut ::xml_wire::Reader<'_>,
            ) -> ::std::result::Result<Self, ::xml_wire::Error> {
                match variant { #arms }
            }

            fn write(
                &self,
                writer: &mut ::xml_wire::Writer,
            ) -> ::std::result::Result<(), ::xml_wire::Error> {
                match self { #(#writes)* }
            }
        }
    })
}

/// What `#[xml(…)]` on a variant says.
struct Place {
    path: LitStr,
    /// The element of a more general type, and the type that makes it this one.
    typed: Option<(WireName, WireName)>,
}

/// An element whose `xsi:type` tells which variant it is.
struct General {
    element: WireName,
    types: Vec<TokenStream>,
    reads: Vec<TokenStream>,
}

impl Parse for Place {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let path = input.parse()?;
        if input.is_empty() {
            return Ok(Self { path, typed: None });
        }
        input.parse::<Token![,]>()?;
        let key: Ident = input.parse()?;
        if key != "or" {
            return Err(syn::Error::new_spanned(key, "expected `or = \"prefix:name as prefix:Type\"`"));
        }
        input.parse::<Token![=]>()?;
        let literal: LitStr = input.parse()?;
        let value = literal.value();
        let Some((element, kind)) = value.split_once(" as ") else {
            return Err(syn::Error::new_spanned(literal, "expected \"prefix:name as prefix:Type\""));
        };
        Ok(Self { path, typed: Some((WireName::new(element, &literal)?, WireName::new(kind, &literal)?)) })
    }
}

fn place(variant: &Variant) -> Result<Place> {
    match variant.attrs.iter().find(|attribute| attribute.path().is_ident("xml")) {
        Some(attribute) => attribute.parse_args(),
        None => Err(syn::Error::new_spanned(variant, "say which element it is: #[xml(\"prefix:name\")]")),
    }
}

/// The arms of a match on an index: the last is for all others as well.
fn arms(values: &[TokenStream]) -> TokenStream {
    let arms = values.iter().enumerate().map(|(index, value)| {
        if index + 1 == values.len() { quote!(_ => #value,) } else { quote!(#index => #value,) }
    });
    quote!(#(#arms)*)
}

/// The expression that reads a variant, and the arm that writes it.
fn variant_code(variant: &Variant, steps: &[Step]) -> Result<(TokenStream, TokenStream)> {
    let ident = &variant.ident;
    let name = steps[0].name.tokens();
    let shape = match &variant.fields {
        Fields::Unit => {
            let read = quote!({ <::xml_wire::Empty as ::xml_wire::Xml>::read(reader)?; Ok(Self::#ident) });
            let write = quote!(Self::#ident => ::xml_wire::Xml::write(&::xml_wire::Empty {}, const { &#name }, writer),);
            return Ok((read, write));
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Shape::of(&fields.unnamed[0].ty),
        _ => return Err(syn::Error::new_spanned(variant, "a variant holds one value, or nothing")),
    };
    if shape.count != Count::One {
        return Err(syn::Error::new_spanned(variant, "a variant holds one value"));
    }
    let inner = &shape.inner;
    if steps.len() == 1 {
        let value = shape.wrap(quote!(<#inner as ::xml_wire::Xml>::read(reader)?));
        let reference = shape.unwrap(&quote!(value));
        let read = quote!(Ok(Self::#ident(#value)));
        let write =
            quote!(Self::#ident(value) => ::xml_wire::Xml::write(#reference, const { &#name }, writer),);
        return Ok((read, write));
    }
    let mut nodes = Vec::new();
    tree::hang(&mut nodes, &steps[1..], 0, Count::One, &[])?;
    let label = steps.last().map(|step| step.name.text.clone()).unwrap_or_default();
    let variable = format_ident!("value");
    let slots = [Slot { variable, field: quote!(value), shape, kind: Kind::Element, label }];
    let declare = tree::declare(&slots);
    let inside = tree::read(&nodes, &slots);
    let value = tree::finished(&slots[0]);
    let write = tree::write(&nodes, &slots);
    let read = quote! {{
        reader.no_more_attributes()?;
        #declare
        #inside
        let value = #value;
        reader.end();
        Ok(Self::#ident(value))
    }};
    let write = quote! {
        Self::#ident(value) => {
            const NAME: &::xml_wire::Name = &#name;
            writer.start(NAME);
            #write
            writer.end(NAME);
            Ok(())
        }
    };
    Ok((read, write))
}
