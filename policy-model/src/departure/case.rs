//! One group before the rules: what may become of it, and what does.
//!
//! There is one function that says whether a group may be disposed of in some way, [`Case::may_become`]. The plan, the list
//! of permitted changes and the change itself all ask it, so they cannot disagree. Its first part is law, which no pack
//! loosens; its second is the pack's rule.

use chrono::NaiveDate;

use crate::approval::{self, Ask};
use crate::departure::line::{Change, Ending, Line, Permission};
use crate::departure::{DepartureRule, Disposition, Group, PlanFacts, Successor, SuccessorRule, WhyNot};
use crate::facts::Account;
use crate::ruling::Controller;
use crate::schedule::{Kept, Schedule, day_after, narrowest, schedule_for};

/// A group with the rules that apply to it.
pub(super) struct Case<'a> {
    facts: &'a PlanFacts<'a>,
    group: &'a Group,
    rule: Option<&'a DepartureRule>,
    schedule: Option<&'a Schedule>,
    kept: Kept,
}

impl<'a> Case<'a> {
    /// Finds the rules for a group.
    pub(super) fn of(facts: &'a PlanFacts<'a>, group: &'a Group) -> Self {
        let whose = group.treated_as();
        let rules = facts.rules.iter().filter(|rule| rule.controller == whose);
        let schedule = schedule_for(facts.schedules, &group.class);
        Self {
            facts,
            group,
            rule: narrowest(rules, &group.class, |rule| &rule.classes),
            schedule,
            kept: schedule.map_or(Kept::NotCounting, |schedule| schedule.kept(&group.milestones(facts))),
        }
    }

    /// The line for a group that nobody has decided on: what the rule says, or where the law forbids that, the most
    /// harmless thing there is.
    pub(super) fn planned(&self) -> Line {
        if self.group.unclear_tenure {
            return self.line(Disposition::Retain, Some(WhyNot::OtherTenure));
        }
        let wanted = self.by_rule();
        match self.lawful(wanted) {
            Ok(()) => self.line(wanted, None),
            Err(why) => self.line(self.most_harmless(), Some(why)),
        }
    }

    /// The line for a group that somebody wants disposed of in this way.
    pub(super) fn changed(&self, wanted: Disposition) -> Result<Line, WhyNot> {
        let planned = self.planned();
        if wanted == planned.disposition {
            return Ok(planned);
        }
        self.may_become(wanted).map(|()| self.line(wanted, None))
    }

    /// Whether a group may be disposed of in this way: first the law, then the pack's rule.
    pub(super) fn may_become(&self, wanted: Disposition) -> Result<(), WhyNot> {
        self.lawful(wanted)?;
        let Some(rule) = self.rule else {
            return if wanted == self.by_rule() { Ok(()) } else { Err(WhyNot::NoRule) };
        };
        let mut allowed = rule.allowed.iter().map(|allowed| self.without_sight(*allowed));
        if wanted == self.by_rule() || allowed.any(|allowed| allowed == wanted) {
            return Ok(());
        }
        Err(WhyNot::NotInRule { rule: rule.id.clone(), allowed: rule.allowed.clone(), clauses: rule.clauses.clone() })
    }

    fn lawful(&self, wanted: Disposition) -> Result<(), WhyNot> {
        if self.group.unclear_tenure {
            return Err(WhyNot::OtherTenure);
        }
        match self.group.treated_as() {
            Controller::Person => self.lawful_for_persons(wanted),
            Controller::Organisation => self.lawful_for_organisations(wanted),
        }
    }

    /// The organisation has no business with a person's own data: it lets go of it, and may give a copy along.
    fn lawful_for_persons(&self, wanted: Disposition) -> Result<(), WhyNot> {
        match wanted {
            Disposition::Release | Disposition::Detach => Ok(()),
            Disposition::Retain
            | Disposition::HandOver
            | Disposition::Hide
            | Disposition::Anonymise
            | Disposition::Delete => match self.group.controller {
                Controller::Person if self.group.settled => Err(WhyNot::PersonsOwn),
                Controller::Person | Controller::Organisation => Err(WhyNot::Unsettled),
            },
        }
    }

    fn lawful_for_organisations(&self, wanted: Disposition) -> Result<(), WhyNot> {
        match wanted {
            Disposition::Hide => Ok(()),
            Disposition::Retain => self.person_may_still_see(),
            Disposition::HandOver => self.may_be_handed_over(),
            Disposition::Release => self.may_go_to_the_person().and_then(|()| self.person_may_still_see()),
            Disposition::Detach => self
                .may_go_to_the_person()
                .and_then(|()| self.person_may_still_see())
                .and_then(|()| self.may_leave_the_organisation()),
            Disposition::Anonymise | Disposition::Delete => self.may_leave_the_organisation(),
        }
    }

    fn may_go_to_the_person(&self) -> Result<(), WhyNot> {
        match self.facts.account {
            Account::Enterprise => Err(WhyNot::EnterpriseAccount),
            Account::Personal => Ok(()),
        }
    }

    fn person_may_still_see(&self) -> Result<(), WhyNot> {
        if self.group.hidden_from_leaver { Err(WhyNot::HiddenFromLeaver) } else { Ok(()) }
    }

    fn may_be_handed_over(&self) -> Result<(), WhyNot> {
        if self.group.biometric {
            return Err(WhyNot::Biometric);
        }
        match self.successor() {
            Successor::Named | Successor::Manager => Ok(()),
            Successor::Nobody => Err(WhyNot::NoSuccessor),
        }
    }

