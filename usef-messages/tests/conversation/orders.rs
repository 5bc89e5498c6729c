use usef_messages::validation::{Code, Dialect};

use crate::trade::{OFFER, ORDER, Trade, offer, order, partial_order, request, revocation, with};

fn offered() -> Trade {
    Trade::of([request(), offer()])
}

#[test]
fn an_order_is_of_an_offer_that_is_open() {
    assert_eq!(offered().codes(&order()), []);
    assert_eq!(Trade::default().codes(&order()), [Code::UnknownReference]);
    assert_eq!(Trade::of([request()]).rejected(&offer()).codes(&order()), [Code::ReferenceRejected]);
    assert_eq!(offered().accepted(&revocation()).codes(&order()), [Code::ReferenceRevoked]);
    assert_eq!(offered().open(&revocation()).codes(&order()), [Code::ReferenceRevoked]);
    assert_eq!(offered().rejected(&revocation()).codes(&order()), []);
    let late = offered().failures_at(&order(), "2026-11-22T22:00:00Z");
    assert_eq!(late[0].code, Code::ReferenceExpired);
    assert_eq!(late[0].reason(Dialect::JavaLibrary), "Reference message expired");
}

#[test]
fn an_offer_is_ordered_once_in_one_of_its_options() {
    let again = with(&with(&order(), ORDER, "31000000-0000-4000-8000-000000000000"), "o-1", "o-2");
    assert_eq!(offered().accepted(&order()).codes(&again), [Code::OrderedTwice]);
    assert_eq!(offered().open(&order()).codes(&again), [Code::OrderedTwice]);
    assert_eq!(offered().rejected(&order()).codes(&again), []);
    let other =
        with(&partial_order("1.00", -400_001, "20.01"), ORDER, "31000000-0000-4000-8000-000000000000");
    let other = with(&other, "o-1", "o-2");
    assert_eq!(offered().accepted(&order()).codes(&other), [Code::OrderedTwice]);
}

#[test]
fn an_order_is_about_what_its_offer_is_about() {
    for (old, new, attribute) in [
        ("2026-11-23", "2026-11-24", "Period"),
        ("ean.871685900012636543", "ean.541453179814000000", "CongestionPoint"),
        ("PT15M", "PT30M", "ISP-Duration"),
        ("Europe/London", "Europe/Lisbon", "TimeZone"),
        ("EUR", "GBP", "Currency"),
    ] {
        let failures = offered().failures(&with(&order(), old, new));
        assert_eq!(failures.len(), 1, "{attribute}: {failures:?}");
        assert_eq!(failures[0].code, Code::ReferenceMismatch);
        assert_eq!(failures[0].path, format!("/FlexOrder/@{attribute}"));
    }
}

#[test]
fn an_order_names_an_option_unless_there_is_but_one() {
    let named = |reference: &str| with(&order(), r#"OptionReference="all""#, reference);
    assert_eq!(offered().codes(&named(r#"OptionReference="none""#)), [Code::UnknownOption]);
    assert_eq!(offered().codes(&named("")), [Code::UnknownOption]);
    assert_eq!(offered().failures(&named(""))[0].value, None);
    let end = offer().find("<OfferOption OptionReference=\"part\"").unwrap();
    let single = format!("{}</FlexOffer>", &offer()[..end]);
    assert_eq!(Trade::of([request(), single]).codes(&named("")), []);
}

#[test]
fn an_order_is_for_the_isps_of_its_option() {
    for (isps, place, isp) in [
        (r#"Start="70" Duration="2""#, "ISP", "72"),
        (r#"Start="70" Duration="4""#, "ISP[2]", "73"),
        (r#"Start="71" Duration="3""#, "ISP", "70"),
    ] {
        let other = with(&order(), r#"Start="70" Duration="3""#, isps);
        assert_eq!(offered().codes(&other), [Code::OrderIsps], "{isps}");
        let failures = offered().failures(&other);
        assert_eq!(
            (failures[0].path.as_str(), failures[0].value.as_deref()),
            (&*format!("/FlexOrder/{place}"), Some(isp))
        );
    }
    // Cut into runs differently they are the same.
    let cut = with(
        &order(),
        r#"<ISP Power="-249999" Start="70" Duration="3"/>"#,
        r#"<ISP Power="-249999" Start="72"/><ISP Power="-249999" Start="70" Duration="2"/>"#,
    );
    assert_eq!(offered().codes(&cut), []);
}

#[test]
fn an_order_is_at_the_power_and_the_price_of_its_option() {
    let stronger = with(&order(), "-249999", "-250000");
    assert_eq!(offered().codes(&stronger), [Code::OrderPower]);
    assert_eq!(offered().paths(&stronger), ["/FlexOrder/ISP[2]/@Power"]);
    assert_eq!(offered().codes(&with(&order(), "12.50", "12.49")), [Code::OrderPrice]);
    assert_eq!(offered().codes(&with(&order(), "12.50", "12.5000")), []);
    // The price of the other option is not its price.
    assert_eq!(offered().codes(&with(&order(), "12.50", "20.01")), [Code::OrderPrice]);
}

#[test]
fn a_partial_order_scales_power_and_price() {
    // Exactly, or rounded either way.
    for (power, price) in [(-120_000, "6.003"), (-120_001, "6.00"), (-120_000, "6.01"), (-120_000, "6.0030")]
    {
        assert_eq!(offered().codes(&partial_order("0.30", power, price)), [], "{power} {price}");
    }
    assert_eq!(offered().codes(&partial_order("0.30", -120_002, "6.00")), [Code::OrderPower]);
    assert_eq!(offered().codes(&partial_order("0.30", -119_999, "6.00")), [Code::OrderPower]);
    assert_eq!(offered().codes(&partial_order("0.30", -120_000, "6.02")), [Code::OrderPrice]);
    assert_eq!(
        offered().codes(&partial_order("0.30", -400_001, "20.01")),
        [Code::OrderPower, Code::OrderPrice]
    );
    assert_eq!(offered().codes(&partial_order("0.5", -200_001, "10.00")), []);
    assert_eq!(offered().codes(&partial_order("1.00", -400_001, "20.01")), []);
    assert_eq!(offered().codes(&partial_order("1.00", -400_000, "20.01")), [Code::OrderPower]);
}

#[test]
fn no_less_is_ordered_than_the_option_allows() {
    let failures = offered().failures(&partial_order("0.29", -116_000, "5.80"));
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].path, "/FlexOrder/@ActivationFactor");
    assert_eq!(failures[0].code, Code::ActivationFactor);
    // An option without a least factor is ordered whole.
    let half = with(&with(&with(&order(), "12.50", "6.25"), "-250000", "-125000"), "-249999", "-125000");
    let half = with(&half, "OptionReference=", r#"ActivationFactor="0.50" OptionReference="#);
    assert_eq!(offered().codes(&half), [Code::ActivationFactor]);
}

#[test]
fn orders_of_a_day_have_references_of_their_own() {
    let alone = with(&order(), &format!("FlexOfferMessageID=\"{OFFER}\""), r#"Unsolicited="true""#);
    let again = with(&alone, ORDER, "31000000-0000-4000-8000-000000000000");
    assert_eq!(Trade::of([alone.clone()]).codes(&again), [Code::OrderReferenceDuplicate]);
    assert_eq!(Trade::default().rejected(&alone).codes(&again), []);
    assert_eq!(Trade::of([alone]).codes(&with(&again, "2026-11-23", "2026-11-24")), []);
}
