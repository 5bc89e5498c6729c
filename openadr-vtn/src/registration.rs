use chrono::{DateTime, Utc};
use openadr_types::Message;
use openadr_types::ids::{RegistrationId, VenId};
use openadr_types::registration::{
    CancelPartyRegistration, CanceledPartyRegistration, CreatePartyRegistration, CreatedPartyRegistration,
    ProfileName, QueryRegistration, RequestReregistration, TransportName,
};
use openadr_types::report::RegisterReport;
use openadr_types::response::{EiResponse, Response};

use crate::admission::{Admission, KnownVen, Membership};
use crate::config::Signatures;
use crate::error::Error;
use crate::notice::{Notice, Party};
use crate::peer::{Fingerprint, Peer};
use crate::refusal::Refusal;
use crate::ven::VenRecord;
use crate::vtn::Vtn;

impl Vtn {
    /// Says what is on offer; a VEN that is recognised by its certificate is told its registration as well.
    pub(crate) fn query_registration(&mut self, query: &QueryRegistration, peer: &Peer) -> Message {
        let recognised = self.vens.values().find(|ven| {
            let shown = peer.certificate();
            shown.is_some() && ven.fingerprint == shown && ven.registration_id.is_some()
        });
        let mut answer = self.offer(EiResponse::ok(query.request_id.clone()));
        if let Some(ven) = recognised {
            answer.registration_id = ven.registration_id.clone();
            answer.ven_id = Some(ven.id.clone());
        }
        answer.into()
    }

    fn offer(&self, response: EiResponse) -> CreatedPartyRegistration {
        CreatedPartyRegistration {
            poll_freq: Some(self.config.poll_freq.into()),
            ..CreatedPartyRegistration::new(response, self.config.vtn_id.clone())
        }
    }

    /// Registers a VEN, or renews its registration.
    ///
    /// **Interpretation:** a new registration voids the reports and opts of the former (rule 406), so the same request
    /// must not be carried out twice: one that arrives once more, delayed or sent again because its answer was lost, is
    /// answered with the registration that stands, and changes nothing. It is the same if all of it is: a request's
    /// identifier tells it from the sender's others, but need not differ from other senders', and some VENs count from
    /// the start again after a restart. For these it is remembered for ten minutes only, and no longer than the
    /// registration: once that is ended, the same request is one for a new registration.
    pub(crate) fn create_registration(
        &mut self,
        create: &CreatePartyRegistration,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        self.check_wishes(create, peer)?;
        let known = self.admit(create, peer)?.cloned();
        if let Some(ven_id) =
            self.vens.values().find(|ven| ven.has_asked(create, now)).map(|ven| ven.id.clone())
        {
            let registration_id = self.registered(&ven_id, peer, now)?.registration_id.clone();
            return Ok(self.agreed(create, registration_id, ven_id).into());
        }
        let (ven_id, renewed_id) = self.identify(create, known.as_ref())?;
        if !self.vens.contains_key(&ven_id) {
            self.make_room()?;
        }
        let expected = self.vens.get(&ven_id).and_then(|ven| ven.fingerprint);
        if expected.is_some() && expected != peer.certificate() {
            return Err(Refusal::WrongCertificate(ven_id));
        }
        let renewed = renewed_id.is_some();
        let registration_id =
            renewed_id.unwrap_or_else(|| RegistrationId::from(self.ids.next("registration")));
        let announcement = RegisterReport::new(self.ids.next("request"), Vec::new(), Some(ven_id.clone()));
        let (name, membership, fingerprint) = match known {
            Some(known) => (Some(known.name), known.membership, known.fingerprint),
            None => (create.ven_name.clone(), Membership::default(), None),
        };
        let ven = self.vens.entry(ven_id.clone()).or_insert_with(|| VenRecord {
            membership,
            fingerprint,
            ..VenRecord::new(ven_id.clone(), now)
        });
        if !renewed {
            // The answer to this may be lost, and the same be asked again.
            ven.former_registration_id = create
                .registration_id
                .clone()
                .or(ven.registration_id.take())
                .or(ven.former_registration_id.take());
            ven.wipe();
            if self.config.announce_reports {
                ven.enqueue(announcement);
            }
            self.events.values_mut().for_each(|event| drop(event.answers.remove(&ven_id)));
        }
        ven.name = name.or(ven.name.take());
        ven.fingerprint = ven.fingerprint.or(peer.certificate());
        ven.registration_id = Some(registration_id.clone());
        ven.report_only = create.report_only;
        ven.signs = create.xml_signature;
        ven.asked(create, now);
        ven.last_seen = now;
        ven.silent = false;
        ven.queue.retain(|outgoing| !outgoing.is_reregistration());
        let name = ven.name.clone();
        self.strangers.remove(&ven_id);
        self.wake_by(now + self.config.patience());
        self.notices.push_back(Notice::Registered { ven_id: ven_id.clone(), name, renewed });
        Ok(self.agreed(create, Some(registration_id), ven_id).into())
    }

