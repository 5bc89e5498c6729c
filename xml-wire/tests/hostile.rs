//! What is refused always, whoever sends it, and at what cost.

use xml_wire::{Decoder, Dialect, ErrorKind, Limits, Xml, XmlChoice, lexical};

mod ns {
    use xml_wire::Namespace;

    pub(crate) const A: Namespace = Namespace::new(0, "a", "urn:example:a");
    pub(crate) const ALL: &[Namespace] = &[A];
}

static DIALECT: Dialect =
    Dialect { namespaces: ns::ALL, is_date_time: lexical::is_date_time, is_duration: lexical::is_duration };

#[derive(Debug, PartialEq, XmlChoice)]
enum Root {
    #[xml("a:box")]
    Box(Box_),
}

#[derive(Debug, PartialEq, Xml)]
struct Box_ {
    #[xml("@a:label")]
    label: Option<String>,
    #[xml("a:text")]
    text: Option<String>,
    #[xml("a:item")]
    items: Vec<String>,
}

fn read(document: impl AsRef<[u8]>) -> Result<Root, xml_wire::Error> {
    Decoder::new(&DIALECT).read(document.as_ref())
}

/// A document whose box holds `content`.
fn around(content: &str) -> String {
    format!("<a:box xmlns:a=\"urn:example:a\">{content}</a:box>")
}

#[track_caller]
fn refused(document: impl AsRef<[u8]>, kind: ErrorKind, text: &str) {
    let document = document.as_ref();
    let shown = String::from_utf8_lossy(&document[..document.len().min(200)]).into_owned();
    match read(document) {
        Ok(_) => panic!("accepted {shown}"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{error}: {shown}");
            assert!(error.to_string().contains(text), "{error}: {shown}");
        }
    }
}

#[test]
fn refuses_every_doctype() {
    for doctype in [
        "<!DOCTYPE a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\">]>",
    ] {
        refused(
            format!("{doctype}{}", around("")),
            ErrorKind::Forbidden,
            "a DOCTYPE is not accepted at line 1 column 1",
        );
        refused(around(doctype), ErrorKind::Forbidden, "a DOCTYPE is not accepted");
        refused(format!("{}{doctype}", around("")), ErrorKind::Forbidden, "a DOCTYPE is not accepted");
    }
    refused(around("<!doctype a>"), ErrorKind::Forbidden, "DOCTYPE");
}

#[test]
fn refuses_entities() {
    refused(around("<a:text>&x;</a:text>"), ErrorKind::Syntax, "unknown reference &x;");
    refused(around("<a:text>&</a:text>"), ErrorKind::Syntax, "");
    refused(around("<a:text>a & b</a:text>"), ErrorKind::Syntax, "");
    refused(around("<a:text>&#x;</a:text>"), ErrorKind::Syntax, "unknown reference");
    refused(around("<a:other b=\"&x;\"/>"), ErrorKind::Syntax, "unknown reference");
}

#[test]
fn refuses_undeclared_prefixes_and_misdeclared_ones() {
    refused("<a:box/>", ErrorKind::Syntax, "prefix a is not declared at line 1 column 1");
    refused(around("<b:x/>"), ErrorKind::Syntax, "prefix b is not declared in /a:box");
    refused(around("<a:text b:x='1'/>"), ErrorKind::Syntax, "prefix b is not declared");
    refused(around("<b:x xmlns:b=''/>"), ErrorKind::Syntax, "cannot be undeclared");
    refused(around("<b xmlns:xmlns='urn:x'/>"), ErrorKind::Syntax, "cannot be declared so");
    refused(around("<b xmlns:xml='urn:x'/>"), ErrorKind::Syntax, "cannot be declared so");
    refused(around("<b xmlns='http://www.w3.org/2000/xmlns/'/>"), ErrorKind::Syntax, "cannot be declared so");
    refused(around("<b:x xmlns:b='urn:x'><b:y/></b:x><b:z/>"), ErrorKind::Syntax, "prefix b is not declared");
}

#[test]
fn refuses_the_wrong_namespace() {
    refused("<a:box xmlns:a='urn:example:b'/>", ErrorKind::UnexpectedRoot, "in namespace \"urn:example:b\"");
    refused("<box/>", ErrorKind::UnexpectedRoot, "in no namespace");
    refused(around("<b:text xmlns:b='urn:b'>x</b:text>"), ErrorKind::Unknown, "expected a:text");
    refused(around("<text>x</text>"), ErrorKind::Unknown, "<text> is in no namespace, expected a:text");
}

#[test]
fn refuses_repeated_attributes_under_two_prefixes_too() {
    refused(
        "<a:box xmlns:a='urn:example:a' a:label='1' a:label='2'/>",
        ErrorKind::Syntax,
        "attribute a:label stands twice",
    );
    refused(
        "<a:box xmlns:a='urn:example:a' xmlns:b='urn:example:a' a:label='1' b:label='2'/>",
        ErrorKind::Syntax,
        "attribute b:label stands twice",
    );
    refused(
        around("<c:x xmlns:c='urn:c' xmlns:d='urn:c' c:y='1' d:y='2'/>"),
        ErrorKind::Syntax,
        "attribute d:y stands twice",
    );
    refused(
        "<a:box xmlns:a='urn:example:a' xmlns:a='urn:example:a'/>",
        ErrorKind::Syntax,
        "attribute xmlns:a stands twice",
    );
    assert!(read(around("<c:x xmlns:c='urn:c' xmlns:d='urn:d' c:y='1' d:y='2' y='3'/>")).is_ok());
}

