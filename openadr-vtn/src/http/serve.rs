use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::timeout;

/// How long a client may take for the head of a request, and say nothing between two. VENs poll every 10, 30 or 60
/// seconds: at none of these is a connection closed just as the next request is on its way.
const HEAD: Duration = Duration::from_secs(45);

/// How old a connection may get.
const LIFE: Duration = Duration::from_secs(600);

/// How long a request may take that is under way then.
const LAST: Duration = Duration::from_secs(60);

/// Serves a router for ever, and closes the connections of clients that hold them without need: that take more than 45
/// seconds for the head of a request, say nothing as long, or are ten minutes old.
///
/// `axum::serve` waits for such clients without end, until there is no connection left for the others.
pub async fn serve(tcp: TcpListener, router: Router) {
    serve_from(tcp, router, |_, address| address).await;
}

/// The same from any listener, with what handlers are to know about a connection.
pub(super) async fn serve_from<L, I>(mut listener: L, router: Router, info: impl Fn(&L::Io, SocketAddr) -> I)
where
    L: Listener<Addr = SocketAddr>,
    I: fmt::Debug + Clone + Send + Sync + 'static,
{
    loop {
        let (io, address) = listener.accept().await;
        let router = router.clone().layer(Extension(ConnectInfo(info(&io, address))));
        tokio::spawn(async move {
            let mut connection = pin!(
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD)
                    .serve_connection(TokioIo::new(io), TowerToHyperService::new(router))
            );
            let ended = match timeout(LIFE, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => {
                    connection.as_mut().graceful_shutdown();
                    timeout(LAST, connection).await.unwrap_or(Ok(()))
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%address, %error, "connection ended");
            }
        });
    }
}
