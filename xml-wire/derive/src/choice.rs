//! `#[derive(XmlChoice)]`: an enum as one of several elements.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, LitStr, Result, Variant};

use crate::path::{self, Step};
use crate::shape::{Count, Shape};
use crate::tree::{self, Kind, Slot};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "XmlChoice is for enums"));
    };
    let mut names = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    for variant in &data.variants {
        let steps = path::parse(&literal(variant)?)?;
        let name = steps[0].name.tokens();
        let (read, write) = variant_code(variant, &steps)?;
        let index = names.len();
        reads.push(if index + 1 == data.variants.len() {
            quote!(_ => #read)
        } else {
            quote!(#index => #read)
        });
        writes.push(write);
        names.push(name);
    }
    let ident = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl ::xml_wire::XmlChoice for #ident {
            const NAMES: &'static [::xml_wire::Name] = &[#(#names),*];

            fn read(
                variant: usize,
                reader: &mut ::xml_wire::Reader<'_>,
            ) -> ::std::result::Result<Self, ::xml_wire::Error> {
                match variant { #(#reads)* }
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

fn literal(variant: &Variant) -> Result<LitStr> {
    match variant.attrs.iter().find(|attribute| attribute.path().is_ident("xml")) {
        Some(attribute) => attribute.parse_args(),
        None => Err(syn::Error::new_spanned(variant, "say which element it is: #[xml(\"prefix:name\")]")),
    }
}

/// How a variant is read, and the arm that writes it.
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
        let read = quote!(Ok(Self::#ident(#value)),);
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
