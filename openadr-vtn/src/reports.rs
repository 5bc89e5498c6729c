use chrono::{DateTime, Utc};
use openadr_types::ids::{ReportRequestId, ReportSpecifierId, Rid, VenId};
use openadr_types::period::Period;
use openadr_types::report::{
    CancelReport, CanceledReport, CreateReport, CreatedReport, RegisterReport, RegisteredReport, Report,
    ReportRequest, ReportSpecifier, SpecifierPayload, UpdateReport, UpdatedReport,
};
use openadr_types::response::{EiResponse, Response};
use openadr_types::{Duration, Message};

use crate::error::Error;
use crate::notice::Notice;
use crate::peer::Peer;
use crate::refusal::Refusal;
use crate::report::{AskedBy, NewReport, RequestRecord, RequestState, readings};
use crate::ven::VenRecord;
use crate::vtn::Vtn;

/// What metadata are asked for under.
const METADATA: &str = "METADATA";

impl Vtn {
    /// Asks a VEN, when it polls, for one of the reports that it offers.
    ///
    /// # Errors
    /// When the VEN is not registered, or offers no such report or data point.
    pub fn request_report(
        &mut self,
        ven_id: &VenId,
        report: NewReport,
        now: DateTime<Utc>,
    ) -> Result<ReportRequestId, Error> {
        let report_request_id = ReportRequestId::from(self.ids.next("report"));
        let request_id = self.ids.next("request");
        let ven = self.present(ven_id)?;
        let offered = ven
            .offered(&report.report_specifier_id)
            .ok_or_else(|| Error::UnknownReport(report.report_specifier_id.clone()))?;
        let has = |rid: &&Rid| offered.descriptions.iter().any(|point| point.rid == **rid);
        if let Some(unknown) = report.rids.iter().find(|rid| !has(rid)) {
            return Err(Error::UnknownDataPoint(unknown.clone()));
        }
        let rids = if report.rids.is_empty() {
            offered.descriptions.iter().map(|point| point.rid.clone()).collect()
        } else {
            report.rids
        };
        let specifier = ReportSpecifier {
            report_specifier_id: report.report_specifier_id,
            granularity: report.granularity,
            report_back_duration: report.report_back_duration,
            report_interval: Some(report.interval.unwrap_or_else(|| Period::new(now.into(), Duration::ZERO))),
            payloads: rids.into_iter().map(SpecifierPayload::new).collect(),
        };
        let record = RequestRecord::new(report_request_id.clone(), specifier, AskedBy::Operator);
        ven.enqueue(CreateReport::new(request_id, vec![record.to_wire()], Some(ven_id.clone())));
        ven.requests.insert(report_request_id.clone(), record);
        Ok(report_request_id)
    }

    /// Asks a VEN, when it polls, what it can report; it registers its reports anew.
    ///
    /// # Errors
    /// When the VEN is not registered.
    pub fn request_metadata(&mut self, ven_id: &VenId) -> Result<(), Error> {
        let request = ReportRequest::metadata(self.ids.next("report"));
        let request_id = self.ids.next("request");
        self.present(ven_id)?.enqueue(CreateReport::new(request_id, vec![request], Some(ven_id.clone())));
        Ok(())
    }

    /// Tells a VEN, when it polls, to send no more of a report, but for one last report where `to_follow` says so.
    ///
    /// # Errors
    /// When the VEN is not registered, or was not asked for that report.
    pub fn cancel_report(
        &mut self,
        ven_id: &VenId,
        report_request_id: &ReportRequestId,
        to_follow: bool,
    ) -> Result<(), Error> {
        let request_id = self.ids.next("request");
        let ven = self.present(ven_id)?;
        let unknown = || Error::UnknownReportRequest(report_request_id.clone());
        ven.requests.get_mut(report_request_id).ok_or_else(unknown)?.state = RequestState::Canceling;
        ven.enqueue(CancelReport {
            report_to_follow: to_follow,
            ..CancelReport::new(request_id, vec![report_request_id.clone()], Some(ven_id.clone()))
        });
        Ok(())
    }

