//! Whom an event, an opt or a report is about: places on the grid, devices, areas, groups, parties.
//!
//! ```
//! use openadr_types::target::{DeviceClass, Target};
//!
//! let target = Target::ven("ven-7");
//! assert_eq!(target.ven_ids[0].as_str(), "ven-7");
//!
//! let thermostats = Target::device_class(DeviceClass::Thermostat);
//! assert_eq!(thermostats.end_device_assets[0].as_str(), "Thermostat");
//! ```

use std::fmt;

use xml_wire::lexical::collapse;
use xml_wire::{Escape, Float, Lexical, Text, Xml, XmlText};

use crate::ids::{GroupId, Id, Mrid, Node, PartyId, ResourceId, VenId};

/// Whom something is about: any of thirteen kinds, any number of each (`ei:eiTarget`).
///
/// Empty, it is about all that the VEN stands for. At most one VEN may be named in an event (rule 21).
#[derive(Debug, Clone, Default, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Target {
    /// Several pricing nodes taken as one.
    #[xml("power:aggregatedPnode*/power:node")]
    pub aggregated_pnodes: Vec<Node>,
    /// Devices; as a signal's or a data point's subject the class of devices.
    #[xml("power:endDeviceAsset*/power:mrid")]
    pub end_device_assets: Vec<Mrid>,
    /// Meters.
    #[xml("power:meterAsset*/power:mrid")]
    pub meter_assets: Vec<Mrid>,
    /// Pricing nodes.
    #[xml("power:pnode*/power:node")]
    pub pnodes: Vec<Node>,
    /// Areas on the map.
    #[xml("emix:serviceArea*/gml:FeatureCollection")]
    pub service_areas: Vec<FeatureCollection>,
    /// Points where the service changes hands.
    #[xml("power:serviceDeliveryPoint*/power:node")]
    pub service_delivery_points: Vec<Node>,
    /// Customers' premises, on the map.
    #[xml("power:serviceLocation*/gml:FeatureCollection")]
    pub service_locations: Vec<FeatureCollection>,
    /// Segments of transport.
    #[xml("power:transportInterface")]
    pub transport_interfaces: Vec<TransportInterface>,
    /// Groups.
    #[xml("ei:groupID")]
    pub group_ids: Vec<GroupId>,
    /// Groups, by name.
    #[xml("ei:groupName")]
    pub group_names: Vec<String>,
    /// Resources behind a VEN.
    #[xml("ei:resourceID")]
    pub resource_ids: Vec<ResourceId>,
    /// VENs.
    #[xml("ei:venID")]
    pub ven_ids: Vec<VenId>,
    /// Parties.
    #[xml("ei:partyID")]
    pub party_ids: Vec<PartyId>,
}

impl Target {
    /// One VEN.
    pub fn ven(ven_id: impl Into<VenId>) -> Self {
        Self { ven_ids: vec![ven_id.into()], ..Self::default() }
    }

    /// One resource.
    pub fn resource(resource_id: impl Into<ResourceId>) -> Self {
        Self { resource_ids: vec![resource_id.into()], ..Self::default() }
    }

    /// A class of devices.
    pub fn device_class(class: DeviceClass) -> Self {
        Self { end_device_assets: vec![class.into()], ..Self::default() }
    }

    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is about a VEN, or about something that the VEN stands for.
    ///
    /// Where VENs are named, those alone decide. Otherwise it is enough to be of one of the groups or parties named, or to
    /// have one of the resources; where none is named either, everyone is meant. **Interpretation:** places on the grid
    /// and on the map, devices and meters narrow down what responds, not which VEN.
    ///
    /// ```
    /// use openadr_types::target::{Addressee, Target};
    ///
    /// let ven_id = "ven-7".into();
    /// let ven = Addressee { resources: &["heat-pump".into()], ..Addressee::new(&ven_id) };
    /// assert!(Target::ven("ven-7").matches(ven));
    /// assert!(Target::resource("heat-pump").matches(ven));
    /// assert!(!Target::resource("boiler").matches(ven));
    /// assert!(Target::default().matches(ven));
    /// ```
    pub fn matches(&self, ven: Addressee<'_>) -> bool {
        if !self.ven_ids.is_empty() {
            return self.ven_ids.contains(ven.ven_id);
        }
        let anyone = self.group_ids.is_empty()
            && self.group_names.is_empty()
            && self.resource_ids.is_empty()
            && self.party_ids.is_empty();
        anyone
            || self.group_ids.iter().any(|group| ven.groups.contains(group))
            || self.group_names.iter().any(|name| ven.group_names.contains(name))
            || self.resource_ids.iter().any(|resource| ven.resources.contains(resource))
            || self.party_ids.iter().any(|party| ven.parties.contains(party))
    }
}

