//! The facts that decide who controls one side of a holding.
//!
//! A holding with several subjects has a side for each, and each side is ruled by its own facts: a chat may be the
//! organisation's on one side and a friend's on the other. Facts hold for the moment the data came to be; what changes
//! later rules old data anew only where a rule says so.
//!
//! A fact that is left out takes the value under which the organisation gets least, so that forgetting to state one
//! never takes anything from a person. Two are different: people count as adults until somebody says otherwise, as the
//! source documents presume (dingtalk-7-minor), and data that no conversation is named for is taken not to be part of one.

use serde::{Deserialize, Deserializer, Serialize, de};

/// A fact with a fixed list of values, each of which is one bit of a compiled condition.
pub trait ClosedFact: Copy + PartialEq + 'static {
    /// The name of the fact in packs and in JSON.
    const NAME: &'static str;
    /// Every value, in the order of the bits.
    const VALUES: &'static [Self];
    /// The value as it is written.
    fn as_str(self) -> &'static str;
    /// The place of the value in [`Self::VALUES`].
    fn index(self) -> u32;
}

macro_rules! closed_facts {
    ($( $(#[$meta:meta])* $name:ident $fact:literal { $( $(#[$value_meta:meta])* $value:ident $text:literal, )+ } )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            pub enum $name {
                $( $(#[$value_meta])* #[serde(rename = $text)] $value, )+
            }

            impl ClosedFact for $name {
                const NAME: &'static str = $fact;
                const VALUES: &'static [Self] = &[$(Self::$value),+];

                fn as_str(self) -> &'static str {
                    match self { $(Self::$value => $text,)+ }
                }

                fn index(self) -> u32 {
                    self as u32
                }
            }
        )+
    };
}

closed_facts! {
    /// Whose account the person was signed in with.
    Account "account" {
        /// 个人账号: the person's own.
        Personal "personal",
        /// 企业账号: issued and owned by the organisation (dingtalk-def-17).
        Enterprise "enterprise",
    }

    /// As what the person acted. It belongs to the action: one account acts in both (dingtalk-def-4).
    #[derive(Default)]
    Capacity "capacity" {
        /// As a member of the organisation.
        Member "member",
        /// As themselves.
        #[default]
        Private "private",
    }

    /// Whether the person belonged to the organisation at that moment.
    #[derive(Default)]
    Membership "membership" {
        /// Between the first day and the effective instant of leaving.
        Employed "employed",
        /// After it.
        Departed "departed",
        /// Never yet.
        #[default]
        None "none",
    }

    /// Whether the organisation's administrator had opened the application that the data came through (dingtalk-def-5).
    /// It follows from [`Facts::service`].
    Application "application" {
        /// The data came through an application that the administrator had opened.
        Opened "opened",
        /// It came through one that the administrator had not opened.
        NotOpened "not_opened",
        /// It came through none, as when HR files a paper.
        None "none",
    }

    /// The conversation that the data belongs to.
    #[derive(Default)]
    Conversation "conversation" {
        /// 全员群
        AllStaffGroup "all_staff_group",
        /// 内部群
        InternalGroup "internal_group",
        /// 合作群
        CooperationGroup "cooperation_group",
        /// 服务群
        ServiceGroup "service_group",
        /// 保密群
        SecretGroup "secret_group",
        /// 外部群: an external project or meeting group.
        ExternalGroup "external_group",
        /// 普通群: a group that belongs to no organisation.
        OrdinaryGroup "ordinary_group",
        /// 在职同事单聊: the other side was employed in the same organisation at that moment.
        DirectColleague "direct_colleague",
        /// The other side had left, or this one had.
        DirectFormerColleague "direct_former_colleague",
        /// The other side was never a colleague.
        DirectOutsider "direct_outsider",
        /// The data is not part of a conversation.
        #[default]
        None "none",
    }

    /// Where the data came from.
    #[derive(Default)]
    Source "source" {
        /// The organisation submitted it.
        Organisation "organisation",
        /// The person supplied it.
        #[default]
        Person "person",
        /// A device reported it.
        Device "device",
        /// It arose from use.
        Produced "produced",
    }

    /// Whether the person has agreed that the organisation controls the data. Only an express statement counts:
    /// going on using a service is no value here (coremail-change-continue, yongchang-0-accept).
    #[derive(Default)]
    Consent "consent" {
        /// Nobody agreed.
        #[default]
        None "none",
        /// The agreement was taken back.
        Withdrawn "withdrawn",
        /// The person agreed expressly.
        Explicit "explicit",
        /// A parent or guardian agreed expressly on the person's behalf.
        Guardian "guardian",
    }

    /// How old the person was. Two limits meet at fourteen: below it only a guardian can consent (gbt35273-5.4-d-under14),
    /// up to and including it all data is sensitive (gbt35273-3.2-n1).
    #[derive(Default)]
    Age "age" {
        /// Under 14.
        Child "child",
        /// Exactly 14.
        Fourteen "fourteen",
        /// 15 to 17.
        Minor "minor",
        /// 18 or more.
        #[default]
        Adult "adult",
    }

    /// Whether the organisation's identity has been verified (dingtalk-def-8).
    #[derive(Default)]
    Certification "certification" {
        /// It has.
        Certified "certified",
        /// It has not.
        #[default]
        Uncertified "uncertified",
    }
}

impl Age {
    /// Whether every class counts as sensitive at this age (gbt35273-3.2-n1).
    pub fn makes_all_sensitive(self) -> bool {
        match self {
            Self::Child | Self::Fourteen => true,
            Self::Minor | Self::Adult => false,
        }
    }
}

/// The application that data came through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name. Packs give the names they know a meaning; any other is allowed.
    pub name: String,
    /// Who opened it.
    pub opened_by: OpenedBy,
}

