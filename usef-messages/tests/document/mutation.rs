//! Changes to a document, most of which make it invalid.

use std::collections::BTreeSet;

use super::Element;

/// Texts for attributes, of which each type takes some and refuses others.
///
/// White space around a number or a day is left out: the types allow it, but libxml2 takes it for some and not for others.
const VALUES: &[&str] = &[
    "",
    " ",
    "x",
    "0",
    "1",
    "-1",
    "+1",
    "-0",
    "007",
    "1.5",
    "-1.2345",
    "1.23450",
    "1.23456",
    ".5",
    "5.",
    ".",
    "1e3",
    "1,5",
    "0.01",
    "0.001",
    "1.00",
    "1.01",
    "NaN",
    "true",
    "TRUE",
    "3.1.0",
    "3.1",
    "3.1.0.0",
    "a.example",
    "A.example",
    "a..example",
    "a.example1",
    "a--b.example",
    "xn--a.example",
    " a.example",
    "2026-11-23",
    "2026-11-23Z",
    "2026-11-23+14:00",
    "2026-11-23+14:01",
    "2026-02-29",
    "2024-02-29",
    "2026-11-23T12:00:00",
    "2026-11-23T12:00:00Z",
    "2026-11-23T12:00:00.123456789+01:00",
    "2026-11-23T24:00:00Z",
    "2026-11-23T24:00:01Z",
    "2026-11-23T12:00Z",
    "2026-11-23 12:00:00Z",
    "2026-11-23T12:60:00Z",
    "PT15M",
    "-PT15M",
    "P",
    "PT",
    "P1W",
    "P1DT2H",
    "PT1.5S",
    "PT1.5M",
    "15M",
    "EUR",
    "eur",
    "EURO",
    "Europe/Amsterdam",
    "Europe/Am",
    "Asia/Tokyo",
    "America/Port-au-Prince",
    "UTC",
    "ean.871685900012636543",
    "ean.12345678901",
    "ea1.2007-11.net.company:b1",
    "ea1.2007-11.net.company",
    "ea1.2007-1.net:x",
    "ea1.2007-11.a:b\nc",
    "E1234567890123456",
    "e1234567890123456",
    "E871685900012636543",
    "E123456789012345",
    "1e3d5155-3942-5525-baf1-7cd0c48e1e98",
    "1E3D5155-3942-5525-BAF1-7CD0C48E1E98",
    "1e3d515539425525baf17cd0c48e1e98",
    "g2345678-1234-1234-1234-123456789012",
    "Accepted",
    "accepted",
    " Accepted",
    "Rejected",
    "Disputed",
    "Available",
    "Success",
    "AGR",
    "BRP",
    "kW",
    "kWh",
    "Power",
    "QUJD",
    "QUJ",
    "QU JD",
];

/// Every wanted change of one place, named by what was changed; places that are alike are changed once.
pub(crate) fn all(root: &Element, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Element)> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    visit(root, &mut Vec::new(), "", &mut |path, place| {
        if !seen.insert(place.to_owned()) {
            return;
        }
        let mut change = |what: &str, edit: &dyn Fn(&mut Element)| {
            let what = format!("{place} {what}");
            if is_wanted(&what) {
                let mut changed = root.clone();
                edit(at(&mut changed, path));
                out.push((what, changed));
            }
        };
        let element = at(&mut root.clone(), path).clone();
        for (index, (name, _)) in element.attributes.iter().enumerate() {
            change(&format!("without {name}"), &|e| drop(e.attributes.remove(index)));
            for value in VALUES {
                change(&format!("{name}={value:?}"), &|e| e.attributes[index].1 = (*value).to_owned());
            }
        }
        let add = |e: &mut Element, name: &str| e.attributes.push((name.to_owned(), "1".to_owned()));
        change("with an unknown attribute", &|e| add(e, "Unknown"));
        change("with text", &|e| e.text.push_str("text"));
        change("with white space", &|e| e.text.push(' '));
        for attribute in ["nil", "noNamespaceSchemaLocation", "other"] {
            change(&format!("with xsi:{attribute}"), &|e| {
                let xsi = "http://www.w3.org/2001/XMLSchema-instance";
                e.attributes.push(("xmlns:xsi".to_owned(), xsi.to_owned()));
                e.attributes.push((format!("xsi:{attribute}"), "false".to_owned()));
            });
        }
        change("with an unknown child", &|e| e.children.push(Element::new("Unknown")));
        change("with an unknown child first", &|e| e.children.insert(0, Element::new("Unknown")));
        let foreign = |name: &str| {
            let mut child = Element::new(&format!("x:{name}"));
            child.attributes =
                vec![("xmlns:x".to_owned(), "urn:x".to_owned()), ("a".to_owned(), "1".to_owned())];
            child.children.push(Element::new("x:inner"));
            child
        };
        change("with a foreign child", &|e| e.children.push(foreign("y")));
        change("with two foreign children", &|e| e.children.extend([foreign("PTU"), foreign("y")]));
        change("with a foreign child first", &|e| e.children.insert(0, foreign("y")));
        change("in another namespace", &|e| e.attributes.push(("xmlns".to_owned(), "urn:x".to_owned())));
        for index in 0..element.children.len() {
            change(&format!("without child {index}"), &|e| drop(e.children.remove(index)));
            change(&format!("with child {index} twice"), &|e| {
                let child = e.children[index].clone();
                e.children.push(child);
            });
            change(&format!("with child {index} first"), &|e| {
                let child = e.children.remove(index);
                e.children.insert(0, child);
            });
        }
        change("without children", &|e| e.children.clear());
        if !element.text.is_empty() {
            for value in VALUES {
                change(&format!("text {value:?}"), &|e| e.text = (*value).to_owned());
            }
        }
    });
    out
}

fn visit(element: &Element, path: &mut Vec<usize>, above: &str, see: &mut dyn FnMut(&[usize], &str)) {
    let place = format!("{above}/{}", element.name);
    see(path, &place);
    for (index, child) in element.children.iter().enumerate() {
        path.push(index);
        visit(child, path, &place, see);
        path.pop();
    }
}

fn at<'e>(root: &'e mut Element, path: &[usize]) -> &'e mut Element {
    path.iter().fold(root, |element, index| &mut element.children[*index])
}