#[test]
fn refuses_a_repeated_single_element() {
    refused(
        around("<a:text>1</a:text><a:text>2</a:text>"),
        ErrorKind::Duplicate,
        "a:text stands twice in /a:box",
    );
    refused(around("<a:text/><a:item/><a:text/>"), ErrorKind::Duplicate, "a:text stands twice in /a:box");
    assert!(read(around("<a:item/><a:item/>")).is_ok());
}

#[test]
fn refuses_anything_after_the_root() {
    let fine = around("");
    refused(format!("{fine}x"), ErrorKind::Syntax, "text outside the document element");
    refused(format!("{fine}{fine}"), ErrorKind::Syntax, "a tag after the document's end");
    refused(format!("{fine}</a:box>"), ErrorKind::Syntax, "a tag after the document's end");
    refused(format!("{fine}<![CDATA[]]>"), ErrorKind::Syntax, "text outside the document element");
    refused(format!("{fine}&#32;"), ErrorKind::Syntax, "text outside the document element");
    refused(format!("{fine}\0"), ErrorKind::Syntax, "a character that XML does not allow");
    refused(format!("{fine}<?xml version='1.0'?>"), ErrorKind::Syntax, "the XML declaration must come first");
    assert!(read(format!("{fine} \r\n<!-- bye --><?pi?>\t")).is_ok());
}

#[test]
fn refuses_control_characters_however_written() {
    for c in ['\u{0}', '\u{1}', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        refused(
            around(&format!("<a:text>{c}</a:text>")),
            ErrorKind::Syntax,
            "a character that XML does not allow at line 1",
        );
        refused(around(&format!("<!-- {c} -->")), ErrorKind::Syntax, "");
        refused(
            around(&format!("<a:text>&#{};</a:text>", u32::from(c))),
            ErrorKind::Syntax,
            "unknown reference",
        );
        refused(around(&format!("<b c='&#{};'/>", u32::from(c))), ErrorKind::Syntax, "unknown reference");
    }
    assert!(read(around("<a:text>\u{7f}\u{85}\u{fffd}\u{10ffff}&#x85;</a:text>")).is_ok());
    // Beyond the first chunk that is checked at once, too.
    refused(around(&format!("{}\u{2}", " ".repeat(10_000))), ErrorKind::Syntax, "at line 1 column 10032");
}

#[test]
fn refuses_other_encodings() {
    for encoding in ["ISO-8859-1", "UTF-16", "windows-1252", "US-ASCII", ""] {
        refused(
            format!("<?xml version='1.0' encoding='{encoding}'?>{}", around("")),
            ErrorKind::Forbidden,
            "only UTF-8",
        );
    }
    let utf16: Vec<u8> = around("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(&utf16, ErrorKind::Forbidden, "UTF-16");
    refused([&[0xFF, 0xFE][..], &utf16].concat(), ErrorKind::Forbidden, "UTF-16");
    refused(
        b"<a:box xmlns:a='urn:example:a'><a:text>caf\xE9</a:text></a:box>",
        ErrorKind::Syntax,
        "bytes that are not UTF-8 at line 1 column 43",
    );
    assert!(read(format!("<?xml version='1.0' encoding='Utf-8' standalone='yes'?>{}", around(""))).is_ok());
    // As Python's standard library writes it if told so.
    assert!(read(format!("<?xml version='1.0' encoding='utf8'?>{}", around(""))).is_ok());
}

#[test]
fn refuses_a_malformed_declaration() {
    for declaration in [
        "<?xml?>",
        "<?xml encoding='UTF-8'?>",
        "<?xml version='2.0'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' a='b'?>",
        "<?xml encoding='UTF-8' version='1.0'?>",
        " <?xml version='1.0'?>",
    ] {
        refused(format!("{declaration}{}", around("")), ErrorKind::Syntax, "");
    }
}

#[test]
fn refuses_every_truncation() {
    let whole = around("<!-- c --><a:text x='1'>a&amp;b<![CDATA[c]]></a:text><?pi d?><a:item>e</a:item>");
    assert!(read(&whole).is_ok());
    for end in 0..whole.len() {
        let error = read(&whole[..end]).expect_err("a truncated document is refused");
        assert_eq!(error.kind(), ErrorKind::Syntax, "{error}: {}", &whole[..end]);
    }
}

#[test]
fn refuses_mismatched_and_malformed_tags() {
    for content in [
        "<a:text></a:item>",
        "<a:text>",
        "</a:text>",
        "<a:text></A:text>",
        "<b></c>",
        "<a:text/ >",
        "< a:text/>",
        "<a:text x/>",
        "<a:text x=1/>",
        "<a:text x='1'y='2'/>",
        "<a:text x='1/>",
        "<a:text x='<'/>",
        "<1/>",
        "<b:/>",
        "<:b/>",
        "<b.c:d:e/>",
        "<-/>",
        "<b =''/>",
        "<b 1=''/>",
        "<a:text>]]></a:text>",
        "<!-- a -- b -->",
        "<![CDATA[",
        "<!ELEMENT a ANY>",
        "<?xml version='1.0'?>",
        "<?XML?>",
        "<? pi?>",
        "<!-->",
        "<![cdata[x]]>",
        "<c><1/></c>",
        "<a:text>a<&>b</a:text>",
        "<a:text></a:text x='1'>",
    ] {
        let error = read(around(content)).expect_err(content);
        assert_eq!(error.kind(), ErrorKind::Syntax, "{content}: {error}");
    }
}

#[test]
fn refuses_text_between_elements_when_strict() {
    let decoder = Decoder::new(&DIALECT);
    for (content, text) in [
        ("stray", "unexpected text \"stray\" in /a:box at line 1 column 32"),
        ("&#65;", "unexpected text \"A\""),
        ("<![CDATA[ ]]>", "unexpected text"),
    ] {
        let error = decoder.strict().read_str::<Root>(&around(content)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unknown);
        assert!(error.to_string().starts_with(text), "{error}");
        assert_eq!(decoder.read_str::<Root>(&around(content)).unwrap(), read(around("")).unwrap());
    }
}

#[test]
fn stops_at_a_hundred_thousand_nested_elements() {
    for (open, close) in [("<b>", "</b>"), ("<a:item>", "</a:item>"), ("<a:box>", "</a:box>")] {
        let deep = around(&(open.repeat(100_000) + &close.repeat(100_000)));
        let error = read(&deep).expect_err("too deep");
        assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Unknown), "{error}");
    }
    refused(around(&"<b>".repeat(100_000)), ErrorKind::Limit, "more than 100 elements open at once");
}

