import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Department } from '@/api/queries/people'
import { number } from '@/ui/format'
import css from './People.module.css'

interface Node {
  d: Department
  below: Node[]
  /** Who works in it or below it. */
  all: number
}

/** The department tree with how many work in each and below it. Only what is open is drawn. */
export function DepartmentTree({ departments, chosen }: { departments: Department[]; chosen?: string }) {
  const { t } = useTranslation()
  const tree = useMemo(() => treeOf(departments), [departments])
  const path = useMemo(() => pathTo(departments, chosen), [departments, chosen])
  return (
    <details className={css.tree} open={window.matchMedia('(min-width: 1181px)').matches}>
      <summary>{t('people.departments')}</summary>
      <ul>
        <li>
          <div className={css.node} data-chosen={chosen === undefined}>
            <span />
            <Link
              from="/people"
              to="."
              search={(s) => ({ ...s, within: undefined })}
              aria-current={chosen === undefined ? 'true' : undefined}
            >
              {t('people.everybody')}
            </Link>
            <span className={css.count}>{number(tree.reduce((sum, n) => sum + n.all, 0))}</span>
          </div>
        </li>
        {tree.map((n) => (
          <Branch key={n.d.id} n={n} chosen={chosen} path={path} level={0} />
        ))}
      </ul>
    </details>
  )
}

function Branch({ n, chosen, path, level }: { n: Node; chosen?: string; path: Set<string>; level: number }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(level === 0 || path.has(n.d.id))
  return (
    <li>
      <div className={css.node} data-chosen={chosen === n.d.id}>
        {n.below.length > 0 ? (
          <button
            type="button"
            className={css.toggle}
            aria-expanded={open}
            aria-label={t('people.openDepartment', { name: n.d.name })}
            onClick={() => setOpen(!open)}
          >
            <span aria-hidden className={css.mark} />
          </button>
        ) : (
          <span />
        )}
        <Link
          from="/people"
          to="."
          search={(s) => ({ ...s, within: n.d.id })}
          aria-current={chosen === n.d.id ? 'true' : undefined}
          title={n.d.name}
        >
          <bdi>{n.d.name}</bdi>
        </Link>
        <span className={css.count}>{number(n.all)}</span>
      </div>
      {open && n.below.length > 0 && (
        <ul>
          {n.below.map((below) => (
            <Branch key={below.d.id} n={below} chosen={chosen} path={path} level={level + 1} />
          ))}
        </ul>
      )}
    </li>
  )
}

function treeOf(departments: Department[]): Node[] {
  const nodes = new Map(departments.map((d): [string, Node] => [d.id, { d, below: [], all: 0 }]))
  const roots: Node[] = []
  for (const n of nodes.values()) {
    const above = n.d.parent_id ? nodes.get(n.d.parent_id) : undefined
    if (above) above.below.push(n)
    else roots.push(n)
  }
  const count = (n: Node): number => {
    n.all = n.d.members + n.below.reduce((sum, below) => sum + count(below), 0)
    return n.all
  }
  for (const root of roots) count(root)
  return roots
}

/** The departments above one, which are open from the start. */
function pathTo(departments: Department[], id: string | undefined): Set<string> {
  const all = new Map(departments.map((d) => [d.id, d]))
  const path = new Set<string>()
  for (let d = id ? all.get(id) : undefined; d && !path.has(d.id); d = d.parent_id ? all.get(d.parent_id) : undefined) {
    path.add(d.id)
  }
  return path
}