    /// A VEN says what it can report. This replaces what it said before, and all requests but those that the VEN agreed
    /// to, or is asked for by policy, and can meet: these are repeated, so that nothing is missing from them. Others that
    /// the operator made and that can be met are made again, under new identifiers; and once more when the VEN polls, if it
    /// does not answer them, as it may have sent its reports twice and be done with the first answer.
    pub(crate) fn register_report(
        &mut self,
        register: &RegisterReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven_id = self.registered_or_only(register.ven_id.as_ref(), peer, now)?.id.clone();
        let by_policy = register.reports.iter().filter_map(|offered| self.config.reports.wants(offered, now));
        let mut wanted: Vec<_> = by_policy.map(|specifier| (specifier, AskedBy::Policy)).collect();
        let (mut repeated, mut again) = (Vec::new(), Vec::new());
        if let Some(ven) = self.vens.get_mut(&ven_id) {
            ven.reports = register.reports.clone();
            let requests = std::mem::take(&mut ven.requests);
            ven.queue.retain(|outgoing| !outgoing.is_about_reports());
            for record in requests.into_values() {
                let can_meet = ven.can_meet(&record.specifier);
                let wish = wanted.iter().position(|(specifier, _)| record.is_for(specifier));
                match (record.asked_by, record.state) {
                    (AskedBy::Operator, RequestState::Agreed) if can_meet => {
                        repeated.push(record.to_wire());
                        ven.requests.insert(record.id.clone(), record);
                    }
                    (AskedBy::Operator, RequestState::Asked) if can_meet => {
                        again.push((record.specifier, AskedBy::Operator));
                    }
                    (AskedBy::Policy, RequestState::Asked | RequestState::Agreed) => {
                        let Some(place) = wish else { continue };
                        wanted.remove(place);
                        repeated.push(record.to_wire());
                        ven.requests.insert(record.id.clone(), record);
                    }
                    _ => {}
                }
            }
        }
        let is_urgent = !again.is_empty();
        let mut requests = repeated;
        for (specifier, asked_by) in wanted.into_iter().chain(again) {
            let id = ReportRequestId::from(self.ids.next("report"));
            let record = RequestRecord::new(id.clone(), specifier, asked_by);
            requests.push(record.to_wire());
            if let Some(ven) = self.vens.get_mut(&ven_id) {
                ven.requests.insert(id, record);
            }
        }
        if let Some(ven) = self.vens.get_mut(&ven_id).filter(|_| is_urgent) {
            let asked = ven.requests.values().filter(|record| record.state == RequestState::Asked);
            let asked = asked.map(RequestRecord::to_wire).collect();
            ven.enqueue_sent(
                CreateReport::new(register.request_id.clone(), asked, Some(ven_id.clone())),
                now,
            );
        }
        self.notices
            .push_back(Notice::ReportsOffered { ven_id: ven_id.clone(), reports: register.reports.clone() });
        let response = EiResponse::ok(register.request_id.clone());
        Ok(RegisteredReport::new(response, requests, Some(ven_id)).into())
    }

    /// A VEN answers that it will send reports, or that it cannot.
    pub(crate) fn created_report(
        &mut self,
        created: &CreatedReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let EiResponse { code, description, request_id } = &created.response;
        let ven = self.registered_or_only(created.ven_id.as_ref(), peer, now)?;
        let ven_id = ven.id.clone();
        let asked = ven.settle(request_id, |message| match message {
            Message::CreateReport(create) => {
                let ids = create.report_requests.iter().map(|request| request.report_request_id.clone());
                Some((create.request_id.clone(), ids.collect::<Vec<_>>()))
            }
            _ => None,
        });
        // Without such a message it answers the requests that stood in the answer to its registration of reports.
        let waiting =
            |id: &ReportRequestId| ven.requests.get(id).is_some_and(|r| r.state == RequestState::Asked);
        let queued = |id: &ReportRequestId| ven.queue.iter().any(|outgoing| outgoing.asks_for(id));
        let asked = asked
            .unwrap_or_else(|| ven.requests.keys().filter(|id| !queued(id)).cloned().collect())
            .into_iter()
            .filter(waiting)
            .collect::<Vec<_>>();
        let mut notices = Vec::new();
        for report_request_id in asked {
            if !code.is_success() {
                ven.requests.remove(&report_request_id);
            } else if let Some(request) = ven.requests.get_mut(&report_request_id) {
                request.state = RequestState::Agreed;
            }
            notices.push(Notice::ReportAnswered {
                ven_id: ven_id.clone(),
                report_request_id,
                code: *code,
                description: description.clone(),
            });
        }
        self.notices.extend(notices);
        Ok(Response::new(EiResponse::ok(request_id.clone()), Some(ven_id)).into())
    }

    /// A VEN sends reports. Those that were asked for are taken even if others were not.
    pub(crate) fn update_report(
        &mut self,
        update: &UpdateReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven = self.registered_or_only(update.ven_id.as_ref(), peer, now)?;
        let ven_id = ven.id.clone();
        let (mut notices, mut outcome) = (Vec::new(), Ok(()));
        for report in &update.reports {
            match ven.take_report(report) {
                Ok(notice) => notices.extend(notice),
                Err(refusal) => outcome = outcome.and(Err(refusal)),
            }
        }
        self.notices.extend(notices);
        outcome?;
        Ok(UpdatedReport::new(EiResponse::ok(update.request_id.clone()), Some(ven_id)).into())
    }

