//! The grid operator against aggregators that offer once, or not at all, and never take anything back.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use examples::flex_trader::aggregator::Aggregator;
use examples::flex_trader::demo;
use examples::flex_trader::edge::{Application, Node, PATH};
use examples::flex_trader::grid_operator::GridOperator;
use examples::flex_trader::setup::{KnownPeer, Need, Setup, new_key};
use examples::flex_trader::standing::{Awaited, Standing};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use usef_messages::Payload;
use usef_messages::flex_offer::{Isp, OfferOption};
use usef_messages::flex_order::FlexOrder;
use usef_messages::payload::Kind;
use usef_messages::roles::agr::{self, Offer, Request};
use usef_messages::roles::dso::{self, DirectOrder};
use usef_messages::roles::store::{Direction, MemoryStore};
use usef_messages::roles::{Agr, Config, Dso, Event};
use usef_messages::sealing::SecretKey;
use usef_messages::values::{Domain, Role};

const PATIENCE: Duration = Duration::from_secs(30);

/// A party's name, key and port.
struct Party {
    domain: Domain,
    key: SecretKey,
    listener: TcpListener,
}

impl Party {
    async fn new(domain: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        Self { domain: domain.parse().expect("a domain"), key: new_key(), listener }
    }

    fn known(&self, role: Role) -> KnownPeer {
        let address = self.listener.local_addr().expect("an address");
        let (domain, public_key) = (self.domain.clone(), self.key.public_key());
        KnownPeer { domain, role, public_key, url: format!("http://{address}{PATH}") }
    }

    fn setup(&self, peers: Vec<KnownPeer>) -> Setup {
        Setup {
            domain: self.domain.clone(),
            secret_key: self.key.to_base64().to_string(),
            listen: self.listener.local_addr().expect("an address"),
            peers,
        }
    }
}

