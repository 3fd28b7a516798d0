//! The words in which a class is described: the families of the standard, and the ways of showing less than everything.

use serde::{Deserialize, Serialize};

/// The families of GB/T 35273 appendix A, and one for what lies across all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// 个人基本资料
    Basic,
    /// 个人身份信息
    Identity,
    /// 个人生物识别信息
    Biometric,
    /// 网络身份标识信息
    NetworkIdentity,
    /// 个人健康生理信息
    Health,
    /// 个人教育工作信息
    EducationWork,
    /// 个人财产信息
    Property,
    /// 个人通信信息
    Communication,
    /// 联系人信息
    Contacts,
    /// 个人上网记录
    OnlineRecords,
    /// 个人常用设备信息
    Device,
    /// 个人位置信息
    Location,
    /// 其他信息
    Other,
    /// 跨类别: lies across the families, such as whatever an enterprise account produces.
    Across,
}

impl Family {
    /// What people read: Chinese, English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Basic => ("个人基本资料", "Basic personal data"),
            Self::Identity => ("个人身份信息", "Identity documents"),
            Self::Biometric => ("个人生物识别信息", "Biometric identifiers"),
            Self::NetworkIdentity => ("网络身份标识信息", "Network identifiers"),
            Self::Health => ("个人健康生理信息", "Health and physiology"),
            Self::EducationWork => ("个人教育工作信息", "Education and work"),
            Self::Property => ("个人财产信息", "Property and finance"),
            Self::Communication => ("个人通信信息", "Communication"),
            Self::Contacts => ("联系人信息", "Contacts"),
            Self::OnlineRecords => ("个人上网记录", "Online records"),
            Self::Device => ("个人常用设备信息", "Devices"),
            Self::Location => ("个人位置信息", "Location"),
            Self::Other => ("其他信息", "Other"),
            Self::Across => ("跨类别", "Across families"),
        }
    }
}

/// How a value is shown to somebody who may know that it is there but need not read all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Nothing is hidden.
    None,
    /// Everything is hidden.
    Full,
    /// Only that there is a value.
    Presence,
    /// Only counts over many people.
    AggregateOnly,
    /// The masks of the classes inside.
    ByClass,
    /// A mask for each field, set where the fields are declared.
    FieldRules,
    /// Content is hidden; size, time and kind remain.
    ContentRedact,
    /// 林**
    NameKeepFirst,
    /// 138****5678
    #[serde(rename = "phone_keep_3_4")]
    PhoneKeep34,
    /// 010-******34
    #[serde(rename = "landline_keep_area_2")]
    LandlineKeepArea2,
    /// l****@example.com
    #[serde(rename = "email_keep_1_domain")]
    EmailKeep1Domain,
    /// The city of an address.
    AddressKeepCity,
    /// The city of a position.
    GeoKeepCity,
    /// The year of a date.
    DateYearOnly,
    /// 110101********1234
    #[serde(rename = "id_card_keep_6_4")]
    IdCardKeep64,
    /// Two characters at each end of another identity document's number.
    #[serde(rename = "id_doc_keep_2_2")]
    IdDocKeep22,
    /// Two characters at each end of an account name.
    #[serde(rename = "account_keep_2_2")]
    AccountKeep22,
    /// 粤B***45
    #[serde(rename = "plate_keep_2_2")]
    PlateKeep22,
    /// The last four digits of a bank card.
    #[serde(rename = "bank_keep_last_4")]
    BankKeepLast4,
    /// A band instead of an amount.
    AmountBand,
    /// 192.0.*.*
    #[serde(rename = "ip_keep_2_octets")]
    IpKeep2Octets,
    /// The maker's part of a MAC address.
    MacKeepOui,
    /// The last four characters of a serial number.
    #[serde(rename = "serial_keep_last_4")]
    SerialKeepLast4,
    /// The last four characters of a device identifier.
    #[serde(rename = "device_id_keep_last_4")]
    DeviceIdKeepLast4,
}
