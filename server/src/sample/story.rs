//! The departure that is played: 林晓 of the platform group leaves, 许砚秋 takes over.

/// Who leaves: with a personal account, so that what is theirs and what is the organisation's lie side by side.
pub const LEAVER: &str = "A0017";
/// Who takes over.
pub const SUCCESSOR: &str = "A0012";
/// Why.
pub const REASON: &str = "resignation";
/// What HR decides to delete on the day, though the schedule would allow to keep it for half a year: nobody needs to call
/// the family of somebody who has left (gbt35273-6.1-a).
pub const STOPPED_KEEPING: &str = "contacts.emergency";