    fn agreed(
        &self,
        create: &CreatePartyRegistration,
        registration_id: Option<RegistrationId>,
        ven_id: VenId,
    ) -> CreatedPartyRegistration {
        CreatedPartyRegistration {
            registration_id,
            ven_id: Some(ven_id),
            ..self.offer(EiResponse::ok(create.request_id.clone()))
        }
    }

    /// Sees to it that there is room for one more VEN.
    fn make_room(&mut self) -> Result<(), Refusal> {
        let named = match &self.config.admission {
            Admission::Anyone => 0,
            Admission::Named(known) => known.len(),
        };
        if self.vens.len() < self.config.most_vens.max(named) {
            return Ok(());
        }
        let idle = self.vens.values().filter(|ven| ven.registration_id.is_none() || ven.silent);
        let longest = idle.min_by_key(|ven| (ven.registration_id.is_some(), ven.last_seen));
        let ven_id = longest.map(|ven| ven.id.clone()).ok_or(Refusal::TooManyVens)?;
        if self.vens.get(&ven_id).is_some_and(|ven| ven.registration_id.is_some()) {
            self.unregister(&ven_id, Party::Vtn);
        }
        self.vens.remove(&ven_id);
        Ok(())
    }

    /// What a VEN may wish for, and this VTN has not got.
    fn check_wishes(&self, create: &CreatePartyRegistration, peer: &Peer) -> Result<(), Refusal> {
        if create.profile == ProfileName::V2_0a {
            Err(Refusal::Profile)
        } else if create.transport == TransportName::Xmpp {
            Err(Refusal::Transport)
        } else if create.http_pull_model == Some(false) {
            Err(Refusal::Push)
        } else if create.xml_signature && self.config.signatures == Signatures::Unsupported {
            Err(Refusal::Signature)
        } else if create.xml_signature && peer.signed_by.is_none() {
            Err(Refusal::Unsigned)
        } else {
            Ok(())
        }
    }

    /// The entry of a VEN that may register; none where anyone may.
    fn admit(&self, create: &CreatePartyRegistration, peer: &Peer) -> Result<Option<&KnownVen>, Refusal> {
        let Admission::Named(known) = &self.config.admission else { return Ok(None) };
        let named = |ven: &&KnownVen| create.ven_name.as_deref() == Some(ven.name.as_str());
        let by_id = |ven: &&KnownVen| ven.ven_id.is_some() && ven.ven_id == create.ven_id;
        let entry =
            known.iter().find(named).or_else(|| known.iter().find(by_id)).ok_or(Refusal::NotAdmitted)?;
        // Neither the identifier kept for another, nor one that another has.
        let other = |ven_id: &VenId| {
            let kept = known.iter().any(|ven| ven.name != entry.name && ven.ven_id.as_ref() == Some(ven_id));
            kept || self.vens.get(ven_id).is_some_and(|ven| ven.name.as_ref() != Some(&entry.name))
        };
        if let Some(taken) = create.ven_id.as_ref().filter(|ven_id| other(ven_id)) {
            return Err(Refusal::WrongVenId(taken.clone()));
        }
        match entry.fingerprint {
            Some(expected) if peer.certificate() != Some(expected) => {
                let ven_id = entry.ven_id.clone().or_else(|| create.ven_id.clone()).unwrap_or_default();
                Err(Refusal::WrongCertificate(ven_id))
            }
            _ => Ok(Some(entry)),
        }
    }

