use xml_wire::{Xml, XmlChoice, XmlText};

#[derive(Xml)]
struct NoAttribute {
    id: String,
}

#[derive(Xml)]
struct NotAName {
    #[xml("a b")]
    id: String,
}

#[derive(Xml)]
struct Apart {
    #[xml("w/a")]
    a: String,
    #[xml("b")]
    b: String,
    #[xml("w/c")]
    c: String,
}

#[derive(Xml)]
struct RepeatsOne {
    #[xml("a+")]
    a: String,
}

#[derive(Xml)]
struct TextAndElements {
    #[xml(text)]
    text: String,
    #[xml("a")]
    a: String,
}

#[derive(XmlChoice)]
enum TwoValues {
    #[xml("a")]
    A(String, String),
}

#[derive(XmlChoice)]
enum NoType {
    #[xml("a", or = "b")]
    A(String),
}

#[derive(XmlText)]
enum NoValue {
    A,
}

fn main() {}
