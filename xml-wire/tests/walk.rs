//! What a walk refuses, it refuses where it is: by path, line and column.

use xml_wire::{Decoder, Dialect, ErrorKind, Fault, Mark, Namespace, Piece, Spot, lexical};

const NAMESPACES: &[Namespace] = &[Namespace::new(0, "a", "urn:example:a")];

static DIALECT: Dialect = Dialect {
    namespaces: NAMESPACES,
    is_date_time: lexical::is_date_time,
    is_duration: lexical::is_duration,
};

const DOCUMENT: &str = "<x:root xmlns:x='urn:example:a'>\n <x:one i='>' j='é' k='3'>\n  text<!-- c -->&amp;</x:one>\n \
                        <?pi data?><two><![CDATA[ ]]></two><three/>\n</x:root>";

/// The error for one fault, where `is_it` says so for the first time.
fn refused(at: Spot, is_it: impl Fn(&Piece<'_, '_>) -> bool) -> String {
    let walked = Decoder::new(&DIALECT).try_walk(DOCUMENT.as_bytes(), |piece| {
        if is_it(&piece) { Err(Fault::new(ErrorKind::Value, "wrong", at)) } else { Ok(()) }
    });
    let error = walked.expect_err("a piece is refused");
    assert_eq!(error.kind(), ErrorKind::Value);
    error.to_string()
}

fn is_tag(piece: &Piece<'_, '_>, name: &str) -> bool {
    matches!(piece, Piece::Start(tag) if tag.name() == name)
}

#[test]
fn says_where_the_fault_is() {
    for (at, place) in [
        (Spot::Piece, "/a:root/a:one at line 2 column 2"),
        (Spot::Tag, "/a:root/a:one at line 2 column 2"),
        (Spot::Stranger, "/a:root at line 2 column 2"),
        (Spot::Attribute(1), "/a:root/a:one at line 2 column 15"),
        (Spot::AttributeValue(2), "/a:root/a:one at line 2 column 24"),
        (Spot::Attribute(3), "/a:root/a:one at line 2 column 2"),
        (Spot::Content, "/a:root/a:one at line 3 column 3"),
    ] {
        assert_eq!(refused(at, |piece| is_tag(piece, "x:one")), format!("wrong in {place}"), "{at:?}");
    }
    let is_text = |piece: &Piece<'_, '_>, text: &str| matches!(piece, Piece::Text(other) if other == text);
    for (at, text, place) in [
        (Spot::Piece, "\n  text", "/a:root/a:one at line 3 column 3"),
        (Spot::Piece, "&", "/a:root/a:one at line 3 column 17"),
        (Spot::Tag, "&", "/a:root/a:one at line 2 column 2"),
        (Spot::Piece, "\n", "/a:root at line 4 column 45"),
        (Spot::Piece, " ", "/a:root/two at line 4 column 18"),
    ] {
        assert_eq!(refused(at, |piece| is_text(piece, text)), format!("wrong in {place}"), "{text:?}");
    }
    let instruction = refused(Spot::Piece, |piece| matches!(piece, Piece::Instruction(_)));
    assert_eq!(instruction, "wrong in /a:root at line 4 column 2");
}

#[test]
fn has_the_element_open_at_its_end_and_comes_back_to_a_tag() {
    let mut mark: Option<Mark> = None;
    let mut last = String::new();
    let walked = Decoder::new(&DIALECT).try_walk(DOCUMENT.as_bytes(), |piece| match piece {
        Piece::Start(tag) => {
            if tag.name() == "two" {
                mark = Some(tag.mark());
            }
            last = tag.name().to_owned();
            Ok(())
        }
        Piece::End if last == "three" => {
            let at = mark.map_or(Spot::Piece, Spot::Tagged);
            Err(Fault::new(ErrorKind::Order, "two before three", at))
        }
        _ => Ok(()),
    });
    assert_eq!(walked.unwrap_err().to_string(), "two before three in /a:root/three at line 4 column 13");
}

#[test]
fn refuses_what_is_malformed_before_it_is_shown() {
    let mut shown = 0;
    let walked = Decoder::new(&DIALECT).try_walk(b"<a><b></a>", |_| {
        shown += 1;
        Ok(())
    });
    assert_eq!((walked.unwrap_err().kind(), shown), (ErrorKind::Syntax, 2));
}
