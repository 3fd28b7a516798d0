import { Link } from '@tanstack/react-router'
import { usePackNames } from '@/api/queries/pack'

/** The rules of the pack that ask for this yes, in words; each leads to where it stands. */
export function ApprovalRules({ ids }: { ids: string[] }) {
  const names = usePackNames()
  return (
    <ul>
      {ids.map((id) => (
        <li key={id}>
          <Link to="/packs" search={{ part: 'approvals', q: id }}>
            {names.ofApproval(id)}
          </Link>
        </li>
      ))}
    </ul>
  )
}
