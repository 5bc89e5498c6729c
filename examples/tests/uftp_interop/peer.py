"""shapeshifter-uftp as a live participant on loopback, told line by line what to send.

usage: peer.py AGR|DSO|CRO

It serves its role with the library's service class and sends with the library's client classes. Every request that it is
sent is answered: accepted, unless REJECT names its kind. Each line on standard input is a command, an object of JSON:

    {"send": "FlexRequest", "to": "AGR", "period": "2026-11-24", "expires": "2026-11-23T13:00:00+00:00"}

Each line on standard output tells what happened, as JSON: first `ready`, with the kinds that the library takes and sends
in this role; then `received`, `sent`, or `failed`. Keys and ports are those of interop_common, beside which it runs.
"""

import json
import os
import sys
from decimal import Decimal

import interop_common as network
import shapeshifter_uftp as library
from shapeshifter_uftp import transport, uftp
from shapeshifter_uftp.client import client_map
from shapeshifter_uftp.service.base_service import snake_case
from xsdata.formats.dataclass.context import XmlContext

ROLE = sys.argv[1]
VERSION = os.environ.get("UFTP_VERSION", "3.1.0")
PLACE = "ean.871685900012636543"
CONNECTION = "ean.871685900000000001"
BASE = {
    "AGR": library.ShapeshifterAgrService,
    "DSO": library.ShapeshifterDsoService,
    "CRO": library.ShapeshifterCroService,
}[ROLE]

# The last message of each kind, received and sent.
seen, sent = {}, {}

# The library looks its classes up in an index that it makes anew whenever a module was imported, though another thread may
# be reading it: then it refuses a good message for good ("No class found matching root"). Made once, it stays whole.
transport._context.build_xsi_cache()
make_index = XmlContext.build_xsi_cache
XmlContext.build_xsi_cache = lambda self: None if self is transport._context else make_index(self)


def say(**what):
    # In one piece: the server's log goes the same way.
    os.write(1, (json.dumps(what) + "\n").encode())


def kinds():
    """The messages of the library, by name."""
    for name in uftp.__all__:
        kind = getattr(uftp, name)
        if isinstance(kind, type) and issubclass(kind, uftp.PayloadMessage):
            yield name, kind


def sendable():
    """The kinds that the library's clients for this role have a method for."""
    clients = [client for (sender, _), client in client_map.items() if sender == ROLE]
    names = {snake_case(name): name for name, _ in kinds()}
    methods = {method for client in clients for method in dir(client) if method.startswith("send_")}
    return sorted(names[method.removeprefix("send_")] for method in methods)


def post(service, to, domain, message, version=VERSION):
    kind = type(message).__name__
    client = getattr(service, f"{to.lower()}_client")(domain, version)
    try:
        getattr(client, "send_" + snake_case(kind))(message)
    except Exception as error:
        say(failed=kind, error=f"{type(error).__name__}: {error}")
    else:
        sent[kind] = message
        say(sent=kind, message_id=message.message_id)


def answer(service, request):
    kind = type(request).__name__
    fields = {
        "conversation_id": request.conversation_id,
        snake_case(kind) + "_message_id": request.message_id,
        "result": uftp.AcceptedRejected.ACCEPTED,
    }
    if kind in os.environ.get("REJECT", "").split():
        fields |= {"result": uftp.AcceptedRejected.REJECTED, "rejection_reason": "Unauthorized"}
    if kind == "DPrognosis" and "FlexOrder" in sent:
        order = sent["FlexOrder"].message_id
        fields["flex_order_statuses"] = [uftp.FlexOrderStatus(flex_order_message_id=order, is_validated=True)]
    if kind == "FlexSettlement":
        fields["flex_order_settlement_statuses"] = [
            uftp.FlexOrderSettlementStatus(
                order_reference=item.order_reference,
                disposition=uftp.AcceptedDisputed.DISPUTED,
                dispute_reason="the meter shows more",
            )
            for item in request.flex_order_settlements
        ]
    if kind.endswith("PortfolioQuery"):
        fields |= {"time_zone": request.time_zone, "period": request.period}
    if kind == "AgrPortfolioQuery":
        fields["dso_views"] = [view()]
    if kind == "DsoPortfolioQuery":
        connection = uftp.DsoPortfolioQueryConnection(entity_address=CONNECTION, agr_domain="agr.dev")
        fields["congestion_point"] = uftp.DsoPortfolioQueryCongestionPoint(
            entity_address=request.entity_address, connections=[connection]
        )
    response = uftp.request_response_map[type(request)](**fields)
    post(service, uftp.origin_map[type(request)], request.sender_domain, response, request.version)