/// Who opened an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenedBy {
    /// The organisation's administrator.
    Organisation,
    /// The person, or anybody else but the administrator.
    Person,
}

/// The facts about one side of a holding at the moment the data came to be.
///
/// As JSON it is one object a line; unknown keys are refused, so that a mistyped fact is not silently a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The key of the data class.
    #[serde(deserialize_with = "a_name")]
    pub class: String,
    /// Whose account it was. It has no default: no value of it is harmless.
    pub account: Account,
    /// As what the person acted; privately unless stated.
    #[serde(default)]
    pub capacity: Capacity,
    /// Whether the person was a member; not unless stated.
    #[serde(default)]
    pub membership: Membership,
    /// The application it came through, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The conversation it belongs to; none unless stated.
    #[serde(default)]
    pub conversation: Conversation,
    /// Where it came from; the person unless stated.
    #[serde(default)]
    pub source: Source,
    /// What the organisation had switched on, such as `dedicated_security`. Names that the pack does not know have no effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// The consent in force; none unless stated.
    #[serde(default)]
    pub consent: Consent,
    /// The person's age; adult unless stated (dingtalk-7-minor).
    #[serde(default)]
    pub age: Age,
    /// Whether the organisation is certified; not unless stated.
    #[serde(default)]
    pub certification: Certification,
}

impl Facts {
    /// The least that can be said: a class and an account. Everything else is the default.
    pub fn of(class: impl Into<String>, account: Account) -> Self {
        Self {
            class: class.into(),
            account,
            capacity: Capacity::default(),
            membership: Membership::default(),
            service: None,
            conversation: Conversation::default(),
            source: Source::default(),
            features: Vec::new(),
            consent: Consent::default(),
            age: Age::default(),
            certification: Certification::default(),
        }
    }

    /// Reads the facts of one line.
    ///
    /// # Errors
    /// Names the key, its place, and the values that would be right.
    pub fn from_json_line(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }

    /// What the service says about the administrator's part in it.
    pub fn application(&self) -> Application {
        match self.service.as_ref().map(|service| service.opened_by) {
            Some(OpenedBy::Organisation) => Application::Opened,
            Some(OpenedBy::Person) => Application::NotOpened,
            None => Application::None,
        }
    }

    /// Whether the organisation had this feature on.
    pub fn has_feature(&self, name: &str) -> bool {
        self.features.iter().any(|feature| feature == name)
    }
}

/// A name that names something.
fn a_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    if name.trim().is_empty() {
        return Err(de::Error::invalid_value(de::Unexpected::Str(&name), &"a name"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_and_an_account_are_facts_enough() {
        let facts = Facts::from_json_line(r#"{"class":"hr.name","account":"personal"}"#).unwrap();
        assert_eq!(facts, Facts::of("hr.name", Account::Personal));
        assert_eq!(facts.application(), Application::None);
    }

    #[test]
    fn full_facts_survive_a_round_trip() {
        let line = r#"{"class":"im.colleague_direct_chat","account":"personal","capacity":"member","membership":"employed","service":{"name":"im","opened_by":"organisation"},"conversation":"direct_colleague","source":"produced","features":["dedicated_security"],"consent":"none","age":"adult","certification":"certified"}"#;
        let facts = Facts::from_json_line(line).unwrap();
        assert_eq!(facts.application(), Application::Opened);
        assert_eq!(serde_json::to_string(&facts).unwrap(), line);
    }

    #[test]
    fn a_mistyped_fact_is_refused_and_told_what_would_be_right() {
        let cases = [
            (r#"{"account":"personal"}"#, "missing field `class`"),
            (r#"{"class":"","account":"personal"}"#, "invalid value: string \"\", expected a name"),
            (r#"{"class":"hr.name"}"#, "missing field `account`"),
            (r#"{"class":"hr.name","account":"personal","consnt":"explicit"}"#, "expected one of `class`, `account`"),
            (
                r#"{"class":"hr.name","account":"personal","consent":"continued_use"}"#,
                "expected one of `none`, `withdrawn`, `explicit`, `guardian`",
            ),
            (r#"{"class":"hr.name","account":"personal","service":{"name":"drive"}}"#, "missing field `opened_by`"),
        ];
        for (line, complaint) in cases {
            let error = Facts::from_json_line(line).unwrap_err().to_string();
            assert!(error.contains(complaint), "{error}");
        }
    }
}
