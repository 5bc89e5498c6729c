//! Renderings of a whole chain against files in `tests/fixtures`; run with `UPDATE=1` to write them anew.
#![cfg(feature = "render")]

use std::{collections::BTreeSet, env, fs, path::Path};

use sgam::{Domain, Exchange, Layers, Link, Query, actors, render};

const OPENADR: Link = Link {
    protocol: "OpenADR 2.0b",
    from: &actors::VTN_DSO,
    to: &actors::VEN,
    layers: Layers {
        communication: &["HTTPS", "XML"],
        information: &["OpenADR 2.0b"],
        function: &["demand-response event dispatch"],
        business: &["demand-response programme"],
    },
};
const UFTP: Link = Link {
    protocol: "UFTP 3.1",
    from: &actors::DSO,
    to: &actors::AGGREGATOR,
    layers: Layers {
        communication: &["HTTPS", "XML", "Ed25519 seal"],
        information: &["UFTP 3.1"],
        function: &["flexibility trade"],
        business: &["congestion management"],
    },
};
const ZIGBEE: Link = Link {
    protocol: "Zigbee Smart Energy 1.4",
    from: &actors::ELECTRICITY_METER,
    to: &actors::CAD,
    layers: Layers {
        communication: &["IEEE 802.15.4", "Zigbee PRO"],
        information: &["Zigbee Smart Energy 1.4"],
        function: &["metering"],
        business: &[],
    },
};
const MQTT: Link = Link {
    protocol: "MQTT 5",
    layers: Layers { communication: &["TCP", "MQTT 5"], ..Layers::EMPTY },
    ..ZIGBEE
};

/// The whole chain, from the trade in flexibility down to the meter.
fn chain() -> Vec<Exchange> {
    let mut all = Vec::new();
    for (down, up) in [
        (OPENADR, OPENADR.reversed()),
        (
            Link { from: &actors::VTN_AGGREGATOR, ..OPENADR },
            Link { to: &actors::VTN_AGGREGATOR, ..OPENADR.reversed() },
        ),
        (
            Link { to: &actors::VTN_AGGREGATOR, ..OPENADR },
            Link { from: &actors::VTN_AGGREGATOR, ..OPENADR.reversed() },
        ),
    ] {
        for message in
            ["oadr:oadrDistributeEvent", "oadr:oadrCreateReport", "oadr:oadrCreatedPartyRegistration"]
        {
            all.push(down.carries(message, "OpenADR 2.0b, \"services\""));
        }
        for message in [
            "oadr:oadrPoll",
            "oadr:oadrCreatedEvent",
            "oadr:oadrUpdateReport",
            "oadr:oadrCreatePartyRegistration",
            "oadr:oadrCreateOpt",
        ] {
            all.push(up.carries(message, "OpenADR 2.0b, services"));
        }
    }
    let to_cro = Link { to: &actors::CRO, ..UFTP };
    let agr_to_cro = Link { from: &actors::AGGREGATOR, ..to_cro };
    let clause = "USEF Flexibility Trading Protocol 3.1, messages";
    all.extend(["FlexRequest", "FlexOrder", "FlexSettlement"].map(|message| UFTP.carries(message, clause)));
    all.extend(
        ["FlexOffer", "FlexOfferRevocation", "D-Prognosis"]
            .map(|message| UFTP.reversed().carries(message, clause)),
    );
    all.push(to_cro.carries("DSOPortfolioUpdate", clause));
    all.push(agr_to_cro.carries("AGRPortfolioUpdate", clause));

    all.push(ZIGBEE.carries("Read Attributes Response", "Smart Energy, Metering cluster"));
    all.push(ZIGBEE.reversed().carries("Read Attributes", "Smart Energy, Metering cluster"));
    all.push(
        Link { from: &actors::GAS_PROXY, ..ZIGBEE }
            .carries("Report Attributes", "Smart Energy, Metering cluster"),
    );
    all.push(
        Link { from: &actors::GAS_METER, to: &actors::GAS_PROXY, ..ZIGBEE }
            .carries("Report Attributes", "Smart Energy, Metering cluster"),
    );
    all.push(
        Link { from: &actors::COMMUNICATIONS_HUB, ..ZIGBEE }
            .carries("Initiate Key Establishment", "Smart Energy, Key Establishment cluster"),
    );
    all.push(
        Link { from: &actors::CAD, to: &actors::HOME_AUTOMATION, ..MQTT }
            .carries("meter/state", "MQTT 5.0, 3.3"),
    );
    all.push(
        Link { from: &actors::HOME_AUTOMATION, to: &actors::VEN, ..MQTT }
            .carries("meter/state", "MQTT 5.0, 3.3"),
    );
    all.push(
        Link { from: &actors::VEN, to: &actors::EV_CHARGER, ..MQTT }
            .carries("charger/limit", "MQTT 5.0, 3.3"),
    );
    all.push(Link { from: &actors::VEN, to: &actors::HEATER, ..MQTT }.carries("heater/set", "MQTT 5.0, 3.3"));
    all
}

