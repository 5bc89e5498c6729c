use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::ids::OptId;
use openadr_types::opt::{CancelOpt, CanceledOpt, CreateOpt, CreatedOpt};
use openadr_types::response::{EiResponse, ResponseCode};

use crate::event::Answer;
use crate::notice::Notice;
use crate::peer::Peer;
use crate::refusal::Refusal;
use crate::ven::{VenRecord, Withdrawn};
use crate::vtn::Vtn;

/// How many opts of one VEN may stand at the same time.
const MOST_OPTS: usize = 1000;

/// How many opts that were withdrawn are remembered of a VEN.
const MOST_WITHDRAWN: usize = 16;

impl VenRecord {
    fn withdraw(&mut self, opt_id: &OptId, had_arrived: bool, until: DateTime<Utc>) {
        self.withdrawn.retain(|former| former.opt_id != *opt_id);
        if self.withdrawn.len() >= MOST_WITHDRAWN {
            self.withdrawn.pop_front();
        }
        self.withdrawn.push_back(Withdrawn { opt_id: opt_id.clone(), had_arrived, until });
    }
}

impl Vtn {
    /// A VEN opts for an event or for a time. An opt with an identifier that it used before replaces that one.
    ///
    /// **Interpretation:** of opts with one identifier the one that the VEN wrote last counts. One that was written
    /// before what stands, or before it was withdrawn, was delayed on its way; it is taken note of, and changes nothing.
    pub(crate) fn create_opt(
        &mut self,
        create: &CreateOpt,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven = self.registered(&create.ven_id, peer, now)?;
        let replaced = ven.opts.get(&create.opt_id).map(|(_, opt)| opt.clone());
        let (written, id) = (create.created_date_time.to_utc(), &create.opt_id);
        let is_replaced =
            replaced.as_ref().is_some_and(|present| written < present.created_date_time.to_utc());
        if is_replaced || ven.withdrawn.iter().any(|former| former.opt_id == *id && written <= former.until) {
            return Ok(CreatedOpt::new(EiResponse::ok(create.request_id.clone()), id.clone()).into());
        }
        if replaced.is_none() && ven.opts.len() >= MOST_OPTS {
            return Err(Refusal::TooManyOpts);
        }
        match (&create.qualified_event_id, &create.availability) {
            (Some(event), _) => {
                let answer = Answer {
                    opt_type: create.opt_type,
                    code: ResponseCode::OK,
                    modification_number: event.modification_number,
                    opt_id: Some(create.opt_id.clone()),
                    at: now,
                };
                self.record_answer(&create.ven_id, &event.event_id, event.modification_number, |answers| {
                    let same = |opt: &&mut Answer| {
                        opt.opt_id == answer.opt_id
                            && (opt.opt_type, opt.modification_number)
                                == (answer.opt_type, answer.modification_number)
                    };
                    // Sent again, as its answer was lost, it does not outrank what came after it.
                    match answers.opts.iter_mut().find(same) {
                        Some(known) => *known = answer,
                        None => {
                            answers.opts.retain(|opt| opt.opt_id != answer.opt_id);
                            answers.opts.push(answer);
                        }
                    }
                })?;
            }
            (None, Some(_)) => {
                if replaced.as_ref() != Some(create) {
                    self.notices.push_back(Notice::OptSchedule(Box::new(create.clone())));
                }
            }
            (None, None) => return Err(Refusal::EmptyOpt(create.opt_id.clone())),
        }
        if let Some(ven) = self.vens.get_mut(&create.ven_id) {
            ven.opts.insert(create.opt_id.clone(), (now, create.clone()));
        }
        Ok(CreatedOpt::new(EiResponse::ok(create.request_id.clone()), create.opt_id.clone()).into())
    }

    /// A VEN withdraws an opt; what it answered to the event itself counts again.
    pub(crate) fn cancel_opt(
        &mut self,
        cancel: &CancelOpt,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven = self.registered(&cancel.ven_id, peer, now)?;
        match ven.opts.remove(&cancel.opt_id) {
            Some((arrived, opt)) => {
                // So late it is at least where the VEN is, whatever its clock.
                let written = opt.created_date_time.to_utc();
                let until = written.checked_add_signed(now - arrived).unwrap_or(written).max(written);
                ven.withdraw(&cancel.opt_id, true, until);
                let event_id = opt.qualified_event_id.map(|event| event.event_id);
                let event = event_id.and_then(|event_id| self.events.get_mut(&event_id));
                if let Some(answers) = event.and_then(|event| event.answers.get_mut(&cancel.ven_id)) {
                    answers.opts.retain(|opt| opt.opt_id.as_ref() != Some(&cancel.opt_id));
                }
                self.notices.push_back(Notice::OptCanceled {
                    ven_id: cancel.ven_id.clone(),
                    opt_id: cancel.opt_id.clone(),
                });
            }
            None if ven.withdrawn.iter().any(|it| it.had_arrived && it.opt_id == cancel.opt_id) => {}
            None => {
                // What it withdraws may still be on its way; nothing tells what the VEN's clock says.
                ven.withdraw(&cancel.opt_id, false, now);
                return Err(Refusal::UnknownOpt(cancel.opt_id.clone()));
            }
        }
        let response = EiResponse::ok(cancel.request_id.clone());
        Ok(CanceledOpt::new(response, Some(cancel.opt_id.clone())).into())
    }
}