/// What an aggregator does when it is asked: offers so much less, in watts, for this price; or nothing. It never says more
/// than it has to.
#[derive(Clone, Copy)]
struct Once(Option<(i64, &'static str)>);

impl Application<agr::Aggregator> for Once {
    fn act(
        &mut self,
        agr: &mut Agr,
        event: Event<Request, agr::Response>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let (Event::Request { message: Request::FlexRequest(request), .. }, Some((power_w, price))) =
            (event, self.0)
        else {
            return Ok(());
        };
        let isps = request.isps.iter();
        let isps = isps.map(|isp| Isp { power_w, start: isp.start, duration: isp.duration }).collect();
        let option = OfferOption {
            option_reference: "only".to_owned(),
            price: price.parse()?,
            min_activation_factor: Some("0.01".parse()?),
            isps,
        };
        let expires = request.expiration_date_time.to_utc();
        let offer = Offer::new(expires, "EUR".parse()?, vec![option]);
        agr.offer(&request.sender_domain, &request.message_id, offer, now)?;
        Ok(())
    }
}

fn aggregator(party: Party, dso: KnownPeer, plan: Once) -> JoinHandle<anyhow::Result<()>> {
    let setup = party.setup(vec![dso]);
    let store = MemoryStore::default();
    let agr = Agr::new(Config::new(party.domain), party.key, setup.book(), store, rand::random());
    let node = Node::new(agr.expect("an empty store"), setup.endpoints().expect("addresses"));
    node.start(party.listener, plan)
}

struct Market {
    program: GridOperator,
    dso: Node<dso::GridOperator>,
    running: Vec<JoinHandle<anyhow::Result<()>>>,
}

impl Drop for Market {
    fn drop(&mut self) {
        for task in &self.running {
            task.abort();
        }
    }
}

/// A grid operator that needs 500 kW among aggregators with these plans.
async fn market(offers_within: TimeDelta, plans: &[Once]) -> Market {
    let dso = Party::new("dso.example").await;
    let (mut peers, mut running) = (Vec::new(), Vec::new());
    for (number, plan) in plans.iter().enumerate() {
        let party = Party::new(&format!("agr{number}.example")).await;
        peers.push(party.known(Role::Agr));
        running.push(aggregator(party, dso.known(Role::Dso), *plan));
    }
    let setup = dso.setup(peers);
    let program = GridOperator::new(Need::default(), &setup, offers_within);
    let (node, runs) =
        program.clone().start(&setup, MemoryStore::default(), dso.listener).expect("it is set up");
    running.push(runs);
    Market { program, dso: node, running }
}

impl Market {
    fn orders(dso: &Dso) -> Vec<FlexOrder> {
        let orders = dso.messages().filter_map(|entry| match &entry.message {
            Payload::FlexOrder(order) if dso.response_to(entry).is_some() => Some(order.clone()),
            _ => None,
        });
        orders.collect()
    }

    /// Waits for so many orders, and returns them as to whom, the part and the price.
    async fn bought(&self, count: usize) -> Vec<(String, String, String)> {
        let wait = self.dso.until(|dso| Self::orders(dso).len() == count);
        tokio::time::timeout(PATIENCE, wait).await.expect("it orders");
        let orders = self.dso.look(Self::orders).into_iter();
        let short = |order: FlexOrder| {
            let factor = order.activation_factor().to_string();
            (order.recipient_domain.to_string(), factor, order.price.to_string())
        };
        orders.map(short).collect()
    }

    fn standing(&self, number: usize) -> Standing {
        let agr = format!("agr{number}.example").parse().expect("a domain");
        self.dso.look(|dso| self.program.standing(dso, &agr))
    }
}

fn bought(number: u32, factor: &str, price: &str) -> (String, String, String) {
    (format!("agr{number}.example"), factor.to_owned(), price.to_owned())
}

#[tokio::test]
async fn one_offer_that_is_never_taken_back_is_ordered() {
    let market = market(TimeDelta::hours(1), &[Once(Some((-500_000, "80.00")))]).await;
    assert_eq!(market.bought(1).await, [bought(0, "1", "80.00")]);
    assert_eq!(market.standing(0), Standing::Open(Awaited::MeterData));
}

#[tokio::test]
async fn the_cheapest_of_several_aggregators_are_ordered_and_no_more_than_is_needed() {
    let plans = [(-500_000, "90.00"), (-300_000, "30.00"), (-400_000, "60.00")];
    let market = market(TimeDelta::hours(1), &plans.map(|plan| Once(Some(plan)))).await;
    assert_eq!(market.bought(2).await, [bought(1, "1", "30.00"), bought(2, "0.50", "30.0000")]);
    assert_eq!(market.standing(0), Standing::Unneeded);
}

#[tokio::test]
async fn who_does_not_offer_is_not_waited_for_longer_than_was_said() {
    let market = market(TimeDelta::seconds(2), &[Once(None), Once(Some((-500_000, "80.00")))]).await;
    assert_eq!(market.bought(1).await, [bought(1, "1", "80.00")]);
    let times = market.dso.look(|dso| {
        let at = |kind: Kind, direction: Direction| {
            dso.messages()
                .find(|entry| entry.message.kind() == kind && entry.direction == direction)
                .map(|entry| entry.at)
        };
        (at(Kind::FlexRequestResponse, Direction::Received), at(Kind::FlexOrder, Direction::Sent))
    });
    let (Some(asked), Some(ordered)) = times else { panic!("both are there") };
    assert!(ordered - asked >= TimeDelta::seconds(2), "{asked} and {ordered}");
    assert_eq!(market.standing(0), Standing::Unneeded);
}

/// Nothing is done about events: the test does all.
struct Nothing;

impl Application<dso::GridOperator> for Nothing {
    fn act(
        &mut self,
        _: &mut Dso,
        _: Event<dso::Request, dso::Response>,
        _: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_order_for_nothing_that_was_offered_is_rejected() {
    let (dso, agr) = (Party::new("dso.example").await, Party::new("agr.example").await);
    let (setup, agr_setup) = (dso.setup(vec![agr.known(Role::Agr)]), agr.setup(vec![dso.known(Role::Dso)]));
    let flexibility = demo::flexibility().expect("it is sound");
    let (_agr, agr_runs) = Aggregator::start(&agr_setup, flexibility, MemoryStore::default(), agr.listener)
        .expect("it is set up");
    let participant =
        Dso::new(Config::new(dso.domain), dso.key, setup.book(), MemoryStore::default(), rand::random());
    let node = Node::new(participant.expect("an empty store"), setup.endpoints().expect("addresses"));
    let dso_runs = node.start(dso.listener, Nothing);
    let order = DirectOrder {
        order_reference: "direct".to_owned(),
        price: "1".parse().expect("a price"),
        currency: "EUR".parse().expect("a currency"),
        isps: vec![Isp { power_w: i64::MIN, start: NonZeroU32::MIN, duration: None }],
        contract_id: None,
        service_type: None,
        d_prognosis_message_id: None,
        baseline_reference: None,
    };
    let subject = Need::default().tomorrow().expect("tomorrow").0;
    node.with(|dso, now| dso.order_unsolicited(&agr.domain, subject, order, now)).expect("it is sent");
    let answer = |dso: &Dso| {
        let mut answers = dso.messages().filter(|entry| entry.message.kind() == Kind::FlexOrderResponse);
        answers.next().map(|entry| entry.message.rejection_reason().map(ToOwned::to_owned))
    };
    let wait = node.until(|dso| answer(dso).is_some());
    tokio::time::timeout(PATIENCE, wait).await.expect("it answers");
    assert_eq!(node.look(answer), Some(Some("Unauthorized".to_owned())));
    dso_runs.abort();
    agr_runs.abort();
}
