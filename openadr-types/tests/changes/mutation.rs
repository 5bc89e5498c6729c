//! Changes to a document, most of which make it invalid.

use std::collections::BTreeSet;

use super::document::Element;

/// Texts of which each type takes some and refuses others.
const VALUES: &[&str] = &[
    "",
    " ",
    "x",
    "x-y",
    "x- y",
    "0",
    "1",
    "2",
    "-1",
    "+1",
    "007",
    "255",
    "256",
    "65536",
    "4294967295",
    "4294967296",
    "140737488355329",
    "99999999999999999999",
    "1.5",
    "1e3",
    "1,5",
    "NaN",
    "INF",
    "-INF",
    "100.5",
    "true",
    "TRUE",
    "false",
    "200",
    "20",
    "2000",
    "P",
    "PT",
    "PT15M",
    "-PT15M",
    "+PT15M",
    "P3W",
    "3W",
    "P1H",
    "PT0.5S",
    "2026-11-23T12:00:00Z",
    "2026-11-23T12:00:00",
    "2026-11-23T12:00:00.5Z",
    "2026-11-23T12:00:00+01:00",
    "2026-11-23T25:00:00Z",
    "2026-02-29T12:00:00Z",
    "2026-11-23",
    "2.0b",
    "2.0a",
    "simpleHttp",
    "xmpp",
    "always",
    "never",
    "optIn",
    "optOut",
    "active",
    "canceled",
    "cancelled",
    "none",
    "level",
    "SIMPLE",
    "simple",
    "usage",
    "Direct Read",
    "economic",
    "k",
    "K",
    "da",
    "W",
    "kW",
    "VA",
    "Wh",
    "A",
    "EUR",
    "eur",
    "Quality Good - Non Specific",
    "RealPower",
    "1 2",
    "http://a/ b",
    "%",
    "#a",
    "text",
    "html",
    "en",
    "a@b.c",
    "a@b",
    "00",
    "0000",
    "000000",
    "0000000000",
];

