use super::*;
use proptest::prelude::*;

#[test]
fn values_are_shown_in_the_formats_that_people_expect() {
    let cases = [
        (Mask::None, "林晓", "林晓"),
        (Mask::Full, "anything", "****"),
        (Mask::ContentRedact, "今天去了医院", "****（6）"),
        (Mask::NameKeepFirst, "林晓", "林*"),
        (Mask::NameKeepFirst, "欧阳娜娜", "欧阳**"),
        (Mask::NameKeepFirst, "欧阳", "欧*"),
        (Mask::NameKeepFirst, "林", "*"),
        (Mask::NameKeepFirst, "买买提·艾力", "买**·**"),
        (Mask::NameKeepFirst, "Lin Xiao", "L** X***"),
        (Mask::PhoneKeep34, "13812345678", "138****5678"),
        (Mask::PhoneKeep34, "+86 138 1234 5678", "+86 138****5678"),
        (Mask::PhoneKeep34, "9123 4567", "91****7"),
        (Mask::PhoneKeep34, "12345", "****"),
        (Mask::LandlineKeepArea2, "010-12345678", "010-******78"),
        (Mask::LandlineKeepArea2, "057187654321", "0571-******21"),
        (Mask::LandlineKeepArea2, "0571-87654321-801", "0571-******21"),
        (Mask::EmailKeep1Domain, "lin.xiao@example.com", "l****@example.com"),
        (Mask::EmailKeep1Domain, "l@example.com", "****@example.com"),
        (Mask::EmailKeep1Domain, "nobody", "****"),
        (Mask::AddressKeepCity, "浙江省杭州市西湖区文三路 90 号", "浙江省杭州市****"),
        (Mask::AddressKeepCity, "北京市朝阳区建国路 1 号", "北京市****"),
        (Mask::AddressKeepCity, "上海徐汇区", "上海****"),
        (Mask::AddressKeepCity, "新疆维吾尔自治区伊犁哈萨克自治州伊宁市", "新疆维吾尔自治区伊犁哈萨克自治州****"),
        (Mask::AddressKeepCity, "文三路 90 号", "****"),
        (Mask::GeoKeepCity, "30.2741,120.1551", "30.**,120.**"),
        (Mask::DateYearOnly, "1990-05-01", "1990-**-**"),
        (Mask::DateYearOnly, "19900501", "1990-**-**"),
        (Mask::IdCardKeep64, "11010519491231002X", "110105********002X"),
        (Mask::IdCardKeep64, "130503670401001", "130503*****1001"),
        (Mask::IdDocKeep22, "E12345678", "E1*****78"),
        (Mask::AccountKeep22, "linxiao", "li***ao"),
        (Mask::AccountKeep22, "lin", "****"),
        (Mask::PlateKeep22, "粤B12345", "粤B***45"),
        (Mask::PlateKeep22, "浙A·D12345", "浙A****45"),
        (Mask::BankKeepLast4, "6222 0212 3456 7890", "**** 7890"),
        (Mask::AmountBand, "18,500", "10000–20000"),
        (Mask::AmountBand, "¥ 320", "0–1000"),
        (Mask::IpKeep2Octets, "192.0.2.17", "192.0.*.*"),
        (Mask::MacKeepOui, "3C-22-FB-01-02-03", "3C:22:FB:**:**:**"),
        (Mask::SerialKeepLast4, "C02XL0AAJGH5", "****JGH5"),
        (Mask::DeviceIdKeepLast4, "1234", "****"),
        (Mask::Full, "", ""),
    ];
    for (mask, value, expected) in cases {
        assert_eq!(shown(mask, value), expected, "{mask:?} of {value}");
    }
}

#[test]
fn a_text_stays_readable_without_what_leads_to_a_person() {
    let cases = [
        ("请致电13812345678联系林晓", "请致电138****5678联系林晓"),
        ("电话 138-1234-5678, 或 010-12345678。", "电话 138****5678, 或 010-******78。"),
        ("身份证 11010519491231002X 已登记", "身份证 110105********002X 已登记"),
        ("卡号 6222 0212 3456 7890 123", "卡号 **** 0123"),
        ("写信给 lin.xiao@example.com.", "写信给 l****@example.com."),
        ("车牌粤B12345停在楼下", "车牌粤B***45停在楼下"),
        ("2026 年 3 月有 22 天, 共 176 小时", "2026 年 3 月有 22 天, 共 176 小时"),
        ("工号 A0001, 单号 20260302", "工号 A0001, 单号 20260302"),
    ];
    for (text, expected) in cases {
        assert_eq!(free_text(text), expected);
    }
}

#[test]
fn a_record_is_masked_field_by_field() {
    let record = r#"{"姓名":"林晓","mobile":13812345678,"note":"备用 13912345678","tags":["a"],"home":{"address":"浙江省杭州市西湖区"},"ok":true}"#;
    let masked: Value = serde_json::from_str(&shown(Mask::FieldRules, record)).unwrap();
    assert_eq!(
        masked,
        serde_json::json!({
            "姓名": "林*", "mobile": "138****5678", "note": "备用 139****5678", "tags": ["a"],
            "home": {"address": "浙江省杭州市****"}, "ok": true,
        })
    );
}

const ALL: [Mask; 23] = [
    Mask::Full,
    Mask::Presence,
    Mask::AggregateOnly,
    Mask::ByClass,
    Mask::FieldRules,
    Mask::ContentRedact,
    Mask::NameKeepFirst,
    Mask::PhoneKeep34,
    Mask::LandlineKeepArea2,
    Mask::EmailKeep1Domain,
    Mask::AddressKeepCity,
    Mask::GeoKeepCity,
    Mask::DateYearOnly,
    Mask::IdCardKeep64,
    Mask::IdDocKeep22,
    Mask::AccountKeep22,
    Mask::PlateKeep22,
    Mask::BankKeepLast4,
    Mask::AmountBand,
    Mask::IpKeep2Octets,
    Mask::MacKeepOui,
    Mask::SerialKeepLast4,
    Mask::DeviceIdKeepLast4,
];

proptest! {
    #[test]
    fn no_mask_shows_a_number_that_leads_to_a_person(phone in "1[3-9][0-9]{9}", card in "62[0-9]{14,17}", which in 0..ALL.len()) {
        for number in [phone, card] {
            prop_assert!(!shown(ALL[which], &number).contains(&number), "{:?} of {}", ALL[which], number);
            let sentence = format!("{number}，请回电");
            prop_assert!(!free_text(&sentence).contains(&number));
        }
    }

    #[test]
    fn any_text_can_be_masked(text in "\\PC{0,60}", which in 0..ALL.len()) {
        let masked = shown(ALL[which], &text);
        prop_assert_eq!(masked.trim().is_empty(), text.trim().is_empty());
        let _ = free_text(&text);
    }
}
