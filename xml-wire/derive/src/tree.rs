//! The elements inside an element: fields hung on the paths that lead to them, and the code to read and write them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{LitStr, Result};

use crate::path::{Mark, Step, WireName};
use crate::shape::{Count, Shape};

/// A value to read into a local variable, and to write from an expression.
pub(crate) struct Slot {
    /// The local variable while reading.
    pub(crate) variable: Ident,
    /// A reference to the field while writing.
    pub(crate) field: TokenStream,
    pub(crate) shape: Shape,
    pub(crate) kind: Kind,
    /// For messages about it.
    pub(crate) label: String,
}

/// What stands at the end of the path.
pub(crate) enum Kind {
    Element,
    Fixed(LitStr),
    Choice,
    /// Elements of other namespaces.
    Other,
}

/// An element, or a choice of elements.
pub(crate) struct Node {
    /// `None` for a choice, and for elements of other namespaces.
    name: Option<WireName>,
    required: bool,
    repeats: bool,
    content: Content,
}

enum Content {
    /// A slot's value, by index.
    Value(usize),
    Children(Vec<Node>),
}

/// Hangs a slot's path into the tree. `shared` are the paths that lead to several fields.
pub(crate) fn hang(
    nodes: &mut Vec<Node>,
    steps: &[Step],
    slot: usize,
    count: Count,
    shared: &[String],
) -> Result<()> {
    let explicit = steps.iter().any(|step| step.mark == Mark::Optional);
    let repeats_somewhere = steps.iter().any(|step| step.mark.repeats());
    let is_shared = |depth: usize| shared.contains(&prefix(steps, depth));
    let first_own = (0..steps.len()).find(|depth| !is_shared(*depth)).unwrap_or(steps.len() - 1);
    let mut nodes = nodes;
    for (depth, step) in steps.iter().enumerate() {
        let last = depth + 1 == steps.len();
        let many = matches!(count, Count::Vec | Count::OptionVec);
        let repeats = step.mark.repeats() || (many && last && !repeats_somewhere);
        let optional = match step.mark {
            Mark::Optional | Mark::Any => true,
            Mark::Some => false,
            Mark::None if repeats => true,
            Mark::None => {
                !explicit && first_own == depth && matches!(count, Count::Option | Count::OptionVec)
            }
        };
        if repeats && !many {
            return Err(error(step, "a step that repeats needs a Vec"));
        }
        if last {
            let content = Content::Value(slot);
            nodes.push(Node { name: Some(step.name.clone()), required: !optional, repeats, content });
            return Ok(());
        }
        let same = |node: &Node| node.name.as_ref().is_some_and(|name| name.text == step.name.text);
        if !nodes.last().is_some_and(same) {
            if nodes.iter().any(same) {
                return Err(error(step, "fields with a common wrapper must stand next to each other"));
            }
            let content = Content::Children(Vec::new());
            nodes.push(Node { name: Some(step.name.clone()), required: false, repeats, content });
        }
        let node = nodes.last_mut().expect("a node was just seen or pushed");
        node.required |= !optional;
        match &mut node.content {
            Content::Children(children) => nodes = children,
            Content::Value(_) => return Err(error(step, "this element already holds a value")),
        }
    }
    Ok(())
}

fn error(step: &Step, what: &str) -> syn::Error {
    syn::Error::new(step.name.span(), what)
}

/// The path's first steps, up to and with `depth`.
pub(crate) fn prefix(steps: &[Step], depth: usize) -> String {
    steps[..=depth].iter().map(|step| step.name.text.as_str()).collect::<Vec<_>>().join("/")
}

/// Adds a choice.
pub(crate) fn hang_choice(nodes: &mut Vec<Node>, slot: usize, count: Count, may_be_empty: bool) {
    let repeats = matches!(count, Count::Vec | Count::OptionVec);
    let required = count == Count::One || (repeats && !may_be_empty);
    nodes.push(Node { name: None, required, repeats, content: Content::Value(slot) });
}

/// Adds a place for elements of other namespaces.
pub(crate) fn hang_other(nodes: &mut Vec<Node>, slot: usize) {
    nodes.push(Node { name: None, required: false, repeats: true, content: Content::Value(slot) });
}