fn check(name: &str, rendered: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, rendered).expect("the fixture can be written");
    }
    let golden = fs::read_to_string(&path).expect("the fixture exists; UPDATE=1 writes it");
    assert!(rendered == golden, "{name} differs from its fixture; UPDATE=1 writes it anew");
}

/// Fails unless the text is well-formed XML of the kind we write: elements, attributes, the five entities.
fn assert_well_formed(xml: &str) {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some((text, after)) = rest.split_once('<') {
        for reference in text.split('&').skip(1) {
            let name = reference.split(';').next().unwrap_or_default();
            assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name), "&{name}");
        }
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "end tag");
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut seen = BTreeSet::new();
        while let Some((key, value)) = attributes.split_once("=\"") {
            let (_, after) = value.split_once('"').expect("an attribute ends");
            assert!(seen.insert(key.trim()), "<{name}> repeats {key}");
            attributes = after;
        }
        assert!(["", "/"].contains(&attributes.trim()), "<{tag}>");
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} left open");
    assert_eq!(rest.trim(), "");
}

#[test]
fn draws_the_chain_as_before() {
    let picture = render::svg("The demand-response chain", &chain());
    assert_well_formed(&picture);
    check("chain.svg", &picture);
}

#[test]
fn draws_a_query_as_before() {
    let chain = chain();
    let found = chain.iter().crosses(Domain::CustomerPremises, Domain::Distribution);
    let picture = render::svg("Between the network operator and the home", found);
    assert_well_formed(&picture);
    check("query.svg", &picture);
}

#[test]
fn writes_every_format_as_before() {
    check("chain.mmd", &render::mermaid(&chain()));
    check("chain.json", &render::json(&chain()));
    check("chain.csv", &render::csv(&chain()));
    check("chain.txt", &render::table(&chain()));
}

#[test]
fn stays_well_formed_whatever_the_text_holds() {
    let link = Link { protocol: "<&\"'>", ..UFTP };
    assert_well_formed(&render::svg("a < b & \"c\"", &[link.carries("]]>\u{1}<x y=\"z\">", "")]));
}

#[test]
fn draws_each_actor_and_each_arrow_once() {
    let picture = render::svg("The demand-response chain", &chain());
    assert_eq!(picture.matches("class=\"actor\"").count(), 14);
    assert_eq!(picture.matches("class=\"line ").count(), 14);
}

#[test]
fn keeps_no_fixture_that_nothing_checks() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let found: BTreeSet<String> = fs::read_dir(directory)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("the fixture is readable").file_name().to_string_lossy().into_owned())
        .collect();
    let used = ["chain.csv", "chain.json", "chain.mmd", "chain.svg", "chain.txt", "query.svg"];
    assert_eq!(found, used.map(String::from).into());
}