    /// Which VEN it is that registers, and its registration where that is to be renewed.
    ///
    /// **Interpretation:** a VEN is who its identifier says; without one it is the VEN that registered under its name
    /// before. One that is not known may keep the identifier it gives. If it was asked to register again, because the
    /// VTN had forgotten it, its old registration is replaced by a new one, and once more where it asks again under the
    /// one that was replaced; any other that is not known is refused.
    fn identify(
        &mut self,
        create: &CreatePartyRegistration,
        known: Option<&KnownVen>,
    ) -> Result<(VenId, Option<RegistrationId>), Refusal> {
        let given = create.ven_id.clone().filter(|ven_id| !ven_id.as_str().is_empty());
        if let Some(registration_id) = &create.registration_id {
            let renewing = |ven: &&VenRecord| ven.registration_id.as_ref() == Some(registration_id);
            if let Some(ven) = self.vens.values().find(renewing) {
                return match given {
                    Some(given) if given != ven.id => Err(Refusal::WrongVenId(given)),
                    _ => Ok((ven.id.clone(), Some(registration_id.clone()))),
                };
            }
            let replaced = |ven: &VenRecord| {
                ven.registration_id.is_some() && ven.former_registration_id.as_ref() == Some(registration_id)
            };
            let may_start_over = given.as_ref().is_some_and(|given| {
                self.strangers.contains(given) || self.vens.get(given).is_some_and(replaced)
            });
            if !may_start_over {
                return Err(Refusal::UnknownRegistration(registration_id.clone()));
            }
        }
        if let Some(assigned) = known.and_then(|known| known.ven_id.as_ref()) {
            return match given {
                Some(given) if given != *assigned => Err(Refusal::WrongVenId(given)),
                _ => Ok((assigned.clone(), None)),
            };
        }
        let named = |ven: &&VenRecord| create.ven_name.is_some() && ven.name == create.ven_name;
        let ven_id = given.or_else(|| self.vens.values().find(named).map(|ven| ven.id.clone()));
        Ok((ven_id.unwrap_or_else(|| VenId::from(self.ids.next("ven"))), None))
    }

    /// Whether a VEN that is not known has any prospect of being registered.
    pub(crate) fn may_be_admitted(&self, ven_id: &VenId, peer: &Peer) -> bool {
        match &self.config.admission {
            Admission::Anyone => true,
            Admission::Named(known) => known.iter().any(|known| {
                known.ven_id.as_ref().is_none_or(|assigned| assigned == ven_id)
                    && (known.fingerprint.is_none() || known.fingerprint == peer.certificate())
            }),
        }
    }

