//! Where an instruction stands, and every way it can get anywhere else, as one table.

use serde::{Deserialize, Serialize};

use super::Kind;

/// Where an instruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 草稿: its author still writes it.
    Draft,
    /// 待审批: it waits for approval.
    Pending,
    /// 生效: it permits, or may be carried out.
    InForce,
    /// 已拒绝: somebody said no.
    Refused,
    /// 已失效: nobody said yes in time, or its time is over.
    Expired,
    /// 已撤销: it was taken back.
    Revoked,
    /// 已执行: the order was carried out.
    CarriedOut,
}

/// Something that happens to an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Its author asks for approval.
    Submit,
    /// Every yes that it takes has been said; at once, where it takes none.
    Approve,
    /// Somebody said no.
    Refuse,
    /// Its time, or the time to answer, has run out.
    Lapse,
    /// It is taken back.
    Revoke,
    /// The order has been carried out.
    CarryOut,
}

/// A step that cannot be taken from where an instruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{step:?} is not possible for an instruction ({kind:?}) that is {from:?}")]
pub struct NoSuchMove {
    /// Where it stands.
    pub from: State,
    /// What was tried.
    pub step: Step,
    /// The kind of instruction.
    pub kind: Kind,
}

const ALL_KINDS: &[Kind] = &[Kind::Standing, Kind::Exceptional, Kind::Order];

/// Every legal move. What is not here does not happen.
const MOVES: &[(State, Step, State, &[Kind])] = &[
    (State::Draft, Step::Submit, State::Pending, ALL_KINDS),
    (State::Draft, Step::Revoke, State::Revoked, ALL_KINDS),
    (State::Pending, Step::Approve, State::InForce, ALL_KINDS),
    (State::Pending, Step::Refuse, State::Refused, ALL_KINDS),
    (State::Pending, Step::Lapse, State::Expired, ALL_KINDS),
    (State::Pending, Step::Revoke, State::Revoked, ALL_KINDS),
    (State::InForce, Step::Lapse, State::Expired, ALL_KINDS),
    (State::InForce, Step::Revoke, State::Revoked, ALL_KINDS),
    (State::InForce, Step::CarryOut, State::CarriedOut, &[Kind::Order]),
];

impl State {
    /// Where an instruction stands after a step.
    ///
    /// # Errors
    /// If that step cannot be taken from here.
    pub fn after(self, step: Step, kind: Kind) -> Result<Self, NoSuchMove> {
        let fits = |legal: &&(Self, Step, Self, &[Kind])| legal.0 == self && legal.1 == step && legal.3.contains(&kind);
        MOVES.iter().find(fits).map(|legal| legal.2).ok_or(NoSuchMove { from: self, step, kind })
    }

    /// The steps that can be taken from here.
    pub fn steps(self, kind: Kind) -> impl Iterator<Item = Step> {
        MOVES.iter().filter(move |legal| legal.0 == self && legal.3.contains(&kind)).map(|legal| legal.1)
    }

    /// Whether nothing can happen to it any more.
    pub fn is_over(self) -> bool {
        match self {
            Self::Draft | Self::Pending | Self::InForce => false,
            Self::Refused | Self::Expired | Self::Revoked | Self::CarriedOut => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const STEPS: [Step; 6] = [Step::Submit, Step::Approve, Step::Refuse, Step::Lapse, Step::Revoke, Step::CarryOut];

    #[test]
    fn the_roads_an_instruction_can_take() {
        use {State as S, Step as T};
        let cases: [(Kind, &[Step], Option<State>); 8] = [
            (Kind::Order, &[T::Submit, T::Approve, T::CarryOut], Some(S::CarriedOut)),
            (Kind::Standing, &[T::Submit, T::Approve, T::Revoke], Some(S::Revoked)),
            (Kind::Exceptional, &[T::Submit, T::Approve, T::Lapse], Some(S::Expired)),
            (Kind::Exceptional, &[T::Submit, T::Refuse], Some(S::Refused)),
            (Kind::Standing, &[T::Submit, T::Approve, T::CarryOut], None),
            (Kind::Order, &[T::Approve], None),
            (Kind::Order, &[T::Submit, T::Lapse, T::Approve], None),
            (Kind::Order, &[T::Submit, T::CarryOut], None),
        ];
        for (kind, steps, expected) in cases {
            let end = steps.iter().try_fold(S::Draft, |state, step| state.after(*step, kind));
            assert_eq!(end.ok(), expected, "{kind:?} {steps:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_comes_into_force_but_by_approval_and_what_is_over_stays_over(
            kind in select(ALL_KINDS), steps in prop::collection::vec(select(STEPS.to_vec()), 0..12),
        ) {
            let mut state = State::Draft;
            for step in steps {
                let next = state.after(step, kind);
                prop_assert_eq!(next.is_ok(), state.steps(kind).any(|legal| legal == step));
                if let Ok(next) = next {
                    prop_assert!(!state.is_over());
                    if next == State::InForce {
                        prop_assert_eq!((state, step), (State::Pending, Step::Approve));
                    }
                    state = next;
                }
            }
        }
    }
}