/// Who a VEN is, what it has and what it belongs to: what [`Target::matches`] asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressee<'a> {
    /// The VEN.
    pub ven_id: &'a VenId,
    /// The resources behind it.
    pub resources: &'a [ResourceId],
    /// The groups that it, or a resource of it, belongs to.
    pub groups: &'a [GroupId],
    /// The same groups by name, where they have one.
    pub group_names: &'a [String],
    /// The parties that it acts for.
    pub parties: &'a [PartyId],
}

impl<'a> Addressee<'a> {
    /// A VEN of which nothing else is known.
    pub const fn new(ven_id: &'a VenId) -> Self {
        Self { ven_id, resources: &[], groups: &[], group_names: &[], parties: &[] }
    }
}

/// A segment of transport, by its two ends (`power:transportInterface`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct TransportInterface {
    /// Where it takes over.
    #[xml("power:pointOfReceipt")]
    pub point_of_receipt: Node,
    /// Where it hands over.
    #[xml("power:pointOfDelivery")]
    pub point_of_delivery: Node,
}

/// An area on the map: one polygon (`gml:FeatureCollection`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct FeatureCollection {
    /// The area's name within the document.
    #[xml("@gml:id")]
    pub id: Option<Id>,
    /// Its outline.
    #[xml("gml:location/gml:Polygon")]
    pub polygon: Polygon,
}

/// An outline (`gml:Polygon`).
#[derive(Debug, Clone, PartialEq, Eq, Xml)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Polygon {
    /// The outline's name within the document.
    #[xml("@gml:id")]
    pub id: Option<Id>,
    /// Its corners, the last the same as the first.
    #[xml("gml:exterior/gml:LinearRing/gml:posList")]
    pub exterior: PosList,
}

/// Coordinates in a row, in pairs (`gml:posList`).
///
/// The schema says neither which comes first in a pair nor in which system, and admits an odd number.
/// **Interpretation:** latitude, then longitude, in degrees (WGS 84).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct PosList(pub Vec<Float>);

impl PosList {
    /// The coordinates in pairs; one left over is left out.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.0.chunks_exact(2).map(|pair| (pair[0].0, pair[1].0))
    }
}

impl FromIterator<(f64, f64)> for PosList {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(pairs: I) -> Self {
        Self(pairs.into_iter().flat_map(|(first, second)| [Float(first), Float(second)]).collect())
    }
}

impl Text for PosList {
    const EXPECTED: &'static str = "a list of numbers";

    fn parse(text: &str, how: &Lexical) -> Option<Self> {
        let is_space = |c: char| collapse(c.encode_utf8(&mut [0; 4])).is_empty();
        text.split(is_space)
            .filter(|word| !word.is_empty())
            .map(|word| Float::parse(word, how))
            .collect::<Option<_>>()
            .map(Self)
    }

    fn write(&self, out: &mut Escape<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            if place > 0 {
                out.plain(" ");
            }
            Text::write(number, out)?;
        }
        Ok(())
    }
}

