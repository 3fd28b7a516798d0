//! Which sides of holdings an order by hand reaches, and why it leaves the others out.
//!
//! An admin orders about what the organisation controls. A person's own data is not processed on an admin's word, but for
//! what serves the person: a copy, and letting go. What must be kept until a day is not taken away before it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Action;
use crate::ruling::Controller;

/// What has become of a side before the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Part of everyday business.
    InUse,
    /// Hidden, handed over or retained: nothing new is done with it but taking it away in its time, or what a claim needs.
    SetAside,
    /// The organisation has let go of it.
    LetGo,
    /// It is gone.
    Gone,
}

/// One side, as an order by hand looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// Who controls it.
    pub controller: Controller,
    /// What has become of it.
    pub standing: Standing,
    /// Kept through this day by an instruction or a statute, if by any.
    pub kept_through: Option<NaiveDate>,
}

/// Why a side is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It is the person's own (dingtalk-def-12).
    PersonsOwn,
    /// It must be kept until a day that has not passed (gbt35273-6.1-a).
    MustBeKept,
    /// It was set aside already.
    SetAside,
    /// The organisation has let go of it.
    LetGo,
    /// It is gone.
    Gone,
}

impl LeftOut {
    /// The reason as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonsOwn => "persons_own",
            Self::MustBeKept => "must_be_kept",
            Self::SetAside => "set_aside",
            Self::LetGo => "let_go",
            Self::Gone => "gone",
        }
    }
}

impl Action {
    /// Whether an admin may order it by hand. Holds have a road of their own, because they bind before anybody agrees.
    pub fn is_by_hand(self) -> bool {
        match self {
            Self::Export
            | Self::Correct
            | Self::Delete
            | Self::Anonymise
            | Self::Transfer
            | Self::HandOver
            | Self::Release
            | Self::Hide
            | Self::Detach
            | Self::Retain
            | Self::Share
            | Self::Disclose => true,
            Self::Standing | Self::Exceptional | Self::Case | Self::Hold | Self::ReleaseHold => false,
        }
    }

    /// Whether copies leave the system, in the hands of somebody who is named.
    pub fn takes_copies_out(self) -> bool {
        match self {
            Self::Export | Self::Transfer | Self::Share | Self::Disclose => true,
            Self::Standing
            | Self::Exceptional
            | Self::Case
            | Self::Correct
            | Self::Delete
            | Self::Anonymise
            | Self::HandOver
            | Self::Release
            | Self::Hide
            | Self::Detach
            | Self::Retain
            | Self::Hold
            | Self::ReleaseHold => false,
        }
    }

    /// Whether the copies go to somebody else, who is named too (gbt35273-9.2-b).
    pub fn names_a_recipient(self) -> bool {
        self.takes_copies_out() && self != Self::Export
    }

    /// Whether the organisation no longer has it afterwards.
    pub fn takes_away(self) -> bool {
        match self {
            Self::Delete | Self::Anonymise | Self::Detach => true,
            Self::Standing
            | Self::Exceptional
            | Self::Case
            | Self::Export
            | Self::Correct
            | Self::Transfer
            | Self::HandOver
            | Self::Release
            | Self::Hide
            | Self::Retain
            | Self::Share
            | Self::Disclose
            | Self::Hold
            | Self::ReleaseHold => false,
        }
    }
}

/// Whether an order by hand reaches a side today.
///
/// # Errors
/// The first reason why it is left out.
pub fn reaches(action: Action, aim: &Aim, today: NaiveDate) -> Result<(), LeftOut> {
    match aim.standing {
        Standing::Gone => return Err(LeftOut::Gone),
        Standing::LetGo => return Err(LeftOut::LetGo),
        Standing::InUse | Standing::SetAside => {}
    }
    let serves_the_person = matches!(action, Action::Release | Action::Detach);
    if aim.controller == Controller::Person && !serves_the_person {
        return Err(LeftOut::PersonsOwn);
    }
    if action.takes_away() && aim.kept_through.is_some_and(|day| today <= day) {
        return Err(LeftOut::MustBeKept);
    }
    let takes_what_is_set_aside =
        action.takes_copies_out() || matches!(action, Action::Delete | Action::Anonymise | Action::Correct);
    if aim.standing == Standing::SetAside && !takes_what_is_set_aside {
        return Err(LeftOut::SetAside);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_an_order_by_hand_reaches() {
        use {Action as A, LeftOut as L, Standing as S};
        let ours = |standing, kept: Option<&str>| Aim {
            controller: Controller::Organisation,
            standing,
            kept_through: kept.map(day),
        };
        let theirs = |standing| Aim { controller: Controller::Person, ..ours(standing, None) };
        let cases = [
            (A::Delete, ours(S::InUse, None), Ok(())),
            (A::Delete, ours(S::SetAside, Some("2026-03-01")), Ok(())),
            (A::Delete, ours(S::SetAside, Some("2026-03-02")), Err(L::MustBeKept)),
            (A::Anonymise, ours(S::InUse, Some("2028-01-01")), Err(L::MustBeKept)),
            (A::Export, ours(S::SetAside, Some("2028-01-01")), Ok(())),
            (A::Correct, ours(S::SetAside, Some("2028-01-01")), Ok(())),
            (A::HandOver, ours(S::SetAside, None), Err(L::SetAside)),
            (A::Hide, ours(S::InUse, Some("2028-01-01")), Ok(())),
            (A::Delete, theirs(S::InUse), Err(L::PersonsOwn)),
            (A::Export, theirs(S::InUse), Err(L::PersonsOwn)),
            (A::Release, theirs(S::InUse), Ok(())),
            (A::Detach, theirs(S::InUse), Ok(())),
            (A::Release, theirs(S::Gone), Err(L::Gone)),
            (A::Export, ours(S::LetGo, None), Err(L::LetGo)),
        ];
        for (action, aim, expected) in cases {
            assert_eq!(reaches(action, &aim, day("2026-03-02")), expected, "{action:?} {aim:?}");
        }
    }

    #[test]
    fn nothing_is_taken_away_while_it_must_be_kept_and_nothing_gone_is_touched() {
        let today = day("2026-03-02");
        for action in Action::ALL.iter().copied() {
            for controller in [Controller::Organisation, Controller::Person] {
                for standing in [Standing::InUse, Standing::SetAside] {
                    let kept = Aim { controller, standing, kept_through: Some(today) };
                    assert!(!action.takes_away() || reaches(action, &kept, today).is_err(), "{action:?} {kept:?}");
                }
                for standing in [Standing::LetGo, Standing::Gone] {
                    let gone = Aim { controller, standing, kept_through: None };
                    assert!(reaches(action, &gone, today).is_err(), "{action:?} {gone:?}");
                }
            }
        }
    }
}
