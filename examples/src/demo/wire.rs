//! Listens to what passes the VTN's socket: which messages, and how many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use openadr_types::Payload;
use sgam::{Actor, Exchange, Placed as _, actors};

/// How often each message was seen, by its name and sender, and where it stands in the architecture.
#[derive(Debug, Clone, Default)]
pub(super) struct Wire(Arc<Mutex<BTreeMap<(&'static str, &'static str), Seen>>>);

/// A kind of message from one of the ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// How often it passed.
    pub(super) count: usize,
    /// All placements of the message.
    exchanges: &'static [Exchange],
    from: &'static Actor,
}

impl Seen {
    /// The placements between the two ends, in the direction that was seen.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = &'static Exchange> {
        let from = self.from;
        let ends = |exchange: &&'static Exchange| exchange.between(&actors::VEN, &actors::VTN_AGGREGATOR);
        self.exchanges.iter().filter(ends).filter(move |exchange| exchange.from.id == from.id)
    }
}

impl Wire {
    /// Listens to a router's requests and answers.
    pub(super) fn tap(&self, router: Router) -> Router {
        let wire = self.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let wire = wire.clone();
            async move { wire.pass(request, next).await }
        }))
    }

    async fn pass(&self, request: Request, next: Next) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        self.note(&body, &actors::VEN);
        let (parts, body) = next.run(Request::from_parts(parts, Body::from(body))).await.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        self.note(&body, &actors::VTN_AGGREGATOR);
        Response::from_parts(parts, Body::from(body))
    }

    fn note(&self, body: &Bytes, from: &'static Actor) {
        let Ok(payload) = Payload::from_xml(body) else { return };
        let message = payload.message();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Seen { count: 0, exchanges: message.exchanges(), from };
        seen.entry((message.name(), from.id)).or_insert(new).count += 1;
    }

    /// What was seen so far.
    pub(super) fn seen(&self) -> BTreeMap<(&'static str, &'static str), Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
