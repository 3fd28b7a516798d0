//! The five packs that are shipped: each loads without a complaint, and together they say what the tables promise.

mod packs;

use packs::{SHIPPED, pack};

#[test]
fn every_shipped_pack_passes_every_check() {
    for name in SHIPPED {
        let pack = pack(name);
        assert_eq!(pack.header().name, name);
        assert_eq!(pack.classes().len(), 210);
    }
}