    /// Holds and statutes keep data from being destroyed, and from being cut off too: either way the organisation would
    /// no longer have what it has to be able to show.
    fn may_leave_the_organisation(&self) -> Result<(), WhyNot> {
        if !self.group.holds.is_empty() {
            return Err(WhyNot::Held(self.holds()));
        }
        let Some(schedule) = self.schedule else { return Err(WhyNot::NoSchedule) };
        let clauses = || schedule.clauses.clone();
        match self.kept {
            Kept::NotCounting if schedule.floor.is_some() => Err(WhyNot::FloorNotBegun(clauses())),
            Kept::Through { floor: Some(through), .. } if self.facts.acts_on() <= through => {
                Err(WhyNot::UnderFloor { through, clauses: clauses() })
            }
            Kept::NotCounting | Kept::Through { .. } => Ok(()),
        }
    }

    fn holds(&self) -> Vec<String> {
        let mut holds = self.group.holds.clone();
        holds.sort_unstable();
        holds
    }

    fn by_rule(&self) -> Disposition {
        match self.rule {
            Some(rule) => self.without_sight(rule.disposition),
            None => self.most_harmless(),
        }
    }

    fn most_harmless(&self) -> Disposition {
        match self.group.treated_as() {
            Controller::Person => Disposition::Detach,
            Controller::Organisation => self.without_sight(Disposition::Retain),
        }
    }

    /// Keeping what the leaver must no longer see is hiding it.
    fn without_sight(&self, disposition: Disposition) -> Disposition {
        match disposition {
            Disposition::Retain if self.is_hidden() => Disposition::Hide,
            Disposition::Retain
            | Disposition::HandOver
            | Disposition::Hide
            | Disposition::Release
            | Disposition::Detach
            | Disposition::Anonymise
            | Disposition::Delete => disposition,
        }
    }

    fn is_hidden(&self) -> bool {
        self.group.hidden_from_leaver
            && !self.group.unclear_tenure
            && self.group.treated_as() == Controller::Organisation
    }

    fn successor(&self) -> Successor {
        match (self.rule.map_or(SuccessorRule::None, |rule| rule.successor), self.facts.successor) {
            (SuccessorRule::Manager, anybody) => anybody,
            (SuccessorRule::Named, Successor::Named) => Successor::Named,
            (SuccessorRule::Named, Successor::Manager | Successor::Nobody) | (SuccessorRule::None, _) => {
                Successor::Nobody
            }
        }
    }

    /// What happens later: the last day that the organisation keeps it, and the day and way it then goes. While a hold
    /// lasts nothing is planned to go.
    fn afterwards(&self, disposition: Disposition, instead: Option<&WhyNot>) -> (Option<NaiveDate>, Option<Ending>) {
        let is_organisations = self.group.treated_as() == Controller::Organisation;
        if self.group.unclear_tenure
            || !is_organisations
            || !disposition.stays_with_the_organisation()
            || !self.group.holds.is_empty()
        {
            return (None, None);
        }
        let (Some(schedule), Kept::Through { last_day, .. }) = (self.schedule, self.kept) else { return (None, None) };
        // What the rule would destroy at once, were it not for the floor, does not wait for the whole schedule.
        let (through, then) = match (instead, self.by_rule().as_ending()) {
            (Some(WhyNot::UnderFloor { through, .. }), Some(at_once)) => (*through, at_once),
            (_, _) => (last_day, schedule.then),
        };
        (Some(through), Some(Ending { on: day_after(through).max(self.facts.acts_on()), how: then }))
    }

    fn needs_approval(&self, disposition: Disposition) -> bool {
        if self.group.unclear_tenure {
            return false;
        }
        let ask = Ask { action: disposition.action(), sensitive: self.group.sensitive, subjects: 1 };
        let is_free = approval::required(self.facts.approvals, &ask).is_ok_and(|requirement| requirement.is_free());
        disposition.is_destructive() || !is_free
    }

    fn line(&self, disposition: Disposition, instead: Option<WhyNot>) -> Line {
        let (retain_until, and_then) = self.afterwards(disposition, instead.as_ref());
        let others = Disposition::ALL.into_iter().filter(|other| *other != disposition);
        let permission = |to| match self.may_become(to) {
            Ok(()) => Permission::Allowed,
            Err(why) => Permission::NotAllowed(why),
        };
        let mut line = Line {
            group: self.group.key.clone(),
            class: self.group.class.clone(),
            controller: self.group.treated_as(),
            settled: self.group.settled,
            location: self.group.location,
            disposition,
            successor: self.successor_for(disposition),
            retain_until,
            and_then,
            hidden_from_leaver: self.is_hidden() || disposition == Disposition::Hide,
            other_sides: self.group.other_sides,
            destructive: disposition.is_destructive(),
            needs_approval: self.needs_approval(disposition),
            holdings: self.group.holdings,
            items: self.group.items,
            bytes: self.group.bytes,
            holds: self.holds(),
            instead,
            departure_rule: self.rule.map(|rule| rule.id.clone()),
            schedule: self.schedule.map(|schedule| schedule.id.clone()),
            ruling_rule: self.group.ruling_rule.clone(),
            clauses: Vec::new(),
            reason_zh: String::new(),
            reason_en: String::new(),
            changeable_to: others.map(|to| Change { to, permission: permission(to) }).collect(),
        };
        line.cite(&[
            &self.group.ruling_clauses,
            self.rule.map_or(&[], |rule| &rule.clauses),
            self.schedule.filter(|_| and_then.is_some()).map_or(&[], |schedule| &schedule.clauses),
        ]);
        line.give_reasons(self.rule);
        line
    }

    fn successor_for(&self, disposition: Disposition) -> Option<Successor> {
        match disposition {
            Disposition::HandOver => Some(self.successor()),
            Disposition::Retain
            | Disposition::Hide
            | Disposition::Release
            | Disposition::Detach
            | Disposition::Anonymise
            | Disposition::Delete => None,
        }
    }
}
