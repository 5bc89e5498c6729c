//! Where the messages stand in the Smart Grid Architecture Model.

use sgam::{Exchange, Layers, Link, Placed, actors};

use crate::payload::Payload;

const REQUEST: Link = Link {
    protocol: "UFTP",
    from: &actors::DSO,
    to: &actors::AGGREGATOR,
    layers: Layers {
        communication: &["HTTPS", "signed XML"],
        information: &["UFTP 3.1"],
        function: &["flexibility trading"],
        business: &["congestion management"],
    },
};

const FLEX_REQUEST: &[Exchange] = &[REQUEST.carries("FlexRequest", "UFTP 3.1, flexibility request")];
const FLEX_REQUEST_RESPONSE: &[Exchange] =
    &[REQUEST.reversed().carries("FlexRequestResponse", "UFTP 3.1, flexibility request")];
const TEST_MESSAGE: &[Exchange] = &[
    REQUEST.carries("TestMessage", "UFTP 3.1, test message"),
    REQUEST.reversed().carries("TestMessage", "UFTP 3.1, test message"),
];
const TEST_MESSAGE_RESPONSE: &[Exchange] = &[
    REQUEST.carries("TestMessageResponse", "UFTP 3.1, test message"),
    REQUEST.reversed().carries("TestMessageResponse", "UFTP 3.1, test message"),
];

impl Placed for Payload {
    const EXCHANGES: &'static [&'static [Exchange]] =
        &[FLEX_REQUEST, FLEX_REQUEST_RESPONSE, TEST_MESSAGE, TEST_MESSAGE_RESPONSE];

    fn exchanges(&self) -> &'static [Exchange] {
        match self {
            Self::FlexRequest(_) => FLEX_REQUEST,
            Self::FlexRequestResponse(_) => FLEX_REQUEST_RESPONSE,
            Self::TestMessage(_) => TEST_MESSAGE,
            Self::TestMessageResponse(_) => TEST_MESSAGE_RESPONSE,
        }
    }
}
