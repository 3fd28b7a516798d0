import type { MyReason } from '@/api/queries/my'
import { Clauses } from '@/ui/Clauses'
import { reasonOf } from './words'

/** Why, in a sentence, with the clauses that it rests on. */
export function Why({ why }: { why: MyReason }) {
  return (
    <div>
      <p>{reasonOf(why)}</p>
      <Clauses ids={why.clauses} />
    </div>
  )
}
