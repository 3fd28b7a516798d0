import type { MembershipState } from '@/api/queries/people'
import type { Tone } from '@/ui/Chip'

/** What stands out in a list of people: who is leaving. */
export const STATE_TONES: Record<MembershipState, Tone> = { employed: 'plain', leaving: 'accent', departed: 'quiet' }
