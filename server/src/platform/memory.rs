//! What an idle server keeps of the memory it needed once.

/// Larger than what the allocator keeps for the next one who asks.
const LARGE: usize = 4 << 20;

/// Makes the allocator give back to the system what has been free for a second. It looks for such memory whenever a large
/// block is freed, and never by itself: after a busy moment a server at rest would keep for good what it needed for that
/// moment, twice what it needs. Nothing is written to the block, so it costs some microseconds and no memory.
pub(super) fn give_back() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
}
