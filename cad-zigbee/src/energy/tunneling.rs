//! Tunneling: another protocol within Smart Energy (annex D.6).
//!
//! ```
//! use cad_zigbee::energy::{Payload, tunneling::{RequestTunnelResponse, TunnelStatus}};
//!
//! let (response, _) = RequestTunnelResponse::parse(&[1, 0, 0, 0xDC, 0x05])?;
//! assert_eq!((response.tunnel_id, response.status), (1, TunnelStatus::Success));
//! assert_eq!(response.maximum_incoming_transfer_size, Some(1500));
//! # Ok::<(), cad_zigbee::Error>(())
//! ```

use super::define::{choice, commands, groups};
use super::field::{Bool, Maybe, Rest};
use super::list::Counted;

commands! {
    /// The commands of the cluster.
    TUNNELING<'a>

    /// Asks for a tunnel (`RequestTunnel`).
    RequestTunnel = 0x00 client {
        /// The protocol within.
        protocol: TunnelProtocol,
        /// Whose protocol it is; none for the standard's.
        manufacturer: Maybe<u16>,
        /// Whether the client can be told to wait.
        flow_control: Bool,
    } + tail {
        /// How many octets the client takes at once.
        maximum_incoming_transfer_size: u16,
    }

    /// Closes a tunnel (`CloseTunnel`).
    CloseTunnel = 0x01 client {
        /// Which one.
        tunnel_id: u16,
    }

    /// Octets from client to server (`TransferData`).
    TransferDataClientToServer<'a> = 0x02 client {
        /// By which tunnel.
        tunnel_id: u16,
        /// The octets.
        data: Rest<'a>,
    }

    /// Why octets were not taken (`TransferDataError`).
    TransferDataErrorClientToServer = 0x03 client {
        /// Of which tunnel.
        tunnel_id: u16,
        /// Why.
        status: TransferStatus,
    }

    /// Says that octets have arrived (`AckTransferData`).
    AckTransferDataClientToServer = 0x04 client {
        /// By which tunnel.
        tunnel_id: u16,
        /// How many more can be taken.
        octets_left: u16,
    }

    /// Says that octets can be taken again (`ReadyData`).
    ReadyDataClientToServer = 0x05 client {
        /// By which tunnel.
        tunnel_id: u16,
        /// How many.
        octets_left: u16,
    }

    /// Asks for the protocols of the server (`GetSupportedTunnelProtocols`).
    GetSupportedTunnelProtocols = 0x06 client {
        /// How many to leave out.
        offset: u8,
    }

    /// Whether there is a tunnel (`RequestTunnelResponse`).
    RequestTunnelResponse = 0x00 server {
        /// Names the tunnel; 0xFFFF if there is none.
        tunnel_id: u16,
        /// Whether there is one.
        status: TunnelStatus,
    } + tail {
        /// How many octets the server takes at once.
        maximum_incoming_transfer_size: u16,
    }

    /// Octets from server to client (`TransferData`).
    TransferDataServerToClient<'a> = 0x01 server {
        /// By which tunnel.
        tunnel_id: u16,
        /// The octets.
        data: Rest<'a>,
    }

    /// Why octets were not taken (`TransferDataError`).
    TransferDataErrorServerToClient = 0x02 server {
        /// Of which tunnel.
        tunnel_id: u16,
        /// Why.
        status: TransferStatus,
    }

    /// Says that octets have arrived (`AckTransferData`).
    AckTransferDataServerToClient = 0x03 server {
        /// By which tunnel.
        tunnel_id: u16,
        /// How many more can be taken.
        octets_left: u16,
    }

    /// Says that octets can be taken again (`ReadyData`).
    ReadyDataServerToClient = 0x04 server {
        /// By which tunnel.
        tunnel_id: u16,
        /// How many.
        octets_left: u16,
    }

    /// The protocols of the server (`SupportedTunnelProtocolsResponse`).
    SupportedTunnelProtocolsResponse<'a> = 0x05 server {
        /// Whether there are no more.
        complete: Bool,
        /// The protocols.
        protocols: Counted<'a, SupportedProtocol>,
    }

    /// A tunnel was closed, because nothing went through it (`TunnelClosureNotification`).
    TunnelClosureNotification = 0x06 server {
        /// Which one.
        tunnel_id: u16,
    }
}

groups! {
    /// A protocol that a server takes.
    SupportedProtocol {
        /// Whose protocol it is; none for the standard's.
        manufacturer: Maybe<u16>,
        /// The protocol.
        protocol: TunnelProtocol,
    }
}

choice! {
    /// A protocol within a tunnel.
    TunnelProtocol {
        0 DlmsCosem "DLMS/COSEM (IEC 62056).",
        1 Iec61107 "IEC 61107.",
        2 AnsiC12 "ANSI C12.",
        3 MBus "M-Bus.",
        4 Sml "SML.",
        5 ClimateTalk "ClimateTalk.",
        6 GbHrgp "The remote messages of Great Britain (GBCS).",
        7 IpV4 "IPv4.",
        8 IpV6 "IPv6.",
        199 Test "For tests.",
    }
}

choice! {
    /// Whether there is a tunnel.
    TunnelStatus {
        0 Success "There is.",
        1 Busy "Not now.",
        2 NoMoreTunnels "There are too many already.",
        3 ProtocolNotSupported "The server does not take this protocol.",
        4 FlowControlNotSupported "The server cannot be told to wait.",
    }
}

choice! {
    /// Why octets were not taken.
    TransferStatus {
        0 NoSuchTunnel "There is no such tunnel.",
        1 WrongDevice "The tunnel is another device's.",
        2 DataOverflow "There were too many.",
    }
}
