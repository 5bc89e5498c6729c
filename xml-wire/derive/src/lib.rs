#![doc = include_str!("../README.md")]

mod choice;
mod element;
mod path;
mod shape;
mod text;
mod tree;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Reads and writes a struct as an element; see the documentation of `xml-wire`.
#[proc_macro_derive(Xml, attributes(xml))]
pub fn derive_xml(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    element::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Reads and writes an enum as one of several elements; see the documentation of `xml-wire`.
#[proc_macro_derive(XmlChoice, attributes(xml))]
pub fn derive_xml_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Reads and writes an enum as a value from a list, or a newtype as the text of what it holds; see the
/// documentation of `xml-wire`.
#[proc_macro_derive(XmlText, attributes(xml))]
pub fn derive_xml_text(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    text::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
