//! What the example connector keeps, on disk, so that it outlives a kill of either side: the items of a pretend mail and
//! drive service, the orders it took, and what it did.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Items, orders and deeds in a directory. One hand at a time.
pub struct Shelf {
    dir: PathBuf,
    hand: Mutex<()>,
}

impl Shelf {
    /// The one in this directory, which need not exist.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn open(dir: &Path) -> std::io::Result<Self> {
        for part in ["items", "orders", "reports"] {
            fs::create_dir_all(dir.join(part))?;
        }
        Ok(Self { dir: dir.to_owned(), hand: Mutex::new(()) })
    }

    /// Puts an item there: a mailbox, a folder.
    pub fn put(&self, locator: &str, item: &Value) {
        let mut item = item.clone();
        item["locator"] = locator.into();
        if item["state"].is_null() {
            item["state"] = "present".into();
        }
        write_whole(&self.item_file(locator), &item);
    }

    /// The item, unless it is gone.
    pub fn item(&self, locator: &str) -> Option<Value> {
        read(&self.item_file(locator))
    }

    /// Loses an item, as a system does whose administrator deleted something by hand.
    pub fn lose(&self, locator: &str) {
        let _ = fs::remove_file(self.item_file(locator));
    }

    /// What is there, for an inventory.
    pub fn locators(&self) -> Vec<String> {
        let mut all: Vec<String> = values(&self.dir.join("items")).iter().filter_map(|i| text(i, "locator")).collect();
        all.sort();
        all
    }

    /// Keeps an order before it is acknowledged. Whether it is new: a repeat of a delivery is not carried out again.
    pub fn take_order(&self, delivery: &str, order: &Value) -> bool {
        let _one_hand = self.hand.lock();
        let file = self.dir.join("orders").join(name(delivery));
        let new = !file.exists();
        if new {
            write_whole(&file, order);
        }
        new
    }

    /// Every order that was ever taken.
    pub fn orders(&self) -> Vec<Value> {
        values(&self.dir.join("orders"))
    }

    /// Carries out one action on one item and says how it went.
    pub fn carry_out(&self, delivery: &str, action: &str, locator: &str, order: &Value) -> &'static str {
        let _one_hand = self.hand.lock();
        let Some(mut item) = self.item(locator) else { return "not_found" };
        match action {
            "delete" => self.lose(locator),
            "anonymise" => item = json!({ "class": item["class"], "items": item["items"], "state": "anonymised" }),
            "hand_over" => item["holder"] = order["successor"].clone(),
            "hide" => item["state"] = "hidden".into(),
            "release" | "detach" => item["released"] = true.into(),
            "retain" => item["until"] = order["until"].clone(),
            "export" | "transfer" | "share" | "disclose" => item["copied_for"] = order["recipient"].clone(),
            "correct" => {
                let all = order["corrections"].as_array();
                let Some(own) = all.into_iter().flatten().find(|c| c["locator"] == locator) else { return "failed" };
                item[own["field"].as_str().unwrap_or_default()] = own["value"].clone();
            }
            _ => return "failed",
        }
        if action != "delete" {
            self.put(locator, &item);
        }
        let deed = json!({ "delivery": delivery, "action": action, "locator": locator });
        let deeds = fs::OpenOptions::new().create(true).append(true).open(self.dir.join("deeds"));
        let _ = deeds.and_then(|mut file| writeln!(file, "{deed}"));
        "done"
    }

    /// Everything that was done, in order: `action locator`.
    pub fn deeds(&self) -> Vec<String> {
        let all = fs::read_to_string(self.dir.join("deeds")).unwrap_or_default();
        let deeds = all.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        deeds
            .map(|d| format!("{} {}", text(&d, "action").unwrap_or_default(), text(&d, "locator").unwrap_or_default()))
            .collect()
    }

    /// Keeps a report until it has arrived.
    pub fn keep_report(&self, delivery: &str, report: &Value) {
        write_whole(&self.dir.join("reports").join(name(delivery)), report);
    }

    /// Forgets a report that has arrived.
    pub fn report_arrived(&self, delivery: &str) {
        let _ = fs::remove_file(self.dir.join("reports").join(name(delivery)));
    }

    /// Reports that have not arrived.
    pub fn reports(&self) -> Vec<Value> {
        values(&self.dir.join("reports"))
    }

    fn item_file(&self, locator: &str) -> PathBuf {
        self.dir.join("items").join(name(locator))
    }
}

/// A file's name for any text: locators hold slashes, and a delivery's id is somebody else's word.
fn name(of: &str) -> String {
    Sha256::digest(of).iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn read(file: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(file).ok()?).ok()
}

fn values(dir: &Path) -> Vec<Value> {
    fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|f| read(&f.path())).collect()
}

/// Whole or not at all: a kill half way leaves the old file.
fn write_whole(file: &Path, value: &Value) {
    let new = file.with_extension(crate::unique());
    let written = fs::write(&new, value.to_string()).and_then(|()| fs::rename(&new, file));
    written.unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}
