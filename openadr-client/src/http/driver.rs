use std::fmt;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use openadr_types::event::OptType;
use openadr_types::ids::EventId;
use tokio::sync::{mpsc, oneshot};

use super::{Client, Clock};
use crate::error::Error;
use crate::exchange::{Failure, Reply, RequestToken};
use crate::notice::Notice;
use crate::sample::Sample;
use crate::snapshot::Snapshot;
use crate::ven::Ven;

/// Runs a VEN: posts its requests, keeps its time, passes notices and commands on.
#[derive(Debug)]
pub struct Driver<C> {
    client: Client,
    ven: Ven,
    clock: C,
    commands: mpsc::UnboundedReceiver<Command>,
    notices: mpsc::UnboundedSender<Notice>,
}

/// The application's way to a VEN that runs. When the last one is dropped, the VEN stops.
#[derive(Debug, Clone)]
pub struct Handle(mpsc::UnboundedSender<Command>);

/// What a VEN that runs tells its application. It may be dropped by an application that does not care.
#[derive(Debug)]
pub struct Notices(mpsc::UnboundedReceiver<Notice>);

enum Command {
    Call(Call),
    Client(Box<Client>),
    Stop,
}

type Call = Box<dyn FnOnce(&mut Ven, DateTime<Utc>) + Send>;

type Post = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

impl<C: Clock> Driver<C> {
    /// A driver, and both ends for the application.
    pub fn new(client: Client, ven: Ven, clock: C) -> (Self, Handle, Notices) {
        let (command_sender, commands) = mpsc::unbounded_channel();
        let (notices, notice_receiver) = mpsc::unbounded_channel();
        let driver = Self { client, ven, clock, commands, notices };
        (driver, Handle(command_sender), Notices(notice_receiver))
    }

    /// Runs until told to stop, or until no [`Handle`] is left; a request under way is waited for.
    ///
    /// Gives the VEN back, for its last [`Snapshot`].
    pub async fn run(mut self) -> Ven {
        let mut under_way: Option<(RequestToken, Post)> = None;
        let mut stopping = false;
        loop {
            while let Some(notice) = self.ven.poll_event() {
                // Nobody has to listen.
                let _ = self.notices.send(notice);
            }
            if under_way.is_none() {
                if stopping {
                    return self.ven;
                }
                if let Some(request) = self.ven.poll_request(self.clock.now()) {
                    let client = self.client.clone();
                    let post = async move { client.post(request.service, request.message).await };
                    under_way = Some((request.id, Box::pin(post)));
                    continue;
                }
            }
            let timeout = self.ven.poll_timeout();
            tokio::select! {
                command = self.commands.recv(), if !stopping => match command {
                    Some(Command::Call(call)) => call(&mut self.ven, self.clock.now()),
                    Some(Command::Client(client)) => self.client = *client,
                    Some(Command::Stop) | None => stopping = true,
                },
                (id, answer) = answer(under_way.as_mut()) => {
                    under_way = None;
                    match answer {
                        Ok(reply) => self.ven.handle_response(id, reply, self.clock.now()),
                        Err(failure) => self.ven.handle_failure(id, failure, self.clock.now()),
                    }
                }
                () = sleep(&self.clock, timeout) => self.ven.handle_timeout(self.clock.now()),
            }
        }
    }
}

async fn answer(under_way: Option<&mut (RequestToken, Post)>) -> (RequestToken, Result<Reply, Failure>) {
    match under_way {
        Some((id, post)) => (*id, post.await),
        None => std::future::pending().await,
    }
}

async fn sleep(clock: &impl Clock, until: Option<DateTime<Utc>>) {
    match until {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Handle {
    /// Does something with the VEN, between its messages.
    ///
    /// # Errors
    /// Where the VEN has stopped.
    pub async fn with<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Ven, DateTime<Utc>) -> R + Send + 'static,
    ) -> Result<R, Error> {
        let (sender, receiver) = oneshot::channel();
        let call = move |ven: &mut Ven, now| {
            // Who asked may have gone.
            let _ = sender.send(call(ven, now));
        };
        self.0.send(Command::Call(Box::new(call))).map_err(|_| Error::NotRunning)?;
        receiver.await.map_err(|_| Error::NotRunning)
    }

    /// Decides on an event: see [`Ven::opt`].
    ///
    /// # Errors
    /// Those of [`Ven::opt`], and where the VEN has stopped.
    pub async fn opt(&self, event_id: EventId, opt: OptType) -> Result<(), Error> {
        self.with(move |ven, now| ven.opt(&event_id, opt, now)).await?
    }

    /// Keeps a value for reports: see [`Ven::record`].
    ///
    /// # Errors
    /// Those of [`Ven::record`], and where the VEN has stopped.
    pub async fn record(&self, sample: Sample) -> Result<(), Error> {
        self.with(move |ven, now| ven.record(sample, now)).await?
    }

    /// Ends the registration; [`Notice::Unregistered`] says when that is done.
    ///
    /// # Errors
    /// Where the VEN has stopped.
    pub async fn cancel_registration(&self) -> Result<(), Error> {
        self.with(|ven, _| ven.cancel_registration()).await
    }

    /// What has to be remembered over a restart.
    ///
    /// # Errors
    /// Where the VEN has stopped.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        self.with(|ven, _| ven.snapshot()).await
    }

    /// Posts with another client from the next request on: with a renewed certificate, say.
    ///
    /// # Errors
    /// Where the VEN has stopped.
    pub fn use_client(&self, client: Client) -> Result<(), Error> {
        self.0.send(Command::Client(Box::new(client))).map_err(|_| Error::NotRunning)
    }

    /// Stops the VEN, without cancelling its registration. Does nothing if it has stopped.
    pub fn stop(&self) {
        let _ = self.0.send(Command::Stop);
    }
}

impl Notices {
    /// Waits for the next notice; none comes after the VEN has stopped.
    pub async fn next(&mut self) -> Option<Notice> {
        self.0.recv().await
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call(_) => "Call(..)",
            Self::Client(_) => "Client(..)",
            Self::Stop => "Stop",
        })
    }
}
