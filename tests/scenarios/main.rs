//! Black-box stories, told to the running program on both databases. See `tests/src` for their words.