/// A class of devices, as `power:mrid` names it.
///
/// The profile's list; the schema admits any text there, so targets hold a [`Mrid`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, XmlText)]
#[expect(missing_docs, reason = "each is what it is called")]
pub enum DeviceClass {
    #[xml("Thermostat")]
    Thermostat,
    #[xml("Strip_Heater")]
    StripHeater,
    #[xml("Baseboard_Heater")]
    BaseboardHeater,
    #[xml("Water_Heater")]
    WaterHeater,
    #[xml("Pool_Pump")]
    PoolPump,
    #[xml("Sauna")]
    Sauna,
    #[xml("Hot_tub")]
    HotTub,
    #[xml("Smart_Appliance")]
    SmartAppliance,
    #[xml("Irrigation_Pump")]
    IrrigationPump,
    #[xml("Managed_Commercial_and_Industrial_Loads")]
    ManagedCommercialAndIndustrialLoads,
    #[xml("Simple_Residential_On_Off_Loads")]
    SimpleResidentialOnOffLoads,
    #[xml("Exterior_Lighting")]
    ExteriorLighting,
    #[xml("Interior_Lighting")]
    InteriorLighting,
    #[xml("Electric_Vehicle")]
    ElectricVehicle,
    #[xml("Generation_Systems")]
    GenerationSystems,
    #[xml("Load_Control_Switch")]
    LoadControlSwitch,
    #[xml("Smart_Inverter")]
    SmartInverter,
    #[xml("EVSE")]
    Evse,
    #[xml("RESU")]
    Resu,
    #[xml("Energy_Management_System")]
    EnergyManagementSystem,
    #[xml("Smart_Energy_Module")]
    SmartEnergyModule,
    #[xml("Storage")]
    Storage,
    #[xml(other = "x-")]
    Other(String),
}

impl From<DeviceClass> for Mrid {
    fn from(class: DeviceClass) -> Self {
        Self::from(class.as_str())
    }
}

impl Mrid {
    /// The class of devices that this names; one outside the profile's list is [`DeviceClass::Other`].
    pub fn as_device_class(&self) -> DeviceClass {
        DeviceClass::parse(self.as_str(), &Lexical::LENIENT)
            .unwrap_or_else(|| DeviceClass::Other(self.as_str().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_coordinates_across_lines() {
        let list = PosList::parse(" 52.1 5.3\n\t52.2 5.4 ", &Lexical::LENIENT).unwrap();
        assert_eq!(list.pairs().collect::<Vec<_>>(), [(52.1, 5.3), (52.2, 5.4)]);
        assert_eq!(list, [(52.1, 5.3), (52.2, 5.4)].into_iter().collect());
        assert_eq!(PosList::parse("52.1,5.3", &Lexical::LENIENT), None);
    }

    #[test]
    fn matches_a_ven_by_name_or_by_what_it_belongs_to() {
        let ven_id = VenId::from("ven-7");
        let ven = Addressee {
            resources: &["pump".into()],
            groups: &["north".into()],
            group_names: &["The North".to_owned()],
            parties: &["supplier".into()],
            ..Addressee::new(&ven_id)
        };
        let group = |group: &str| Target { group_ids: vec![group.into()], ..Target::default() };
        let named = |name: &str| Target { group_names: vec![name.into()], ..Target::default() };
        let party = |party: &str| Target { party_ids: vec![party.into()], ..Target::default() };
        for (target, expected) in [
            (Target::default(), true),
            (Target::ven("ven-7"), true),
            (Target::ven("ven-8"), false),
            (group("north"), true),
            (group("south"), false),
            (named("The North"), true),
            (named("The South"), false),
            (party("supplier"), true),
            (party("other"), false),
            (Target::resource("pump"), true),
            (Target::resource("boiler"), false),
            (Target { resource_ids: vec!["boiler".into()], ..group("north") }, true),
            (Target { resource_ids: vec!["pump".into()], ..Target::ven("ven-8") }, false),
            (Target { resource_ids: vec!["boiler".into()], ..Target::ven("ven-7") }, true),
            (Target { pnodes: vec!["node".into()], ..Target::default() }, true),
            (Target::device_class(DeviceClass::Thermostat), true),
        ] {
            assert_eq!(target.matches(ven), expected, "{target:?}");
        }
        assert!(!group("north").matches(Addressee::new(&ven_id)));
    }

    #[test]
    fn knows_device_classes_by_name() {
        assert_eq!(Mrid::from("Hot_tub").as_device_class(), DeviceClass::HotTub);
        assert_eq!(Mrid::from("meter-4711").as_device_class(), DeviceClass::Other("meter-4711".to_owned()));
    }
}