def view():
    connection = uftp.AgrPortfolioQueryResponseConnection(entity_address=CONNECTION)
    point = uftp.AgrPortfolioQueryResponseCongestionPoint(
        entity_address=PLACE,
        mutex_offers_supported=True,
        day_ahead_redispatch_by=uftp.RedispatchBy.DSO,
        intraday_redispatch_by=uftp.RedispatchBy.AGR,
        connections=[connection],
    )
    portfolio = uftp.AgrPortfolioQueryResponseDSOPortfolio(dso_domain="dso.dev", congestion_points=[point])
    return uftp.AgrPortfolioQueryResponseDSOView(dso_portfolios=[portfolio], connections=[connection])


def handler(kind):
    def process(self, message, *role):
        seen[kind] = message
        result = getattr(message, "result", None)
        say(
            received=kind,
            message_id=message.message_id,
            result=result and str(result),
            reason=getattr(message, "rejection_reason", None),
            xml=transport.to_xml(message),
        )
        if kind == "TestMessage":
            # The library answers this one by itself.
            BASE.process_test_message(self, message, *role)
            say(sent="TestMessageResponse")
        elif type(message) in uftp.request_response_map:
            answer(self, message)

    return process


def compose(kind, at):
    """A message of its kind, about what was received and sent before."""
    subject = {
        "isp_duration": "PT15M",
        "time_zone": "Europe/Amsterdam",
        "period": at["period"],
        "congestion_point": PLACE,
    }
    day = {key: subject[key] for key in ("time_zone", "period")}
    run = {"power": -500_000, "start": 69, "duration": 8}
    match kind:
        case "TestMessage":
            return uftp.TestMessage()
        case "DPrognosis":
            plan = uftp.DPrognosisISP(power=900_000, start=1, duration=96)
            return uftp.DPrognosis(revision=1, isps=[plan], **subject)
        case "Metering":
            isps = [uftp.MeteringISP(start=isp, value=Decimal("1.25")) for isp in range(1, 97)]
            profile = uftp.MeteringProfile(
                profile_type=uftp.MeteringProfileEnum.POWER, unit=uftp.MeteringUnit.K_W, isps=isps
            )
            return uftp.Metering(
                revision=1, isp_duration="PT15M", ean="E871685900000000018", profiles=[profile], **day
            )
        case "FlexReservationUpdate":
            isps = [uftp.FlexReservationUpdateISP(**run)]
            return uftp.FlexReservationUpdate(contract_id="c", reference="r", isps=isps, **subject)
        case "FlexRequest":
            wanted = uftp.FlexRequestISP(
                disposition=uftp.AvailableRequested.REQUESTED, min_power=-500_000, max_power=0, start=69, duration=8
            )
            return uftp.FlexRequest(revision=1, expiration_date_time=at["expires"], isps=[wanted], **subject)
        case "FlexOffer":
            options = [
                uftp.FlexOfferOption(
                    option_reference=name, price=Decimal(price), isps=[uftp.FlexOfferOptionISP(**run)]
                )
                for name, price in (("a", "80.00"), ("b", "90.00"))
            ]
            request = None if at.get("unsolicited") else seen["FlexRequest"]
            return uftp.FlexOffer(
                expiration_date_time=at["expires"],
                offer_options=options,
                unsolicited=True if request is None else None,
                flex_request_message_id=request and request.message_id,
                conversation_id=request and request.conversation_id,
                **subject,
            )
        case "FlexOfferRevocation":
            offer = sent["FlexOffer"]
            return uftp.FlexOfferRevocation(
                flex_offer_message_id=offer.message_id, conversation_id=offer.conversation_id
            )
        case "FlexOrder":
            offer = None if at.get("unsolicited") else seen["FlexOffer"]
            option = offer and offer.offer_options[0]
            isps = option.isps if option else [uftp.FlexOfferOptionISP(**run)]
            return uftp.FlexOrder(
                unsolicited=True if offer is None else None,
                flex_offer_message_id=offer and offer.message_id,
                conversation_id=offer and offer.conversation_id,
                option_reference=option and option.option_reference,
                price=option.price if option else Decimal("75"),
                currency="EUR",
                order_reference=at["order"],
                isps=[uftp.FlexOrderISP(power=it.power, start=it.start, duration=it.duration) for it in isps],
                **subject,
            )
        case "FlexSettlement":
            isps = [
                uftp.FlexOrderSettlementISP(
                    start=69,
                    duration=8,
                    baseline_power=900_000,
                    ordered_flex_power=-500_000,
                    actual_power=400_000,
                    delivered_flex_power=-500_000,
                )
            ]
            orders = [
                uftp.FlexOrderSettlement(
                    order_reference=reference,
                    period=at["period"],
                    congestion_point=PLACE,
                    price=Decimal(price),
                    net_settlement=Decimal(price),
                    isps=isps,
                )
                for reference, price in at["orders"]
            ]
            reserved = uftp.ContractSettlementISP(start=69, duration=8, reserved_power=-500_000)
            period = uftp.ContractSettlementPeriod(period=at["period"], isps=[reserved])
            contract = uftp.ContractSettlement(contract_id="c", periods=[period])
            return uftp.FlexSettlement(
                period_start=at["period"],
                period_end=at["period"],
                currency="EUR",
                flex_order_settlements=orders,
                contract_settlements=[contract],
            )
        case "AgrPortfolioUpdate":
            connection = uftp.AgrPortfolioUpdateConnection(entity_address=CONNECTION, start_period=at["period"])
            return uftp.AgrPortfolioUpdate(connections=[connection])
        case "AgrPortfolioQuery":
            return uftp.AgrPortfolioQuery(**day)
        case "DsoPortfolioUpdate":
            connection = uftp.DsoPortfolioUpdateConnection(entity_address=CONNECTION, start_period=at["period"])
            point = uftp.DsoPortfolioUpdateCongestionPoint(
                entity_address=PLACE,
                start_period=at["period"],
                mutex_offers_supported=True,
                day_ahead_redispatch_by=uftp.RedispatchBy.DSO,
                connections=[connection],
            )
            return uftp.DsoPortfolioUpdate(congestion_points=[point])
        case "DsoPortfolioQuery":
            return uftp.DsoPortfolioQuery(entity_address=PLACE, **day)


def main():
    names = [kind.__name__ for kind in BASE.acceptable_messages]
    peer = type("Peer", (BASE,), {"process_" + snake_case(name): handler(name) for name in names})
    domain = ROLE.lower() + ".dev"
    service = peer(
        sender_domain=domain,
        signing_key=network.keys(domain)[1],
        key_lookup_function=network.key_lookup,
        endpoint_lookup_function=network.endpoint_lookup,
        host="127.0.0.1",
        port=network.DOMAINS[domain],
        version=VERSION,
    )
    service.run_in_thread()
    say(ready=ROLE, takes=sorted(names), sends=sendable())
    for line in sys.stdin:
        command = json.loads(line)
        kind, to = command["send"], command["to"]
        try:
            message = sent[kind] if command.get("again") else compose(kind, command)
        except Exception as error:
            say(failed=kind, error=f"{type(error).__name__}: {error}")
            continue
        post(service, to, to.lower() + ".dev", message)
    os._exit(0)


main()
