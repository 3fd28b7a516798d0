//! Which mask a field of a record has, by what it is called. Applications are told the same table as an obligation.

use crate::class::Mask;

/// Names of fields, in the words that records of people use, and their masks.
pub const FIELDS: [(&str, Mask); 38] = [
    ("name", Mask::NameKeepFirst),
    ("full_name", Mask::NameKeepFirst),
    ("姓名", Mask::NameKeepFirst),
    ("phone", Mask::PhoneKeep34),
    ("mobile", Mask::PhoneKeep34),
    ("手机", Mask::PhoneKeep34),
    ("手机号", Mask::PhoneKeep34),
    ("联系电话", Mask::PhoneKeep34),
    ("landline", Mask::LandlineKeepArea2),
    ("座机", Mask::LandlineKeepArea2),
    ("email", Mask::EmailKeep1Domain),
    ("mail", Mask::EmailKeep1Domain),
    ("邮箱", Mask::EmailKeep1Domain),
    ("address", Mask::AddressKeepCity),
    ("地址", Mask::AddressKeepCity),
    ("住址", Mask::AddressKeepCity),
    ("location", Mask::GeoKeepCity),
    ("position_geo", Mask::GeoKeepCity),
    ("birthday", Mask::DateYearOnly),
    ("birth_date", Mask::DateYearOnly),
    ("生日", Mask::DateYearOnly),
    ("id_card", Mask::IdCardKeep64),
    ("身份证", Mask::IdCardKeep64),
    ("身份证号", Mask::IdCardKeep64),
    ("passport", Mask::IdDocKeep22),
    ("护照", Mask::IdDocKeep22),
    ("account", Mask::AccountKeep22),
    ("bank_card", Mask::BankKeepLast4),
    ("bank_account", Mask::BankKeepLast4),
    ("银行卡", Mask::BankKeepLast4),
    ("银行账号", Mask::BankKeepLast4),
    ("salary", Mask::AmountBand),
    ("工资", Mask::AmountBand),
    ("plate", Mask::PlateKeep22),
    ("车牌", Mask::PlateKeep22),
    ("ip", Mask::IpKeep2Octets),
    ("mac", Mask::MacKeepOui),
    ("device_id", Mask::DeviceIdKeepLast4),
];

/// The mask of a field, if its name says what it holds.
pub fn of_field(name: &str) -> Option<Mask> {
    let name = name.trim().to_lowercase().replace(['-', ' '], "_");
    FIELDS.iter().find(|(field, _)| *field == name).map(|(_, mask)| *mask)
}
