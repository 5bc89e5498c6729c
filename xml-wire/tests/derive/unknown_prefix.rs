use xml_wire::Xml;

mod ns {
    pub const EI: xml_wire::Namespace = xml_wire::Namespace::new(0, "ei", "urn:ei");
}

#[derive(Xml)]
struct Event {
    #[xml("ei:eventID")]
    id: String,
    #[xml("pyld:requestID")]
    request_id: String,
}

fn main() {}
