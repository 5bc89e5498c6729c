//! Targets, of all thirteen kinds.

use openadr_types::target::{FeatureCollection, Polygon, PosList, Target, TransportInterface};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::scalar::{float, id, name, text};

/// None, mostly, or a few.
fn some<T: std::fmt::Debug + Clone + 'static>(one: BoxedStrategy<T>) -> BoxedStrategy<Vec<T>> {
    prop_oneof![3 => Just(Vec::new()), 1 => vec(one, 1..3)].boxed()
}

fn area() -> BoxedStrategy<FeatureCollection> {
    (option::of(name()), option::of(name()), vec(float(), 0..9))
        .prop_map(|(id, outline, corners)| FeatureCollection {
            id,
            polygon: Polygon { id: outline, exterior: PosList(corners) },
        })
        .boxed()
}

fn transport() -> BoxedStrategy<TransportInterface> {
    (id(), id())
        .prop_map(|(point_of_receipt, point_of_delivery)| TransportInterface {
            point_of_receipt,
            point_of_delivery,
        })
        .boxed()
}

pub(crate) fn target() -> BoxedStrategy<Target> {
    let places = (some(id()), some(id()), some(id()), some(id()), some(area()), some(id()), some(area()));
    let people = (some(transport()), some(id()), some(text()), some(id()), some(id()), some(id()));
    let any = (places, people).prop_map(|(places, people)| {
        let (aggregated_pnodes, end_device_assets, meter_assets, pnodes, service_areas, delivery, locations) =
            places;
        let (transport_interfaces, group_ids, group_names, resource_ids, ven_ids, party_ids) = people;
        Target {
            aggregated_pnodes,
            end_device_assets,
            meter_assets,
            pnodes,
            service_areas,
            service_delivery_points: delivery,
            service_locations: locations,
            transport_interfaces,
            group_ids,
            group_names,
            resource_ids,
            ven_ids,
            party_ids,
        }
    });
    prop_oneof![1 => Just(Target::default()), 3 => any].boxed()
}