/// Declares the variables that reading fills.
pub(crate) fn declare(slots: &[Slot]) -> TokenStream {
    let variables = slots.iter().map(|slot| {
        let (variable, inner) = (&slot.variable, &slot.shape.inner);
        let item = if slot.shape.boxed { quote!(::std::boxed::Box<#inner>) } else { quote!(#inner) };
        match slot.shape.count {
            Count::One | Count::Option => quote!(let mut #variable: ::std::option::Option<#item> = None;),
            Count::Vec => quote!(let mut #variable: ::std::vec::Vec<#item> = ::std::vec::Vec::new();),
            Count::OptionVec => {
                quote!(let mut #variable: ::std::option::Option<::std::vec::Vec<#item>> = None;)
            }
        }
    });
    quote!(#(#variables)*)
}

/// The value of a slot's variable after reading.
pub(crate) fn finished(slot: &Slot) -> TokenStream {
    let (variable, label) = (&slot.variable, &slot.label);
    match slot.shape.count {
        Count::One => quote!(match #variable {
            Some(value) => value,
            None => return Err(reader.missing(#label)),
        }),
        _ => quote!(#variable),
    }
}

/// Reads the innermost element's children up to its end.
pub(crate) fn read(nodes: &[Node], slots: &[Slot]) -> TokenStream {
    let fields = nodes.iter().map(|node| {
        let field = match (&node.name, &node.content) {
            (Some(name), _) => {
                let name = name.tokens();
                quote!(::xml_wire::Field::one(#name))
            }
            (None, Content::Value(slot)) if matches!(slots[*slot].kind, Kind::Other) => {
                return quote!(::xml_wire::Field::foreign());
            }
            (None, Content::Value(slot)) => {
                let inner = &slots[*slot].shape.inner;
                quote!(::xml_wire::Field::choice(<#inner as ::xml_wire::XmlChoice>::NAMES))
            }
            (None, Content::Children(_)) => unreachable!("a choice holds a value"),
        };
        let field = if node.required { field } else { quote!(#field.optional()) };
        if node.repeats { quote!(#field.repeated()) } else { field }
    });
    let arms = nodes.iter().enumerate().map(|(index, node)| {
        let body = read_node(node, slots);
        quote!(#index => { #body })
    });
    quote! {{
        const FIELDS: &[::xml_wire::Field] = &[#(#fields),*];
        let mut cursor = const { ::xml_wire::Cursor::new(FIELDS) };
        while let Some(hit) = reader.child(&mut cursor)? {
            match hit.field {
                #(#arms)*
                _ => {}
            }
        }
    }}
}

fn read_node(node: &Node, slots: &[Slot]) -> TokenStream {
    match &node.content {
        Content::Children(children) => {
            let present = present_lists(children, slots);
            let inside = read(children, slots);
            quote! {
                reader.no_more_attributes()?;
                #present
                #inside
                reader.end();
            }
        }
        Content::Value(slot) => {
            let slot = &slots[*slot];
            let (variable, inner) = (&slot.variable, &slot.shape.inner);
            let value = slot.shape.wrap(match &slot.kind {
                Kind::Element | Kind::Other => quote!(<#inner as ::xml_wire::Xml>::read(reader)?),
                Kind::Fixed(fixed) => quote!(::xml_wire::Fixed::read(reader, #fixed)?),
                Kind::Choice => quote!(<#inner as ::xml_wire::XmlChoice>::read(hit.variant, reader)?),
            });
            match slot.shape.count {
                Count::One | Count::Option => quote!(#variable = Some(#value);),
                Count::Vec => quote!(::xml_wire::push(&mut #variable, #value);),
                Count::OptionVec => quote!(::xml_wire::push(#variable.get_or_insert_default(), #value);),
            }
        }
    }
}

/// Marks the optional lists inside a wrapper as present, though they may turn out empty.
fn present_lists(children: &[Node], slots: &[Slot]) -> TokenStream {
    let lists = children.iter().filter_map(|child| match child.content {
        Content::Value(slot) if slots[slot].shape.count == Count::OptionVec => Some(&slots[slot].variable),
        _ => None,
    });
    quote!(#(#lists.get_or_insert_default();)*)
}

/// Writes the children in their order.
pub(crate) fn write(nodes: &[Node], slots: &[Slot]) -> TokenStream {
    let nodes = nodes.iter().map(|node| match &node.content {
        Content::Value(slot) => write_slot(node, &slots[*slot]),
        Content::Children(children) => write_wrapper(node, children, slots),
    });
    quote!(#(#nodes)*)
}

fn write_slot(node: &Node, slot: &Slot) -> TokenStream {
    let field = &slot.field;
    let item = format_ident!("item");
    let one = |reference: TokenStream| write_value(node, slot, &reference);
    match slot.shape.count {
        Count::One => one(field.clone()),
        Count::Option => {
            let body = one(quote!(#item));
            quote!(if let Some(#item) = #field { #body })
        }
        Count::Vec => {
            let body = one(quote!(#item));
            quote!(for #item in #field { #body })
        }
        Count::OptionVec => {
            let body = one(quote!(#item));
            quote!(for #item in #field.iter().flatten() { #body })
        }
    }
}

fn write_value(node: &Node, slot: &Slot, reference: &TokenStream) -> TokenStream {
    let value = slot.shape.unwrap(reference);
    let name = node.name.as_ref().map(WireName::tokens);
    match &slot.kind {
        Kind::Element => quote!(::xml_wire::Xml::write(#value, const { &#name }, writer)?;),
        Kind::Fixed(fixed) => quote!(::xml_wire::Fixed::write(#value, const { &#name }, #fixed, writer)?;),
        Kind::Choice => quote!(::xml_wire::XmlChoice::write(#value, writer)?;),
        // A fragment has its own name.
        Kind::Other => {
            quote!(::xml_wire::Xml::write(#value, const { &::xml_wire::Name::plain("") }, writer)?;)
        }
    }
}

fn write_wrapper(node: &Node, children: &[Node], slots: &[Slot]) -> TokenStream {
    let name = node.name.as_ref().expect("a wrapper has a name").tokens();
    let around = |inside: TokenStream| {
        quote! {
            const WRAPPER: &::xml_wire::Name = &#name;
            writer.start(WRAPPER);
            #inside
            writer.end(WRAPPER);
        }
    };
    if node.repeats {
        // One wrapper for each item; `hang` has seen to it that there is one list below.
        let slot = &slots[sole_slot(children)];
        let field = &slot.field;
        let inside = write_chain(children, slot);
        let body = around(inside);
        return quote!(for item in #field { #body });
    }
    let body = around(write(children, slots));
    if node.required {
        return quote!({ #body });
    }
    let conditions = presence(children, slots);
    quote!(if #(#conditions)||* { #body })
}

fn sole_slot(children: &[Node]) -> usize {
    match &children[0].content {
        Content::Value(slot) => *slot,
        Content::Children(children) => sole_slot(children),
    }
}

fn write_chain(children: &[Node], slot: &Slot) -> TokenStream {
    let node = &children[0];
    match &node.content {
        Content::Value(_) => write_value(node, slot, &quote!(item)),
        Content::Children(children) => {
            let name = node.name.as_ref().expect("a wrapper has a name").tokens();
            let inside = write_chain(children, slot);
            quote! {{
                const WRAPPER: &::xml_wire::Name = &#name;
                writer.start(WRAPPER);
                #inside
                writer.end(WRAPPER);
            }}
        }
    }
}

/// Conditions of which one holds when anything below is to be written.
fn presence(nodes: &[Node], slots: &[Slot]) -> Vec<TokenStream> {
    let mut conditions = Vec::new();
    for node in nodes {
        match &node.content {
            Content::Children(children) => conditions.extend(presence(children, slots)),
            Content::Value(slot) => {
                let field = &slots[*slot].field;
                conditions.push(match slots[*slot].shape.count {
                    Count::One => quote!(true),
                    Count::Option | Count::OptionVec => quote!(#field.is_some()),
                    Count::Vec => quote!(!#field.is_empty()),
                });
            }
        }
    }
    conditions
}
