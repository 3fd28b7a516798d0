//! Kill the process with SIGKILL at any point and start it again: the departure completes, nothing is done twice.

use scenarios::connector::Mood;
use scenarios::{Organisation, Person, Tenure, scenario};
use std::time::Duration;

/// Somebody with work at the connector and in the vault, whose departure is agreed.
fn about_to_leave(t: &Tenure) -> (Organisation, Person) {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (chen, lin) = (acme.hires("陈立"), acme.hires("林晓"));
    acme.hr_system()
        .says_changed(serde_json::json!({ "staff_number": lin.staff_number, "manager": chen.staff_number }))
        .ok();
    for folder in ["mail/lin", "drive/lin/one", "drive/lin/two"] {
        acme.keeps(folder, if folder.starts_with("mail") { "mail.message" } else { "drive.file" }).about(&lin);
    }
    acme.holds("biometric.fingerprint_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    (acme, lin)
}

fn is_complete_and_nothing_was_done_twice(t: &Tenure, acme: &Organisation, lin: &Person) {
    t.settles();
    assert_eq!(acme.departure_of(lin).state(), "completed");
    let mut deeds = acme.connector().shelf().deeds();
    deeds.sort();
    assert_eq!(deeds, ["hand_over drive/lin/one", "hand_over drive/lin/two", "hand_over mail/lin"]);
    let records = acme.auditor().verifies_offline();
    for once in ["departures.end-access", "departures.certify"] {
        let times = records.iter().filter(|r| r["act"] == once && r["outcome"] == "done").count();
        assert_eq!(times, 1, "{once} stands {times} times in the ledger");
    }
    lin.signs_in().is_refused("membership.ended");
}

scenario!(killed_right_after_the_webhook_was_accepted, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").is_status(202);
    t.is_killed();
    t.starts_again();
    t.settles();
    assert_eq!(acme.departure_of(&lin).view()["last_day"], "2026-03-31");
});

scenario!(killed_while_it_was_down_on_the_day, |t| {
    let (acme, lin) = about_to_leave(t);
    t.is_killed();
    t.clock().reaches("2026-04-03T08:00+08:00");
    t.starts_again();
    is_complete_and_nothing_was_done_twice(t, &acme, &lin);
});

scenario!(killed_while_the_connector_was_thinking, |t| {
    let (acme, lin) = about_to_leave(t);
    acme.connector().is(Mood::Slow(Duration::from_millis(300)));
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.waits_until("an order has arrived", || !acme.connector().shelf().orders().is_empty());
    t.is_killed();
    acme.connector().is(Mood::Willing);
    t.starts_again();
    is_complete_and_nothing_was_done_twice(t, &acme, &lin);
});

scenario!(killed_again_and_again, |t| {
    let (acme, lin) = about_to_leave(t);
    t.clock().reaches("2026-04-01T00:00+08:00");
    // Wherever it happens to be after that long, it goes on from there.
    for moment in [2, 5, 10, 20, 40, 80, 160] {
        t.runs_for(Duration::from_millis(moment));
        t.is_killed();
        t.starts_again();
    }
    is_complete_and_nothing_was_done_twice(t, &acme, &lin);
});
