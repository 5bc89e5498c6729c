//! The binding as a message crate uses it: structs, choices, lists, wrappers, in both modes and both directions.

use xml_wire::{
    AnyContent, Base64, DateTime, Decoder, Dialect, Duration, Encoder, Error, ErrorKind, Fixed, Float,
    Fragment, Nillable, Xml, XmlChoice, XmlText, lexical,
};

mod ns {
    use xml_wire::Namespace;

    pub(crate) const A: Namespace = Namespace::new(0, "a", "urn:example:a");
    pub(crate) const B: Namespace = Namespace::new(1, "b", "urn:example:b");
    pub(crate) const ALL: &[Namespace] = &[A, B];
    const _: () = Namespace::check(ALL);
}

static DIALECT: Dialect =
    Dialect { namespaces: ns::ALL, is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

#[derive(Debug, Clone, PartialEq, XmlText)]
struct Id(String);

#[derive(Debug, Clone, PartialEq, XmlText)]
enum Colour {
    #[xml("red")]
    Red,
    #[xml("dark blue")]
    DarkBlue,
}

#[derive(Debug, Clone, PartialEq, XmlText)]
enum Shape {
    #[xml("round")]
    Round,
    #[xml(other = "x-")]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, XmlText)]
#[xml(string)]
enum Exact {
    #[xml("always")]
    Always,
}

#[derive(Debug, Clone, PartialEq, Xml)]
struct Size {
    #[xml("@unit")]
    unit: String,
    #[xml(text)]
    value: Float,
}

#[derive(Debug, Clone, PartialEq, XmlChoice)]
enum Body {
    #[xml("a:number/b:value")]
    Number(Float),
    #[xml("b:size")]
    Size(Box<Size>),
    #[xml("b:nothing")]
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Xml)]
struct Thing {
    #[xml("@a:version")]
    version: Option<String>,
    #[xml("a:id")]
    id: Id,
    #[xml("a:colour")]
    colour: Option<Colour>,
    #[xml("a:shape")]
    shape: Option<Shape>,
    #[xml("a:exact")]
    exact: Option<Exact>,
    #[xml("a:properties/b:start/b:date-time")]
    start: DateTime,
    #[xml("a:properties/b:length/b:duration")]
    length: Option<Duration>,
    #[xml("a:list/b:entry+")]
    entries: Vec<Body>,
    #[xml("a:assets*/b:mrid")]
    assets: Vec<String>,
    #[xml("a:maybe?/b:entry*")]
    maybe: Option<Vec<u32>>,
    #[xml("a:data")]
    data: Option<Base64>,
    #[xml("a:watts", fixed = "W")]
    watts: Fixed,
    #[xml(choice)]
    body: Option<Body>,
    #[xml(choice+)]
    more: Vec<Extra>,
    #[xml("a:any")]
    any: AnyContent,
    #[xml("a:nil")]
    nil: Option<Nillable<u32>>,
    #[xml("b:feed")]
    feed: Option<Fragment>,
}

/// A list's entry holds a choice.
impl Xml for Body {
    fn read(reader: &mut xml_wire::Reader<'_>) -> Result<Self, Error> {
        Entry::read(reader).map(|entry| entry.body)
    }

    fn write(&self, name: &xml_wire::Name, writer: &mut xml_wire::Writer) -> Result<(), Error> {
        Entry { body: self.clone() }.write(name, writer)
    }
}

#[derive(Debug, Clone, PartialEq, Xml)]
struct Entry {
    #[xml(choice)]
    body: Body,
}

#[derive(Debug, Clone, PartialEq, XmlChoice)]
enum Extra {
    #[xml("b:one")]
    One(bool),
    #[xml("b:two")]
    Two(i64),
}

/// Elements of their own, or one of a general type that says which it is.
#[derive(Debug, Clone, PartialEq, XmlChoice)]
enum Animal {
    #[xml("b:cat", or = "b:animal as b:Cat")]
    Cat(String),
    #[xml("b:dog/a:id", or = "b:animal as a:Dog")]
    Dog(Id),
    #[xml("b:cow")]
    Cow,
}

#[derive(Debug, Clone, PartialEq, XmlChoice)]
enum Root {
    #[xml("a:thing")]
    Thing(Box<Thing>),
    #[xml("a:note")]
    Note(String),
}

fn lenient(document: &str) -> Result<Root, Error> {
    Decoder::new(&DIALECT).read_str(document)
}

fn strict(document: &str) -> Result<Root, Error> {
    Decoder::new(&DIALECT).strict().read_str(document)
}

const FULL: &str = r#"<a:thing xmlns:a="urn:example:a" xmlns:b="urn:example:b" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" a:version="1"><a:id>i &amp; j</a:id><a:colour>dark blue</a:colour><a:shape>x-flat</a:shape><a:exact>always</a:exact><a:properties><b:start><b:date-time>2026-11-23T12:00:00Z</b:date-time></b:start><b:length><b:duration>PT90M</b:duration></b:length></a:properties><a:list><b:entry><a:number><b:value>1.5</b:value></a:number></b:entry><b:entry><b:size unit="m">2</b:size></b:entry><b:entry><b:nothing/></b:entry></a:list><a:assets><b:mrid>x</b:mrid></a:assets><a:assets><b:mrid>y</b:mrid></a:assets><a:maybe/><a:data>aGVsbG8=</a:data><a:watts>W</a:watts><b:nothing/><b:one>true</b:one><b:two>-2</b:two><b:one>false</b:one><a:any/><a:nil xsi:nil="true"/><b:feed xmlns:b="urn:example:b"><!-- kept --> <c xmlns="urn:c" b:d="1"/></b:feed></a:thing>"#;

fn thing(document: &str) -> Thing {
    match lenient(document) {
        Ok(Root::Thing(thing)) => *thing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn writes_again_what_it_read() {
    let root = strict(FULL).unwrap();
    let written = Encoder::new(&DIALECT).without_declaration().write(&root).unwrap();
    assert_eq!(written, FULL);
}

#[test]
fn reads_values_into_their_types() {
    let thing = thing(FULL);
    assert_eq!(thing.id, Id("i & j".into()));
    assert_eq!(thing.colour, Some(Colour::DarkBlue));
    assert_eq!(thing.shape, Some(Shape::Other("x-flat".into())));
    assert_eq!(thing.entries.len(), 3);
    assert_eq!(thing.entries[1], Body::Size(Box::new(Size { unit: "m".into(), value: Float(2.0) })));
    assert_eq!(thing.assets, ["x", "y"]);
    assert_eq!(thing.maybe, Some(vec![]));
    assert_eq!(thing.data, Some(Base64(b"hello".to_vec())));
    assert_eq!(thing.body, Some(Body::Nothing));
    assert_eq!(thing.more, [Extra::One(true), Extra::Two(-2), Extra::One(false)]);
    assert_eq!(thing.nil, Some(Nillable::Nil));
    assert!(thing.feed.unwrap().as_str().contains("<!-- kept -->"));
}

#[test]
fn reads_an_element_of_a_general_type_as_what_it_says_it_is() {
    let read = |attributes: &str, inside: &str| {
        let document = format!(
            "<x:animal xmlns:x='urn:example:b' xmlns:a='urn:example:a' xmlns='urn:example:b' \
             xmlns:i='http://www.w3.org/2001/XMLSchema-instance' {attributes}>{inside}</x:animal>"
        );
        let [lenient, strict] = [Decoder::new(&DIALECT), Decoder::new(&DIALECT).strict()]
            .map(|decoder| decoder.read_str::<Animal>(&document));
        let faults = [&lenient, &strict].map(|read| read.as_ref().err().map(Error::to_string));
        assert_eq!(faults[0], faults[1]);
        lenient.map_err(|error| format!("{:?}: {}", error.kind(), error.what()))
    };
    let cat = read("i:type=' x:Cat '", "Tom").unwrap();
    assert_eq!(cat, Animal::Cat("Tom".to_owned()));
    let written = Encoder::new(&DIALECT).without_declaration().write(&cat).unwrap();
    assert_eq!(written, r#"<b:cat xmlns:b="urn:example:b">Tom</b:cat>"#);
    assert_eq!(read("i:type='Cat'", "Tom").unwrap(), cat);
    let dog = Animal::Dog(Id("Rex".to_owned()));
    assert_eq!(read("i:type='a:Dog'", "<a:id>Rex</a:id>").unwrap(), dog);
    for (attributes, fault) in [
        ("", "Missing: "),
        ("type='x:Cat'", "Missing: "),
        ("i:type='x:Dog'", "Value: \"x:Dog\" is not one of them; "),
        ("i:type='none:Cat'", "Value: \"none:Cat\" is not one of them; "),
    ] {
        let refused = read(attributes, "Tom").unwrap_err();
        assert!(refused.starts_with(fault), "{refused}");
        assert!(
            refused.ends_with("b:animal has to say by xsi:type which of b:Cat, a:Dog it is"),
            "{refused}"
        );
    }
}

#[test]
fn reads_any_prefix_and_default_namespaces() {
    let other =
        FULL.replace("a:", "p1:").replace("b:", "_x.y:").replace(":a=", ":p1=").replace(":b=", ":_x.y=");
    assert_eq!(thing(&other), Thing { feed: thing(&other).feed, ..thing(FULL) });
    let default = r#"<note xmlns="urn:example:a">hi</note>"#;
    assert_eq!(lenient(default).unwrap(), Root::Note("hi".into()));
}

#[test]
fn reads_through_comments_instructions_sections_and_references() {
    let note = "\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<!-- a --><?pi?><a:note xmlns:a='urn:example:a'>\
        o<!-- b -->n<?pi ?>e <![CDATA[<&>]]>&#x41;&lt;\r\n</a:note ><!-- c -->\n";
    assert_eq!(lenient(note).unwrap(), Root::Note("one <&>A<\n".into()));
}

#[test]
fn takes_elements_in_any_order_and_skips_unknown_ones_unless_strict() {
    let moved = FULL
        .replace("<a:colour>dark blue</a:colour>", "")
        .replace("</a:thing>", "<a:colour> dark  blue\n</a:colour></a:thing>");
    assert_eq!(thing(&moved), thing(FULL));
    let error = strict(&moved).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Order, "/a:thing"));
    assert!(error.what().starts_with("a:colour must stand before b:feed"), "{error}");

    let unknown =
        FULL.replace("<a:colour>", "<q:new xmlns:q='urn:q' z='1'>text<q:id>x</q:id></q:new><a:colour>");
    assert_eq!(thing(&unknown), thing(FULL));
    assert_eq!(strict(&unknown).unwrap_err().kind(), ErrorKind::Unknown);

    let attribute = FULL.replace("<a:id>", "<a:id lang='en'>");
    assert_eq!(thing(&attribute), thing(FULL));
    assert_eq!(
        strict(&attribute).unwrap_err().to_string(),
        "unexpected attribute lang in /a:thing/a:id at line 1 column 132"
    );
}

#[test]
fn makes_a_fragment_stand_alone() {
    let document = r#"<a:thing xmlns:a="urn:example:a" xmlns:b="urn:example:b" xmlns="urn:default"><a:id>1</a:id><a:properties><b:start><b:date-time>2026-11-23T12:00:00Z</b:date-time></b:start></a:properties><a:list/><a:watts/><a:any b:x="1"><y/></a:any></a:thing>"#;
    let any = thing(document).any;
    let element = any.element().unwrap();
    assert_eq!(
        element.as_str(),
        r#"<a:any xmlns:a="urn:example:a" xmlns:b="urn:example:b" xmlns="urn:default" b:x="1"><y/></a:any>"#
    );
    assert_eq!(Fragment::parse(element.as_str()).unwrap(), *element);
    assert_eq!(Fragment::parse("<p:x/>").unwrap_err().kind(), ErrorKind::Syntax);
}

#[test]
fn indents_on_demand() {
    let root = Root::Thing(Box::new(Thing { feed: None, nil: None, ..thing(FULL) }));
    let pretty = Encoder::new(&DIALECT).indent(2).write(&root).unwrap();
    assert!(pretty.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a:thing xmlns:a="), "{pretty}");
    assert!(pretty.contains("\n  <a:properties>\n    <b:start>\n      <b:date-time>"), "{pretty}");
    assert!(pretty.ends_with("\n  <a:any/>\n</a:thing>\n"), "{pretty}");
    assert_eq!(strict(&pretty).unwrap(), root);
}

#[test]
fn refuses_to_write_a_control_character() {
    let error = Encoder::new(&DIALECT).write(&Root::Note("\u{1}".into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert_eq!(error.to_string(), "the text of a:note holds a character that XML cannot carry");
}

/// What is wrong with a document made from [`FULL`] by one replacement: lenient and strict outcome.
#[test]
fn says_what_is_wrong_and_where() {
    use ErrorKind::{Duplicate, Missing, Syntax, Unknown, Value};
    type Outcome = Option<(ErrorKind, &'static str)>;
    let table: &[(&str, &str, Outcome, Outcome)] = &[
        (
            "<a:id>i &amp; j</a:id>",
            "",
            Some((Missing, "missing a:id in /a:thing")),
            Some((Missing, "missing a:id in /a:thing")),
        ),
        (
            "<a:id>",
            "<a:id>1</a:id><a:id>",
            Some((Duplicate, "a:id stands twice in /a:thing")),
            Some((Duplicate, "a:id stands twice in /a:thing")),
        ),
        (
            "<a:properties>",
            "<a:properties/><a:properties>",
            Some((Missing, "missing b:start in /a:thing/a:properties")),
            Some((Missing, "missing b:start")),
        ),
        (
            ">i &amp; j<",
            "><b:x/><",
            Some((Unknown, "unexpected element b:x in a value in /a:thing/a:id")),
            Some((Unknown, "unexpected element b:x")),
        ),
        (
            "<a:id>i &amp; j</a:id>",
            "<b:id>1</b:id>",
            Some((Unknown, "<b:id> is in b's namespace, expected a:id in /a:thing")),
            Some((Unknown, "")),
        ),
        ("<a:id>i", "oops<a:id>i", None, Some((Unknown, "unexpected text \"oops\" in /a:thing"))),
        (
            ">dark blue<",
            ">green<",
            Some((Value, "\"green\" is not one of red, dark blue in /a:thing/a:colour")),
            Some((Value, "")),
        ),
        (
            ">x-flat<",
            ">flat<",
            None,
            Some((
                Value,
                "\"flat\" is not one of round, or an extension starting with x- in /a:thing/a:shape",
            )),
        ),
        (
            ">always<",
            "> always<",
            None,
            Some((Value, "\" always\" is not one of always in /a:thing/a:exact")),
        ),
        (
            ">W<",
            ">kW<",
            None,
            Some((Value, "\"kW\" is not \"W\", which the schema fixes in /a:thing/a:watts")),
        ),
        (">W<", "><", None, None),
        (
            ">1.5<",
            ">0,345<",
            Some((Value, "\"0,345\" is not a number in /a:thing/…/a:number/b:value")),
            Some((Value, "")),
        ),
        (
            "12:00:00Z",
            "12:00:00,5Z",
            Some((
                Value,
                "\"2026-11-23T12:00:00,5Z\" is not a date and time such as 2026-11-23T12:00:00Z in",
            )),
            Some((Value, "")),
        ),
        ("PT90M", "P3W", None, Some((Value, "\"P3W\" is not a duration such as PT15M in"))),
        ("aGVsbG8=", "aGVsbG8", Some((Value, "\"aGVsbG8\" is not base64")), Some((Value, ""))),
        (
            "<b:mrid>x</b:mrid>",
            "",
            Some((Missing, "missing b:mrid in /a:thing/a:assets")),
            Some((Missing, "")),
        ),
        ("<b:nothing/>", "<b:nothing>x</b:nothing>", None, Some((Unknown, "unexpected text \"x\""))),
        (
            "<b:nothing/>",
            "<b:nothing>\n</b:nothing>",
            None,
            Some((
                Unknown,
                "white space in an element that is to be empty in /a:thing/a:list/b:entry/b:nothing",
            )),
        ),
        ("<b:nothing/>", "<b:nothing><!-- --></b:nothing>", None, None),
        ("<a:list>", "<a:list xsi:schemaLocation=\"urn:a a.xsd\">", None, None),
        ("<a:list>", "<a:list xsi:nil=\"false\">", None, Some((Unknown, "unexpected attribute xsi:nil"))),
        ("<a:list>", "<a:list xsi:other=\"\">", None, Some((Unknown, "unexpected attribute xsi:other"))),
        ("unit=\"m\"", "", Some((Missing, "missing attribute unit in")), Some((Missing, ""))),
        (
            "<a:nil xsi:nil=\"true\"/>",
            "<a:nil xsi:nil=\"true\">5</a:nil>",
            Some((Value, "\"5\" in an element that says it is nil")),
            Some((Value, "")),
        ),
        (
            "<a:any/>",
            "<a:any><unclosed></a:any>",
            Some((Syntax, "</a:any> does not close <unclosed>")),
            Some((Syntax, "")),
        ),
    ];
    for (from, to, lenient_outcome, strict_outcome) in table {
        assert!(FULL.contains(from), "{from}");
        let document = FULL.replacen(from, to, 1);
        for (mode, result, expected) in
            [("lenient", lenient(&document), lenient_outcome), ("strict", strict(&document), strict_outcome)]
        {
            match (result, expected) {
                (Ok(_), None) => {}
                (Err(error), Some((kind, text))) => {
                    assert_eq!(error.kind(), *kind, "{mode} {to}: {error}");
                    assert!(error.to_string().starts_with(text), "{mode} {to}: {error}");
                    assert!(error.line() == 1 && error.column() > 1);
                }
                (result, expected) => panic!("{mode} {from} -> {to}: {result:?}, expected {expected:?}"),
            }
        }
    }
}

#[test]
fn keeps_a_deviation_from_a_fixed_value() {
    let deviating = FULL.replace(">W<", ">kW<");
    assert_eq!(thing(&deviating).watts.deviation(), Some("kW"));
    assert!(
        Encoder::new(&DIALECT)
            .write(&lenient(&deviating).unwrap())
            .unwrap()
            .contains("<a:watts>kW</a:watts>")
    );
}

#[test]
fn names_an_unexpected_root() {
    let error = lenient("<things xmlns='urn:other'/>").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedRoot);
    assert_eq!(
        error.to_string(),
        "unexpected document element things in namespace \"urn:other\", expected one of 2 document elements at line 1 column 1"
    );
    let error = lenient("<thing xmlns='urn:other'/>").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedRoot);
    assert_eq!(
        error.to_string(),
        "unexpected document element thing in namespace \"urn:other\", expected a:thing in namespace \"urn:example:a\" at line 1 column 1"
    );
}

#[derive(Debug, Clone, PartialEq, Xml)]
struct Extensible {
    #[xml("a:first")]
    first: std::num::NonZeroU32,
    #[xml(other)]
    others: Vec<Fragment>,
}

#[derive(Debug, Clone, PartialEq, XmlChoice)]
enum ExtensibleRoot {
    #[xml("a:extensible")]
    Extensible(Extensible),
}

#[test]
fn keeps_elements_of_namespaces_it_does_not_know_where_they_may_stand() {
    let document = |inside: &str| format!(r#"<a:extensible xmlns:a="urn:example:a">{inside}</a:extensible>"#);
    let read = |inside: &str, strict: bool| {
        let decoder = Decoder::new(&DIALECT);
        let decoder = if strict { decoder.strict() } else { decoder };
        decoder.read_str::<ExtensibleRoot>(&document(inside))
    };
    let inside = r#"<a:first>7</a:first><x:first xmlns:x="urn:x" y="1"><x:z/></x:first><z xmlns="urn:z"/>"#;
    let root = read(inside, true).unwrap();
    assert_eq!(read(inside, false).unwrap(), root);
    let ExtensibleRoot::Extensible(value) = &root;
    assert_eq!(
        value.others.iter().map(Fragment::as_str).collect::<String>(),
        inside["<a:first>7</a:first>".len()..]
    );
    assert_eq!(Encoder::new(&DIALECT).without_declaration().write(&root).unwrap(), document(inside));

    let late = r#"<x:y xmlns:x="urn:x"/><a:first>7</a:first>"#;
    assert!(read(late, false).is_ok());
    assert_eq!(read(late, true).unwrap_err().kind(), ErrorKind::Order);
    assert_eq!(read("<a:first>7</a:first><none/>", true).unwrap_err().kind(), ErrorKind::Unknown);
    assert_eq!(read("<a:first>0</a:first>", false).unwrap_err().kind(), ErrorKind::Value);
}

#[test]
fn refuses_what_the_caller_refuses_at_the_document_element() {
    let document = "\n <a:extensible xmlns:a='urn:example:a'><a:first>7</a:first></a:extensible>";
    let check = |_: &ExtensibleRoot| Err((ErrorKind::Missing, "missing more".to_owned()));
    let error = Decoder::new(&DIALECT).read_if(document.as_bytes(), check).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Missing, "missing more in /a:extensible at line 2 column 2")
    );
}