#[test]
fn stops_at_forty_thousand_attributes_or_declarations() {
    let attributes: String = (0..40_000).map(|i| format!(" x{i}='1'")).collect();
    refused(around(&format!("<b{attributes}/>")), ErrorKind::Limit, "more than 100 attributes on one tag");
    let declarations: String = (0..40_000).map(|i| format!(" xmlns:x{i}='urn:{i}'")).collect();
    refused(around(&format!("<b{declarations}/>")), ErrorKind::Limit, "more than 100 attributes on one tag");
    let nested: String =
        (0..80).map(|i| format!("<b xmlns:x{i}='u' xmlns:y{i}='u' xmlns:z{i}='u'>")).collect();
    refused(around(&nested), ErrorKind::Limit, "more than 200 namespace declarations in force");
}

#[test]
fn bounds_ten_megabytes_of_junk() {
    let comment = around(&format!("<!-- {} -->", "x".repeat(10 << 20)));
    assert!(read(&comment).is_ok());
    let elements = around(&"<b/>".repeat((10 << 20) / 4));
    refused(&elements, ErrorKind::Limit, "more than 1000000 elements");
    let text = around(&format!("<b>{}</b>", "x ".repeat(5 << 20)));
    assert!(read(&text).is_ok());
    let large = around(&" ".repeat(17 << 20));
    refused(&large, ErrorKind::Limit, "a document of 17825831 bytes, more than 16777216");
    let unclosed = format!("<a:box xmlns:a=\"urn:example:a\" x='{}", "y".repeat(10 << 20));
    refused(&unclosed, ErrorKind::Syntax, "");
    refused("<".repeat(10 << 20), ErrorKind::Syntax, "");
    assert!(read(around(&"&amp;".repeat(2 << 20))).is_ok());
}

#[test]
fn keeps_to_the_limits_it_is_given() {
    let decoder = Decoder::new(&DIALECT).with_limits(Limits { elements: 2, ..Limits::default() });
    assert!(decoder.read_str::<Root>(&around("<a:text/>")).is_ok());
    assert_eq!(decoder.read_str::<Root>(&around("<a:text/><a:item/>")).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn refuses_a_second_byte_order_mark() {
    let fine = around("<a:text>\u{feff}é</a:text>");
    assert_eq!(read(format!("\u{feff}{fine}")).unwrap(), read(&fine).unwrap());
    refused(format!("\u{feff}\u{feff}{fine}"), ErrorKind::Syntax, "text outside the document element");
    refused("\u{feff}\u{feff}<a xmlns=\"\">ns&", ErrorKind::Syntax, "text outside the document element");
    refused(format!(" \u{feff}{fine}"), ErrorKind::Syntax, "text outside the document element");
}

#[test]
fn refuses_documents_without_an_element() {
    for document in ["", " ", "<!-- -->", "<?xml version='1.0'?>", "\u{feff}", "text"] {
        assert_eq!(read(document).unwrap_err().kind(), ErrorKind::Syntax, "{document:?}");
    }
}
