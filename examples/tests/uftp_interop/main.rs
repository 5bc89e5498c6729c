//! Our roles against another implementation (shapeshifter-uftp 2.4.0), live on loopback.
//!
//! `INTEROP_DIR` names a folder with the library's Python environment and the keys of the participants. The library runs
//! in each of its three roles, driven by `peer.py` through its service and client classes. Each test waits for what must
//! come, and fails when it has not come in time.
//!
//! Every message that the library takes or sends in a role goes over the wire: the peer tells which these are, and
//! [`Peer::has_done_all`](peer::Peer::has_done_all) holds the test against it. What the library cannot do, and why:
//!
//! - It cannot tell a repeated message from a new one: it keeps no identifiers, so ours cannot be told "Already
//!   Submitted" by it, only the other way round.
//! - It cannot read an offer that names no request and does not say `Unsolicited`, which UFTP 3.0.0 has for offers that
//!   nobody asked for: its type wants one of both (`an_offer_that_nobody_asked_for_needs_the_newer_edition`).
//! - It cannot write a response to a test message as the schema has it: its type has a `Result`, which ours reads past.
//! - It cannot leave out attributes that have a default, write a message of an edition other than 3.0.0 and 3.1.0, or be
//!   sent a message that its type for the role does not list: it answers 200 and rejects that by another message.
//! - It cannot be sure to read what it is sent while it starts: an index of its types is made anew by one thread while
//!   another reads it, and a good message is refused for good. `peer.py` has it made once.
//! - It rejects by itself for two reasons only (the sender, the kind of message); all other rejections are the
//!   application's, and here those of `peer.py`.

mod peer;
mod register;
mod trade;
