//! Instructions: what admins order or allow, and the only source of authority over organisation-controlled data.
//!
//! No instruction, no processing (design §3, dingtalk-3.6.2-instruct). This file says what can be asked for, [`state`] where
//! an instruction can stand and how it gets there, [`scope`] what it may cover. What always holds: nothing comes into force
//! but out of waiting for approval, nothing ends twice, and what is carried out never exceeds what was approved.

pub mod reach;
pub mod scope;
pub mod state;

use serde::{Deserialize, Serialize};

pub use reach::{Aim, LeftOut, Standing, reaches};
pub use scope::{Exceeds, Holders, Scope, ScopeFault, Subjects};
pub use state::{NoSuchMove, State, Step};

/// The three kinds of instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 常设授权: in force until revoked.
    Standing,
    /// 超权限授权: grants named people more than their role, for a time (gbt35273-7.1-d).
    Exceptional,
    /// 一次性任务: one operation.
    Order,
}

macro_rules! actions {
    ($( $(#[$meta:meta])* $name:ident $text:literal $zh:literal $en:literal, )+) => {
        /// What an instruction asks for. The first three grant; the others are one-off orders.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Action {
            $( $(#[$meta])* #[serde(rename = $text)] $name, )+
        }

        impl Action {
            /// Every action. A pack must have an approval rule for each.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The action as it is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What people read: Chinese, English.
            pub fn names(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)+ }
            }
        }
    };
}

actions! {
    /// Puts a standing instruction in force.
    Standing "standing" "常设授权" "standing instruction",
    /// Grants named people more than their role, for a time (gbt35273-7.1-d).
    Exceptional "exceptional" "超权限授权" "exceptional grant",
    /// Opens one person's data to whom a case about them is assigned, for as long as it is open (gbt35273-7.1-e).
    Case "case" "案件授权" "access by a case",
    /// Takes copies out.
    Export "export" "导出" "export",
    /// Corrects, in bulk.
    Correct "correct" "更正" "correct",
    /// Deletes (gbt35273-3.10).
    Delete "delete" "删除" "delete",
    /// Makes it impossible to know whose it was (gbt35273-3.14).
    Anonymise "anonymise" "匿名化" "anonymise",
    /// Moves control to another controller (gbt35273-3.12-3.13).
    Transfer "transfer" "转让" "transfer",
    /// Gives it to a colleague who goes on with the work.
    HandOver "hand_over" "移交" "hand over",
    /// Gives the person a copy.
    Release "release" "交还副本" "release",
    /// Ends the person's sight of it.
    Hide "hide" "隐藏" "hide",
    /// Cuts personal data off from the organisation.
    Detach "detach" "解除关联" "detach",
    /// Keeps it until a date.
    Retain "retain" "留存" "retain",
    /// Gives it to another controller too.
    Share "share" "共享" "share",
    /// Makes it public (gbt35273-9.4-a).
    Disclose "disclose" "公开披露" "disclose",
    /// Suspends deletion for a claim or an inquiry (dingtalk-5.1-4).
    Hold "hold" "保全" "hold",
    /// Ends a hold.
    ReleaseHold "release_hold" "解除保全" "release a hold",
}

impl Action {
    /// The kind of instruction that asks for it.
    pub fn kind(self) -> Kind {
        match self {
            Self::Standing => Kind::Standing,
            Self::Exceptional | Self::Case => Kind::Exceptional,
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
            | Self::Disclose
            | Self::Hold
            | Self::ReleaseHold => Kind::Order,
        }
    }
}