    /// A VEN answers that it sends no more of some reports, or that it knows none of them, so that none will follow.
    pub(crate) fn canceled_report(
        &mut self,
        canceled: &CanceledReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let EiResponse { code, request_id, .. } = &canceled.response;
        let ven = self.registered_or_only(canceled.ven_id.as_ref(), peer, now)?;
        let ven_id = ven.id.clone();
        let asked = ven.settle(request_id, |message| match message {
            Message::CancelReport(cancel) => Some((
                cancel.request_id.clone(),
                (cancel.report_request_ids.clone(), cancel.report_to_follow),
            )),
            _ => None,
        });
        let (report_request_ids, to_follow) = asked.unwrap_or_default();
        for report_request_id in &report_request_ids {
            match ven.requests.get_mut(report_request_id) {
                Some(request) if to_follow && code.is_success() => request.state = RequestState::LastToFollow,
                _ => {
                    ven.requests.remove(report_request_id);
                }
            }
        }
        for report_request_id in report_request_ids {
            self.notices.push_back(Notice::ReportCanceled { ven_id: ven_id.clone(), report_request_id });
        }
        Ok(Response::new(EiResponse::ok(request_id.clone()), Some(ven_id)).into())
    }

    /// A VEN asks for reports. There are none, and so much it is told if it asks what there is.
    pub(crate) fn report_wanted(
        &mut self,
        create: &CreateReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let request_id = self.ids.next("request");
        let ven = self.registered_or_only(create.ven_id.as_ref(), peer, now)?;
        let ven_id = ven.id.clone();
        let is_metadata =
            |request: &&ReportRequest| request.specifier.report_specifier_id.as_str() == METADATA;
        if let Some(other) = create.report_requests.iter().find(|request| !is_metadata(request)) {
            return Err(Refusal::UnknownReport(other.specifier.report_specifier_id.clone()));
        }
        if let Some(request) = create.report_requests.first() {
            // However often it asks, it is told once.
            ven.queue.retain(|outgoing| !outgoing.offers_reports());
            ven.enqueue(RegisterReport {
                report_request_id: Some(request.report_request_id.clone()),
                ..RegisterReport::new(request_id, Vec::new(), Some(ven_id.clone()))
            });
        }
        let response = EiResponse::ok(create.request_id.clone());
        Ok(CreatedReport::new(response, Vec::new(), Some(ven_id)).into())
    }

    /// A VEN wants no more of reports, which it never was sent.
    pub(crate) fn report_unwanted(
        &mut self,
        cancel: &CancelReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let ven_id = self.registered_or_only(cancel.ven_id.as_ref(), peer, now)?.id.clone();
        match cancel.report_request_ids.first() {
            Some(unknown) => Err(Refusal::UnknownReportRequest(unknown.clone())),
            None => {
                let response = EiResponse::ok(cancel.request_id.clone());
                Ok(CanceledReport::new(response, Vec::new(), Some(ven_id)).into())
            }
        }
    }

    /// A VEN answers that it knows what reports there are, namely none.
    pub(crate) fn registered_report(
        &mut self,
        registered: &RegisteredReport,
        peer: &Peer,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let request_id = &registered.response.request_id;
        let ven = self.registered_or_only(registered.ven_id.as_ref(), peer, now)?;
        let ven_id = ven.id.clone();
        ven.settle(request_id, |message| match message {
            Message::RegisterReport(register) => Some((register.request_id.clone(), ())),
            _ => None,
        });
        Ok(Response::new(EiResponse::ok(request_id.clone()), Some(ven_id)).into())
    }
}

impl VenRecord {
    fn offered(&self, specifier_id: &ReportSpecifierId) -> Option<&Report> {
        self.reports.iter().find(|report| report.report_specifier_id == *specifier_id)
    }

    fn can_meet(&self, specifier: &ReportSpecifier) -> bool {
        self.offered(&specifier.report_specifier_id).is_some_and(|offered| {
            let has = |rid: &Rid| offered.descriptions.iter().any(|point| point.rid == *rid);
            specifier.payloads.iter().all(|wanted| has(&wanted.rid))
        })
    }

    /// Takes a report in, but for values that came before: an answer was lost, and they are sent again.
    /// No notice where that leaves nothing.
    fn take_report(&mut self, report: &Report) -> Result<Option<Notice>, Refusal> {
        let unknown = || Refusal::UnknownReportRequest(report.report_request_id.clone());
        let offered = self.requests.get(&report.report_request_id).map(|r| &r.specifier.report_specifier_id);
        let points = offered.and_then(|id| self.offered(id)).map(|offered| offered.descriptions.clone());
        let request = self.requests.get_mut(&report.report_request_id).ok_or_else(unknown)?;
        let all = readings(report, &request.specifier.granularity, &points.unwrap_or_default())?;
        let is_empty = all.is_empty();
        let readings = request.heard.new_among(all);
        let is_repeated = readings.is_empty() && !is_empty;
        request.last_created = Some(report.created_date_time.to_utc());
        request.state = request.next_state();
        if is_repeated {
            return Ok(None);
        }
        Ok(Some(Notice::Telemetry {
            ven_id: self.id.clone(),
            report_request_id: request.id.clone(),
            report_specifier_id: request.specifier.report_specifier_id.clone(),
            readings,
        }))
    }
}