/// Every change of places that were not seen yet, named by what was changed.
pub(crate) fn all(root: &Element, seen: &mut BTreeSet<String>) -> Vec<(String, Element)> {
    let mut out = Vec::new();
    visit(root, &mut Vec::new(), "", &mut |path, place, element| {
        // An element is what it is by its own name and that of the one around it; alike ones are changed once.
        let steps: Vec<&str> = place.rsplit('/').take(2).collect();
        let mut parts: Vec<&str> = element.children.iter().map(Element::local).collect();
        parts.dedup();
        parts.extend(element.attributes.iter().map(|(name, _)| name.as_str()));
        if !seen.insert(format!("{steps:?} {parts:?}")) {
            return;
        }
        let mut change = |what: &str, edit: &dyn Fn(&mut Element)| {
            if seen.insert(format!("{steps:?} {what}")) {
                let what = format!("{place} {what}");
                let mut changed = root.clone();
                edit(at(&mut changed, path));
                out.push((what, changed));
            }
        };
        for (index, (name, _)) in element.attributes.iter().enumerate() {
            if name.starts_with("xmlns") {
                continue;
            }
            change(&format!("without @{name}"), &|e| drop(e.attributes.remove(index)));
            for value in VALUES {
                change(&format!("@{name}={value:?}"), &|e| e.attributes[index].1 = (*value).to_owned());
            }
        }
        let attribute =
            |e: &mut Element, name: &str, value: &str| e.attributes.push((name.to_owned(), value.to_owned()));
        change("with an unknown attribute", &|e| attribute(e, "unknown", "1"));
        change("with a foreign attribute", &|e| {
            attribute(e, "xmlns:x9", "urn:x");
            attribute(e, "x9:unknown", "1");
        });
        change("with xml:lang", &|e| {
            e.attributes.retain(|(name, _)| name != "xml:lang");
            attribute(e, "xml:lang", "en");
        });
        change("with xsi:nil", &|e| {
            e.attributes.retain(|(name, value)| !name.ends_with(":nil") && value != "x9");
            attribute(e, "xmlns:x9", "http://www.w3.org/2001/XMLSchema-instance");
            attribute(e, "x9:nil", "true");
        });
        for (name, value) in [
            ("unknown", "1"),
            ("type", "EiTargetType"),
            ("type", "x8:EiTargetType"),
            ("type", "x8:IntervalType"),
            ("type", "x8:PayloadFloatType"),
            ("type", "x8:venIDType"),
            ("type", "x7:string"),
            ("type", "x6:PowerItemType"),
            ("type", "x6:PowerRealType"),
            ("type", "x6:PowerReactiveType"),
            ("type", "x6:EnergyRealType"),
            ("type", "undeclared:string"),
            ("schemaLocation", "urn:x x.xsd"),
        ] {
            change(&format!("with xsi:{name} {value:?}"), &|e| {
                let (xsi, xs) =
                    ("http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/2001/XMLSchema");
                let instance = [":nil", ":type"];
                e.attributes
                    .retain(|(name, value)| !instance.iter().any(|of| name.ends_with(of)) && value != "x9");
                attribute(e, "xmlns:x9", xsi);
                attribute(e, "xmlns:x6", "http://docs.oasis-open.org/ns/emix/2011/06/power");
                attribute(e, "xmlns:x8", "http://docs.oasis-open.org/ns/energyinterop/201110");
                attribute(e, "xmlns:x7", xs);
                attribute(e, &format!("x9:{name}"), value);
            });
        }
        change("with text", &|e| e.text.push_str("text"));
        let foreign = |namespace: &str| Element {
            name: "y".to_owned(),
            attributes: vec![("xmlns".to_owned(), namespace.to_owned())],
            ..Element::default()
        };
        change("with an unknown child", &|e| e.children.push(e.sibling("unknown")));
        change("with an unknown child first", &|e| e.children.insert(0, e.sibling("unknown")));
        change("with a foreign child", &|e| e.children.push(foreign("urn:x")));
        change("with a foreign child first", &|e| e.children.insert(0, foreign("urn:x")));
        change("with a child in no namespace", &|e| e.children.push(foreign("")));
        if element.children.is_empty() {
            for value in VALUES {
                change(&format!("text {value:?}"), &|e| e.text = (*value).to_owned());
                // The types of numbers and times allow blanks around them, but libxml2 not always.
                if value.starts_with(|c: char| c.is_ascii_alphabetic()) && !["NaN", "INF"].contains(value) {
                    change(&format!("text {value:?} between blanks"), &|e| e.text = format!(" {value}\n"));
                }
            }
        }
        for (index, child) in element.children.iter().enumerate() {
            let child = child.local();
            change(&format!("without child {child}"), &|e| drop(e.children.remove(index)));
            change(&format!("with child {child} twice"), &|e| {
                e.children.insert(index, e.children[index].clone())
            });
            change(&format!("with child {child} again"), &|e| e.children.push(e.children[index].clone()));
            change(&format!("with child {child} first"), &|e| {
                let child = e.children.remove(index);
                e.children.insert(0, child);
            });
            change(&format!("with child {child} empty"), &|e| {
                e.children[index].children.clear();
                e.children[index].text.clear();
            });
        }
        change("without children", &|e| e.children.clear());
        change("in another namespace", &|e| {
            e.name = e.local().to_owned();
            e.attributes.retain(|(name, _)| name != "xmlns");
            e.attributes.push(("xmlns".to_owned(), "urn:x".to_owned()));
        });
    });
    out
}

fn visit(
    element: &Element,
    path: &mut Vec<usize>,
    above: &str,
    see: &mut dyn FnMut(&[usize], &str, &Element),
) {
    let place = format!("{above}/{}", element.local());
    see(path, &place, element);
    for (index, child) in element.children.iter().enumerate() {
        path.push(index);
        visit(child, path, &place, see);
        path.pop();
    }
}

fn at<'e>(root: &'e mut Element, path: &[usize]) -> &'e mut Element {
    path.iter().fold(root, |element, index| &mut element.children[*index])
}
