//! `#[derive(Xml)]`: a struct as an element.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Field, Fields, Ident, LitStr, Result, Token};

use crate::path::{self, WireName};
use crate::shape::{Count, Shape};
use crate::tree::{self, Kind, Node, Slot};

/// What `#[xml(…)]` on a field says.
enum Place {
    Path(LitStr),
    Fixed(LitStr, LitStr),
    /// Whether a list of them may be empty.
    Choice {
        may_be_empty: bool,
    },
    /// Elements of other namespaces.
    Other,
    Text,
}

impl Parse for Place {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            let path: LitStr = input.parse()?;
            if input.is_empty() {
                return Ok(Self::Path(path));
            }
            input.parse::<Token![,]>()?;
            let key: Ident = input.parse()?;
            if key != "fixed" {
                return Err(syn::Error::new_spanned(key, "expected `fixed = \"…\"`"));
            }
            input.parse::<Token![=]>()?;
            return Ok(Self::Fixed(path, input.parse()?));
        }
        let key: Ident = input.parse()?;
        match key.to_string().as_str() {
            "choice" => Ok(Self::Choice { may_be_empty: input.parse::<Option<Token![+]>>()?.is_none() }),
            "other" => Ok(Self::Other),
            "text" => Ok(Self::Text),
            _ => Err(syn::Error::new_spanned(key, "expected a path in quotes, `choice`, `other` or `text`")),
        }
    }
}

fn place(field: &Field) -> Result<Place> {
    match field.attrs.iter().find(|attribute| attribute.path().is_ident("xml")) {
        Some(attribute) => attribute.parse_args(),
        None => Err(syn::Error::new_spanned(field, "say where it stands: #[xml(\"prefix:name\")]")),
    }
}

struct Attribute {
    field: Ident,
    variable: Ident,
    name: WireName,
    required: bool,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(
            &input.ident,
            "Xml is for structs; see XmlChoice and XmlText for enums",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new_spanned(&input.ident, "Xml is for structs with named fields"));
    };
    let mut attributes = Vec::new();
    let mut slots: Vec<Slot> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut text: Option<&Ident> = None;
    let mut paths = Vec::new();
    for field in &fields.named {
        if let Place::Path(path) | Place::Fixed(path, _) = place(field)?
            && !path.value().starts_with('@')
        {
            paths.push(path::parse(&path)?);
        }
    }
    let shared = shared(&paths);
    for field in &fields.named {
        let ident = field.ident.as_ref().expect("named fields have names");
        let variable = format_ident!("field_{}", ident.to_string().trim_start_matches("r#"));
        let shape = Shape::of(&field.ty);
        let (path, kind) = match place(field)? {
            Place::Path(path) if path.value().starts_with('@') => {
                let name = WireName::new(&path.value()[1..], &path)?;
                attributes.push(Attribute {
                    field: ident.clone(),
                    variable,
                    name,
                    required: shape.count == Count::One,
                });
                continue;
            }
            Place::Text => {
                text = Some(ident);
                continue;
            }
            Place::Choice { may_be_empty } => {
                tree::hang_choice(&mut nodes, slots.len(), shape.count, may_be_empty);
                let label = "one of the choices".to_owned();
                slots.push(Slot {
                    variable,
                    field: quote!((&self.#ident)),
                    shape,
                    kind: Kind::Choice,
                    label,
                });
                continue;
            }
            Place::Other => {
                if shape.count != Count::Vec {
                    return Err(syn::Error::new_spanned(ident, "elements of other namespaces need a Vec"));
                }
                tree::hang_other(&mut nodes, slots.len());
                let field = quote!((&self.#ident));
                slots.push(Slot { variable, field, shape, kind: Kind::Other, label: String::new() });
                continue;
            }
            Place::Path(path) => (path, Kind::Element),
            Place::Fixed(path, fixed) => (path, Kind::Fixed(fixed)),
        };
        let steps = path::parse(&path)?;
        tree::hang(&mut nodes, &steps, slots.len(), shape.count, &shared)?;
        let label = path.value();
        slots.push(Slot { variable, field: quote!((&self.#ident)), shape, kind, label });
    }
    if let (Some(text), false) = (text, slots.is_empty()) {
        return Err(syn::Error::new_spanned(text, "an element has text or elements, not both"));
    }
    Ok(implement(&input.ident, &attributes, &slots, &nodes, text))
}

/// The paths that lead to more than one field.
fn shared(paths: &[Vec<path::Step>]) -> Vec<String> {
    let mut seen = Vec::new();
    let mut shared = Vec::new();
    for steps in paths {
        for depth in 0..steps.len() {
            let prefix = tree::prefix(steps, depth);
            if seen.contains(&prefix) {
                shared.push(prefix);
            } else {
                seen.push(prefix);
            }
        }
    }
    shared
}

fn implement(
    ident: &Ident,
    attributes: &[Attribute],
    slots: &[Slot],
    nodes: &[Node],
    text: Option<&Ident>,
) -> TokenStream {
    let read_attributes = attributes.iter().map(|attribute| {
        let (variable, name) = (&attribute.variable, attribute.name.tokens());
        let method = if attribute.required { quote!(required_attribute) } else { quote!(attribute) };
        quote!(let #variable = reader.#method(const { &#name })?;)
    });
    let declare = tree::declare(slots);
    let read = match text {
        Some(_) => quote!(let text = reader.content()?;),
        None => tree::read(nodes, slots),
    };
    let attribute_fields = attributes.iter().map(|attribute| {
        let (field, variable) = (&attribute.field, &attribute.variable);
        quote!(#field: #variable)
    });
    let slot_fields = slots.iter().map(|slot| {
        let field = format_ident!("{}", slot.variable.to_string().trim_start_matches("field_"));
        let value = tree::finished(slot);
        quote!(#field: #value)
    });
    let text_field = text.map(|field| quote!(#field: text)).into_iter();
    let write_attributes = attributes.iter().map(|attribute| {
        let (field, name) = (&attribute.field, attribute.name.tokens());
        if attribute.required {
            quote!(writer.attribute(const { &#name }, &self.#field)?;)
        } else {
            quote!(if let Some(value) = &self.#field { writer.attribute(const { &#name }, value)?; })
        }
    });
    let write = match text {
        Some(field) => quote!(writer.text(name, &self.#field)?;),
        None => tree::write(nodes, slots),
    };
    quote! {
        #[automatically_derived]
        impl ::xml_wire::Xml for #ident {
            fn read(reader: &mut ::xml_wire::Reader<'_>) -> ::std::result::Result<Self, ::xml_wire::Error> {
                #(#read_attributes)*
                reader.no_more_attributes()?;
                #declare
                #read
                let value = Self { #(#attribute_fields,)* #(#slot_fields,)* #(#text_field,)* };
                reader.end();
                Ok(value)
            }

            fn write(
                &self,
                name: &::xml_wire::Name,
                writer: &mut ::xml_wire::Writer,
            ) -> ::std::result::Result<(), ::xml_wire::Error> {
                writer.start(name);
                #(#write_attributes)*
                #write
                writer.end(name);
                Ok(())
            }
        }
    }
}
