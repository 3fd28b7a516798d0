//! Departure rules: what a pack says should become of a class of data when the person leaves.

use serde::{Deserialize, Serialize};

use crate::class::ClassPattern;
use crate::instruction::Action;
use crate::ruling::Controller;
use crate::schedule::Then;

/// What becomes of some classes of data: `[[departure]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartureRule {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The classes it is about. Of several rules that fit a class, the narrowest pattern decides.
    pub classes: Vec<ClassPattern>,
    /// Whose data it is about.
    pub controller: Controller,
    /// What becomes of it unless somebody decides otherwise.
    pub disposition: Disposition,
    /// What the HR admin may change it to.
    #[serde(default)]
    pub allowed: Vec<Disposition>,
    /// Who takes over what is handed over.
    #[serde(default)]
    pub successor: SuccessorRule,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

/// What becomes of a group of holdings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// 留存: the organisation keeps it until a date.
    Retain,
    /// 移交: a successor goes on working with it.
    HandOver,
    /// 隐藏: the organisation keeps it; the person no longer sees it.
    Hide,
    /// 交还副本: the person gets a copy.
    Release,
    /// 解除关联: it stays the person's and is cut off from the organisation.
    Detach,
    /// 匿名化: nobody can tell any more whose it was.
    Anonymise,
    /// 删除
    Delete,
}

impl Disposition {
    /// Every disposition, from the most harmless to the most final.
    pub const ALL: [Self; 7] =
        [Self::Retain, Self::HandOver, Self::Hide, Self::Release, Self::Detach, Self::Anonymise, Self::Delete];

    /// Whether nothing brings the data back afterwards.
    pub fn is_destructive(self) -> bool {
        match self {
            Self::Anonymise | Self::Delete => true,
            Self::Retain | Self::HandOver | Self::Hide | Self::Release | Self::Detach => false,
        }
    }

    /// Whether the organisation still has the data afterwards.
    pub fn stays_with_the_organisation(self) -> bool {
        match self {
            Self::Retain | Self::HandOver | Self::Hide | Self::Release => true,
            Self::Detach | Self::Anonymise | Self::Delete => false,
        }
    }

    /// The way it ends the data, if it does.
    pub fn as_ending(self) -> Option<Then> {
        match self {
            Self::Anonymise => Some(Then::Anonymise),
            Self::Delete => Some(Then::Delete),
            Self::Retain | Self::HandOver | Self::Hide | Self::Release | Self::Detach => None,
        }
    }

    /// The order that carries it out, which is what approval rules speak of.
    pub fn action(self) -> Action {
        match self {
            Self::Retain => Action::Retain,
            Self::HandOver => Action::HandOver,
            Self::Hide => Action::Hide,
            Self::Release => Action::Release,
            Self::Detach => Action::Detach,
            Self::Anonymise => Action::Anonymise,
            Self::Delete => Action::Delete,
        }
    }

    /// What people read: Chinese, English.
    pub fn names(self) -> (&'static str, &'static str) {
        self.action().names()
    }
}

/// Who takes over what is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessorRule {
    /// The person whom HR names, or else the leaver's manager.
    #[default]
    Manager,
    /// Only a person whom HR names.
    Named,
    /// Nobody: it is never handed over.
    None,
}