    /// A VEN ends its registration.
    pub(crate) fn registration_cancelled(
        &mut self,
        cancel: &CancelPartyRegistration,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let registration_id = Some(&cancel.registration_id);
        let unknown = || Refusal::UnknownRegistration(cancel.registration_id.clone());
        let its = |ven: &&VenRecord| {
            ven.registration_id.as_ref().or(ven.former_registration_id.as_ref()) == registration_id
        };
        let ven = self.vens.values().find(its).ok_or_else(unknown)?;
        if cancel.ven_id.as_ref().is_some_and(|given| *given != ven.id) {
            return Err(unknown());
        }
        let ven_id = ven.id.clone();
        match self.registered(&ven_id, peer, now) {
            Ok(_) => self.unregister(&ven_id, Party::Ven),
            Err(Refusal::NotRegistered(_)) => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(CanceledPartyRegistration::new(
            EiResponse::ok(cancel.request_id.clone()),
            Some(cancel.registration_id.clone()),
            Some(ven_id),
        )
        .into())
    }

    /// A VEN answers that its registration is ended.
    pub(crate) fn cancellation_answered(
        &mut self,
        canceled: &CanceledPartyRegistration,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let request_id = &canceled.response.request_id;
        let ven_id = match self.registered_or_only(canceled.ven_id.as_ref(), peer, now) {
            Ok(ven) => {
                let asked = ven.settle(request_id, |message| match message {
                    Message::CancelPartyRegistration(cancel) => Some((cancel.request_id.clone(), ())),
                    _ => None,
                });
                let ven_id = ven.id.clone();
                if asked.is_some() {
                    self.unregister(&ven_id, Party::Vtn);
                }
                ven_id
            }
            // Its first answer arrived, our acknowledgement did not.
            Err(Refusal::NotRegistered(ven_id)) => ven_id,
            Err(refusal) => return Err(refusal),
        };
        Ok(Response::new(EiResponse::ok(request_id.clone()), Some(ven_id)).into())
    }

    pub(crate) fn unregister(&mut self, ven_id: &VenId, by: Party) {
        let Some(ven) = self.vens.get_mut(ven_id) else { return };
        ven.former_registration_id = ven.registration_id.take();
        ven.asked.clear();
        ven.wipe();
        for event in self.events.values_mut() {
            event.answers.remove(ven_id);
        }
        self.notices.push_back(Notice::Unregistered { ven_id: ven_id.clone(), by });
    }

    /// The registered VEN that the operator means.
    pub(crate) fn present(&mut self, ven_id: &VenId) -> Result<&mut VenRecord, Error> {
        let ven = self.vens.get_mut(ven_id).ok_or_else(|| Error::UnknownVen(ven_id.clone()))?;
        if ven.registration_id.is_none() { Err(Error::NotRegistered(ven_id.clone())) } else { Ok(ven) }
    }

    /// Asks a VEN, when it polls, to register again; if it does, its registration stands.
    ///
    /// # Errors
    /// When it is not registered.
    pub fn request_reregistration(&mut self, ven_id: &VenId) -> Result<(), Error> {
        let request = RequestReregistration::new(ven_id.clone());
        self.present(ven_id)?.enqueue_first(request);
        Ok(())
    }

    /// Tells a VEN, when it polls, that its registration has ended; it stands until the VEN has answered.
    ///
    /// # Errors
    /// When it is not registered.
    pub fn cancel_registration(&mut self, ven_id: &VenId) -> Result<(), Error> {
        let request_id = self.ids.next("request");
        let ven = self.present(ven_id)?;
        let Some(registration_id) = ven.registration_id.clone() else { return Ok(()) };
        ven.queue.clear();
        ven.enqueue(CancelPartyRegistration::new(request_id, registration_id, ven_id.clone()));
        Ok(())
    }

    /// Says what a VEN belongs to. Events for its groups, parties and resources are for it from now on; those that are
    /// not for it any more it is shown no longer when it polls, which cancels them for it (rule 61).
    ///
    /// # Errors
    /// When the VEN is not known.
    pub fn set_membership(&mut self, ven_id: &VenId, membership: Membership) -> Result<(), Error> {
        let ven = self.vens.get_mut(ven_id).ok_or_else(|| Error::UnknownVen(ven_id.clone()))?;
        ven.membership = membership;
        Ok(())
    }

    /// Holds a VEN to another certificate, or to the next that it registers with.
    ///
    /// # Errors
    /// When the VEN is not known.
    pub fn set_fingerprint(&mut self, ven_id: &VenId, fingerprint: Option<Fingerprint>) -> Result<(), Error> {
        let ven = self.vens.get_mut(ven_id).ok_or_else(|| Error::UnknownVen(ven_id.clone()))?;
        ven.fingerprint = fingerprint;
        Ok(())
    }
}
